"""`events/`: what happens on the host, one Engine event a message."""

from apps.terminals import closes, events, messages
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.feed import Notice
from apps.terminals.query import parse_events
from apps.terminals.sources.events import EventsSource, events_open

NOTICES = {Notice.LOST: messages.LOST, Notice.RESYNC: messages.RESYNC}


class EventsConsumer(SocketConsumer):
    """Live events from the shared feed; with `since` or `until` what the engine remembers, from a stream of its own."""

    async def serve(self) -> Ending:
        """Send what the actor may see."""
        wish = parse_events(self.query_string)
        async with events_open(self.actor, self.host_slug, wish=wish) as source:
            await self.ready({"replay": wish.is_replay})
            if wish.is_replay:
                async for event in source.remembered():
                    await self.browser.send_text(events.as_text(event, with_commands=source.sees_commands))
                return closes.ended("complete")
            return await self._follow(source)

    async def _follow(self, source: EventsSource) -> Ending:
        while True:
            news = await source.subscription.next()
            if isinstance(news, Notice):
                await self.browser.send_text(NOTICES[news])
            else:
                await self.browser.send_text(events.as_text(news, with_commands=source.sees_commands))
