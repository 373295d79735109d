"""Who keeps up with an activity is served out of memory; who does not reads the disk. Neither misses anything."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from apps.activities import output, tail, writer
from apps.activities.output import OutputReader
from apps.activities.runner import Run
from apps.activities.tail import MOST_BYTES, PIECE_BYTES, Tail
from apps.terminals.sources import activities
from tests.activities.conftest import PATIENCE_S, Bench


def test_lines_from_a_place_on() -> None:
    tail = Tail()
    assert tail.since(0) == ([], 0)
    tail.add([b"one\n", b"two\n"], end=8)
    tail.add(["drei€\n".encode()], end=16)
    assert tail.since(0) == (["one", "two", "drei€"], 16)
    assert tail.since(4) == (["two", "drei€"], 16)
    assert tail.since(8) == (["drei€"], 16)
    assert tail.since(16) == ([], 16)


def test_a_place_that_it_does_not_know() -> None:
    tail = Tail()
    tail.add([b"one\n", b"two\n"], end=108)
    assert tail.since(99) is None, "before it"
    assert tail.since(102) is None, "within a line"
    assert tail.since(109) is None, "behind it"


def test_what_it_holds_and_hands_out_is_bounded() -> None:
    tail = Tail()
    line = b"x" * 99_999 + b"\n"
    for number in range(1, 51):
        tail.add([line], end=number * len(line))
    position = (50 - MOST_BYTES // len(line)) * len(line)
    assert tail.since(position - len(line)) is None
    while found := tail.since(position):
        lines, end = found
        if not lines:
            break
        assert lines == ["x" * 99_999] * len(lines) and len(lines) * len(line) <= PIECE_BYTES
        assert end == position + len(lines) * len(line)
        position = end
    assert position == 50 * len(line)


def test_a_line_that_is_longer_than_a_piece_is_handed_out_alone() -> None:
    tail = Tail()
    tail.add([b"x" * PIECE_BYTES + b"\n", b"next\n"], end=PIECE_BYTES + 6)
    assert tail.since(0) == (["x" * PIECE_BYTES], PIECE_BYTES + 1)
    assert tail.since(PIECE_BYTES + 1) == (["next"], PIECE_BYTES + 6)


@pytest.mark.parametrize("seed", range(6))
async def test_who_watches_misses_nothing_and_hears_nothing_twice(bench: Bench, monkeypatch: Any, seed: int) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(writer, "GATHER_S", chance.choice([0, 0.01]))
    monkeypatch.setattr(tail, "MOST_BYTES", chance.choice([500, 20_000, 2_000_000]))
    monkeypatch.setattr(tail, "PIECE_BYTES", chance.choice([100, 5000, 500_000]))
    monkeypatch.setattr(output, "PIECE_BYTES", chance.choice([300, 20_000]))
    monkeypatch.setattr(activities, "LOOK_EVERY_S", 2 * PATIENCE_S)  # it hears of all that is new, or the test fails

    async def turns(most: int) -> None:
        for _ in range(chance.randrange(most)):
            await asyncio.sleep(0)

    async def work(run: Run) -> None:
        for number in range(300):
            text = f"{number}é€😀\n" * chance.choice([1, 5, 100])
            raw = json.dumps(text)[1:-1].encode()
            await run.tell({"type": "text", "text": chance.choice([text, raw])})
            if number % 7 == 0:
                await run.tell({"type": "note", "text": f"after {number}"})
            if number == 150:
                is_half_done.set()
            await turns(40)
        for number in range(30):
            await run.tell({"type": "note", "text": f"{number} of the last"})
        while len(hearers) < 3:
            await has_been_heard.wait()
            has_been_heard.clear()

    async def watched(begins: asyncio.Event) -> list[str]:
        await begins.wait()
        source = await activities.activity_open(bench.ada, activity.pk)
        said = []
        pause = chance.choice([1, 1, 20])
        async for line in source.messages():
            said.append(line)
            if "29 of the last" in line:
                hearers.add(source)
                has_been_heard.set()
            await turns(pause)
        return said

    at_once, is_half_done, has_been_heard, has_ended = (asyncio.Event() for _ in range(4))
    hearers: set[activities.ActivitySource] = set()
    activity = await bench.start(work)
    watching = [asyncio.create_task(watched(begins)) for begins in (at_once, at_once, is_half_done, has_ended)]
    at_once.set()
    await bench.ended(activity)
    has_ended.set()
    async with asyncio.timeout(PATIENCE_S):
        everything = await asyncio.gather(*watching)
    reader = OutputReader(activity.pk)
    kept: list[str] = []
    while lines := reader.read():
        kept += lines
    notes = [json.loads(line)["text"] for line in kept if '"note"' in line]
    assert notes == [*(f"after {number}" for number in range(0, 300, 7)), *(f"{n} of the last" for n in range(30))]
    for said in everything:
        states = [json.loads(line)["state"] for line in said if json.loads(line)["type"] == "state"]
        assert states[-1] == "done"
        assert [line for line in said if json.loads(line)["type"] != "state"] == kept
