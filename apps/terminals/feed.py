"""What happens on a host: one subscription to its engine's events per process, for all who want to know.

Whoever subscribes hears of every event that she accepts, or of the two things that make events untrustworthy: LOST
(the engine does not answer) and RESYNC (look at everything anew: events may have been missed). The kept container list
of `hosts.snapshots` is told of a change before any browser is. Beside the silent stream the engine is pinged: one that
hangs is given up like one that left.
"""

import asyncio
import contextlib
import logging
import random
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum

from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.api.system import ping
from apps.engine.errors import EngineError, EngineGone
from apps.engine.types.events import Event
from apps.hosts import snapshots
from apps.hosts.models import Host
from apps.hosts.snapshots import Snapshot
from apps.terminals.events import alters_list, is_errand

log = logging.getLogger(__name__)

QUEUE_LIMIT = 256
LINGER_S = 300.0
RESYNC_EVERY_S = 300.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0
PULSE_EVERY_S = 5.0
PULSE_AGAIN_S = 0.5
PULSES_MISSED = 3
"""With an answer expected within 5 s, an engine that hangs is given up after some 20 s."""


class Notice(Enum):
    """What a subscriber hears beside events."""

    LOST = "lost"
    RESYNC = "resync"


Accepts = Callable[[Event], bool]


