"""`containers/<id>/logs/`: the engine's own stream, untouched."""

import asyncio
from typing import ClassVar

from apps.engine.errors import EngineGone
from apps.engine.stream import EngineStream
from apps.terminals import patience
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.query import parse_logs
from apps.terminals.sources.logs import logs_open


class LogsConsumer(SocketConsumer):
    """The bytes of the engine's log in messages as large as they came. The browser's pace is the engine's pace."""

    write_deadline_s: ClassVar[float] = 25.0
    """Longer than for a terminal: the engine reads from its own file and loses nothing by waiting."""

    async def serve(self) -> Ending:
        """Open the log, carry it, and tell why it ended."""
        wish = parse_logs(self.query_string)
        async with patience.opened(lambda: logs_open(self.actor, self.host_slug, self.ref, wish=wish)) as source:
            await self.ready(
                {
                    "tty": source.container.config.tty,
                    "multiplexed": source.is_multiplexed,
                    "follow": wish.follow,
                    "running": source.container.state.running,
                    "started_at": source.container.state.started_at,
                    "container": source.container.id,
                }
            )
            async with source.feed.subscribed(lambda event: False):
                carrying = asyncio.create_task(self._carry(source.stream), name="log")
                hung = asyncio.create_task(source.feed.hung(), name="hung")
                try:
                    await asyncio.wait({carrying, hung}, return_when=asyncio.FIRST_COMPLETED)
                    if not carrying.done():
                        raise EngineGone
                    await carrying
                finally:
                    carrying.cancel()
                    hung.cancel()
                    await asyncio.gather(carrying, hung, return_exceptions=True)
            return await source.ending()

    async def _carry(self, stream: EngineStream) -> None:
        send_bytes = self.browser.send_bytes
        while chunk := await stream.read():
            await send_bytes(chunk)
