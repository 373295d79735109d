"""What goes wrong around a socket, and what it must not drag along."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer
from tests.live.server import Server
from tests.live.sockets.client import Client, refused_status, wait_until
from tests.live.sockets.test_exec import processes

NUMBERED = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done"


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.parametrize("path", ["containers/any/attach/", "containers/any/exec/", "stats/", "events/"])
async def test_a_page_of_another_origin_gets_no_socket(live_server: Server, path: str) -> None:
    assert await refused_status(live_server, path, origin="http://127.0.0.1:1") == 403
    assert await refused_status(live_server, path, origin="http://evil.example") == 403


async def test_a_viewer_is_told_that_she_may_not(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container()
    for kind in ("attach", "exec"):
        async with await Client.open(live_server, f"containers/{container}/{kind}/", user="joan") as client:
            assert await client.to_the_end() == 4403
            assert client.messages[-1]["status"] == 403


async def test_a_log_that_is_followed_over_an_engine_restart_loses_and_repeats_nothing(
    make_engine: Callable[..., PrivateEngine], own_server: Callable[..., Server]
) -> None:
    engine = await asyncio.to_thread(make_engine, live_restore=True)
    raw = RawEngine(engine.socket_path)
    server = await asyncio.to_thread(own_server, engine)
    container = raw.container(cmd=["sh", "-c", NUMBERED])
    query = {"follow": "1", "timestamps": "1"}
    lines: list[bytes] = []
    async with (
        await Client.open(server, "events/") as events,
        await Client.open(server, f"containers/{container}/attach/") as terminal,
    ):
        await events.until_said("ready")
        await terminal.until_said("ready")
        async with await Client.open(server, f"containers/{container}/logs/", query) as client:
            await client.until(lambda: client.received.count(b"\n") > 20)
            await asyncio.to_thread(engine.kill)
            assert await client.to_the_end() == 1000
            assert client.messages[-1] == {"type": "end", "reason": "engine_gone"}
            lines += _whole_lines(bytes(client.received))
        assert await terminal.to_the_end() == 1000
        assert terminal.messages[-1] == {"type": "end", "reason": "engine_gone"}
        await events.until_said("lost")
        async with await Client.open(server, f"containers/{container}/logs/") as away:
            assert await away.to_the_end() == 4502
        await asyncio.to_thread(engine.start)
        await events.until_said("resync")
    last_stamp = lines[-1].split(b" ")[0]
    known = sum(1 for line in lines if line.split(b" ")[0] == last_stamp)
    from tests.live.sockets.test_logs import raw_moment

    query["since"] = raw_moment(last_stamp.decode())
    async with await Client.open(server, f"containers/{container}/logs/", query) as client:
        await client.until(lambda: client.received.count(b"\n") > 50)
        lines += _whole_lines(bytes(client.received))[known:]
    numbers = [int(line.split(b" ")[1]) for line in lines]
    assert numbers == list(range(len(numbers)))


def _whole_lines(framed: bytes) -> list[bytes]:
    """Payloads of the whole frames."""
    lines: list[bytes] = []
    while len(framed) >= 8 and len(framed) >= (end := 8 + int.from_bytes(framed[4:8], "big")):
        lines.append(framed[8:end].rstrip(b"\n"))
        framed = framed[end:]
    return lines


async def test_a_peer_that_takes_nothing_is_let_go_and_frees_the_engine(
    live_server: Server, make_container: MakeContainer
) -> None:
    program = ["sh", "-c", "while :; do cat /bin/busybox; done"]
    # One container each: the engine holds up everybody who is attached to a container when one of them does not read.
    containers = [make_container(program, host_config={"LogConfig": {"Type": "none"}}) for _ in range(4)]
    before = open_files(live_server.pid)
    stalled = []
    for container in containers:
        client = await Client.open(live_server, f"containers/{container}/attach/", max_queue=1)
        await client.until_said("ready")
        client.connection.transport.pause_reading()
        stalled.append(client)
    assert open_files(live_server.pid) >= before + 4
    await wait_until(
        lambda: open_files(live_server.pid) <= before + 3, what="sockets and engine connections are closed"
    )
    for client in stalled:
        await client.vanish()


async def test_a_stopping_server_says_so_and_leaves_no_process_behind(
    engine_process: PrivateEngine, own_server: Callable[..., Server], make_container: MakeContainer, raw: RawEngine
) -> None:
    server = await asyncio.to_thread(own_server, engine_process)
    container = make_container(["sleep", "1000"])

    async def one() -> Client:
        client = await Client.open(server, f"containers/{container}/exec/")
        await client.until_said("ready")
        await client.type("echo read''y\n")
        await client.until_bytes(b"ready")
        return client

    clients = await asyncio.gather(*(one() for _ in range(20)))
    began = time.monotonic()
    stopping = asyncio.create_task(asyncio.to_thread(server.stop))
    assert {await client.to_the_end() for client in clients} == {1012}
    status = await stopping
    assert status in (0, -signal.SIGTERM), server.log
    assert time.monotonic() - began < 30
    assert processes(raw, container) == ["sleep 1000"]
    assert "Traceback" not in server.log


async def test_rubbish_from_a_browser_is_passed_over(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        await client.until_said("ready")
        for text in ("", "{", "[]", "null", '{"type":7}', '{"type":"resize","cols":"x","rows":1}', "[" * 5000):
            await client.connection.send(text)
        await client.tell(type="resize", cols=10**30, rows=-5)
        await client.tell(type="ack", bytes=-1)
        await client.type("echo st''ill\n")
        await client.until_bytes(b"still")


async def test_a_server_that_was_killed_ends_what_it_left_once_it_is_back(
    engine_process: PrivateEngine, own_server: Callable[..., Server], make_container: MakeContainer, raw: RawEngine
) -> None:
    server = await asyncio.to_thread(own_server, engine_process)
    container = make_container(["sleep", "1000"])
    async with await Client.open(server, f"containers/{container}/exec/") as client:
        await client.until_said("ready")
        await client.type("sleep 800\n")
        await wait_until(lambda: "sleep 800" in processes(raw, container), what="the command runs")
        await asyncio.to_thread(server.stop, with_signal=signal.SIGKILL)
    assert "sleep 800" in processes(raw, container)
    await asyncio.to_thread(server.start)
    await wait_until(lambda: processes(raw, container) == ["sleep 1000"], what="what was left is ended")