class Subscription:
    """What one subscriber has not taken yet. It does not grow: who is too slow is told to look at everything anew."""

    def __init__(self, accepts: Accepts, *, limit: int = QUEUE_LIMIT) -> None:
        self._accepts = accepts
        self._limit = limit
        self._waiting: deque[Event | Notice] = deque()
        self._arrived = asyncio.Event()

    def tell(self, news: Event | Notice) -> None:
        """Put something into the queue."""
        if isinstance(news, Event) and not self._accepts(news):
            return
        if news is Notice.RESYNC:
            self._waiting.clear()
        if len(self._waiting) >= self._limit:
            self._waiting.clear()
            news = Notice.RESYNC
        self._waiting.append(news)
        self._arrived.set()

    async def next(self) -> Event | Notice:
        """The oldest thing not taken yet; waits for one."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class Feed:
    """The events of one host. Begins with its first subscriber, lingers for a while after the last."""

    def __init__(
        self,
        engine: AsyncEngine,
        snapshot: Snapshot,
        *,
        linger_s: float = LINGER_S,
        pulse_every_s: float = PULSE_EVERY_S,
        pulse_within_s: float = PULSE_EVERY_S,
    ) -> None:
        self.engine = engine
        self._snapshot = snapshot
        self._linger_s = linger_s
        self._pulse_every_s = pulse_every_s
        self._pulse_within_s = pulse_within_s
        self._subscriptions: set[Subscription] = set()
        self._running: asyncio.Task[None] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._settled = asyncio.Event()
        self._again = asyncio.Event()
        self._is_standing = False
        self._failure: EngineError | None = None
        self._hung = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs for this feed."""
        return self._running is None or self._running.done()

    @asynccontextmanager
    async def subscribed(self, accepts: Accepts) -> AsyncIterator[Subscription]:
        """Subscribe for as long as the block runs."""
        subscription = Subscription(accepts)
        self._subscriptions.add(subscription)
        self._begin()
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            if not self._subscriptions:
                self._linger()

    async def standing(self) -> None:
        """Wait until the engine's events reach us. Raises the EngineError of an engine that does not answer."""
        await self._settled.wait()
        if not self._is_standing and self._failure is not None:
            raise self._failure

    async def hung(self) -> None:
        """Return once the engine, connected as it may be, has left PULSES_MISSED pings in a row without an answer."""
        await self._hung.wait()

    async def stop(self) -> None:
        """End the subscription."""
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    def _begin(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        if not self._is_standing:  # a newcomer is worth another attempt at once
            self._settled.clear()
            self._again.set()
        if self.is_idle:
            self._running = asyncio.create_task(self._run(), name="event feed")

    def _linger(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
        self._lingering = asyncio.get_running_loop().call_later(self._linger_s, self._end_if_alone)

    def _end_if_alone(self) -> None:
        self._lingering = None
        if not self._subscriptions and self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        was_standing = False
        while True:
            self._again.clear()
            try:
                await self._follow(is_again=was_standing)
            except (EngineError, Unavailable) as exc:
                log.info("events of %s: %s", self.engine.endpoint, exc)
                self._failure = exc if isinstance(exc, EngineError) else EngineGone()
            except Exception as exc:  # the outermost edge of this task
                log.exception("events of %s", self.engine.endpoint)
                self._failure = EngineGone()
                self._failure.__cause__ = exc
            if self._is_standing:
                was_standing = True
                pause_s = FIRST_PAUSE_S
                self._is_standing = False
                self._snapshot.unfollow()
                self._tell(Notice.LOST)
            self._settled.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s * random.uniform(0.8, 1.2)):  # noqa: S311  # jitter, no secret
                    await self._again.wait()
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _follow(self, *, is_again: bool) -> None:
        """Listen, and only then let others list: what happens in between is heard."""
        pulse: asyncio.Task[None] | None = None
        try:
            async with self.engine.events() as events:
                self._snapshot.follow()
                self._is_standing = True
                self._failure = None
                self._hung.clear()
                self._settled.set()
                if is_again:
                    self._tell(Notice.RESYNC)
                reading = asyncio.create_task(self._read(events), name="events")
                pulse = asyncio.create_task(self._feel_pulse(), name="pulse")
                try:
                    await asyncio.wait({reading, pulse}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    reading.cancel()
                    pulse.cancel()
                    outcomes = await asyncio.gather(reading, pulse, return_exceptions=True)
                for outcome in outcomes:
                    if isinstance(outcome, Exception):
                        raise outcome
        except asyncio.CancelledError:
            if self._is_standing:
                self._is_standing = False
                self._snapshot.unfollow()
            raise

    async def _read(self, events: AsyncIterator[Event]) -> None:
        async for event in events:
            if is_errand(event):
                continue
            if alters_list(event):
                self._snapshot.changed()
            self._tell(event)
        raise EngineGone

    async def _feel_pulse(self) -> None:
        loop = asyncio.get_running_loop()
        missed = 0
        resync_at = loop.time() + RESYNC_EVERY_S
        while True:
            await asyncio.sleep(PULSE_AGAIN_S if missed else self._pulse_every_s)
            try:
                async with asyncio.timeout(self._pulse_within_s):
                    await self.engine.run(ping())
                missed = 0
            except Unavailable:  # too busy to be asked, which is no silence
                missed = 0
            except (EngineError, TimeoutError) as exc:
                missed += 1
                log.info("no pulse from %s (%d): %r", self.engine.endpoint, missed, exc)
            if missed >= PULSES_MISSED:
                self._hung.set()
                raise EngineGone
            if loop.time() >= resync_at:
                resync_at = loop.time() + RESYNC_EVERY_S
                self._tell(Notice.RESYNC)

    def _tell(self, news: Event | Notice) -> None:
        for subscription in self._subscriptions:
            subscription.tell(news)


_feeds: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Feed]] = weakref.WeakKeyDictionary()


def feed_of(host: Host, engine: AsyncEngine) -> Feed:
    """The feed of a host in this process. `engine` is what the gate opened for whoever asks."""
    feeds = _feeds.setdefault(asyncio.get_running_loop(), {})
    feed = feeds.get(host.slug)
    if feed is None or feed.engine is not engine:  # another address or version: those who listen to the old one leave
        feed = feeds[host.slug] = Feed(engine, snapshots.of(host))
    return feed


async def stop() -> None:
    """End every feed of this event loop."""
    feeds = _feeds.pop(asyncio.get_running_loop(), {})
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*(feed.stop() for feed in feeds.values()))
