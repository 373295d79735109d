"""Streams of the async engine, from an engine that does not behave."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.api import container_streams, system
from apps.engine.connection import BULK_LIMIT_BYTES, LIMIT_BYTES, Connection
from apps.engine.endpoint import Endpoint
from apps.engine.errors import EngineGone, NotImplementedByEngine, ProtocolBroken, Reason, Unreachable
from apps.engine.types.events import Event, event_of
from apps.engine.version import ApiVersion
from tests.engines.scripted import MULTIPLEXED_STREAM, RAW_STREAM, Exchange, ScriptedEngine

LOGS = container_streams.container_logs("ab", follow=True)


async def test_a_stream_with_its_last_chunk_has_ended(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    def logs(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(b"one ")
        exchange.chunk(b"two")
        exchange.end()

    scripted.on("GET", "/containers/{id}/logs", logs)
    async with engine.stream(LOGS) as stream:
        assert b"".join([chunk async for chunk in stream]) == b"one two"
        assert await stream.read() == b""
    await asyncio.to_thread(scripted.wait_closed)


async def test_a_stream_without_its_last_chunk_means_that_the_engine_is_gone(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    def logs(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(b"one ")
        exchange.send(b"8\r\nhal")  # in the middle of a chunk
        exchange.die()

    scripted.on("GET", "/containers/{id}/logs", logs)
    got = b""
    async with engine.stream(LOGS) as stream:
        with pytest.raises(EngineGone):
            async for chunk in stream:
                got += chunk
    assert got == b"one hal", "what came before the end is not lost"


async def test_an_engine_that_leaves_before_it_answers_is_unreachable(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    scripted.on("GET", "/containers/{id}/logs", lambda x: x.die())
    with pytest.raises(Unreachable):
        async with engine.stream(LOGS):
            pass


async def test_conformance_23_a_log_that_cannot_be_read_is_told_by_its_own_error(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    words = "configured logging driver does not support reading"
    scripted.on("GET", "/containers/{id}/logs", (501, {"message": words}))
    with pytest.raises(NotImplementedByEngine, match=words):
        async with engine.stream(LOGS):
            pass
    await asyncio.to_thread(scripted.wait_closed)


@pytest.mark.parametrize(
    ("api", "content_type", "tty", "expected"),
    [
        ("1.41", None, False, True),
        ("1.41", None, True, False),
        ("1.42", MULTIPLEXED_STREAM, None, True),
        ("1.42", RAW_STREAM, False, False),
    ],
)
async def test_conformance_16_and_17_tty_or_header_decide_whether_to_demultiplex(
    api: str, content_type: str | None, tty: bool | None, expected: bool
) -> None:
    with ScriptedEngine(api_version=api) as scripted:

        def logs(exchange: Exchange) -> None:
            exchange.begin(headers={"Content-Type": content_type} if content_type else {})
            exchange.end()

        scripted.on("GET", "/containers/{id}/logs", logs)
        async with AsyncEngine(Endpoint.parse(scripted.url)).stream(LOGS) as stream:
            assert stream.is_multiplexed(tty=tty) is expected


async def test_a_slow_reader_makes_the_engine_wait_and_loses_nothing(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    sent = 0
    total = 32 * 1024 * 1024
    piece = bytes(range(256)) * 256

    def logs(exchange: Exchange) -> None:
        nonlocal sent
        exchange.begin()
        while sent < total:
            exchange.chunk(piece)
            sent += len(piece)
        exchange.end()

    scripted.on("GET", "/containers/{id}/logs", logs)
    async with engine.stream(LOGS) as stream:
        got = len(await stream.read())
        stood_still, before = 0, -1
        while stood_still < 20:  # the engine is stuck in its write once nothing moves any more
            await asyncio.sleep(0.01)
            stood_still, before = (stood_still + 1 if sent == before else 0), sent
        assert sent < total / 2, "the engine wrote on although nobody read"
        assert stream.waiting_bytes <= LIMIT_BYTES
        while chunk := await stream.read():
            start = got % len(piece)
            assert chunk == (piece * (len(chunk) // len(piece) + 2))[start : start + len(chunk)]
            got += len(chunk)
            assert stream.waiting_bytes <= LIMIT_BYTES
    assert got == total


class Pipe(asyncio.Transport):
    """A transport that brings what a test says, while the protocol reads."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self.is_read = True
        self.brought = 0
        connection.connection_made(self)

    def bring(self, piece: bytes) -> None:
        buffer = self._connection.get_buffer(-1)
        buffer[: len(piece)] = piece
        self.brought += len(piece)
        self._connection.buffer_updated(len(piece))

    def fill(self, piece_bytes: int) -> None:
        while self.is_read:
            self.bring(bytes(piece_bytes))

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


