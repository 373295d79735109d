"""Following the engine's events."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from apps.engine.errors import ProtocolBroken
from apps.engine.operations import SYSTEM_EVENTS
from apps.engine.stream import EngineStream
from apps.engine.types.events import Event, event_of
from apps.engine.wire.jsonlines import LineSplitter, LineTooLong


class Replay:
    """Leaves out of a replay what was processed before: everything up to and including the `last` event.

    The engine's `since` is inclusive, and several events may bear one time. What happened at the time of the last event
    is left out until that event has passed; a later one ends the question.
    """

    def __init__(self, last: Event | None) -> None:
        self._last = last

    def is_new(self, event: Event) -> bool:
        """Say whether an event is one to process; ask once for each, in their order."""
        last = self._last
        if last is None:
            return True
        if event.time_nano > last.time_nano or not last.time_nano:
            self._last = None
            return event.raw != last.raw
        if event.raw == last.raw:
            self._last = None
        return False


class EventStream:
    """Events as they come: an async iterator that opens on its first step, or an async context manager.

    Ends when the engine ends it (`until`); raises EngineGone when the engine went away. The engine drops events
    silently for a reader that is slow, so read in a task that does nothing else; and nothing comes while nothing
    happens, so ping beside it.
    """

    def __init__(self, opening: AbstractAsyncContextManager[EngineStream], after: Event | None = None) -> None:
        self._opening = opening
        self._stream: EngineStream | None = None
        self._lines = LineSplitter()
        self._replay = Replay(after)
        self._ready: deque[Event] = deque()
        self._is_ended = False

    async def __aenter__(self) -> Self:
        if self._stream is None:
            self._stream = await self._opening.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection."""
        self._is_ended = True
        if self._stream is not None:
            self._stream = None
            await self._opening.__aexit__(None, None, None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        try:
            while not self._ready:
                if self._is_ended:
                    raise StopAsyncIteration
                await self._read()
        except BaseException:
            await self.aclose()
            raise
        return self._ready.popleft()

    async def _read(self) -> None:
        if self._stream is None:
            self._stream = await self._opening.__aenter__()
        chunk = await self._stream.read()
        try:
            lines = self._lines.feed(chunk) if chunk else self._lines.finish()
        except LineTooLong as exc:
            raise ProtocolBroken("an event without an end", operation=SYSTEM_EVENTS.id) from exc
        self._is_ended = not chunk
        self._ready.extend(event for event in map(event_of, lines) if self._replay.is_new(event))
