"""`containers/<id>/stats/`: what was seen of a container, then one sample a second, already computed."""

from apps.engine.errors import NotFound
from apps.terminals import closes, messages, patience
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.sources.stats import stats_open


class StatsConsumer(SocketConsumer):
    """Samples of one container until it is removed; one that is stopped sends samples without values."""

    async def serve(self) -> Ending:
        """Send each sample; a browser that is slow gets the newest."""
        async with patience.opened(lambda: stats_open(self.actor, self.host_slug, self.ref)) as source:
            await self.ready({"container": source.container.id})
            await self.browser.send_text(messages.of("history", source.history()))
            try:
                while True:
                    await self.browser.send_text(messages.sample(await source.watching.next()))
            except NotFound:
                return closes.ended("removed")
