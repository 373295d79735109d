"""One connection for one request: a plain answer, a chunked stream, or a socket that was hijacked.

The consumer pulls. What it has not taken yet waits here, at most `LIMIT_BYTES` (of a file `BULK_LIMIT_BYTES`); then the
transport stops reading, the kernel's buffers fill, and the engine waits with writing. Pieces are handed on as large as
they came: nothing is done per frame or per line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import cast

from apps.engine.call import Request
from apps.engine.errors import EngineError, EngineGone, ProtocolBroken, TimedOut, Unreachable
from apps.engine.wire.http1 import Head, HttpError, ResponseReader, request_bytes

_FIRST_READ_BYTES = 16 * 1024
_LARGEST_READ_BYTES = 64 * 1024
_HIGH_WATER_BYTES = 128 * 1024
LIMIT_BYTES = _HIGH_WATER_BYTES + _LARGEST_READ_BYTES
"""The most that waits for a slow consumer."""

_BULK_READ_BYTES = 240 * 1024
"""Of a file or of lines: what a unix socket holds at most, and still no block that malloc would map and unmap anew."""
_BULK_HIGH_WATER_BYTES = 2 * _BULK_READ_BYTES
"""One such piece may wait while the next comes: reading is not stopped and started anew for each."""
BULK_LIMIT_BYTES = _BULK_HIGH_WATER_BYTES + _BULK_READ_BYTES
"""The most of a file that waits for a slow consumer."""

_FLUSH_DEADLINE_S = 2.0
_SEND_DEADLINE_S = 60.0

_GATHER_S = 0.001
_FLOOD_WINDOW_S = 0.01
_FLOOD_BYTES = 8 * 1024
_LARGE_BYTES = 16 * 1024
"""While more than _FLOOD_BYTES come in a window, reading pauses for a moment after a piece that is not _LARGE_BYTES.

The engine writes each log line by itself. Read as they come they would make messages of some hundred bytes all the way
to the browser; gathered they have tens of KiB, at the same rate. Keystrokes and their echo never get there, and so
never wait.
"""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent piece by piece: exactly `size_bytes` of it, or chunked when the size is None."""

    pieces: AsyncIterator[bytes]
    size_bytes: int | None = None


