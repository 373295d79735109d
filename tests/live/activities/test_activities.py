"""Activities on a real server and a real engine: they outlive pages, cancels and the server itself."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.live.activities.conftest import PATIENCE_S, STAGE, Stage, printing
from tests.live.server import Server
from tests.live.sockets.client import Client

Staged = Callable[..., Server]


async def test_an_activity_is_replayed_then_live_cancelled_and_kept_over_a_crash(
    staged: Staged, make_container: MakeContainer
) -> None:
    server = staged()
    ada, joan = Stage(server), Stage(server, "joan")

    # Told from the start to whoever comes late, then live; nothing twice, nothing left out.
    numbers = "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; cat"
    talker = make_container(["sh", "-c", numbers], tty=True, OpenStdin=True)
    first = ada.start(talker)
    async with await Client.open(server, f"/activities/{first}/") as watcher:
        assert (await watcher.until_said("ready"))["state"] == "running"
        await watcher.until(lambda: "line 2999\n" in text_of(watcher))
        async with await Client.open(server, f"/activities/{first}/") as late:
            await late.until(lambda: "line 2999\n" in text_of(late))
            assert text_of(late) == text_of(watcher) == "".join(f"line {n}\n" for n in range(3000))
            # Not hers: as if it were not there.
            assert joan.ask("GET", f"/activities/{first}/")[0] == 404
            async with await Client.open(server, f"/activities/{first}/", user="joan") as other:
                assert await other.to_the_end() == 4404
            # Cancel by the socket.
            await late.tell(type="cancel")
            assert await late.to_the_end() == await watcher.to_the_end() == 1000
            assert [m["state"] for m in late.messages if m["type"] == "state"] == ["running", "cancelled"]
    assert ada.told(first)["cancelled_by"] == "ada"
    assert ada.ask("POST", f"/activities/{first}/cancel/")[0] == 409

    # A crash: shown as interrupted, with what it had said, and started again by hand.
    second = ada.start(talker, title="again")
    async with await Client.open(server, f"/activities/{second}/") as watcher:
        await watcher.until(lambda: "line 2999\n" in text_of(watcher))
    server.stop(with_signal=signal.SIGKILL)
    server.start()
    told = ada.told(second)
    assert (told["state"], told["is_restartable"]) == ("interrupted", True)
    output = ada.ask("GET", f"/activities/{second}/output/")[2].decode()
    assert output == "".join(f"line {n}\n" for n in range(3000))
    status, _, body = ada.ask("POST", f"/activities/{second}/restart/")
    assert status == 202
    third = json.loads(body)["id"]
    assert ada.told(third)["again_of"] == second

    # A proper stop interrupts as well.
    async with await Client.open(server, f"/activities/{third}/") as watcher:
        await watcher.until(lambda: "line 2999\n" in text_of(watcher))
    server.stop()
    server.start()
    assert ada.told(third)["state"] == "interrupted"
    listed = json.loads(ada.ask("GET", "/activities/?state=interrupted")[2])["activities"]
    assert {one["id"] for one in listed} == {second, third}

    # One that comes to its end keeps its result; one that fails says why.
    done = ada.start(make_container(printing({"type": "note", "text": "hello"})))
    assert ada.until(done, "done")["result"] == {"exit_code": 0}
    failed = ada.start(make_container(printing("\x1b[31mred\x1b[0m", then="exit 3"), tty=True))
    assert ada.until(failed, "failed")["problem"]["detail"] == "Its exit code is 3."
    assert ada.ask("GET", f"/activities/{failed}/output/")[2] == b"red\n"


def text_of(client: Client) -> str:
    """The console text that has come over a socket."""
    return "".join(message["text"] for message in client.messages if message["type"] == "text")


async def test_a_verb_for_many_goes_on_on_the_server_and_tells_of_each(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    ada = Stage(live_server)
    stopped = [make_container(start=False) for _ in range(3)]
    running = make_container()
    ids = [*stopped, running, "0" * 64]
    bulk = {"verb": "remove", "id": ids, "activity": "1"}
    status, _, body = ada.ask("POST", "/hosts/local/containers/bulk/", bulk)
    assert status == 202
    activity_id = json.loads(body)["activity"]
    told = ada.until(activity_id, "done")
    assert (told["title"], told["result"]) == ("Remove 5 containers", {"done": 4, "failed": 1})
    assert [raw.get(f"/containers/{one}/json")[0] for one in [*stopped, running]] == [404, 404, 404, 200]
    async with await Client.open(live_server, f"/activities/{activity_id}/") as watcher:
        assert await watcher.to_the_end() == 1000
        outcomes = [message["outcome"] for message in watcher.messages if message["type"] == "item"]
        assert sorted(outcomes) == ["done"] * 4 + ["failed"]
    assert Stage(live_server, "joan").ask("POST", "/hosts/local/containers/bulk/", bulk)[0] == 403


async def test_many_images_are_removed_on_the_server_with_a_result_for_each(
    live_server: Server, make_image: MakeImage, make_container: MakeContainer, raw: RawEngine
) -> None:
    ada = Stage(live_server)
    below, held = make_image("many/below:1"), make_image("many/held:1")
    above = make_image("many/above:1", base="many/below:1")
    make_container(image="many/held:1", name="many-holder", start=False)
    bulk = {"verb": "remove", "id": [below, above, held], "activity": "1"}
    status, _, body = ada.ask("POST", "/hosts/local/images/bulk/", bulk)
    assert status == 202
    activity_id = json.loads(body)["activity"]
    told = ada.until(activity_id, "done")
    assert (told["title"], told["result"]) == ("Remove 3 images", {"done": 2, "failed": 1})
    assert [raw.get(f"/images/{one}/json")[0] for one in (below, above, held)] == [404, 404, 200]
    async with await Client.open(live_server, f"/activities/{activity_id}/") as watcher:
        assert await watcher.to_the_end() == 1000
        items = [message for message in watcher.messages if message["type"] == "item"]
    assert sorted(one["outcome"] for one in items) == ["done", "done", "failed"]
    [failed] = [one["detail"] for one in items if one["outcome"] == "failed"]
    assert failed.startswith("many/held:1 was not removed. conflict:") and "many-holder" in failed
    assert Stage(live_server, "joan").ask("POST", "/hosts/local/images/bulk/", bulk)[0] == 403


async def test_a_cancel_lets_what_is_under_way_end_and_begins_no_more(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    ada = Stage(live_server)
    # A program that is process 1 does not hear TERM: each stop waits for its ten minutes, eight at a time.
    ids = [make_container(["sleep", "6000"]) for _ in range(12)]
    bulk = {"verb": "stop", "id": ids, "activity": "1", "timeout": "600"}
    activity_id = json.loads(ada.ask("POST", "/hosts/local/containers/bulk/", bulk)[2])["activity"]
    async with await Client.open(live_server, f"/activities/{activity_id}/") as watcher:
        await watcher.until_said("state")
        await watcher.tell(type="cancel")
        give_up_at = time.monotonic() + PATIENCE_S
        while ada.told(activity_id)["cancelled_by"] != "ada":
            assert time.monotonic() < give_up_at
            await asyncio.sleep(0.05)
        for one in ids[:8]:
            raw.post(f"/containers/{one}/kill")
        assert await watcher.to_the_end() == 1000
    assert ada.told(activity_id)["state"] == "cancelled"
    assert all(raw.get(f"/containers/{one}/json")[1]["State"]["Running"] for one in ids[8:])


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis of this test's own."""
    with tempfile.TemporaryDirectory(prefix="dw-", dir="/tmp") as folder:  # a socket's path must be short
        path = f"{folder}/redis.sock"
        command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            give_up_at = time.monotonic() + 30
            while not Path(path).is_socket():
                assert process.poll() is None and time.monotonic() < give_up_at
                time.sleep(0.02)
            yield f"unix://{path}"
            process.terminate()


