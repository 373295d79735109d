"""What attach and exec have in common: a bridge, an inbox, a window, a size, and an engine that may hang."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from apps.engine.errors import EngineGone
from apps.engine.hijack import Attached
from apps.terminals.bridge import Bridge
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.feed import Feed
from apps.terminals.flow import FlowWindow, Inbox
from apps.terminals.messages import Ack, Control, Resize


class TerminalConsumer(SocketConsumer):
    """A socket that carries keystrokes one way and screens the other."""

    output_patience_s: ClassVar[float | None] = None
    """How long a browser that draws nothing may hold up the engine. An exec holds up nobody but itself."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.window = FlowWindow(patience_s=self.output_patience_s)
        self.takes_input = True
        self._size: Resize | None = None
        self._sized = asyncio.Event()

    async def heard_bytes(self, piece: bytes) -> None:
        """Keep what was typed until the engine takes it."""
        if self.takes_input:
            await self.inbox.put(piece)

    async def heard(self, control: Control) -> None:
        """Take a new size, or word of what was drawn."""
        if isinstance(control, Resize):
            self.want_size(control)
        elif isinstance(control, Ack):
            self.window.acknowledged(control.byte_count)

    def want_size(self, size: Resize | None) -> None:
        """Have the terminal set to this size; of several in a row the last one counts."""
        self._size = size or self._size
        if self._size is not None:
            self._sized.set()

    async def carry(
        self,
        attached: Attached,
        *,
        streams: frozenset[int] | None,
        feed: Feed,
        resize: Callable[[Resize], Awaitable[bool]] | None,
        beside: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Carry bytes until the engine's side ends. Raises EngineGone when it broke, or hangs."""
        bridge = Bridge(attached, self.browser, inbox=self.inbox, window=self.window, streams=streams)
        async with feed.subscribed(lambda event: False):
            carrying = asyncio.create_task(bridge.carry(), name="bridge")
            hung = asyncio.create_task(feed.hung(), name="hung")
            tasks: list[asyncio.Task[None]] = [carrying, hung]
            if resize is not None:
                tasks.append(asyncio.create_task(self._resizing(resize), name="sizes"))
            if beside is not None:
                tasks.append(asyncio.create_task(_quietly(beside), name="beside"))
            try:
                await asyncio.wait({carrying, hung}, return_when=asyncio.FIRST_COMPLETED)
                if not carrying.done():
                    raise EngineGone
                await carrying
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _resizing(self, resize: Callable[[Resize], Awaitable[bool]]) -> None:
        while True:
            await self._sized.wait()
            self._sized.clear()
            if self._size is not None:
                await resize(self._size)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    await work()
