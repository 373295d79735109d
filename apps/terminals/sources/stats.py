"""Samples of one container, or of those of a host that are looked at."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import open_container_async, open_engine_async
from apps.terminals.feed import Feed, feed_of
from apps.terminals.statshub import StatsHub, Watching, hub_of


@dataclass(frozen=True, slots=True)
class StatsSource:
    """Samples of one container."""

    container: ContainerInspect
    watching: Watching
    feed: Feed
    hub: StatsHub

    def history(self) -> Mapping[str, object]:
        """What was seen of it before, whoever watched."""
        return self.hub.history(self.container.id)


@dataclass(frozen=True, slots=True)
class HostStatsSource:
    """Samples of the containers of a host."""

    hub: StatsHub
    feed: Feed
    actor: Actor
    host_slug: str

    async def resolve(self, ref: str) -> str:
        """The full id of a container that the actor may see samples of. Raises what the gate raises."""
        async with open_container_async(self.actor, self.host_slug, ref, Action.CONTAINER_STATS) as opened:
            return opened.container.id


@asynccontextmanager
async def stats_open(actor: Actor, host_slug: str, ref: str) -> AsyncIterator[StatsSource]:
    """Watch one container. Raises what the gate and the engine raise."""
    async with open_container_async(actor, host_slug, ref, Action.CONTAINER_STATS) as opened:
        hub = hub_of(opened.engine)
        async with hub.watched(opened.container.id) as watching:
            yield StatsSource(opened.container, watching, feed_of(opened.host, opened.engine), hub)


@asynccontextmanager
async def host_stats_open(actor: Actor, host_slug: str) -> AsyncIterator[HostStatsSource]:
    """Watch containers of a host; which, is said later. Raises what the gate raises, and for an engine that is away."""
    async with open_engine_async(actor, host_slug, Action.CONTAINER_STATS) as opened:
        await opened.engine.facts()
        feed = feed_of(opened.host, opened.engine)
        yield HostStatsSource(hub_of(opened.engine), feed, actor, host_slug)
