"""A container's log, as the engine streams it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.api.containers import container_inspect, container_logs
from apps.engine.errors import EngineError, NotFound
from apps.engine.stream import EngineStream
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import open_container_async
from apps.terminals import closes, patience
from apps.terminals.closes import Ending
from apps.terminals.feed import Feed, feed_of
from apps.terminals.query import LogsWish


class LogsSource:
    """One open log."""

    def __init__(
        self, engine: AsyncEngine, container: ContainerInspect, *, stream: EngineStream, is_following: bool, feed: Feed
    ) -> None:
        self._engine = engine
        self._is_following = is_following
        self.container = container
        self.stream = stream
        self.feed = feed

    @property
    def is_multiplexed(self) -> bool:
        """Whether the bytes are frames; raw when the container has a terminal."""
        return self.stream.is_multiplexed(tty=self.container.config.tty)

    async def ending(self) -> Ending:
        """Why the log ended, asked after it has: it was read to its end, or the container that was followed stopped."""
        if not self._is_following:
            return closes.ended("complete")
        try:
            state = (await patience.ask(self._engine, container_inspect(self.container.id))).state
        except NotFound:
            return closes.ended("removed")
        except (EngineError, Unavailable):
            return closes.ended("engine_gone")
        if state.running:
            return closes.ended("restarted")
        if state.status == "created":
            return closes.ended("created")
        return closes.ended("stopped", exit_code=state.exit_code)


@asynccontextmanager
async def logs_open(actor: Actor, host_slug: str, ref: str, *, wish: LogsWish) -> AsyncIterator[LogsSource]:
    """Open a log. Raises what the gate and the engine raise; NotImplementedByEngine: its driver cannot be read."""
    async with open_container_async(actor, host_slug, ref, Action.CONTAINER_LOGS) as opened:
        call = container_logs(
            opened.container.id,
            follow=wish.follow,
            stdout=wish.stdout,
            stderr=wish.stderr,
            since=wish.since,
            until=wish.until,
            timestamps=wish.timestamps,
            tail=wish.tail,
            details=wish.details,
        )
        async with opened.engine.stream(call) as stream:
            yield LogsSource(
                opened.engine,
                opened.container,
                stream=stream,
                is_following=wish.follow,
                feed=feed_of(opened.host, opened.engine),
            )
