"""Commands in containers, over the socket of a real server on a real engine."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import tarfile
from collections.abc import Callable

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import IS_PODMAN
from tests.live.server import Server
from tests.live.sockets.client import Client, wait_until


def processes(raw: RawEngine, container_id: str) -> list[str]:
    """Command lines of a container's processes, as the engine sees them."""
    status, answer = raw.get(f"/containers/{container_id}/top?ps_args=-eo%20pid,args")
    assert status == 200, answer
    lines = [row[-1] for row in answer["Processes"]]
    return [line.lstrip("0123456789 ") for line in lines] if IS_PODMAN else lines  # it cuts no columns


async def test_without_a_command_the_best_shell_found_is_run(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        ready = await client.until_said("ready")
        assert ready["cmd"] == ["/bin/ash"]
        assert ready["tty"] is True
        await client.type("echo $((6*7))x\n")
        await client.until_bytes(b"42x")
        await client.type("exit 7\n")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "exit", "code": 7}
        assert "exec_id" not in json.dumps(client.messages)


async def test_user_folder_and_environment_are_those_asked_for(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    query = [
        ("cmd", "sh"),
        ("cmd", "-c"),
        ("cmd", 'id -u; pwd; echo "$GREETING"'),
        ("user", "1000"),
        ("workdir", "/tmp"),
        ("env", "GREETING=hello  there"),
        ("tty", "0"),
    ]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        assert await client.to_the_end() == 1000
        assert bytes(client.received) == b"1000\n/tmp\nhello  there\n"
        assert client.messages[0]["tty"] is False
        assert client.messages[-1] == {"type": "exit", "code": 0}


async def test_a_command_that_does_not_exist_ends_with_the_engines_words_and_its_code(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/", {"cmd": "/no/such"}) as client:
        assert await client.to_the_end() == 1000
        assert b"no such file" in client.received
        assert client.messages[-1]["type"] == "exit"
        assert client.messages[-1]["code"] in (126, 127)


async def test_a_stopped_container_refuses_a_shell_in_words(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container(start=False)
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        assert await client.to_the_end() == 4409
        assert "not running" in client.messages[-1]["detail"]


async def test_the_terminal_has_the_size_of_the_window_at_once_and_after_each_change(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/", {"cols": "101", "rows": "33"}) as client:
        await client.until_said("ready")
        await client.type("until [ \"$(stty size)\" = '33 101' ]; do sleep 0.1; done; echo si''zed\n")
        await client.until_bytes(b"sized")
        await client.tell(type="resize", cols=123456, rows=50)
        await client.type("until [ \"$(stty size)\" = '50 1000' ]; do sleep 0.1; done; echo re''sized\n")
        await client.until_bytes(b"resized")


async def test_a_paste_of_a_megabyte_arrives_whole(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container()
    paste = b"".join(b"%07d\n" % number for number in range(131072))
    command = "stty raw -echo; echo go; head -c 1048576 | md5sum; sleep 0.1"
    query = [("cmd", "sh"), ("cmd", "-c"), ("cmd", command)]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        await client.until_bytes(b"go")
        for start in range(0, len(paste), 16 * 1024):
            await client.type(paste[start : start + 16 * 1024])
        assert await client.to_the_end() == 1000
        assert hashlib.md5(paste, usedforsecurity=False).hexdigest().encode() in client.received


async def test_any_bytes_pass_both_ways_untouched(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container()
    everything = bytes(range(256)) * 64 + "häß€😀".encode()
    query = [("cmd", "sh"), ("cmd", "-c"), ("cmd", f"echo go; head -c {len(everything)}"), ("tty", "0")]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        await client.until_bytes(b"go\n")
        for start in range(0, len(everything), 37):
            await client.type(everything[start : start + 37])
        assert await client.to_the_end() == 1000
        assert bytes(client.received) == b"go\n" + everything


class Drawing:
    """A terminal that draws, and says so each 128 KiB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._told = 0

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            drawn = len(self._client.received) - self._told
            if drawn >= 128 * 1024:
                await self._client.tell(type="ack", bytes=drawn)
                self._told += drawn
            assert await self._client.step(), self._client


async def test_ctrl_c_is_heard_while_output_floods(live_server: Server, make_container: MakeContainer) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        drawing = Drawing(client)
        await client.until_said("ready")
        await client.type("yes\n")
        await drawing.until(lambda: len(client.received) > 1024 * 1024)
        await client.type(b"\x03")
        await client.type("echo af''ter\n")
        await drawing.until(lambda: b"after" in client.received[-4096:])


async def test_no_more_than_the_window_is_sent_beyond_what_was_acknowledged(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    query = [("cmd", "sh"), ("cmd", "-c"), ("cmd", "read x; head -c 4000000 /dev/zero; read y"), ("tty", "0")]
    async with await Client.open(live_server, f"containers/{container}/exec/", query, max_queue=None) as client:
        await client.until_said("ready")
        await client.tell(type="ack", bytes=0)
        await client.type("\n")
        await client.until(lambda: len(client.received) >= 512 * 1024)
        await client.tell(type="ping")
        await client.until_said("pong")
        assert len(client.received) < 1024 * 1024
        await Drawing(client).until(lambda: len(client.received) == 4_000_000)


async def test_closed_tabs_leave_no_process_behind(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sleep", "1000"])
    before = processes(raw, container)

    async def one(number: int) -> Client:
        is_shell = number % 5 < 4
        client = await Client.open(
            live_server,
            f"containers/{container}/exec/",
            [] if is_shell else [("cmd", "sleep"), ("cmd", "900"), ("tty", "0")],
        )
        await client.until_said("ready")
        if is_shell:
            stubborn = "sleep 800 & trap '' HUP; echo tr''apped\n"
            await client.type(stubborn if number % 2 else "echo tr''apped; sleep 700\n")
            await client.until_bytes(b"trapped")
        return client

    clients = await asyncio.gather(*(one(number) for number in range(20)))
    assert len(processes(raw, container)) > 20
    for number, client in enumerate(clients):
        await (client.vanish() if number % 2 else client.connection.close())
    await wait_until(lambda: processes(raw, container) == before, what="only the container's own process is left")


async def test_a_command_that_throws_its_environment_away_does_not_stay_either(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sleep", "1000"])
    query = [("cmd", "env"), ("cmd", "-i"), ("cmd", "/bin/sleep"), ("cmd", "700")]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        await client.until_said("ready")
        await wait_until(lambda: "/bin/sleep 700" in processes(raw, container), what="the command runs")
    await wait_until(lambda: processes(raw, container) == ["sleep 1000"], what="the command is ended")


async def test_a_container_without_a_shell_says_so_and_keeps_no_command(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    image = "dockerweb/no-shell:1"
    raw.request("POST", "/images/create?fromSrc=-&repo=dockerweb/no-shell&tag=1", body=only_sleep())
    container = make_container(["/sleep", "1000"], image=image)
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        assert await client.to_the_end() == 4404
        assert "/bin/sh" in client.messages[-1]["detail"]
    query = [("cmd", "/sleep"), ("cmd", "700")]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        await client.until_said("ready")
        await wait_until(lambda: "/sleep 700" in processes(raw, container), what="the command runs")
    await wait_until(lambda: processes(raw, container) == ["/sleep 1000"], what="the command is ended")


def only_sleep() -> bytes:
    """A file system that holds one program."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add("/bin/busybox", "sleep")
    return packed.getvalue()


async def test_what_an_exited_shell_left_in_the_background_stays(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sleep", "1000"])
    query = [("cmd", "sh"), ("cmd", "-c"), ("cmd", "setsid sleep 600 >/dev/null 2>&1 </dev/null & sleep 0.1")]
    async with await Client.open(live_server, f"containers/{container}/exec/", query) as client:
        assert await client.to_the_end() == 1000
        assert client.messages[-1]["type"] == "exit"
    assert any("sleep 600" in line for line in processes(raw, container))


async def test_a_container_removed_under_a_terminal_ends_it(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container()
    async with await Client.open(live_server, f"containers/{container}/exec/") as client:
        await client.until_said("ready")
        await client.type("echo he''re\n")
        await client.until_bytes(b"here")
        await asyncio.to_thread(raw.remove, container)
        assert await client.to_the_end() == 1000
        assert client.messages[-1] in ({"type": "end", "reason": "removed"}, {"type": "exit", "code": 137})
