"""Logs over the socket: the engine's own bytes."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

from scripts.private_engine import PrivateEngine, RawEngine
from scripts.private_engine.raw import _UnixConnection
from tests.engines.private import MakeContainer
from tests.live.server import Server
from tests.live.sockets.client import Client, wait_until

NUMBERED = "i=0; while [ $i -lt {count} ]; do echo line $i; echo err $i >&2; i=$((i+1)); done"


def engine_bytes(engine: PrivateEngine, path: str) -> bytes:
    """The raw body of a GET, de-chunked by http.client and nothing else."""
    connection = _UnixConnection(engine.socket_path, timeout_s=60)
    try:
        connection.request("GET", path)
        answer: http.client.HTTPResponse = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


def ended(raw: RawEngine, container: str) -> bool:
    return not raw.inspect(container)["State"]["Running"]


def rss_kib(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


async def test_the_bytes_are_the_engines_own(
    live_server: Server, make_container: MakeContainer, raw: RawEngine, engine_process: PrivateEngine
) -> None:
    for tty in (False, True):
        container = make_container(["sh", "-c", NUMBERED.format(count=2000)], tty=tty)
        await wait_until(lambda: ended(raw, container), what="all is written")  # noqa: B023
        for query in (
            {"stdout": "1", "stderr": "1"},
            {"stderr": "1"} if not tty else {"stdout": "1"},
            {"stdout": "1", "stderr": "1", "timestamps": "1", "tail": "77"},
        ):
            path = f"/containers/{container}/logs?" + "&".join(f"{k}={v}" for k, v in query.items())
            expected = await asyncio.to_thread(engine_bytes, engine_process, path)
            async with await Client.open(live_server, f"containers/{container}/logs/", query, user="joan") as client:
                assert await client.to_the_end() == 1000
                assert client.messages[0]["multiplexed"] is not tty
                assert client.messages[-1] == {"type": "end", "reason": "complete"}
                assert bytes(client.received) == expected


async def test_since_and_until_cut_exactly(
    live_server: Server, make_container: MakeContainer, raw: RawEngine, engine_process: PrivateEngine
) -> None:
    container = make_container(["sh", "-c", NUMBERED.format(count=50)], tty=True)
    await wait_until(lambda: ended(raw, container), what="all is written")
    stamped = await asyncio.to_thread(
        engine_bytes, engine_process, f"/containers/{container}/logs?stdout=1&timestamps=1"
    )
    stamps = [line.split(b" ")[0].decode() for line in stamped.splitlines()]
    moments = [raw_moment(stamp) for stamp in (stamps[10], stamps[20])]
    query = {"since": moments[0], "until": moments[1]}
    async with await Client.open(live_server, f"containers/{container}/logs/", query) as client:
        assert await client.to_the_end() == 1000
        lines = bytes(client.received).decode().splitlines()
        first, last = lines[0], lines[-1]
    assert first in stamped.decode().splitlines()[10]
    assert last in stamped.decode().splitlines()[20]


def raw_moment(stamp: str) -> str:
    """2026-01-02T03:04:05.000000006Z → seconds.nanoseconds."""
    from datetime import datetime

    whole, _, fraction = stamp.removesuffix("Z").partition(".")
    return f"{int(datetime.fromisoformat(whole + '+00:00').timestamp())}.{fraction:0<9}"


async def test_following_goes_on_until_the_container_ends_and_tells_its_code(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container(["sh", "-c", "echo first; read x; echo last; exit 6"], tty=False)
    async with (
        await Client.open(live_server, f"containers/{container}/logs/", {"follow": "1"}, user="joan") as reader,
        await Client.open(live_server, f"containers/{container}/attach/") as typist,
    ):
        await reader.until_bytes(b"first")
        await typist.until_said("ready")
        await typist.type("\n")
        assert await reader.to_the_end() == 1000
        assert b"last" in reader.received
        assert reader.messages[-1] == {"type": "end", "reason": "stopped", "code": 6}


async def test_a_container_that_never_ran_has_a_log_that_ends(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container(start=False)
    async with await Client.open(live_server, f"containers/{container}/logs/", {"follow": "1"}) as client:
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "end", "reason": "created"}


async def test_a_log_driver_that_cannot_be_read_is_said_in_words(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container(["echo", "unheard"], host_config={"LogConfig": {"Type": "none"}})
    async with await Client.open(live_server, f"containers/{container}/logs/") as client:
        assert await client.to_the_end() == 4501
        assert "does not support reading" in client.messages[-1]["detail"]


async def test_a_reader_that_does_not_read_costs_nothing_and_loses_nothing(
    live_server: Server, make_container: MakeContainer, raw: RawEngine, engine_process: PrivateEngine
) -> None:
    line = "a long line, as programs write them. " * 30
    container = make_container(["sh", "-c", f"yes '{line}' | head -n 20000"])
    await wait_until(lambda: ended(raw, container), what="all is written")
    before = rss_kib(live_server.pid)
    clients = [await Client.open(live_server, f"containers/{container}/logs/", max_queue=1) for _ in range(3)]
    for client in clients:
        await client.until_said("ready")
    # Somebody who reads, meanwhile, gets everything: 22 MB go by while the others stand still.
    async with await Client.open(live_server, f"containers/{container}/logs/") as reader:
        assert await reader.to_the_end() == 1000
    grown_kib = rss_kib(live_server.pid) - before
    assert grown_kib < 32 * 1024, f"the server grew by {grown_kib} KiB"
    expected = bytes(reader.received)
    assert expected.count(b"\n") == 20000
    async with await Client.open(live_server, f"containers/{container}/logs/", max_queue=1) as sleeper:
        await sleeper.until_said("ready")
        await asyncio.sleep(1)
        assert await sleeper.to_the_end() == 1000
        assert bytes(sleeper.received) == expected
    for client in clients:
        await client.vanish()
