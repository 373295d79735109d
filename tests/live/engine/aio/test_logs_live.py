"""Log streams of a real engine, up to its death."""

from __future__ import annotations

import asyncio

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.api import container_streams, system
from apps.engine.endpoint import Endpoint
from apps.engine.errors import BadRequest, EngineGone, NotFound, NotImplementedByEngine, Unreachable
from apps.engine.wire.frames import Frame, FrameSplitter
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer
from tests.live.engine.aio.conftest import to_the_end, until

CHATTER = ["sh", "-c", "n=0; while :; do n=$((n+1)); echo line $n; usleep 20000; done"]


def frames_of(whole: bytes) -> list[Frame]:
    splitter = FrameSplitter()
    frames = splitter.feed(whole)
    assert splitter.is_between_frames
    return frames


@pytest.mark.parametrize("end", ["stop?t=0", "kill", "restart?t=0"])
async def test_a_followed_log_ends_properly_with_its_container(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, end: str
) -> None:
    container_id = make_container(CHATTER)
    async with engine.stream(container_streams.container_logs(container_id, follow=True)) as stream:
        got = await until(stream.read, b"line 3\n")
        status, answer = await asyncio.to_thread(raw.post, f"/containers/{container_id}/{end}")
        assert status == 204, answer
        got += await to_the_end(stream.read)
    payloads = [frame.payload for frame in frames_of(got)]
    assert payloads == [b"line %d\n" % (number + 1) for number in range(len(payloads))]


async def test_both_outputs_come_in_frames_and_a_terminal_s_log_comes_raw(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = ["sh", "-c", "echo out; echo err >&2; printf unfinished"]
    for tty in (False, True):
        container_id = make_container(script, tty=tty)
        await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait")
        async with engine.stream(container_streams.container_logs(container_id)) as stream:
            assert stream.is_multiplexed(tty=tty) is not tty
            whole = await to_the_end(stream.read)
        if tty:
            assert whole == b"out\r\nerr\r\nunfinished"
        else:
            assert sorted((frame.stream, frame.payload) for frame in frames_of(whole)) == [
                (1, b"out\n"),
                (1, b"unfinished"),
                (2, b"err\n"),
            ]


async def test_conformance_21_a_line_of_40_kb_comes_whole_in_records_of_one_time(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", "head -c 40000 /dev/zero | tr '\\0' a; echo"])
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait")
    async with engine.stream(container_streams.container_logs(container_id, timestamps=True)) as stream:
        records = [frame.payload.split(b" ", 1) for frame in frames_of(await to_the_end(stream.read))]
    assert len(records) == 3
    assert len({stamp for stamp, _ in records}) == 1
    assert b"".join(text for _, text in records) == b"a" * 40_000 + b"\n"


async def test_conformance_22_tail_0_shows_new_lines_only_and_odd_moments_are_never_sent(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", "echo old; read x; echo new; read x"])
    logs = container_streams.container_logs
    async with engine.stream(logs(container_id, follow=True)) as stream:
        await until(stream.read, b"old\n")
    async with engine.attach(container_id, tty=False, via="hijack") as attached:
        async with engine.stream(logs(container_id, follow=True, tail=0)) as stream:
            await attached.write(b"\n")
            assert [frame.payload for frame in frames_of(await until(stream.read, b"new\n"))] == [b"new\n"]
        for odd in ("10m", "2026-01-02T03:04:05Z", "1795249069704460448"):
            with pytest.raises(BadRequest):
                async with engine.stream(logs(container_id, since=odd)):
                    pass
    assert (await asyncio.to_thread(raw.inspect, container_id))["State"]["Running"]


async def test_conformance_23_a_log_driver_that_cannot_be_read_says_so(
    engine: AsyncEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["echo", "x"], host_config={"LogConfig": {"Type": "none"}})
    with pytest.raises(NotImplementedByEngine, match="does not support reading"):
        async with engine.stream(container_streams.container_logs(container_id)):
            pass


async def test_the_log_of_no_container_is_not_found(engine: AsyncEngine) -> None:
    with pytest.raises(NotFound, match="No such container"):
        async with engine.stream(container_streams.container_logs("nobody-here")):
            pass


async def test_many_lines_come_byte_for_byte(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["seq", "1", "60000"])
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait")
    async with engine.stream(container_streams.container_logs(container_id)) as stream:
        whole = b"".join([chunk async for chunk in stream])
    assert b"".join(frame.payload for frame in frames_of(whole)) == b"".join(
        b"%d\n" % number for number in range(1, 60_001)
    )


async def test_a_stopped_or_killed_engine_is_told_from_a_stopped_container(own_engine: PrivateEngine) -> None:
    """Both ways of going leave the stream without its last chunk; then no connection, with the reason."""
    engine = AsyncEngine(Endpoint.parse(own_engine.url))
    raw = RawEngine(own_engine.socket_path)
    for leave in (own_engine.stop, own_engine.kill):
        container_id = raw.container(cmd=CHATTER, host_config={"NetworkMode": "none"})
        quiet = raw.container(cmd=["sleep", "1000"])
        streams = container_streams
        async with (
            engine.stream(streams.container_logs(container_id, follow=True)) as loud,
            engine.events() as events,
            engine.stream(streams.container_logs(quiet, follow=True)) as silent,
        ):
            await until(loud.read, b"line 2\n")
            leaving = asyncio.create_task(asyncio.to_thread(leave))
            if leave == own_engine.kill:  # SIGTERM stops the containers first: some end properly before the engine does
                with pytest.raises(EngineGone):
                    await to_the_end(loud.read)
                with pytest.raises(EngineGone):
                    await to_the_end(silent.read)
            with pytest.raises(EngineGone):
                async for _ in events:
                    pass
            await leaving
        with pytest.raises(Unreachable):
            await engine.run(system.info())
        own_engine.start()
        assert (await engine.facts()).engine_version
