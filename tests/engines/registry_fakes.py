"""A registry that misbehaves on purpose, where an engine of the tests meets it: on its own 127.0.0.1.

Sockets belong to the network namespace in which they were made, so the listener is made in the engine's and served from
threads here. It speaks just enough of the registry's v2 API for a pull.
"""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import io
import json
import os
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scripts.private_engine import PrivateEngine

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class FakeRegistry:
    """One image of `layers` layers under any name. `on_blob`, `on_manifest`, `on_upload` may do else than answer.

    They get the handler (and the content) and return True when they answered. `seen` are (method, path, Authorization).
    """

    def __init__(self, engine: PrivateEngine, *, layers: int = 1, layer_bytes: int = 200_000) -> None:
        self.seen: list[tuple[str, str, str]] = []
        self.wants_password = False
        """Whether nobody gets anything without credentials; which ones does not matter."""
        self.on_manifest: Callable[[BaseHTTPRequestHandler], bool] = lambda handler: False
        self.on_blob: Callable[[BaseHTTPRequestHandler, bytes], bool] = lambda handler, content: False
        self.on_upload: Callable[[BaseHTTPRequestHandler], bool] = lambda handler: False
        self._blobs: dict[str, bytes] = {}
        self._manifest = self._made(layers, layer_bytes)
        listener = listener_in(engine)
        self.port = listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self._server = _Server(listener, self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Serve nothing more."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.seen.append((handler.command, handler.path, handler.headers.get("Authorization", "")))
        if self.wants_password and not handler.headers.get("Authorization"):
            send(handler, 401, b'{"errors":[{"code":"UNAUTHORIZED","message":"who is it"}]}', wants_password=True)
        elif handler.path == "/v2/":
            send(handler, 200, b"{}")
        elif "/manifests/" in handler.path:
            if not self.on_manifest(handler):
                digest = "sha256:" + hashlib.sha256(self._manifest).hexdigest()
                send(handler, 200, self._manifest, content_type=_MANIFEST, digest=digest)
        elif "/blobs/uploads/" in handler.path:
            if not self.on_upload(handler):
                send(handler, 403, b'{"errors":[{"code":"DENIED","message":"nothing is taken here"}]}')
        else:
            content = self._blobs.get(handler.path.rpartition("/")[2])
            if content is None:
                send(handler, 404, b'{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}')
            elif not self.on_blob(handler, content):
                send(handler, 200, content)

    def _made(self, layers: int, layer_bytes: int) -> bytes:
        packed = [_layer(number, layer_bytes) for number in range(layers)]
        diff_ids = ["sha256:" + hashlib.sha256(plain).hexdigest() for plain, _ in packed]
        configuration: dict[str, Any] = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["sh"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [{"created": "2024-01-01T00:00:00Z", "created_by": f"layer {n}"} for n in range(layers)],
        }
        config = self._kept(json.dumps(configuration).encode(), "application/vnd.docker.container.image.v1+json")
        rows = [self._kept(content, "application/vnd.docker.image.rootfs.diff.tar.gzip") for _, content in packed]
        manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": rows}
        return json.dumps(manifest).encode()

    def _kept(self, content: bytes, media_type: str) -> dict[str, object]:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self._blobs[digest] = content
        return {"mediaType": media_type, "size": len(content), "digest": digest}


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    content: bytes,
    *,
    content_type: str = "",
    digest: str = "",
    wants_password: bool = False,
) -> None:
    """Answer with a body; nothing of it for HEAD."""
    handler.send_response(status)
    handler.send_header("Docker-Distribution-Api-Version", "registry/2.0")
    handler.send_header("Content-Type", content_type or "application/json")
    handler.send_header("Content-Length", str(len(content)))
    if digest:
        handler.send_header("Docker-Content-Digest", digest)
    if wants_password:
        handler.send_header("WWW-Authenticate", 'Basic realm="tests"')
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, registry: FakeRegistry) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                registry.answer(self)

            do_HEAD = do_POST = do_PATCH = do_GET  # noqa: N815 - the base class's names

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of engines that leave in the middle."""


def listener_in(engine: PrivateEngine) -> socket.socket:
    """A listener on a free port of the 127.0.0.1 that the engine knows."""
    made: list[socket.socket] = []

    def make() -> None:
        there = os.open(engine.network_namespace, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(there, _NEW_NETWORK):  # this thread alone, which ends here
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(there)
        made.append(socket.create_server(("127.0.0.1", 0), backlog=64))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


def _layer(number: int, size: int) -> tuple[bytes, bytes]:
    """A layer's tar, plain and packed. What is in it cannot be packed smaller."""
    content = hashlib.shake_128(str(number).encode()).digest(size)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        entry = tarfile.TarInfo(f"file-{number}")
        entry.size = size
        tar.addfile(entry, io.BytesIO(content))
    return plain.getvalue(), gzip.compress(plain.getvalue(), compresslevel=1, mtime=0)


@pytest.fixture
def fake_registry(engine_process: PrivateEngine) -> Iterator[Callable[..., FakeRegistry]]:
    """`fake_registry(layers=20)`: a registry that only the session's engine reaches, and that does as a test says."""
    made: list[FakeRegistry] = []

    def make(*, layers: int = 1, layer_bytes: int = 200_000) -> FakeRegistry:
        made.append(FakeRegistry(engine_process, layers=layers, layer_bytes=layer_bytes))
        return made[-1]

    yield make
    for registry in made:
        registry.close()
