"""`stats/`: the newest samples of the containers that a page looks at, one message a second."""

import asyncio
from contextlib import AsyncExitStack

from apps.core.errors import NotFoundHere, Refusal
from apps.engine.errors import EngineError
from apps.terminals import messages
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.messages import Control, Watch
from apps.terminals.sources.stats import HostStatsSource, host_stats_open
from apps.terminals.statshub import Watching

EVERY_S = 1.0
OPENED_AT_ONCE = 2
"""A page of fifty rows must not take the engine's attention from everybody else."""


class HostStatsConsumer(SocketConsumer):
    """Sends nothing until it is told what to watch; each `watch` replaces the one before."""

    def __init__(self) -> None:
        self._wanted: tuple[str, ...] = ()
        self._changed = asyncio.Event()
        self._watched: dict[str, tuple[Watching, AsyncExitStack]] = {}
        self._missing: set[str] = set()
        self._room = asyncio.Semaphore(OPENED_AT_ONCE)

    async def heard(self, control: Control) -> None:
        """Take the ids to watch from now on."""
        if isinstance(control, Watch):
            self._wanted = control.ids
            self._missing.clear()
            self._changed.set()

    async def serve(self) -> Ending:
        """Once a second, send what is new."""
        async with host_stats_open(self.actor, self.host_slug) as source:
            await self.ready({})
            try:
                while True:
                    await self._watch(source)
                    figures = [one for one in map(self._newest, list(self._watched)) if one is not None]
                    if figures:
                        await self.browser.send_text(messages.samples(figures))
                    await self._pause()
            finally:
                for _watching, stack in self._watched.values():
                    await stack.aclose()

    def _newest(self, ref: str) -> dict[str, object] | None:
        watching = self._watched[ref][0]
        figures, watching.newest = watching.newest, None
        return None if figures is None else {**figures, "ref": ref}

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(EVERY_S):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _watch(self, source: HostStatsSource) -> None:
        """Begin and leave what changed. What is not there (any more) is left out without a word."""
        self._changed.clear()
        wanted = self._wanted
        for ref in [ref for ref, (watching, _) in self._watched.items() if ref not in wanted or watching.failure]:
            await self._watched.pop(ref)[1].aclose()
        missing = [ref for ref in wanted if ref not in self._watched and ref not in self._missing]
        for ref, watched in zip(
            missing, await asyncio.gather(*(self._open(source, ref) for ref in missing)), strict=True
        ):
            if watched is not None:
                self._watched[ref] = watched

    async def _open(self, source: HostStatsSource, ref: str) -> tuple[Watching, AsyncExitStack] | None:
        stack = AsyncExitStack()
        try:
            async with self._room:
                container_id = await source.resolve(ref)
            watching = await stack.enter_async_context(source.hub.watched(container_id))
        except NotFoundHere:
            self._missing.add(ref)
            return None
        except (Refusal, EngineError):  # the engine is busy or away: again with the next round
            return None
        return watching, stack
