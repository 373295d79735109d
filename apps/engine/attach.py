"""Attach to a container: over its WebSocket (`GET attach/ws`), or hijacked (`POST attach`) where that is missing.

The WebSocket half is the sans-I/O core of `websockets` over our own connection, so the same back-pressure holds. It is
never multiplexed: stdout and stderr of a container without a TTY arrive mixed.
"""

from __future__ import annotations

from dataclasses import replace

from websockets.client import ClientProtocol
from websockets.datastructures import Headers as WebSocketHeaders
from websockets.exceptions import InvalidHandshake
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import WebSocketURI

from apps.engine.call import Request
from apps.engine.connection import Connection
from apps.engine.errors import ApiError, EngineError, EngineGone, ProtocolBroken, VersionTooOld
from apps.engine.hijack import Via
from apps.engine.operations import CONTAINER_ATTACH_WEBSOCKET
from apps.engine.version import ApiVersion
from apps.engine.wire.http1 import Head

BINARY_FRAMES_SINCE = ApiVersion(1, 28)
"""Below it the engine sends text frames, whatever the bytes are."""

_DETACH_KEYS_SINCE = ApiVersion(1, 22)
_LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024
_LARGEST_WRITE_BYTES = 32 * 1024
_NEVER_TYPED = "%2C".join(["%FF", "%FE"] * 4)
"""Detach keys that no keyboard makes: bytes that UTF-8 does not have.

Without any, the engine takes ctrl-p ctrl-q and holds every ctrl-p back until the next key.
"""

_PAYLOAD = {Opcode.BINARY, Opcode.TEXT, Opcode.CONT}

_MISSING_STATUSES = {403, 404, 405, 501}
"""How an engine (Podman: 404) or a proxy before it says that it has no `attach/ws`."""


def without_detach_keys(request: Request, version: ApiVersion) -> Request:
    """Return an attach request with detach keys that nobody types; engines before API 1.22 know no such choice."""
    if version < _DETACH_KEYS_SINCE:
        return request
    return replace(request, target=f"{request.target}&detachKeys={_NEVER_TYPED}")


def websocket_version(spoken: ApiVersion, newest: ApiVersion) -> ApiVersion:
    """Return the version to ask for a WebSocket in: the one spoken, at least 1.28.

    Raise VersionTooOld for an engine whose newest version is older.
    """
    version = max(spoken, BINARY_FRAMES_SINCE)
    if version > newest:
        raise VersionTooOld(CONTAINER_ATTACH_WEBSOCKET.id, BINARY_FRAMES_SINCE, newest)
    return version


def is_websocket_missing(error: EngineError) -> bool:
    """Say whether the engine (or a proxy) has no usable WebSocket for attach, so that a hijack is worth trying.

    A missing container looks the same; the hijack then says so.
    """
    if isinstance(error, ApiError):
        return error.status in _MISSING_STATUSES or (error.status == 400 and "websocket" in error.message.lower())
    return isinstance(error, ProtocolBroken | VersionTooOld)


class Handshake:
    """The opening of a WebSocket: `headers` to send with the request, and the check of what came back."""

    def __init__(self) -> None:
        self._protocol = ClientProtocol(_uri())
        self.headers = {
            name: value for name, value in self._protocol.connect().headers.raw_items() if name.lower() != "host"
        }

    def check(self, head: Head) -> None:
        """Raise ProtocolBroken when a successful answer is not the one to our opening."""
        response = Response(head.status, "", WebSocketHeaders(head.headers))
        try:
            self._protocol.process_response(response)
        except InvalidHandshake as exc:
            raise ProtocolBroken(
                f"no WebSocket: {str(exc).rstrip('.')}", operation=CONTAINER_ATTACH_WEBSOCKET.id
            ) from exc


class WebSocketAttached:
    """The streams of a container over `attach/ws`."""

    via: Via = "ws"
    is_multiplexed = False

    def __init__(self, connection: Connection, *, has_stdin: bool, is_stdin_once: bool) -> None:
        self._connection = connection
        self._has_stdin = has_stdin
        self._is_stdin_once = is_stdin_once
        self._protocol = ClientProtocol(_uri(), state=State.OPEN, max_size=_LARGEST_MESSAGE_BYTES)

    async def read(self) -> bytes:
        """Return the container's next bytes; b"" when the engine closed in an orderly way (exit, removal, detach).

        There is no exit code on this socket: wait or inspect. Raise EngineGone when the socket broke without a close.
        """
        protocol = self._protocol
        while protocol.close_rcvd is None:
            if protocol.parser_exc is not None:
                raise ProtocolBroken(str(protocol.parser_exc), operation=CONTAINER_ATTACH_WEBSOCKET.id)
            piece = await self._connection.read()
            if not piece:
                raise EngineGone(CONTAINER_ATTACH_WEBSOCKET.id)
            protocol.receive_data(piece)
            payload = b"".join(
                bytes(event.data)
                for event in protocol.events_received()
                if isinstance(event, Frame) and event.opcode in _PAYLOAD
            )
            await self._flush()
            if payload:
                return payload
        return b""

    async def write(self, keys: bytes) -> None:
        """Send bytes to stdin in binary messages of at most 32 KiB."""
        if not self._has_stdin:
            return
        for start in range(0, len(keys), _LARGEST_WRITE_BYTES):
            if self._protocol.state is not State.OPEN:
                return
            self._protocol.send_binary(keys[start : start + _LARGEST_WRITE_BYTES])
            await self._flush()

    async def close_stdin(self) -> bool:
        """With StdinOnce: send our close, by which the process reads the end; its output still comes. Else False."""
        if not self._is_stdin_once:
            return False
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            await self._flush()
        return True

    async def _flush(self) -> None:
        for piece in self._protocol.data_to_send():
            await self._connection.write(piece)


def _uri() -> WebSocketURI:
    return WebSocketURI(secure=False, host="docker", port=80, path="/", query="")
