"""What is kept of the samples: bounded, in the order of time, and forgotten."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from apps.engine.errors import NotFound
from apps.terminals import statshistory
from apps.terminals.statshistory import (
    COLUMNS,
    GAP_S,
    MOST_CONTAINERS,
    MOST_INTERFACES,
    MOST_SAMPLES,
    SPAN_S,
    Histories,
    History,
)
from apps.terminals.statshub import StatsHub
from tests.engines.scripted import Exchange, ScriptedEngine

T0 = 1_800_000_000.0
CONTAINER = "c" * 64


def figures(number: int = 0, **changed: object) -> dict[str, object]:
    """A sample as the hub computes it."""
    return {
        "is_running": True,
        "cpu_percent": 12.34,
        "memory_bytes": 2**40 + number,
        "memory_limit_bytes": 2**41,
        "block_read_bytes": number,
        "block_written_bytes": 0,
        "pids": 3,
        "periods": None,
        "throttled_periods": None,
        "interfaces": {"eth0": {"received_bytes": 7 * number, "sent_bytes": 8 * number}},
    } | changed


def stopped() -> dict[str, object]:
    return dict.fromkeys(COLUMNS) | {"is_running": False, "interfaces": {}}


def seconds(kept: dict[str, Any]) -> list[float]:
    return [at - T0 for at in kept["at"]]


def everything(history: History) -> dict[str, Any]:
    return history.since(0)


class Ticking:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
async def kept(clock: Ticking) -> AsyncIterator[Histories]:
    histories = Histories(clock=clock)
    yield histories
    histories.stop()


def test_samples_come_back_as_they_were() -> None:
    history = History()
    history.add(T0 + 1, figures(1))
    history.add(T0 + 2, stopped())
    history.add(T0 + 60, figures(3, interfaces={}))
    found = everything(history)
    assert seconds(found) == [1, 2, 60]
    assert found["is_running"] == [True, False, True]
    assert found["cpu_percent"] == [12.34, None, 12.34]
    assert found["memory_bytes"] == [2**40 + 1, None, 2**40 + 3]
    assert found["periods"] == [None, None, None]
    assert found["interfaces"] == {"eth0": {"received_bytes": [7, None, None], "sent_bytes": [8, None, None]}}
    assert seconds(history.since(T0 + 2)) == [2, 60]


def test_a_sample_that_was_there_already_changes_nothing() -> None:
    history = History()
    for second in (1, 2, 2, 1):
        history.add(T0 + second, figures(second))
    assert seconds(everything(history)) == [1, 2]


def test_a_clock_that_was_set_back_makes_it_begin_anew() -> None:
    history = History()
    history.add(T0 + 100, figures())
    history.add(T0 + 100 - 2 * GAP_S, stopped())
    assert seconds(everything(history)) == [100]
    history.add(T0 + 10, figures())
    history.add(T0 + 11, figures())
    assert seconds(everything(history)) == [10, 11]


def test_a_quarter_of_an_hour_is_kept_and_no_more() -> None:
    history = History()
    for second in range(int(SPAN_S) + 100):
        history.add(T0 + second, figures(second))
    found = everything(history)
    assert seconds(found) == list(range(99, int(SPAN_S) + 100))
    assert found["block_read_bytes"][0] == 99
    lengths = {len(found[name]) for name in ("at", "is_running", *COLUMNS)}
    assert lengths == {len(history)}
    assert len(found["interfaces"]["eth0"]["sent_bytes"]) == len(history)
    assert len(json.dumps(found)) < 150_000


def test_an_engine_that_hurries_fills_no_more_room() -> None:
    history = History()
    for number in range(2 * MOST_SAMPLES):
        history.add(T0 + number / 10, figures(number))
    assert len(history) == MOST_SAMPLES


def test_interfaces_are_bounded_and_forgotten_with_their_samples() -> None:
    history = History()
    many = {f"eth{number}": {"received_bytes": 1, "sent_bytes": 1} for number in range(3 * MOST_INTERFACES)}
    history.add(T0, figures(interfaces=many))
    assert list(everything(history)["interfaces"]) == list(many)[:MOST_INTERFACES]
    history.add(T0 + SPAN_S + 1, figures(1))
    history.add(T0 + SPAN_S + 2, figures(1))
    assert list(everything(history)["interfaces"]) == ["eth0"]
    assert everything(history)["interfaces"]["eth0"]["sent_bytes"] == [8, 8]


async def test_containers_are_told_apart_and_bounded(kept: Histories, clock: Ticking) -> None:
    one, other = object(), object()
    kept.add((one, CONTAINER), T0 + 1, figures())
    kept.add((other, CONTAINER), T0 + 2, figures())
    assert seconds(kept.since((one, CONTAINER), 0)) == [1]
    assert seconds(kept.since((other, CONTAINER), 0)) == [2]
    assert seconds(kept.since((one, "d" * 64), 0)) == []
    for number in range(2 * MOST_CONTAINERS):
        clock.now += 1
        kept.add((one, str(number)), T0, figures())
    assert len(kept) == MOST_CONTAINERS
    assert seconds(kept.since((one, CONTAINER), 0)) == [], "what was not heard of for longest went"
    assert seconds(kept.since((one, str(2 * MOST_CONTAINERS - 1)), 0)) == [0]


async def test_without_room_the_oldest_samples_go(kept: Histories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statshistory, "MOST_BYTES", 40_000)
    owner = object()
    for second in range(300):
        kept.add((owner, "left"), T0 + second, figures())
    for second in range(1000, 1300):
        kept.add((owner, "watched"), T0 + second, figures())
        assert kept.byte_count <= 40_000
    left, watched = kept.since((owner, "left"), 0), kept.since((owner, "watched"), 0)
    assert seconds(watched) == list(range(1000, 1300))
    assert 0 < len(seconds(left)) < 300
    assert seconds(left)[-1] == 299


async def test_what_was_not_heard_of_for_a_quarter_of_an_hour_is_forgotten(kept: Histories, clock: Ticking) -> None:
    owner = object()
    kept.add((owner, "left"), T0, figures())
    clock.now = SPAN_S - 1
    kept.add((owner, "watched"), T0, figures())
    kept.sweep()
    assert len(kept) == 2
    clock.now = SPAN_S
    kept.sweep()
    assert seconds(kept.since((owner, "left"), 0)) == []
    kept.forget((owner, "watched"))
    assert (len(kept), kept.byte_count) == (0, 0)


def line(second: float, *, used: int) -> bytes:
    """A sample as an engine sends it when a stream begins: without what was before."""
    sample = {
        "read": datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z"),
        "cpu_stats": {
            "cpu_usage": {"total_usage": used},
            "system_cpu_usage": int(second * 1_000_000_000),
            "online_cpus": 1,
        },
        "memory_stats": {"usage": 500, "limit": 1000},
    }
    return json.dumps(sample).encode() + b"\n"


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as scripted:
        yield scripted


async def test_who_comes_back_gets_what_was_seen_and_no_hole_in_the_cpu_line(engine: ScriptedEngine) -> None:
    now = time.time()
    lines = iter([line(now - 1, used=0), line(now, used=500_000_000)])

    def samples(exchange: Exchange) -> None:
        exchange.begin(200)
        exchange.chunk(next(lines))
        exchange.hang()

    engine.on("GET", f"/containers/{CONTAINER}/stats", samples)
    hub = StatsHub(AsyncEngine(Endpoint.parse(engine.url)))
    assert hub.history(CONTAINER)["at"] == []
    async with asyncio.timeout(30):
        async with hub.watched(CONTAINER) as watching:
            assert (await watching.next())["cpu_percent"] is None
        async with hub.watched(CONTAINER) as watching:
            assert (await watching.next())["cpu_percent"] == pytest.approx(50, abs=0.1)
    history = hub.history(CONTAINER)
    assert history["at"] == [pytest.approx(now - 1, abs=0.01), pytest.approx(now, abs=0.01)]
    assert history["memory_bytes"] == [500, 500]
    assert StatsHub(AsyncEngine(Endpoint.parse(engine.url))).history(CONTAINER)["at"] == [], "of another host"
    statshistory.stop()


async def test_what_was_seen_of_a_container_goes_with_it(engine: ScriptedEngine) -> None:
    seen = threading.Event()

    def samples(exchange: Exchange) -> None:
        exchange.begin(200)
        exchange.chunk(line(time.time(), used=1))
        exchange.wait(seen)
        exchange.end()

    engine.on("GET", f"/containers/{CONTAINER}/stats", samples)
    hub = StatsHub(AsyncEngine(Endpoint.parse(engine.url)))
    async with asyncio.timeout(30):
        async with hub.watched(CONTAINER) as watching:
            await watching.next()
            assert hub.history(CONTAINER)["memory_bytes"] == [500]
            seen.set()
            with pytest.raises(NotFound):
                await watching.next()
    assert hub.history(CONTAINER)["at"] == []
    statshistory.stop()
