"""Faults 6 and 7: a browser that stalls in the middle of a download or an upload holds up nobody but itself."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.containers.archives import member, put
from tests.live.containers.test_files import Files
from tests.live.server import Server

BIG = 48 * 2**20
CONTENT = random.Random(1).randbytes(2**20) * (BIG // 2**20)
"""Nothing that a zip makes smaller."""


@pytest.fixture
def files(live_server: Server, raw: RawEngine, make_container: MakeContainer) -> Files:
    """A running container with a file that no socket buffer holds."""
    container_id = make_container()
    put(raw, container_id, [(member("big"), CONTENT), (member("small"), b"small")])
    return Files(live_server, raw, container_id)


@contextlib.contextmanager
def stalled(files: Files, request: str, *, sent: bytes = b"") -> Iterator[socket.socket]:
    """A browser that has sent this much, and does nothing more."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(120)
        sock.connect(("127.0.0.1", files.server.port))
        head = f"{request}Host: 127.0.0.1:{files.server.port}\r\nCookie: {files.server.session_cookie('ada')}\r\n\r\n"
        sock.sendall(head.encode() + sent)
        yield sock


def others_go_on(files: Files, raw: RawEngine) -> None:
    """What another person does with the container meanwhile. With its lock held, all of it would wait for ever."""
    connection = http.client.HTTPConnection("127.0.0.1", files.server.port, timeout=60)
    headers = {"Accept": "application/json", "Cookie": files.server.session_cookie("joan")}
    with contextlib.closing(connection):
        connection.request("GET", files.base.removesuffix("files/"), headers=headers)
        answer = connection.getresponse()
        told = answer.read()
        assert (answer.status, files.id.encode() in told) == (200, True), told
    assert files.fetched(b"/small") == b"small"
    container = Files(files.server, raw, files.id)
    container.base = files.base.removesuffix("files/")
    status, body = container.submit("stop", timeout="0")
    assert status == 200, body
    assert raw.get(f"/containers/{files.id}/json")[1]["State"]["Running"] is False


def spools_of(server: Server) -> int:
    """Spools that the server holds open: they have no name, so nothing else is left of them."""
    held = 0
    for link in Path(f"/proc/{server.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            held += "/spool/" in str(link.readlink())
    return held


def wait_until_spools_are_gone(server: Server) -> None:
    deadline = time.monotonic() + 60
    while spools_of(server):
        assert time.monotonic() < deadline, "the browser left, and its spool stayed"
        time.sleep(0.05)


@pytest.mark.parametrize("wanted", ["/big", "/&format=zip"])
def test_a_download_that_stalls_holds_up_nobody_else(wanted: str, files: Files, raw: RawEngine) -> None:
    with stalled(files, f"GET {files.base}archive/?path={wanted} HTTP/1.1\r\n") as sock:
        assert sock.recv(15).startswith(b"HTTP/1.1 200")
        others_go_on(files, raw)
        assert spools_of(files.server) >= 1
    wait_until_spools_are_gone(files.server)


def test_an_upload_that_stalls_holds_up_nobody_else(files: Files, raw: RawEngine) -> None:
    head = (
        f"POST {files.base}upload/?path=/&name=half HTTP/1.1\r\nX-CSRFToken: {files.token()}\r\n"
        f"Origin: {files.server.origin}\r\nContent-Type: application/octet-stream\r\nContent-Length: {BIG}\r\n"
    )
    with stalled(files, head, sent=CONTENT[: BIG // 2]):
        others_go_on(files, raw)
        assert raw.request("HEAD", f"/containers/{files.id}/archive?path=/half")[0] == 404
    wait_until_spools_are_gone(files.server)
