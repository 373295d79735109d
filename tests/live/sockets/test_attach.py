"""A container's own streams, over the socket of a real server on a real engine."""

from __future__ import annotations

import asyncio

import pytest

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.server import Server
from tests.live.sockets.client import Client

UNTIL_ASKED = "read x; printf 'one\\n'; printf 'two\\n' >&2; read y; exit 5"


async def test_a_terminal_container_is_typed_into_and_its_exit_code_told(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container(["sh"], tty=True)
    async with await Client.open(live_server, f"containers/{container}/attach/") as client:
        ready = await client.until_said("ready")
        assert (ready["tty"], ready["waiting"], ready["multiplexed"]) == (True, False, False)
        await client.tell(type="resize", cols=77, rows=22)
        await client.type("until [ \"$(stty size)\" = '22 77' ]; do sleep 0.1; done; echo si''zed; exit 3\n")
        assert await client.to_the_end() == 1000
        assert b"sized" in client.received
        assert client.messages[-1] == {"type": "exit", "code": 3}


async def test_without_a_terminal_the_bytes_come_as_they_were_written(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container(["sh", "-c", UNTIL_ASKED])
    async with await Client.open(live_server, f"containers/{container}/attach/") as client:
        assert (await client.until_said("ready"))["tty"] is False
        await client.type("\n")
        await client.until(lambda: len(client.received) >= 8)
        assert sorted(client.received.splitlines()) == [b"one", b"two"]
        await client.type("\n")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "exit", "code": 5}


@pytest.mark.parametrize(("left_out", "comes"), [("stdout", b"two\n"), ("stderr", b"one\n")])
async def test_one_of_both_streams_can_be_left_out(
    live_server: Server, make_container: MakeContainer, left_out: str, comes: bytes
) -> None:
    container = make_container(["sh", "-c", UNTIL_ASKED])
    async with await Client.open(live_server, f"containers/{container}/attach/", {left_out: "0"}) as client:
        assert (await client.until_said("ready"))["via"] == "hijack"
        await client.type("\n\n")
        assert await client.to_the_end() == 1000
        assert bytes(client.received) == comes


async def test_a_stopped_container_is_waited_for_until_somebody_starts_it(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sh"], tty=True, start=False)
    async with await Client.open(live_server, f"containers/{container}/attach/") as client:
        assert (await client.until_said("ready"))["waiting"] is True
        await client.tell(type="resize", cols=66, rows=21)
        status, _ = await asyncio.to_thread(raw.post, f"/containers/{container}/start")
        assert status == 204
        await client.until_said("live")
        await client.type("until [ \"$(stty size)\" = '21 66' ]; do sleep 0.1; done; exit 9\n")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "exit", "code": 9}


async def test_without_stdin_nothing_typed_arrives(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container(["sh", "-c", 'read x; echo "got $x"'])
    async with (
        await Client.open(live_server, f"containers/{container}/attach/", {"stdin": "0"}) as watcher,
        await Client.open(live_server, f"containers/{container}/attach/") as typist,
    ):
        assert (await watcher.until_said("ready"))["stdin"] is False
        await typist.until_said("ready")
        await watcher.type("from the watcher\n")
        await watcher.tell(type="ping")
        await watcher.until_said("pong")
        await typist.type("from the typist\n")
        assert await watcher.to_the_end() == 1000
        assert bytes(watcher.received) == b"got from the typist\n"


async def test_a_forged_exit_code_is_not_believed(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sh", "-c", "read x; exit 4"], labels={"exitCode": "0"})
    async with await Client.open(live_server, f"containers/{container}/attach/") as client:
        await client.until_said("ready")
        await client.type("\n")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "exit", "code": 4}


async def test_what_is_not_there_or_not_possible_is_said_in_words(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    paused = make_container()
    assert raw.post(f"/containers/{paused}/pause")[0] == 204
    for path, query, code in [
        ("containers/no-such-container/attach/", {}, 4404),
        (f"containers/{paused[:13]}/attach/", {}, 4404),
        (f"containers/{paused}/attach/", {}, 4409),
        (f"containers/{paused}/attach/", {"detach_keys": "ctrl-p,no"}, 4400),
        (f"containers/{paused}/logs/", {"since": "10m"}, 4400),
        (f"containers/{paused}/logs/", {"stdout": "0", "stderr": "0"}, 4400),
        (f"containers/{paused}/exec/", {"env": "no name"}, 4400),
        ("events/", {"filters": "{"}, 4400),
    ]:
        async with await Client.open(live_server, path, query) as client:
            assert await client.to_the_end() == code, (path, query)
            problem = client.messages[-1]
            assert problem["type"] == "problem"
            assert problem["status"] == code - 4000
            assert problem["title"]


async def test_a_container_that_ends_at_any_moment_ends_its_sockets_properly(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    count = 30
    program = "while :; do echo tick; sleep 0.01; done"
    containers = [make_container(["sh", "-c", program], tty=bool(n % 2)) for n in range(6)]

    async def one(number: int) -> None:
        container = containers[number % len(containers)]
        kind = ("attach", "logs")[number // len(containers) % 2]
        query = {"follow": "1", "tail": "10"} if kind == "logs" else {}
        async with await Client.open(live_server, f"containers/{container}/{kind}/", query) as client:
            await client.until_said("ready")
            await asyncio.sleep(0.01 * (number % 7))
            if number >= count - len(containers):
                await asyncio.to_thread(raw.remove, container)
            else:
                await asyncio.to_thread(raw.post, f"/containers/{container}/restart?t=0")
            assert await client.to_the_end() == 1000, client
            last = client.messages[-1]
            assert last["type"] in ("exit", "end"), last
            assert last.get("reason") != "engine_gone"

    # One after the other for each container; different containers at the same time.
    async def column(first: int) -> None:
        for number in range(first, count, len(containers)):
            await one(number)

    await asyncio.gather(*(column(first) for first in range(len(containers))))
