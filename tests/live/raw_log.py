"""A container's log as the engine itself gives it, taken apart by hand: what pages and files are compared with."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path


def raw_log(socket_path: str | Path, container_id: str, query: str = "stdout=1&stderr=1") -> bytes:
    """The bytes of the engine's answer, frames and all."""
    connection = http.client.HTTPConnection("localhost", timeout=60)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(str(socket_path))
    try:
        connection.request("GET", f"/containers/{container_id}/logs?{query}")
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        return content
    finally:
        connection.close()


def frames(content: bytes) -> list[tuple[int, bytes]]:
    """(stream, payload) of each frame."""
    found = []
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "big")
        found.append((content[at], content[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def written(content: bytes, *streams: int) -> bytes:
    """What was written to these streams (both without a word), in the order it was stored."""
    return b"".join(payload for stream, payload in frames(content) if not streams or stream in streams)
