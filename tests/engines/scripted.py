"""A scripted engine: does on purpose what a healthy engine never does (hang, die mid-frame, lie, answer oddly).

    with ScriptedEngine() as engine:
        engine.on("GET", "/containers/json", [])                       # plain value: 200 with that JSON
        engine.on("GET", "/containers/{id}/json", (404, {"message": "No such container"}))
        engine.on("GET", "/containers/{id}/logs", lambda x: (x.begin(), x.chunk(b"half"), x.die()))
        os.environ["DOCKER_HOST"] = engine.url

It serves from threads of its own, so it works for sync tests, async tests and as DOCKER_HOST of a whole server
process. `/_ping` (GET and HEAD) and `/version` answer reasonably unless a route says otherwise; anything else is 404.
Paths are matched without the version prefix; `{name}` stands for one segment; later routes win over earlier ones.
"""

from __future__ import annotations

import contextlib
import json
import re
import select
import shutil
import socket
import ssl
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REASONS = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified", 101: "UPGRADED", 404: "Not Found"}
RAW_STREAM = "application/vnd.docker.raw-stream"
MULTIPLEXED_STREAM = "application/vnd.docker.multiplexed-stream"


class ClientLeft(Exception):
    """The client closed its side while the script was still talking."""


@dataclass(frozen=True)
class Seen:
    """A request as it came in; `path` is without version prefix, `version` is that prefix ("1.41") or None."""

    method: str
    target: str
    path: str
    version: str | None
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Exchange:
    """One request and the raw socket to do anything with it."""

    seen: Seen
    sock: socket.socket
    engine: ScriptedEngine
    params: Mapping[str, str] = field(default_factory=dict)
    keep_alive: bool = False
    _unread: bytes = b""

    @property
    def method(self) -> str:
        return self.seen.method

    @property
    def path(self) -> str:
        return self.seen.path

    @property
    def query(self) -> Mapping[str, str]:
        return self.seen.query

    @property
    def headers(self) -> Mapping[str, str]:
        return self.seen.headers

    @property
    def body(self) -> bytes:
        return self.seen.body

    def send(self, raw: bytes) -> None:
        """Put raw bytes on the socket, as they are."""
        try:
            self.sock.sendall(raw)
        except OSError as exc:
            raise ClientLeft from exc

    def receive(self, most: int = 65536) -> bytes:
        """Read raw bytes the client sent after its request; b"" when it closed (or half-closed)."""
        if self._unread:
            piece, self._unread = self._unread[:most], self._unread[most:]
            return piece
        try:
            return self.sock.recv(most)
        except OSError as exc:
            raise ClientLeft from exc

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send a status line and headers, nothing more."""
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Scripted')}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def answer(self, status: int = 200, content: object = b"", *, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer: bytes as they are, text as text/plain, anything else as JSON."""
        if isinstance(content, bytes):
            body, content_type = content, "application/octet-stream"
        elif isinstance(content, str):
            body, content_type = content.encode(), "text/plain; charset=utf-8"
        else:
            body, content_type = json.dumps(content).encode() + b"\n", "application/json"
        sent = {"Api-Version": self.engine.api_version, "Content-Type": content_type, **(headers or {})}
        if status not in (204, 304) and "Content-Length" not in sent:
            sent["Content-Length"] = str(len(body))
        self.head(status, sent)
        if self.method != "HEAD" and status not in (204, 304):
            self.send(body)
        self.keep_alive = True

    def begin(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Start a chunked answer."""
        self.head(
            status,
            {"Api-Version": self.engine.api_version, **(headers or {}), "Transfer-Encoding": "chunked"},
        )

    def chunk(self, payload: bytes) -> None:
        self.send(b"%x\r\n%s\r\n" % (len(payload), payload))

    def end(self) -> None:
        """Finish a chunked answer properly."""
        self.send(b"0\r\n\r\n")
        self.keep_alive = True

    def hijack(self, status: int = 101, content_type: str = RAW_STREAM) -> None:
        """Answer as attach and exec start do; the socket is then the program's own."""
        headers = {"Content-Type": content_type}
        if status == 101:
            headers |= {"Connection": "Upgrade", "Upgrade": "tcp"}
        self.head(status, headers)

    def die(self) -> None:
        """Drop the connection at once, as a killed engine does."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def hang(self, timeout_s: float = 60.0) -> None:
        """Say nothing more until the client leaves or the engine is closed."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and not self.engine.is_closed:
            try:
                readable, _, _ = select.select([self.sock], [], [], 0.1)
                if readable and self.sock.recv(65536) == b"":
                    return
            except (OSError, ValueError):
                return

    def wait(self, event: threading.Event, timeout_s: float = 60.0) -> None:
        """Wait until the test sets `event` (or the engine is closed)."""
        deadline = time.monotonic() + timeout_s
        while not event.wait(0.05) and time.monotonic() < deadline and not self.engine.is_closed:
            pass


Script = Callable[[Exchange], object]


def frame(stream: int, payload: bytes) -> bytes:
    """One multiplexed frame: 1 stdout, 2 stderr, 3 a message of the engine."""
    return bytes((stream, 0, 0, 0)) + len(payload).to_bytes(4, "big") + payload


class ScriptedEngine:
    """A scripted server on a unix socket of its own (or TCP on 127.0.0.1 with `tcp=True`, TLS with `tls`)."""

    def __init__(
        self,
        *,
        api_version: str = "1.41",
        min_version: str = "1.12",
        tcp: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.api_version = api_version
        self.min_version = min_version
        self.requests: list[Seen] = []
        self.failures: list[BaseException] = []
        self._tls = tls
        self._routes: list[tuple[str, re.Pattern[str], Script]] = []
        self._lock = threading.Condition()
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._directory = Path(tempfile.mkdtemp(prefix="dws-", dir="/tmp"))
        self.socket_path = str(self._directory / "docker.sock")
        if tcp or tls:
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
            self.port = self._listener.getsockname()[1]
            self.url = f"tcp://127.0.0.1:{self.port}"
        else:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(self.socket_path)
            self._listener.listen(128)
            self.port = 0
            self.url = f"unix://{self.socket_path}"
        for method in ("GET", "HEAD"):
            self.on(method, "/_ping", self._ping)
        self.on("GET", "/version", lambda x: x.answer(200, self.version()))
        self._acceptor = threading.Thread(target=self._accept, name="scripted-engine", daemon=True)
        self._acceptor.start()

    # what a test says

    def on(self, method: str, path: str, script: Script | object) -> None:
        """Answer `method path` by a callable taking the Exchange, a `(status, content)` pair or plain JSON content."""
        pattern = re.compile("".join(_segment(piece) for piece in re.split(r"(\{\w+\})", path)))
        self._routes.insert(0, (method, pattern, _as_script(script)))

    def version(self) -> dict[str, object]:
        """The default body of GET /version."""
        return {
            "Version": "20.10.24",
            "ApiVersion": self.api_version,
            "MinAPIVersion": self.min_version,
            "Os": "linux",
            "Arch": "amd64",
            "KernelVersion": "6.1.0-scripted",
            "Experimental": False,
        }

    # what a test asks

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    @property
    def open_connections(self) -> int:
        with self._lock:
            return len(self._open)

    def seen(self, method: str, path: str) -> list[Seen]:
        """Requests received so far for that method and exact path (without version prefix)."""
        with self._lock:
            return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def wait_for(self, is_so: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Wait until `is_so()`; looked at whenever a request or connection comes or goes, and now and then."""
        deadline = time.monotonic() + timeout_s
        while not is_so():
            if time.monotonic() > deadline:
                raise AssertionError(f"did not come true in {timeout_s} s; requests: {self.requests}")
            with self._lock:
                self._lock.wait(0.05)

    def wait_closed(self, timeout_s: float = 30.0) -> None:
        """Wait until no client connection is open any more."""
        self.wait_for(lambda: self.open_connections == 0, timeout_s)

    # life

    def close(self) -> None:
        """Stop: every connection is dropped and the socket file removed. Raises what a script raised, if any did."""
        self._closed.set()
        self.stop_listening()
        self.drop_connections()
        shutil.rmtree(self._directory, ignore_errors=True)
        if self.failures:
            raise self.failures[0]

    def stop_listening(self) -> None:
        """Accept nothing more; a socket file stays behind, as after SIGKILL. Open connections go on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(5)
        self._listener.close()

    def drop_connections(self) -> None:
        """Cut every open connection without a word."""
        with self._lock:
            sockets = list(self._open)
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if exc is not None:
            self.failures.clear()
        self.close()

    # how it is done

    def _ping(self, exchange: Exchange) -> None:
        exchange.answer(
            200,
            b"OK",
            headers={
                "Content-Type": "text/plain; charset=utf-8",
                "Docker-Experimental": "false",
                "Ostype": "linux",
                "Server": "Docker/20.10.24 (linux)",
                "Content-Length": "0" if exchange.method == "HEAD" else "2",
            },
        )

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
        except OSError:
            sock.close()
            return
        with self._lock:
            self._open.add(sock)
        unread = b""
        try:
            while not self._closed.is_set():
                request = _read_request(sock, unread)
                if request is None:
                    break
                seen, unread = request
                with self._lock:
                    self.requests.append(seen)
                    self._lock.notify_all()
                exchange = Exchange(seen, sock, self, _unread=unread)
                self._play(exchange)
                if not exchange.keep_alive or seen.headers.get("connection", "").lower() == "close":
                    break
        except (ClientLeft, ConnectionError):
            pass
        except Exception as exc:  # noqa: BLE001 - the outermost edge of this thread: kept for the test
            if not self._closed.is_set():
                self.failures.append(exc)
        finally:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
            with self._lock:
                self._open.discard(sock)
                self._lock.notify_all()

    def _play(self, exchange: Exchange) -> None:
        for method, pattern, script in list(self._routes):
            found = pattern.fullmatch(exchange.path)
            if method == exchange.method and found:
                exchange.params = found.groupdict()
                script(exchange)
                return
        exchange.answer(404, {"message": "page not found"})


def _segment(piece: str) -> str:
    return f"(?P<{piece[1:-1]}>[^/]+)" if piece.startswith("{") else re.escape(piece)


def _as_script(script: Script | object) -> Script:
    if callable(script):
        return script
    if isinstance(script, tuple) and len(script) == 2 and isinstance(script[0], int):
        status, content = script
        return lambda exchange: exchange.answer(status, content)
    return lambda exchange: exchange.answer(200, script)


def _read_request(sock: socket.socket, unread: bytes) -> tuple[Seen, bytes] | None:
    while b"\r\n\r\n" not in unread:
        piece = sock.recv(65536)
        if not piece:
            return None
        unread += piece
    head, _, unread = unread.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body, unread = _read_chunked(sock, unread)
    else:
        length = int(headers.get("content-length", "0"))
        while len(unread) < length:
            piece = sock.recv(65536)
            if not piece:
                return None
            unread += piece
        body, unread = unread[:length], unread[length:]
    path, _, query = target.partition("?")
    found = re.fullmatch(r"/v(\d+\.\d+)(/.*)", path)
    seen = Seen(
        method=method,
        target=target,
        path=urllib.parse.unquote(found[2] if found else path),
        version=found[1] if found else None,
        query=dict(urllib.parse.parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body,
    )
    return seen, unread


def _read_chunked(sock: socket.socket, unread: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        while b"\r\n" not in unread:
            unread += _some(sock)
        size_line, _, unread = unread.partition(b"\r\n")
        size = int(size_line.split(b";")[0], 16)
        while len(unread) < size + 2:
            unread += _some(sock)
        body, unread = body + unread[:size], unread[size + 2 :]
        if size == 0:
            return body, unread


def _some(sock: socket.socket) -> bytes:
    piece = sock.recv(65536)
    if not piece:
        raise ClientLeft
    return piece
