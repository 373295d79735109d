"""Bare sockets for yardsticks: what leaves the engine or the server, read with as little work as can be."""

import base64
import contextlib
import http.client
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

READ_BYTES = 1 << 20
OPCODE_TEXT, OPCODE_BINARY, OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG = 1, 2, 8, 9, 10


def engine_body(socket_path: Path | str, target: str) -> Iterator[bytes]:
    """Yield the parts of a chunked answer's body as they arrive (RFC 9112, section 7.1)."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as wire:
        wire.connect(str(socket_path))
        wire.sendall(f"GET {target} HTTP/1.1\r\nHost: engine\r\n\r\n".encode())
        yield from _chunks(wire, target)


def server_body(port: int, target: str, *, cookie: str) -> Iterator[bytes]:
    """Do the same for an answer of the server on 127.0.0.1, asked by who has the cookie."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as wire:
        wire.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
        yield from _chunks(wire, target)


def _chunks(wire: socket.socket, target: str) -> Iterator[bytes]:
    with wire.makefile("rb", buffering=READ_BYTES) as reader:
        status = reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"{target} answered {status!r}")
        while reader.readline() not in (b"\r\n", b""):
            pass
        while size := int(reader.readline(), 16):
            yield reader.read(size)
            reader.readline()


class EngineConnection(http.client.HTTPConnection):
    """A kept connection to the engine's unix socket."""

    def __init__(self, socket_path: Path | str) -> None:
        super().__init__("engine", timeout=60)
        self._socket_path = str(socket_path)

    def connect(self) -> None:
        """Connect to the socket's path instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._socket_path)

    def read(self, target: str) -> bytes:
        """Return the body of one answer."""
        self.request("GET", target)
        return self.getresponse().read()


@dataclass
class WebSocket:
    """A WebSocket client (RFC 6455) that hands out whole messages and little else."""

    wire: socket.socket
    received: bytearray = field(default_factory=bytearray)

    @classmethod
    def over(cls, wire: socket.socket, target: str, *, headers: dict[str, str]) -> "WebSocket":
        """Shake hands on a connected socket."""
        lines = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        } | headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        wire.sendall(f"GET {target} HTTP/1.1\r\n{head}\r\n".encode())
        client = cls(wire)
        while b"\r\n\r\n" not in client.received:
            client._receive()
        answer, _, rest = bytes(client.received).partition(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise RuntimeError(f"{target} answered {answer[:200]!r}")
        client.received = bytearray(rest)
        return client

    @classmethod
    def to_server(cls, port: int, target: str, *, cookie: str) -> "WebSocket":
        """Connect to a server of ours on loopback, as a page of it would."""
        wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}
        return cls.over(wire, target, headers=headers)

    @classmethod
    def to_engine(cls, socket_path: Path | str, target: str) -> "WebSocket":
        """Connect to the engine's own `attach/ws`."""
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(60)
        wire.connect(str(socket_path))
        return cls.over(wire, target, headers={"Host": "engine"})

    def send(self, payload: bytes, *, opcode: int = OPCODE_BINARY) -> None:
        """Send one message of less than 64 KiB, masked with zeros."""
        size = len(payload)
        head = bytes([0x80 | opcode]) + (
            bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
        )
        self.wire.sendall(head + bytes(4) + payload)

    def messages(self) -> Iterator[tuple[int, bytes]]:
        """Yield (opcode, payload) of each frame until the peer closes; pings are answered."""
        while True:
            opcode, payload = self._frame()
            if opcode == OPCODE_CLOSE:
                with contextlib.suppress(OSError):
                    self.send(payload, opcode=OPCODE_CLOSE)
                return
            if opcode == OPCODE_PING:
                self.send(payload, opcode=OPCODE_PONG)
            else:
                yield opcode, payload

    def close(self) -> None:
        """Cut the line."""
        self.wire.close()

    def _frame(self) -> tuple[int, bytes]:
        self._need(2)
        size = self.received[1] & 0x7F
        start = 2
        if size == 126:
            self._need(4)
            size, start = struct.unpack_from(">H", self.received, 2)[0], 4
        elif size == 127:
            self._need(10)
            size, start = struct.unpack_from(">Q", self.received, 2)[0], 10
        self._need(start + size)
        opcode, payload = self.received[0] & 0x0F, bytes(self.received[start : start + size])
        del self.received[: start + size]
        return opcode, payload

    def _need(self, size: int) -> None:
        while len(self.received) < size:
            self._receive()

    def _receive(self) -> None:
        part = self.wire.recv(READ_BYTES)
        if not part:
            raise ConnectionError("The line was cut before the closing handshake.")
        self.received += part
