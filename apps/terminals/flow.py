"""Bounds: how much may be under way to a browser, and how much may wait for a container."""

import asyncio
from collections import deque

WINDOW_BYTES = 512 * 1024
INBOX_BYTES = 2 * 1024 * 1024
INBOX_PATIENCE_S = 15.0
"""Less than the keep-alive's own patience: the reader is told why before her connection is cut."""


class InputStalled(Exception):
    """The container did not read its input for INBOX_PATIENCE_S while the inbox was full."""


class OutputStalled(Exception):
    """The browser acknowledged nothing for longer than what holds up the engine may wait."""


class FlowWindow:
    """Bytes that may be sent to a browser beyond those it says it has drawn.

    A browser that never acknowledges is held by its socket alone; the window counts from its first acknowledgement.
    `patience_s` None: whoever waits for room waits for ever.
    """

    def __init__(self, *, window_bytes: int = WINDOW_BYTES, patience_s: float | None = None) -> None:
        self._window_bytes = window_bytes
        self._patience_s = patience_s
        self._under_way = 0
        self._is_used = False
        self._has_room = asyncio.Event()
        self._has_room.set()

    def sent(self, byte_count: int) -> None:
        """So many more bytes went out."""
        self._under_way += byte_count
        self._look()

    def acknowledged(self, byte_count: int) -> None:
        """So many more bytes were drawn."""
        self._is_used = True
        self._under_way = max(0, self._under_way - byte_count)
        self._look()

    async def room(self) -> None:
        """Wait until something may be sent. Raises OutputStalled."""
        if self._has_room.is_set():
            return
        try:
            async with asyncio.timeout(self._patience_s):
                await self._has_room.wait()
        except TimeoutError as exc:
            raise OutputStalled from exc

    def _look(self) -> None:
        if self._is_used and self._under_way >= self._window_bytes:
            self._has_room.clear()
        else:
            self._has_room.set()


class Inbox:
    """What was typed and not yet taken by the container, in order and bounded."""

    def __init__(self, *, limit_bytes: int = INBOX_BYTES, patience_s: float = INBOX_PATIENCE_S) -> None:
        self._limit_bytes = limit_bytes
        self._patience_s = patience_s
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()

    @property
    def waiting_bytes(self) -> int:
        """How much waits."""
        return self._waiting_bytes

    async def put(self, piece: bytes) -> None:
        """Add a piece; waits while the inbox is full. Raises InputStalled when it stays full for too long."""
        if not piece:
            return
        while self._waiting_bytes >= self._limit_bytes:
            self._drained.clear()
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._drained.wait()
            except TimeoutError as exc:
                raise InputStalled from exc
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        self._filled.set()

    async def take(self) -> bytes:
        """The oldest pieces, joined up to 64 KiB; waits until there is one."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        taken = [self._waiting.popleft()]
        size = len(taken[0])
        while self._waiting and size + len(self._waiting[0]) <= 64 * 1024:
            taken.append(self._waiting.popleft())
            size += len(taken[-1])
        self._waiting_bytes -= size
        self._drained.set()
        return taken[0] if len(taken) == 1 else b"".join(taken)
