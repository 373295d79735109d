"""One subscription for all, list then watch, and what happens when the engine leaves or hangs."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from apps.engine.errors import EngineError
from apps.engine.types.events import Event, event_of
from apps.hosts.snapshots import Snapshot
from apps.terminals.feed import QUEUE_LIMIT, Feed, Notice, Subscription
from tests.engines.scripted import Exchange, ScriptedEngine


def event(action: str = "start", *, kind: str = "container", name: str = "one") -> dict[str, object]:
    attributes = {"name": name, "image": "base"}
    return {"Type": kind, "Action": action, "Actor": {"ID": "c" * 64, "Attributes": attributes}, "timeNano": 1}


def anything(event: Event) -> bool:
    return True


class Happenings:
    """Plays GET /events: every subscription gets a queue of its own; None ends it without a last chunk."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self.engine = engine
        self.open: list[queue.Queue[dict[str, object] | None]] = []
        engine.on("GET", "/events", self._play)

    def _play(self, exchange: Exchange) -> None:
        news: queue.Queue[dict[str, object] | None] = queue.Queue()
        self.open.append(news)
        exchange.begin(200)
        while not self.engine.is_closed:
            try:
                happened = news.get(timeout=0.1)
            except queue.Empty:
                continue
            if happened is None:
                exchange.die()
                return
            exchange.chunk(json.dumps(happened).encode() + b"\n")


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as scripted:
        yield scripted


@pytest.fixture
def happenings(engine: ScriptedEngine) -> Happenings:
    return Happenings(engine)


@pytest.fixture
async def make_feed(engine: ScriptedEngine) -> AsyncIterator[Callable[..., tuple[Feed, Snapshot]]]:
    made: list[Feed] = []

    def make(**timing: float) -> tuple[Feed, Snapshot]:
        snapshot = Snapshot()
        feed = Feed(AsyncEngine(Endpoint.parse(engine.url)), snapshot, **timing)
        made.append(feed)
        return feed, snapshot

    yield make
    for feed in made:
        await feed.stop()


async def heard(subscription: Subscription) -> Event | Notice:
    async with asyncio.timeout(30):
        return await subscription.next()


MakeFeed = Callable[..., tuple[Feed, Snapshot]]


async def test_all_share_one_subscription(happenings: Happenings, make_feed: MakeFeed) -> None:
    feed, snapshot = make_feed()
    async with feed.subscribed(anything) as one, feed.subscribed(lambda event: event.action == "die") as two:
        await feed.standing()
        assert snapshot.is_followed
        generation = snapshot.generation
        happenings.open[0].put(event("start"))
        happenings.open[0].put(event("exec_create: sh"))
        happenings.open[0].put(event("die"))
        actions = [(await heard(one)).action for _ in range(3)]  # type: ignore[union-attr]
        assert actions == ["start", "exec_create", "die"]
        assert (await heard(two)).action == "die"  # type: ignore[union-attr]
        assert snapshot.generation == generation + 2
        assert len(happenings.open) == 1
    assert not feed.is_idle


async def test_it_ends_some_time_after_the_last_subscriber(happenings: Happenings, make_feed: MakeFeed) -> None:
    feed, snapshot = make_feed(linger_s=0.05)
    async with feed.subscribed(anything):
        await feed.standing()
    async with asyncio.timeout(30):
        while not feed.is_idle:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not snapshot.is_followed
    async with feed.subscribed(anything):
        await feed.standing()
    assert len(happenings.open) == 2


async def test_an_engine_that_left_is_told_of_and_so_is_its_return(happenings: Happenings, make_feed: MakeFeed) -> None:
    feed, snapshot = make_feed()
    async with feed.subscribed(anything) as subscription:
        await feed.standing()
        happenings.open[0].put(None)
        assert await heard(subscription) is Notice.LOST
        assert await heard(subscription) is Notice.RESYNC
        assert snapshot.is_followed
        happenings.open[1].put(event("start"))
        assert (await heard(subscription)).action == "start"  # type: ignore[union-attr]


async def test_an_engine_that_is_away_is_a_failure_for_who_comes_now(
    make_feed: MakeFeed, engine: ScriptedEngine
) -> None:
    feed, snapshot = make_feed()
    engine.close()
    async with feed.subscribed(anything):
        with pytest.raises(EngineError):
            async with asyncio.timeout(30):
                await feed.standing()
    assert not snapshot.is_followed


async def test_an_engine_that_hangs_is_given_up(
    happenings: Happenings, make_feed: MakeFeed, engine: ScriptedEngine
) -> None:
    feed, snapshot = make_feed(pulse_every_s=0.05, pulse_within_s=0.2)
    async with feed.subscribed(anything) as subscription:
        await feed.standing()
        for method in ("GET", "HEAD"):
            engine.on(method, "/_ping", lambda exchange: exchange.hang())
        async with asyncio.timeout(30):
            await feed.hung()
        assert await heard(subscription) is Notice.LOST
        assert not snapshot.is_followed


async def test_a_slow_subscriber_is_told_to_look_at_everything_anew() -> None:
    subscription = Subscription(anything)
    happened = event_of(json.dumps(event()).encode())
    for _ in range(QUEUE_LIMIT + 10):
        subscription.tell(happened)
    assert await heard(subscription) is Notice.RESYNC
    rest = [await heard(subscription) for _ in range(9)]
    assert rest == [happened] * 9
