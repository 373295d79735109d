"""What activities say is kept on the disk: bounded, readable from anywhere while it is written, and never in memory."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.activities.output import OutputFile, OutputReader, folder_of, output_end, output_ids, output_remove
from apps.activities.writer import MOST_WAITING_BYTES, TEXT_PIECE_BYTES, OutputWriter

LIMIT = 256 * 1024


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def line(number: int) -> bytes:
    return json.dumps({"type": "note", "text": f"{number:09d}" + "x" * 80}).encode() + b"\n"


def read_all(activity_id: uuid.UUID) -> list[dict[str, Any]]:
    reader = OutputReader(activity_id)
    found: list[str] = []
    while more := reader.read():
        found += more
    return [json.loads(one) for one in found]


def numbers(messages: list[dict[str, Any]]) -> list[int]:
    return [int(message["text"][:9]) for message in messages if message["type"] == "note"]


def test_all_of_it_is_read_in_order() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    output.write(line(n) for n in range(1000))
    output.close()
    assert numbers(read_all(activity_id)) == list(range(1000))
    assert list(output_ids()) == [activity_id]
    output_remove(activity_id)
    assert list(output_ids()) == [] and read_all(activity_id) == []


def test_what_an_activity_makes_lies_beside_its_output_and_is_none_of_it() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    output.write(line(n) for n in range(10))
    output.close()
    for name in ("file.part", "file"):
        (folder_of(activity_id) / name).write_bytes(b"x" * 1000)
        assert numbers(read_all(activity_id)) == list(range(10))
        assert len(output_end(activity_id, least_bytes=LIMIT)) == 10


def test_the_disk_holds_no_more_than_its_bound_and_the_beginning_and_the_end_stay() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    for start in range(0, 50_000, 100):
        output.write(line(n) for n in range(start, start + 100))
        assert sum(path.stat().st_size for path in folder_of(activity_id).iterdir()) <= LIMIT
    output.close()
    messages = read_all(activity_id)
    kept = numbers(messages)
    assert (kept[0], kept[-1]) == (0, 49_999)
    (gap,) = [at for at, message in enumerate(messages) if message["type"] == "dropped"]
    before, after = numbers(messages[:gap]), numbers(messages[gap:])
    assert before == list(range(len(before))) and after == list(range(after[0], 50_000))
    assert messages[gap]["bytes"] == (after[0] - len(before)) * len(line(0))
    assert len(after) > 2 * len(before)


def test_a_slow_reader_learns_what_was_dropped_before_she_came_to_it() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    output.write(line(n) for n in range(100))
    reader = OutputReader(activity_id)
    first = [json.loads(one) for one in reader.read()]
    output.write(line(n) for n in range(100, 50_000))
    output.close()
    rest: list[str] = []
    while more := reader.read():
        rest += more
    messages = [*first, *map(json.loads, rest)]
    assert sum(message["bytes"] for message in messages if message["type"] == "dropped") + len(line(0)) * len(
        numbers(messages)
    ) == 50_000 * len(line(0))


def test_a_reader_knows_when_she_has_come_to_the_end() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    reader = OutputReader(activity_id)
    assert (reader.read(), reader.is_at_end) == ([], True)
    wanted = []
    for start in range(0, 1000, 7):  # now within a segment, now over the end of one
        fresh = [line(n).decode().rstrip("\n") for n in range(start, start + 7)]
        output.write(each.encode() + b"\n" for each in fresh)
        wanted += fresh
        found: list[str] = []
        while more := reader.read():
            found += more
            if reader.is_at_end:
                break
        assert found == fresh
    output.close()
    assert len(list(folder_of(activity_id).iterdir())) > 3


def test_half_a_line_waits_for_its_end() -> None:
    activity_id = uuid.uuid4()
    folder_of(activity_id).mkdir(parents=True)
    path = folder_of(activity_id) / f"{0:018d}.jsonl"
    path.write_bytes(line(1) + line(2)[:20])
    reader = OutputReader(activity_id)
    assert len(reader.read()) == 1
    assert reader.read() == []
    path.write_bytes(line(1) + line(2))
    assert len(reader.read()) == 1


def test_no_line_is_cut_while_it_is_being_written() -> None:
    activity_id = uuid.uuid4()
    written = OutputFile(activity_id)
    written.write([line(0)])
    written.close()
    (path,) = folder_of(activity_id).iterdir()
    count = 3000

    def write_in_halves() -> None:
        with path.open("ab", buffering=0) as file:
            for number in range(1, count):
                for half in (line(number)[:50], line(number)[50:]):
                    file.write(half)

    writing = threading.Thread(target=write_in_halves)
    reader = OutputReader(activity_id)
    found: list[str] = []
    writing.start()
    while writing.is_alive():
        found += reader.read()
    writing.join()
    while more := reader.read():
        found += more
    assert numbers([json.loads(one) for one in found]) == list(range(count))


def test_a_disk_that_takes_no_more_drops_lines_and_a_reader_is_told() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=LIMIT)
    output.write([line(1)])

    output.close()
    with Path("/dev/full").open("wb", buffering=0) as full:
        output._file = full
        output.write([line(2)])
        output.write([line(3)])
    output.close()
    messages = read_all(activity_id)
    assert [message["type"] for message in messages] == ["note", "dropped", "note"]
    assert messages[1]["bytes"] == len(line(2))


@given(st.lists(st.integers(min_value=0, max_value=3000), max_size=80))
def test_the_end_is_whole_lines_after_what_is_left_out(sizes: list[int]) -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id, most_bytes=64 * 1024)
    told = [json.dumps({"type": "note", "text": f"{n}:" + "y" * size}) for n, size in enumerate(sizes)]
    output.write(each.encode() + b"\n" for each in told)
    output.close()
    end = output_end(activity_id, least_bytes=4096)
    kept = [each for each in end if '"dropped"' not in each]
    assert kept == told[len(told) - len(kept) :]
    taken = [len(each) + 1 for each in kept]
    assert sum(taken) >= 4096 or len(kept) == len(told)
    assert sum(taken[1:]) < 4096, "no line more than that"
    assert (len(kept) == len(told)) == (len(end) == len(kept))


def test_the_end_holds_a_long_last_line() -> None:
    activity_id = uuid.uuid4()
    output = OutputFile(activity_id)
    output.write(json.dumps({"type": "text", "text": f"{n}" * 200_000}).encode() + b"\n" for n in range(5))
    output.close()
    left_out, last = map(json.loads, output_end(activity_id, least_bytes=4096))
    assert last["text"] == "4" * 200_000
    assert left_out == {"type": "dropped", "bytes": 4 * len(json.dumps(last) + "\n")}


async def test_who_speaks_faster_than_the_disk_takes_waits() -> None:
    may_write = threading.Event()

    class SlowFile(OutputFile):
        def write(self, lines: Any) -> None:
            may_write.wait(60)
            super().write(lines)

    activity_id = uuid.uuid4()
    writer = OutputWriter(SlowFile(activity_id, most_bytes=2**24), written=lambda: None)
    said = 0

    async def speak() -> None:
        nonlocal said
        for _ in range(4000):
            await writer.write({"type": "text", "text": "z" * 1023 + "\n"})
            said += 1

    speaking = asyncio.create_task(speak())
    try:
        while said < MOST_WAITING_BYTES // 1025 and not speaking.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert said <= 2 * MOST_WAITING_BYTES // 1024 + 1
    finally:
        may_write.set()
    await speaking
    await writer.close()
    messages = read_all(activity_id)
    assert "".join(message["text"] for message in messages) == ("z" * 1023 + "\n") * 4000
    assert max(len(message["text"]) for message in messages) <= TEXT_PIECE_BYTES


async def test_text_and_other_messages_keep_their_order() -> None:
    activity_id = uuid.uuid4()
    writer = OutputWriter(OutputFile(activity_id, most_bytes=2**20), written=lambda: None)
    await writer.write({"type": "text", "text": "a"})
    await writer.write({"type": "text", "text": "b"})
    await writer.write({"type": "step", "number": 1, "total": 2, "text": "RUN"})
    await writer.write({"type": "text", "text": "c" * (2 * TEXT_PIECE_BYTES)})
    await writer.close()
    messages = read_all(activity_id)
    assert [message["type"] for message in messages] == ["text", "step", "text", "text"]
    assert messages[0]["text"] == "ab"


async def test_whatever_characters_a_text_has_it_is_one_message() -> None:
    text = "a\u2028b\x85c\x1cd\r\n\x0b\ud800"
    activity_id = uuid.uuid4()
    writer = OutputWriter(OutputFile(activity_id), written=lambda: None)
    await writer.write({"type": "note", "text": text})
    await writer.write({"type": "note", "text": "after"})
    await writer.close()
    assert [message["text"] for message in read_all(activity_id)] == [text, "after"]
