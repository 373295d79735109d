"""Figures and events over sockets."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.server import Server
from tests.live.sockets.client import PATIENCE_S, Client, Message


def newest(client: Client, container: str) -> Message | None:
    for message in reversed(client.messages):
        for sample in message.get("samples", []):
            if sample["id"] == container:
                return dict(sample)
    return None


async def test_samples_of_one_container_are_computed_and_stop_with_it(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sh", "-c", "while :; do :; done"])
    async with await Client.open(live_server, f"containers/{container}/stats/", user="joan") as client:
        await client.until(lambda: ((client.said("sample") or {}).get("cpu_percent") or 0) > 1)
        sample = client.said("sample")
        assert sample is not None
        assert sample["id"] == container
        assert sample["is_running"] is True
        assert sample["memory_bytes"] > 0
        assert sample["memory_limit_bytes"] > sample["memory_bytes"]
        assert sample["pids"] >= 1
        await asyncio.to_thread(raw.post, f"/containers/{container}/kill")
        await client.until(lambda: (client.said("sample") or {}).get("is_running") is False)
        stopped = client.said("sample")
        assert stopped is not None
        assert stopped["cpu_percent"] is None
        await asyncio.to_thread(raw.remove, container)
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "end", "reason": "removed"}


def at_once(client: Client) -> list[float]:
    """When the samples were taken that came before the live ones."""
    history = client.said("history")
    assert history is not None
    at: list[float] = history["at"]
    return at


async def test_what_was_seen_comes_before_what_is_live_to_whoever_may_see_it(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sh", "-c", "while :; do :; done"], host_config={"NetworkMode": "bridge"})
    never_watched = make_container()
    address = f"containers/{container}/stats/"
    async with await Client.open(live_server, address, user="joan") as client:
        await client.until_said("history")
        assert [message["type"] for message in client.messages] == ["ready", "history"]
        assert len(at_once(client)) <= 1, "at most the one that came while the socket was opened"
        await client.until(lambda: len(client.messages) >= 2 + 3)
        watched = [
            datetime.fromisoformat(message["read"]).timestamp()
            for message in client.messages
            if message["type"] == "sample"
        ]
    async with await Client.open(live_server, f"containers/{container[:12]}/stats/", user="ada") as again:
        history = await again.until_said("history")
        assert len(history["at"]) >= 3
        assert history["at"] == sorted(history["at"])
        assert all(any(abs(at - read) < 0.01 for at in history["at"]) for read in watched)
        assert abs(history["now"] - history["at"][-1]) < PATIENCE_S
        assert all(used > 0 for used in history["memory_bytes"])
        assert any(history["cpu_percent"])
        assert len(history["interfaces"]["eth0"]["sent_bytes"]) == len(history["at"])
        sample = await again.until_said("sample")
        assert sample["id"] == container
    async with await Client.open(live_server, f"containers/{never_watched}/stats/", user="joan") as other:
        await other.until_said("history")
        assert len(at_once(other)) <= 1
    await asyncio.to_thread(raw.remove, container)
    async with await Client.open(live_server, address, user="joan") as gone:
        assert await gone.to_the_end() == 4404
        assert gone.said("history") is None


async def test_a_host_sends_samples_of_what_is_watched_and_of_nothing_else(
    live_server: Server, make_container: MakeContainer
) -> None:
    one, two, three = (make_container() for _ in range(3))
    async with await Client.open(live_server, "stats/", user="joan") as client:
        await client.until_said("ready")
        await client.tell(type="watch", ids=[one, two, "no-such-container", 5])
        await client.until(lambda: newest(client, one) is not None and newest(client, two) is not None)
        assert newest(client, three) is None
        await client.tell(type="watch", ids=[three[:12]])
        await client.until(lambda: newest(client, three) is not None)
        sample = newest(client, three)
        assert sample is not None
        assert sample["ref"] == three[:12]
        client.messages.clear()
        await client.until(lambda: len(client.messages) == 2)
        assert newest(client, one) is None


def actions(client: Client, container: str) -> list[str]:
    return [message["Action"] for message in client.messages if message.get("Actor", {}).get("ID") == container]


async def test_events_come_as_the_engine_says_them(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    filters = {"filters": json.dumps({"type": ["container"], "event": ["die", "destroy"]})}
    async with (
        await Client.open(live_server, "events/") as all_of_them,
        await Client.open(live_server, "events/", filters) as filtered,
    ):
        await all_of_them.until_said("ready")
        await filtered.until_said("ready")
        container = await asyncio.to_thread(make_container)
        await asyncio.to_thread(raw.post, f"/containers/{container}/kill")
        await asyncio.to_thread(raw.remove, container)
        await all_of_them.until(lambda: "destroy" in actions(all_of_them, container))
        await filtered.until(lambda: "destroy" in actions(filtered, container))
        assert actions(all_of_them, container) == ["create", "start", "kill", "die", "destroy"]
        assert actions(filtered, container) == ["die", "destroy"]
        assert all(message["Type"] == "container" for message in filtered.messages[1:])


async def test_command_lines_and_exec_ids_do_not_reach_a_viewer(
    live_server: Server, make_container: MakeContainer
) -> None:
    container = make_container()
    async with (
        await Client.open(live_server, "events/", user="joan") as viewer,
        await Client.open(live_server, "events/", user="ada") as admin,
    ):
        await viewer.until_said("ready")
        await admin.until_said("ready")
        query = [("cmd", "echo"), ("cmd", "canary-in-a-command-line")]
        async with await Client.open(live_server, f"containers/{container}/exec/", query) as terminal:
            assert await terminal.to_the_end() == 1000
        async with await Client.open(live_server, f"containers/{container}/exec/") as left:
            await left.until_said("ready")
        for watcher in (viewer, admin):
            await watcher.until(lambda: "exec_die" in actions(watcher, container))  # noqa: B023
        assert "exec_start" in actions(viewer, container)
        assert "canary" not in json.dumps(viewer.messages)
        assert any("canary" in action for action in actions(admin, container))
        for watcher in (viewer, admin):
            said = json.dumps(watcher.messages)
            assert "execID" not in said
            assert "dockerweb-reaper" not in said


async def test_what_happened_before_can_be_asked_for(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container()
    status, answer = raw.get("/info")
    assert status == 200
    now = raw_seconds(answer["SystemTime"])
    query = {"since": f"{now - 60}", "until": f"{now}.999999999", "filters": json.dumps({"container": [container]})}
    async with await Client.open(live_server, "events/", query) as client:
        assert await client.to_the_end() == 1000
        assert actions(client, container) == ["create", "start"]
        assert client.messages[-1] == {"type": "end", "reason": "complete"}


def raw_seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment[:19] + "+00:00").timestamp())
