"""What happens on a host: from the shared feed, and from the engine's memory when the past is asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.aio import AsyncEngine
from apps.engine.types.events import Event
from apps.hosts.gate import open_engine_async
from apps.terminals.events import Filter, is_errand
from apps.terminals.feed import Feed, Subscription, feed_of
from apps.terminals.query import EventsWish


class EventsSource:
    """The events of one host, as one actor may see them."""

    def __init__(
        self, engine: AsyncEngine, *, feed: Feed, subscription: Subscription, wish: EventsWish, sees_commands: bool
    ) -> None:
        self._engine = engine
        self._wish = wish
        self._filter = Filter(wish.filters)
        self.feed = feed
        self.subscription = subscription
        self.sees_commands = sees_commands

    async def remembered(self) -> AsyncIterator[Event]:
        """What the engine remembers (256 events at most), then what happens until the end asked for, if any."""
        async with self._engine.events(since=self._wish.since, until=self._wish.until) as events:
            async for event in events:
                if self._filter.wants(event) and not is_errand(event):
                    yield event


@asynccontextmanager
async def events_open(actor: Actor, host_slug: str, *, wish: EventsWish) -> AsyncIterator[EventsSource]:
    """Subscribe to a host's events. Raises what the gate raises, and the failure of an engine that does not answer."""
    async with open_engine_async(actor, host_slug, Action.EVENTS_VIEW) as opened:
        feed = feed_of(opened.host, opened.engine)
        async with feed.subscribed(Filter(wish.filters).wants) as subscription:
            await feed.standing()
            yield EventsSource(
                opened.engine,
                feed=feed,
                subscription=subscription,
                wish=wish,
                sees_commands=roles.may(actor, Action.CONTAINER_EXEC),
            )
