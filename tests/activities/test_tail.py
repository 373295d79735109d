"""Who keeps up with an activity is served out of memory; who does not reads the disk, and misses nothing."""

import asyncio
import uuid

from apps.activities.output import OutputFile, OutputReader
from apps.activities.tail import MOST_BYTES, Tail
from apps.activities.writer import TEXT_PIECE_BYTES, OutputWriter


def test_lines_from_a_place_on() -> None:
    tail = Tail()
    tail.add([b"one\n", b"two\n"], end=8)
    tail.add(["drei€\n".encode()], end=16)
    assert tail.since(0) == ["one", "two", "drei€"]
    assert tail.since(4) == ["two", "drei€"]
    assert tail.since(8) == ["drei€"]
    assert tail.since(16) == []


def test_a_place_that_it_does_not_know() -> None:
    tail = Tail()
    tail.add([b"one\n", b"two\n"], end=108)
    assert tail.since(99) is None, "before it"
    assert tail.since(102) is None, "within a line"
    assert tail.since(109) is None, "behind it"


def test_what_it_holds_is_bounded() -> None:
    tail = Tail()
    line = b"x" * 99_999 + b"\n"
    for number in range(1, 51):
        tail.add([line], end=number * len(line))
    held = MOST_BYTES // len(line)
    assert tail.since((50 - held) * len(line)) == ["x" * 99_999] * held
    assert tail.since((50 - held - 1) * len(line)) is None


async def test_disk_and_memory_say_the_same() -> None:
    activity_id = uuid.uuid4()
    writer = OutputWriter(OutputFile(activity_id), written=lambda: None)
    for number in range(200):
        await writer.write({"type": "text", "text": f"{number}ü" * 1000})
        await writer.write({"type": "note", "text": f"after {number}"})
        if number % 50 == 0:
            await asyncio.sleep(0)
    await writer.write({"type": "text", "text": "c" * (2 * TEXT_PIECE_BYTES)})
    await writer.close()
    reader = OutputReader(activity_id)
    from_disk: list[str] = []
    places = [0]
    while lines := reader.read():
        from_disk += lines
        places.append(reader.position)
    assert writer.tail.end == writer.position == reader.position
    from_memory = writer.tail.since(places[-2])
    assert from_memory
    assert from_disk[-len(from_memory) :] == from_memory
