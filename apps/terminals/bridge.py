"""Bytes between an engine's connection and a browser: two tasks, bounded, and never decoded."""

import asyncio
import logging
from typing import Protocol

from apps.engine.errors import EngineError
from apps.engine.wire.frames import ENGINE_MESSAGE, STDERR, STDOUT, FrameSplitter
from apps.terminals.flow import FlowWindow, Inbox

log = logging.getLogger(__name__)

ALL_STREAMS = frozenset({STDOUT, STDERR, ENGINE_MESSAGE})


class Upstream(Protocol):
    """The engine's side: a hijacked connection of attach or exec."""

    async def read(self) -> bytes: ...

    async def write(self, piece: bytes, /) -> None: ...


class Outlet(Protocol):
    """The browser's side."""

    async def send_bytes(self, piece: bytes, /) -> None: ...


class Bridge:
    """Carries bytes both ways until the engine's side ends.

    `streams` is None for a raw stream; for a multiplexed one it names the streams whose payloads go to the browser:
    the browser gets the bytes as the process wrote them, never the engine's frame headers.
    """

    def __init__(
        self,
        upstream: Upstream,
        browser: Outlet,
        *,
        inbox: Inbox,
        window: FlowWindow,
        streams: frozenset[int] | None = None,
    ) -> None:
        self._upstream = upstream
        self._browser = browser
        self._inbox = inbox
        self._window = window
        self._streams = streams
        self._splitter = FrameSplitter()

    async def carry(self) -> None:
        """Return when the engine's side has ended and everything it said was sent.

        Raises what reading from the engine raises (EngineGone) and what sending to the browser raises. Whatever
        happens, cancellation included, no task is left behind.
        """
        upward = asyncio.create_task(self._upward(), name="browser to engine")
        try:
            await self._downward()
        finally:
            upward.cancel()
            await asyncio.gather(upward, return_exceptions=True)

    async def _downward(self) -> None:
        upstream, browser, window = self._upstream, self._browser, self._window
        while piece := await upstream.read():
            if self._streams is not None:
                piece = self._payloads(piece, self._streams)
                if not piece:
                    continue
            await window.room()
            await browser.send_bytes(piece)
            window.sent(len(piece))

    async def _upward(self) -> None:
        try:
            while True:
                await self._upstream.write(await self._inbox.take())
        except (EngineError, OSError) as exc:
            # The reading side learns how it ended; what is typed from now on has nowhere to go.
            log.debug("input is not taken any more: %s", exc)

    def _payloads(self, piece: bytes, streams: frozenset[int]) -> bytes:
        return b"".join(frame.payload for frame in self._splitter.feed(piece) if frame.stream in streams)
