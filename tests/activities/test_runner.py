"""Activities run, end in one of their ways, and say so."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.activities import runner, services, sweeper
from apps.activities.models import Activity, State
from apps.activities.output import OutputReader
from apps.activities.runner import Run
from apps.core.errors import NotFoundHere, Refusal, Unavailable
from apps.core.leaving import AskerLeft, asker_left
from tests.activities.conftest import PATIENCE_S, Bench


def said(activity_id: Any) -> list[dict[str, Any]]:
    reader = OutputReader(activity_id)
    lines: list[str] = []
    while more := reader.read():
        lines += more
    return [json.loads(line) for line in lines]


async def test_what_returns_is_done_and_keeps_its_result_and_output(bench: Bench) -> None:
    async def work(run: Run) -> dict[str, Any]:
        await run.tell({"type": "text", "text": "hel"})
        await run.tell({"type": "text", "text": "lo\n"})
        await run.tell({"type": "note", "text": f"for {run.actor.username} on {run.host_slug}"})
        return {"n": run.params["n"]}

    ended = await bench.ended(await bench.start(work, n=3))
    assert (ended.state, ended.result, ended.problem) == (State.DONE, {"n": 3}, None)
    assert ended.ended_at is not None and ended.output_bytes > 0
    assert said(ended.pk) == [
        {"type": "text", "text": "hello\n"},
        {"type": "note", "text": "for ada on local"},
    ]


async def test_what_raises_has_failed_with_its_words(bench: Bench) -> None:
    async def work(run: Run) -> None:
        raise Unavailable("The disk is full.", "No room.", hint="Make some.")

    ended = await bench.ended(await bench.start(work))
    assert ended.state == State.FAILED
    assert ended.problem == {"status": 503, "title": "The disk is full.", "detail": "No room.", "hint": "Make some."}


async def test_a_bug_is_a_failure_without_its_innards(bench: Bench) -> None:
    async def work(run: Run) -> None:
        raise RuntimeError("the password is 1234")

    ended = await bench.ended(await bench.start(work))
    assert ended.state == State.FAILED
    assert ended.problem is not None and ended.problem["status"] == 500
    assert "1234" not in json.dumps(ended.problem)


async def test_cancel_ends_it_while_it_waits_and_removes_its_files(bench: Bench, tmp_path: Path) -> None:
    upload = tmp_path / "upload.tar"
    upload.write_bytes(b"x")
    is_waiting = asyncio.Event()

    async def work(run: Run) -> None:
        assert run.files == [upload] and upload.exists()
        is_waiting.set()
        await asyncio.Event().wait()

    activity = await bench.start(work, files=[upload])
    async with asyncio.timeout(PATIENCE_S):
        await is_waiting.wait()
    await sync_to_async(services.activity_cancel)(bench.ada, activity.pk)
    ended = await bench.ended(activity)
    assert (ended.state, ended.cancelled_by) == (State.CANCELLED, "ada")
    assert not upload.exists()


async def test_an_upload_whose_sender_has_left_begins_nothing(bench: Bench, tmp_path: Path) -> None:
    async def work(run: Run) -> None:
        await asyncio.Event().wait()

    upload = tmp_path / "upload.tar"
    upload.write_bytes(b"x")
    left = threading.Event()
    left.set()
    token = asker_left.set(left)
    try:
        with pytest.raises(AskerLeft):
            await bench.start(work, files=[upload])
        assert not upload.exists() and not await Activity.objects.aexists()
        without_files = await bench.start(work)  # what takes a click alone outlives its page
    finally:
        asker_left.reset(token)
    await sync_to_async(services.activity_cancel)(bench.ada, without_files.pk)
    assert (await bench.ended(without_files)).state == State.CANCELLED


async def test_what_is_done_again_already_is_not_done_again_twice(bench: Bench) -> None:
    may_end = asyncio.Event()

    async def work(run: Run) -> None:
        await may_end.wait()

    async def quick(run: Run) -> None:
        pass

    first = await bench.ended(await bench.start(quick))
    bench.kind(work)
    restart = sync_to_async(services.activity_restart, thread_sensitive=False)
    one, other = await asyncio.gather(restart(bench.ada, first.pk), restart(bench.ada, first.pk))
    assert one.pk == other.pk
    await Activity.objects.filter(pk=first.pk).aupdate(started_by=bench.joan.user_id)
    joan = replace(bench.joan, role=Role.VIEWER)
    with pytest.raises(Refusal, match="being done again already") as caught:
        await restart(joan, first.pk)
    assert caught.value.status == 409 and "ada" in caught.value.detail
    may_end.set()
    await bench.ended(one)
    third = await restart(bench.ada, first.pk)
    assert third.pk != one.pk
    await bench.ended(third)


async def test_what_another_process_does_again_at_the_same_moment_is_done_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quick(run: Run) -> None:
        pass

    first = await bench.ended(await bench.start(quick))
    begin = services.activity_start

    def begun_elsewhere_first(*args: Any, **kwargs: Any) -> Activity:
        Activity.objects.create(
            kind=first.kind,
            host_slug="local",
            started_by_id=bench.ada.user_id,
            owner=runner.owner_token(),
            again_of=first.pk,
        )
        return begin(*args, **kwargs)

    monkeypatch.setattr(services, "activity_start", begun_elsewhere_first)
    found = await sync_to_async(services.activity_restart)(bench.ada, first.pk)
    assert [found.pk] == [one.pk async for one in Activity.objects.filter(again_of=first.pk)]


async def test_cancel_ends_it_before_it_has_begun(bench: Bench) -> None:
    has_begun = False

    async def work(run: Run) -> None:
        nonlocal has_begun
        has_begun = True

    activity = await bench.start(work)
    running = runner._running.get(activity.pk)
    if running is not None and running._work is None:  # what the loop does in between is its own affair
        running.end(State.CANCELLED)
        ended = await bench.ended(activity)
        assert (ended.state, has_begun) == (State.CANCELLED, False)


async def test_a_failure_on_the_way_out_of_a_cancel_is_no_failure(bench: Bench) -> None:
    is_waiting = asyncio.Event()

    async def work(run: Run) -> None:
        try:
            is_waiting.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError as exc:
            raise Unavailable("The connection broke.") from exc

    activity = await bench.start(work)
    async with asyncio.timeout(PATIENCE_S):
        await is_waiting.wait()
    await sync_to_async(services.activity_cancel)(bench.ada, activity.pk)
    assert (await bench.ended(activity)).state == State.CANCELLED


async def test_what_has_ended_cannot_be_cancelled(bench: Bench) -> None:
    async def work(run: Run) -> None:
        return None

    ended = await bench.ended(await bench.start(work))
    with pytest.raises(Refusal) as refused:
        await sync_to_async(services.activity_cancel)(bench.ada, ended.pk)
    assert refused.value.status == 409


async def test_a_stop_of_the_server_interrupts_and_it_can_be_started_again(bench: Bench) -> None:
    turns = 0
    is_waiting = asyncio.Event()

    async def work(run: Run) -> dict[str, Any]:
        nonlocal turns
        turns += 1
        if turns == 1:
            is_waiting.set()
            await asyncio.Event().wait()
        return {"turn": turns, "n": run.params["n"]}

    activity = await bench.start(work, n=7)
    async with asyncio.timeout(PATIENCE_S):
        await is_waiting.wait()
    await runner.stop()
    await activity.arefresh_from_db()
    assert activity.state == State.INTERRUPTED
    with pytest.raises(Unavailable):
        await sync_to_async(services.activity_restart)(bench.ada, activity.pk)
    await runner.start()
    again = await sync_to_async(services.activity_restart)(bench.ada, activity.pk)
    ended = await bench.ended(again)
    assert (ended.state, ended.result, ended.again_of) == (State.DONE, {"turn": 2, "n": 7}, activity.pk)


async def test_bars_are_told_of_now_and_then_and_their_last_word_always(bench: Bench) -> None:
    async def work(run: Run) -> None:
        for current in range(10_001):
            await run.tell({"type": "layer", "id": "abc", "status": "Downloading", "current": current, "total": 10_000})

    ended = await bench.ended(await bench.start(work))
    layers = said(ended.pk)
    assert layers[-1]["current"] == 10_000
    assert len(layers) < 1000


async def test_nobody_sees_what_is_anothers_but_an_admin(bench: Bench) -> None:
    async def work(run: Run) -> None:
        return None

    ended = await bench.ended(await bench.start(work))
    with pytest.raises(NotFoundHere):
        await sync_to_async(services.activity_cancel)(bench.joan, ended.pk)
    with pytest.raises(NotFoundHere):
        await sync_to_async(services.activity_restart)(bench.joan, ended.pk)


async def test_who_loses_the_right_loses_what_she_started(bench: Bench) -> None:
    is_waiting = asyncio.Event()

    async def work(run: Run) -> None:
        is_waiting.set()
        await asyncio.Event().wait()

    activity = await bench.start(work)
    async with asyncio.timeout(PATIENCE_S):
        await is_waiting.wait()
    await sweeper.start()
    try:
        await User.objects.filter(username="ada").aupdate(role=Role.VIEWER)
        assert (await bench.ended(activity)).state == State.CANCELLED
    finally:
        await sweeper.stop()


async def test_its_starter_is_told_of_the_end_once(bench: Bench) -> None:
    async def work(run: Run) -> None:
        return None

    ended = await bench.ended(await bench.start(work))
    assert not await sync_to_async(services.activity_told)(bench.joan, ended.pk)
    assert await sync_to_async(services.activity_told)(bench.ada, ended.pk)
    assert not await sync_to_async(services.activity_told)(bench.ada, ended.pk)
