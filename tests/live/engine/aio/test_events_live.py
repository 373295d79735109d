"""Events of a real engine."""

from __future__ import annotations

import asyncio

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.events import EventStream
from apps.engine.types.events import Event
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer


async def take(events: EventStream, *, last: str) -> list[Event]:
    """Events up to the first `last` (an action)."""
    taken: list[Event] = []
    async with asyncio.timeout(60):
        async for event in events:
            taken.append(event)
            if event.action == last:
                break
    return taken


async def test_what_happens_after_entering_is_seen(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "1000"], start=False)
    async with engine.events(filters={"container": [container_id]}) as events:
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/start")
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/pause")
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/unpause")
        seen = await take(events, last="unpause")
    assert [event.action for event in seen] == ["start", "pause", "unpause"]
    assert {event.actor_id for event in seen} == {container_id}


async def test_conformance_31_a_reconnect_replays_from_the_last_event_without_repeating_it(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "1000"], start=False)
    only = {"container": [container_id]}
    async with engine.events(filters=only) as events:
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/start")
        first = await take(events, last="start")
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/pause")
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/unpause")
    async with engine.events(filters=only, after=first[-1]) as events:
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/rename?name=later-{container_id[:12]}")
        later = await take(events, last="rename")
    assert [event.action for event in first + later] == ["start", "pause", "unpause", "rename"]
    async with engine.events(filters=only, since=first[-1].since, until=later[-1].since) as events:
        replayed = [event.raw async for event in events]
    assert replayed == [event.raw for event in first + later], "since and until are inclusive to the nanosecond"


async def test_conformance_32_after_more_events_than_the_engine_keeps_the_replay_is_merely_shorter(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    """What is lost is not told: that is why lists are loaded again after a reconnect."""
    container_id = make_container(["sleep", "1000"], tty=True, start=False)
    only = {"container": [container_id]}
    async with engine.events(filters=only) as events:
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/start")
        last = (await take(events, last="start"))[-1]

    def make_many_events() -> None:
        for columns in range(300):
            status, answer = raw.post(f"/containers/{container_id}/resize?h=24&w={columns + 20}")
            assert status == 200, answer
        raw.post(f"/containers/{container_id}/kill")

    await asyncio.to_thread(make_many_events)
    async with engine.events(filters=only, after=last) as events:
        seen = [event.action for event in await take(events, last="die")]
    assert seen[-1] == "die"
    assert 100 < len(seen) <= 256


async def test_cancelling_a_follower_ends_it(engine: AsyncEngine) -> None:
    entered = asyncio.Event()

    async def follow() -> None:
        async with engine.events() as events:
            entered.set()
            async for _ in events:
                pass

    task = asyncio.create_task(follow())
    await asyncio.wait_for(entered.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