async def test_two_servers_on_one_folder_show_each_others_activities_by_redis(
    staged: Staged, make_container: MakeContainer, engine_process: PrivateEngine, redis: str, tmp_path: Path
) -> None:
    first = staged(REDIS_URL=redis)
    (tmp_path / "second").mkdir()
    same_folder = {"DOCKERWEB_DATA": str(first.folder / "data"), "REDIS_URL": redis}
    second = Server(tmp_path / "second", docker_host=engine_process.url, settings={**STAGE, **same_folder})
    second.start()
    try:
        bar = {"type": "layer", "id": "abc", "status": "Downloading", "current": 50, "total": 100}
        talker = make_container(printing(bar, "hello", then="cat"), tty=True, OpenStdin=True)
        async with await Client.open(second, "/activities/") as tray:
            await tray.until_said("running")
            activity_id = Stage(first).start(talker, title="over there")
            # The tray of the second server had nothing to wait for but Redis.
            await tray.until(lambda: bool(shown(tray)))
            assert shown(tray)[0]["title"] == "Follow over there"
            async with await Client.open(second, f"/activities/{activity_id}/") as watcher:
                await watcher.until(lambda: text_of(watcher) == "hello\n")
                await tray.until(lambda: shown(tray)[0]["percent"] == 25)
                assert Stage(second).ask("POST", f"/activities/{activity_id}/cancel/")[0] == 202
                assert await watcher.to_the_end() == 1000
                assert watcher.messages[-2]["state"] == "cancelled"
            await tray.until(lambda: not shown(tray))
        # The second dies: what it ran is marked by the first, which goes on.
        left = Stage(second).start(talker, title="left")
        assert Stage(first).until(left, "running")
        second.stop(with_signal=signal.SIGKILL)
        assert Stage(first).until(left, "interrupted")["is_restartable"]
    finally:
        second.stop(with_signal=signal.SIGKILL)


def shown(tray: Client) -> list[dict[str, Any]]:
    """What the tray shows now."""
    told = tray.said("running")
    return list(told["activities"]) if told else []