async def test_of_a_file_that_came_slowly_and_then_fast_no_more_waits_than_may() -> None:
    connection = Connection(authority="engine", lost=lambda exc: Unreachable(Endpoint.parse("http://x:1"), Reason.LOST))
    pipe = Pipe(connection)
    pipe.bring(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: 999999999999\r\n\r\n")
    connection.expect_bulk()
    pipe.brought = taken = 0
    pipe.fill(1024)
    for _ in range(600):
        taken += len(await connection.read())
        pipe.fill(len(connection.get_buffer(-1)))
        assert connection.waiting_bytes == pipe.brought - taken <= BULK_LIMIT_BYTES


async def test_who_leaves_a_flood_in_its_rest_leaves_it_reading_and_its_end_is_heard() -> None:
    connection = Connection(authority="engine", lost=lambda exc: Unreachable(Endpoint.parse("http://x:1"), Reason.LOST))
    pipe = Pipe(connection)
    pipe.bring(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
    for piece in (b"a" * 9000, b"b" * 9000):
        pipe.bring(piece)
        assert await connection.read() == piece
        assert not pipe.is_read, "it rests"
        reading = asyncio.create_task(connection.read())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert pipe.is_read
    pipe.bring(b"c" * 9000)
    assert await connection.read() == b"c" * 9000
    connection.connection_lost(None)
    assert await connection.read() == b""


async def test_a_flood_of_tiny_chunks_comes_in_large_pieces(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    lines = [b"line %07d of a log that never sleeps\n" % number for number in range(40_000)]

    def logs(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send(b"".join(b"%x\r\n%s\r\n" % (len(line), line) for line in lines))
        exchange.end()

    scripted.on("GET", "/containers/{id}/logs", logs)
    async with engine.stream(LOGS) as stream:
        chunks = [chunk async for chunk in stream]
    assert b"".join(chunks) == b"".join(lines)
    assert len(chunks) < len(lines) / 50


async def test_cancelling_a_reader_closes_its_connection(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    reading = threading.Event()

    def logs(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(b"first")
        exchange.hang()

    scripted.on("GET", "/containers/{id}/logs", logs)

    async def read() -> None:
        async with engine.stream(LOGS) as stream:
            async for _ in stream:
                reading.set()

    task = asyncio.create_task(read())
    await asyncio.to_thread(reading.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(scripted.wait_closed)


def event_line(number: int, nano: int) -> bytes:
    return json.dumps({"Type": "container", "Action": f"a{number}", "Actor": {"ID": "x"}, "timeNano": nano}).encode()


def events_script(*lines: bytes, ends: bool = True) -> object:
    def events(exchange: Exchange) -> None:
        exchange.begin(headers={"Content-Type": "application/json"})
        whole = b"".join(line + b"\n" for line in lines)
        for at in range(0, len(whole), 17):  # lines cut over chunks
            exchange.chunk(whole[at : at + 17])
        if ends:
            exchange.end()
        else:
            exchange.die()

    return events


async def test_events_come_one_by_one_and_end_with_the_stream(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/events", events_script(event_line(1, 10), event_line(2, 20)))
    assert [event.action async for event in engine.events()] == ["a1", "a2"]
    await asyncio.to_thread(scripted.wait_closed)


async def test_events_of_an_engine_that_dies_end_in_engine_gone(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/events", events_script(event_line(1, 10), ends=False))
    seen: list[str] = []
    with pytest.raises(EngineGone):
        async for event in engine.events():
            seen.append(event.action)
    assert seen == ["a1"]
    await asyncio.to_thread(scripted.wait_closed)


async def test_a_line_that_is_no_event_breaks_the_protocol(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/events", events_script(b"<html>"))
    with pytest.raises(ProtocolBroken):
        async for _ in engine.events():
            pass
    await asyncio.to_thread(scripted.wait_closed)


@pytest.mark.parametrize(
    ("replayed", "expected"),
    [
        ([1, 2, 3, 4], ["a4"]),  # 1-3 bear one time, 3 was the last seen
        ([3, 4], ["a4"]),
        ([4], ["a4"]),  # the engine's memory began later: nothing is left out
        ([], []),
    ],
)
async def test_conformance_31_after_a_reconnect_no_event_comes_twice(
    scripted: ScriptedEngine, engine: AsyncEngine, replayed: list[int], expected: list[str]
) -> None:
    nano = 1_795_249_069_004_460_448
    last: Event = event_of(event_line(3, nano))
    lines = [event_line(number, nano + (number > 3)) for number in replayed]
    scripted.on("GET", "/events", events_script(*lines))
    assert [event.action async for event in engine.events(after=last)] == expected
    assert scripted.seen("GET", "/events")[0].query["since"] == "1795249069.004460448"


async def test_leaving_events_early_closes_the_connection(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    def events(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(event_line(1, 10) + b"\n")
        exchange.hang()

    scripted.on("GET", "/events", events)
    async with engine.events() as stream:
        async for event in stream:
            assert event.action == "a1"
            break
    await asyncio.to_thread(scripted.wait_closed)


async def test_filters_are_sent_as_the_engine_reads_them(scripted: ScriptedEngine) -> None:
    scripted.on("GET", "/events", events_script())
    engine = AsyncEngine(Endpoint.parse(scripted.url), pinned=ApiVersion(1, 24))
    assert [event async for event in engine.events(until="5.25", filters={"type": ["container"]})] == []
    query = scripted.seen("GET", "/events")[0].query
    assert (query["filters"], query["until"]) == ('{"type":["container"]}', "5.25")
    assert system.events().operation.id == "SystemEvents"