class Connection(asyncio.BufferedProtocol):
    """A connected socket that carries one request.

    `lost(exc)` makes the error for a connection that breaks before the answer's head has come.
    """

    def __init__(self, *, authority: str, lost: Callable[[BaseException], Unreachable]) -> None:
        self._authority = authority
        self._lost = lost
        self._operation: str | None = None
        self._reader = ResponseReader(method="GET")
        self._transport: asyncio.Transport | None = None
        self._buffer = memoryview(bytearray(_FIRST_READ_BYTES))
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._is_bulk = False
        self._large_bytes = _LARGE_BYTES
        self._high_water_bytes = _HIGH_WATER_BYTES
        self._is_paused = False
        self._is_ended = False
        self._failure: Exception | None = None
        self._reading: asyncio.Future[None] | None = None
        self._window_start_s = 0.0
        self._window_bytes = 0
        self._window_now_s = 0.0
        self._rests_until_s = 0.0
        self._writable = asyncio.Event()
        self._writable.set()

    # what the client does

    async def send(self, request: Request, *, operation: str) -> None:
        """Send the one request of this connection; `operation` names it in errors."""
        self._operation = operation
        self._reader = ResponseReader(method=request.method)
        await self.write(
            request_bytes(
                request.method, request.target, host=self._authority, headers=request.headers, body=request.body
            )
        )

    async def send_with(self, request: Request, body: Body, *, operation: str) -> None:
        """Send the one request of this connection with a body that is taken as fast as the other side takes it.

        Returns early when the other side has answered, or gone, before all of it was sent: `head` tells which.
        Raise TimedOut when it takes nothing for a minute.
        """
        self._operation = operation
        self._reader = ResponseReader(method=request.method)
        is_chunked = body.size_bytes is None
        length = {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": str(body.size_bytes)}
        headers = {**request.headers, **length}
        await self.write(request_bytes(request.method, request.target, host=self._authority, headers=headers))
        async for piece in body.pieces:
            if self._is_ended or self._reader.head is not None:
                return
            if not piece:
                continue
            try:
                async with asyncio.timeout(_SEND_DEADLINE_S):
                    await self.write(b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece)
            except TimeoutError as exc:
                raise TimedOut(operation, _SEND_DEADLINE_S, is_change=True) from exc
        if is_chunked:
            await self.write(b"0\r\n\r\n")

    async def head(self) -> Head:
        """Wait for status and headers. Raise Unreachable when the connection breaks before, ProtocolBroken."""
        while self._reader.head is None:
            if self._is_ended:
                raise self._error_before_head()
            await self._wait()
        return self._reader.head

    def expect_bulk(self) -> None:
        """A file comes: read as much at once as there is. Nothing is gathered, for that would hold the engine up."""
        self._is_bulk = True
        self._buffer = memoryview(bytearray(_BULK_READ_BYTES))
        self._high_water_bytes = _BULK_HIGH_WATER_BYTES

    def expect_lines(self) -> None:
        """Long work tells of itself: while it tells much, take what a moment brings at once, however much that is."""
        self._large_bytes = _BULK_READ_BYTES
        self._buffer = memoryview(bytearray(_BULK_READ_BYTES))

    async def read(self) -> bytes:
        """Return the next bytes of the body (or of the hijacked socket), all that are here; b"" at the end.

        Raise EngineGone when the socket ended before the body did, or a hijacked one broke. A hijacked socket that
        merely ends is at its end: nothing on it tells a finished process from an engine that left.
        """
        if self._rests_until_s:
            await self._rest()
        while not self._pieces:
            if self._reader.is_complete:
                return b""
            if self._is_ended:
                raise self._error_in_body()
            await self._wait()
        if self._is_bulk:
            body = self._pieces.pop(0)  # large as it is: to join it with the next would only copy it
        else:
            body = b"".join(self._pieces)
            self._pieces.clear()
        self._waiting_bytes -= len(body)
        if self._is_flood(len(body)):
            self._pause()
            self._rests_until_s = self._window_now_s + _GATHER_S
        elif self._waiting_bytes < self._high_water_bytes:  # of a file only one piece is taken, it may be a small one
            self._resume()
        return body

    async def read_all(self, *, limit_bytes: int | None = None) -> bytes:
        """Return the rest of the body; with a limit, what is beyond it is left unread."""
        pieces: list[bytes] = []
        size = 0
        while piece := await self.read():
            pieces.append(piece)
            size += len(piece)
            if limit_bytes is not None and size >= limit_bytes:
                break
        return b"".join(pieces)

    async def write(self, piece: bytes) -> None:
        """Send bytes; wait while the other side does not take them. After the end of the connection: nothing."""
        if self._transport is None or self._is_ended or self._transport.is_closing():
            return
        self._transport.write(piece)
        await self._writable.wait()

    def write_eof(self) -> bool:
        """Close our half of the socket, after what was written. False where that is impossible (TLS)."""
        if self._transport is None or self._is_ended or self._transport.is_closing():
            return True
        if not self._transport.can_write_eof():
            return False
        self._transport.write_eof()
        return True

    def close(self) -> None:
        """Close the socket; what was written goes out first, but nobody waits for it."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(_FLUSH_DEADLINE_S, transport.abort)
        transport.close()

    @property
    def is_upgraded(self) -> bool:
        """Whether the answer was 101."""
        return self._reader.is_upgraded

    @property
    def ends_with_the_socket(self) -> bool:
        """Whether nothing but the end of the socket marks the end of the body: a hijack."""
        return self._reader.ends_with_the_socket

    @property
    def waiting_bytes(self) -> int:
        """Bytes received and not read yet."""
        return self._waiting_bytes

    # called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour alone
        if transport.get_extra_info("sslcontext") is not None:
            # Else TLS reads on while we are paused, and when it meets the end there, it throws away what it holds.
            transport.set_read_buffer_limits(high=1, low=0)  # type: ignore[attr-defined]
        self._transport.set_write_buffer_limits(high=_LARGEST_READ_BYTES)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        was_complete = self._reader.is_complete
        try:
            body = self._reader.feed(self._buffer[:nbytes])
        except HttpError as exc:
            self._failure = exc
            self._is_ended = True
            if self._transport is not None:
                self._transport.abort()
            self._wake()
            return
        if body:
            self._pieces.append(body)
            self._waiting_bytes += len(body)
            if self._waiting_bytes >= self._high_water_bytes:
                self._pause()
        if nbytes == len(self._buffer) and nbytes < _LARGEST_READ_BYTES:
            self._buffer = memoryview(bytearray(_LARGEST_READ_BYTES))
        if body or self._reader.is_complete is not was_complete or self._reader.head is not None:
            self._wake()

    def eof_received(self) -> bool:
        self._finish(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # how it is done

    def _is_flood(self, size: int) -> bool:
        """Whether much comes in small pieces, now that one of this size was taken."""
        if self._is_bulk:
            return False
        now_s = self._window_now_s = asyncio.get_running_loop().time()
        if now_s - self._window_start_s > _FLOOD_WINDOW_S:
            self._window_start_s, self._window_bytes = now_s, 0
        self._window_bytes += size
        return self._window_bytes > _FLOOD_BYTES and size < self._large_bytes

    async def _rest(self) -> None:
        """Let the kernel collect for the rest of the moment; what was done meanwhile counts."""
        left_s = self._rests_until_s - asyncio.get_running_loop().time()
        self._rests_until_s = 0.0
        try:
            if left_s > 0 and not self._is_ended and not self._reader.is_complete:
                await asyncio.sleep(left_s)
        finally:
            self._resume()

    def _pause(self) -> None:
        if not self._is_paused and not self._is_ended and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._is_paused and not self._is_ended and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()

    def _finish(self, exc: Exception | None) -> None:
        if not self._is_ended:
            self._is_ended = True
            if exc is None:
                self._reader.feed_eof()
            self._failure = exc
        self._writable.set()
        self._wake()

    def _wake(self) -> None:
        if self._reading is not None and not self._reading.done():
            self._reading.set_result(None)

    async def _wait(self) -> None:
        assert self._reading is None, "one reader at a time"
        self._reading = asyncio.get_running_loop().create_future()
        try:
            await self._reading
        finally:
            self._reading = None

    def _error_before_head(self) -> EngineError:
        if isinstance(self._failure, HttpError):
            return ProtocolBroken(_words(self._failure), operation=self._operation)
        error = self._lost(self._failure or ConnectionResetError("it closed without an answer"))
        error.operation = self._operation
        return error

    def _error_in_body(self) -> EngineError:
        if isinstance(self._failure, HttpError):
            return ProtocolBroken(_words(self._failure), operation=self._operation)
        return EngineGone(self._operation)


def _words(exc: Exception) -> str:
    return str(exc).rstrip(".")
