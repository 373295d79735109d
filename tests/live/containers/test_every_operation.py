"""Every container and exec operation through the addresses that browsers use, in four API versions.

Each test looks at the engine's own state. What a version lacks is refused by a sentence that names the one that has it.
"""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import PINNED
from tests.live.containers.pinned import LIST, Answer, Pinned
from tests.live.server import Server

LOOP = ["sh", "-c", "trap 'echo got-usr1' USR1; trap 'exit 3' TERM; touch /ready; while :; do sleep 0.1; done"]


@pytest.fixture(scope="module")
def prepared(engine_process: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's data folder with its database."""
    folder = tmp_path_factory.mktemp("prepared")
    Server(folder, docker_host=engine_process.url).prepare()
    return folder / "data"


@pytest.fixture(scope="module", params=PINNED)
def pinned(
    request: pytest.FixtureRequest,
    engine_process: PrivateEngine,
    prepared: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pinned]:
    """A server for each version, once for all tests of this module."""
    held = Pinned.start(tmp_path_factory.mktemp("pinned"), engine_process, request.param, prepared=prepared)
    yield held
    held.server.stop()


def refused(answer: Answer, needs: str) -> None:
    """The version is too old, and the sentence says which one is not."""
    assert answer.status == 501, answer
    assert f"API {needs}" in answer.json["detail"], answer.json


def state(raw: RawEngine, container_id: str) -> dict[str, object]:
    return dict(raw.inspect(container_id)["State"])


def until_there(raw: RawEngine, container_id: str, path: str) -> None:
    """Wait for a file that a program in the container makes."""
    give_up_at = time.monotonic() + 60
    while raw.request("HEAD", f"/containers/{container_id}/archive?path={path}")[0] != 200:
        assert time.monotonic() < give_up_at, f"{path} was not made"
        time.sleep(0.05)


def until_done(pinned: Pinned, activity: str) -> None:
    """Wait for the end of an activity."""
    give_up_at = time.monotonic() + 60
    while (told := pinned.get(f"/activities/{activity}/").json)["state"] == "running":
        assert time.monotonic() < give_up_at, told
        time.sleep(0.05)
    assert told["state"] == "done", told


def test_container_create_start_stop_restart_and_remove(pinned: Pinned, raw: RawEngine) -> None:
    name = f"every-life-{pinned.version.minor}"
    fields = {"image": "dockerweb/base:1", "name": name, "command": "sleep 600", "binds": "/anonymous"}
    made = pinned.post(f"{LIST}create/", {**fields, "labels": "every=life", "stop_timeout": ""})
    assert made.status == 201, made.text[:2000]
    container_id = made.json["id"]
    assert raw.inspect(name)["Id"] == container_id
    try:
        assert raw.inspect(name)["Config"]["Labels"]["every"] == "life"
        assert state(raw, name)["Status"] == "created"
        assert pinned.post(f"{LIST}{name}/start/").status == 200
        started = state(raw, name)
        assert started["Running"] is True
        assert pinned.post(f"{LIST}{name}/restart/", {"timeout": "0"}).status == 200
        assert str(state(raw, name)["StartedAt"]) > str(started["StartedAt"])
        assert pinned.post(f"{LIST}{name}/stop/", {"timeout": "0"}).json["was_needed"] is True
        assert state(raw, name)["ExitCode"] == 137
        assert pinned.post(f"{LIST}{name}/start/").status == 200
        (volume,) = (mount["Name"] for mount in raw.inspect(name)["Mounts"])
        running = pinned.post(f"{LIST}{name}/remove/")
        assert (running.status, raw.get(f"/containers/{container_id}/json")[0]) == (409, 200)
        assert pinned.post(f"{LIST}{name}/remove/", {"force": "1", "volumes": "1"}).status == 200
        assert raw.get(f"/containers/{container_id}/json")[0] == 404
        assert raw.get(f"/volumes/{volume}")[0] == 404
    finally:
        raw.remove(container_id)


def test_container_pause_unpause_kill_rename_and_wait(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(LOOP)
    at = f"{LIST}{container_id}"
    assert pinned.post(f"{at}/pause/").status == 200
    assert state(raw, container_id)["Status"] == "paused"
    assert pinned.post(f"{at}/unpause/").status == 200
    assert state(raw, container_id)["Status"] == "running"
    name = f"every-renamed-{pinned.version.minor}"
    assert pinned.post(f"{at}/rename/", {"name": name}).status == 200
    assert raw.inspect(container_id)["Name"] == f"/{name}"
    assert pinned.post(f"{at}/wait/", {"timeout": "0"}).json["has_ended"] is False
    assert pinned.post(f"{at}/kill/", {"signal": "NO-SUCH"}).status == 400
    until_there(raw, container_id, "/ready")
    assert pinned.post(f"{at}/kill/", {"signal": "15"}).status == 200
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 3
    told = pinned.post(f"{at}/wait/", {"timeout": "60"}).json
    assert (told["has_ended"], told["exit_code"]) == (True, 3)
    again = pinned.post(f"{at}/wait/", {"timeout": "0", "condition": "next-exit"})
    if pinned.has("1.30"):
        assert again.json["has_ended"] is False
    else:
        refused(again, "1.30")


def test_container_delete_takes_a_link_away(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    minor = pinned.version.minor
    make_container(name=f"every-db-{minor}", host_config={"NetworkMode": "bridge"})
    links = [f"every-db-{minor}:data", f"every-db-{minor}:more"]
    web = make_container(name=f"every-web-{minor}", host_config={"NetworkMode": "bridge", "Links": links})
    assert f"every-db-{minor}" in pinned.page(f"{LIST}{web}/").partition("Links</h3>")[2]
    assert pinned.post(f"{LIST}{web}/unlink/", {"alias": "no-such"}).status == 400
    assert pinned.post(f"{LIST}{web}/unlink/", {"alias": "data"}).status == 200
    assert raw.inspect(web)["HostConfig"]["Links"] == [f"/every-db-{minor}:/every-web-{minor}/more"]
    assert state(raw, web)["Running"] is True
    assert state(raw, f"every-db-{minor}")["Running"] is True


def test_container_list_with_every_filter(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    mine = {"every.list": str(pinned.version.minor)}
    minor = pinned.version.minor
    ended = make_container(["true"], name=f"every-a-{minor}", labels=mine)
    published = {"NetworkMode": "bridge", "PortBindings": {"8080/tcp": [{"HostPort": f"2{minor}80"}]}}
    runs = make_container(
        name=f"every-b-{minor}",
        labels=mine,
        host_config=published,
        Volumes={"/kept": {}},
        ExposedPorts={"8080/tcp": {}},
    )
    raw.post(f"/containers/{ended}/wait")

    def listed(line: str, **more: str) -> list[str] | str:
        answer = pinned.get(LIST, q=f"label:every.list={minor} {line}", **more)
        if answer.status != 200:
            assert answer.status == 400, answer
            return str(answer.json["detail"])
        return sorted(row["id"] for row in answer.json["containers"])

    both = sorted([ended, runs])
    assert listed("") == both
    assert listed("", all="0") == [runs]
    for line, found in [
        ("status:exited", [ended]), (f"name:every-b-{minor}", [runs]), (f"id:{ended[:12]}", [ended]),
        ("network:bridge", [runs]), ("volume:/kept", [runs]), ("health:none", both), ("exited:0", [ended]),
        ("limit:1", [runs]),
    ]:  # fmt: skip
        assert listed(line) == found, line
    for line, since, found in [
        ("ancestor:dockerweb/base:1", "1.21", both), (f"since:every-a-{minor}", "1.22", [runs]),
        (f"before:every-b-{minor}", "1.22", [ended]), ("is-task:false", "1.25", both), ("expose:8080", "1.28", [runs]),
        (f"publish:2{minor}80", "1.28", [runs]),
    ]:  # fmt: skip
        if pinned.has(since):
            assert listed(line) == found, line
        else:
            assert f"API {since}" in listed(line), line


def test_container_inspect_with_and_without_sizes(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", "head -c 70000 /dev/zero > /x"], Env=["SECRET=word"])
    raw.post(f"/containers/{container_id}/wait")
    at = f"{LIST}{container_id}/inspect/"
    found = pinned.get(at, env="1").json
    assert (found["Id"], "SECRET=word" in found["Config"]["Env"]) == (container_id, True)
    assert "SizeRw" not in found
    measured = pinned.get(at, size="1")
    if pinned.has("1.21"):
        engines_own = raw.get(f"/containers/{container_id}/json?size=1")[1]
        assert measured.json["SizeRw"] == engines_own["SizeRw"] >= 70_000
    else:
        refused(measured, "1.21")


def test_container_top_changes_and_export(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "echo here > /note; exec sleep 600"])
    until_there(raw, container_id, "/note")
    at = f"{LIST}{container_id}"
    told = pinned.get(f"{at}/processes/", ps_args="-eo pid,args").json
    assert told["rows"] == raw.get(f"/containers/{container_id}/top?ps_args=-eo%20pid,args")[1]["Processes"]
    changes = pinned.get(f"{at}/changes/").json
    assert raw.get(f"/containers/{container_id}/changes")[1] == [{"Path": "/note", "Kind": 1}]
    assert "/note" in json.dumps(changes)
    with tarfile.open(fileobj=io.BytesIO(pinned.get(f"{at}/export/").body)) as tar:
        note = tar.extractfile("note")
        assert note is not None and note.read() == b"here\n"


async def test_container_logs_as_a_stream_and_as_a_file(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = "echo one; echo two >&2; echo three"
    options = {"LogConfig": {"Type": "json-file", "Config": {"labels": "shown"}}}
    container_id = make_container(["sh", "-c", script], labels={"shown": "yes"}, host_config=options)
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait")
    at = f"containers/{container_id}/logs/"
    async with await pinned.socket(at, {"follow": "1", "tail": "1"}) as client:
        assert await client.to_the_end() == 1000
        assert client.received.count(b"\n") == 1
    async with await pinned.socket(at, {"stdout": "1", "timestamps": "1"}) as client:
        assert await client.to_the_end() == 1000
        assert b"one" in client.received and b"two" not in client.received
        stamp = bytes(client.received).partition(b" three")[0][-30:].decode()
    async with await pinned.socket(at, {"stderr": "1", "since": "1"}) as client:
        assert await client.to_the_end() == 1000
        assert bytes(client.received[8:]) == b"two\n"
    for field, value, since in (("until", "1", "1.35"), ("details", "1", "1.23")):
        async with await pinned.socket(at, {field: value}) as client:
            code = await client.to_the_end()
            if pinned.has(since):
                assert (code, b"shown=yes" in client.received) == (1000, field == "details"), client
            else:
                assert (code, f"API {since}" in client.messages[-1]["detail"]) == (4501, True), client
    file = await asyncio.to_thread(pinned.get, f"{LIST}{container_id}/logs/download/", timestamps="1", stdout="1")
    assert file.text.splitlines()[-1] == f"{stamp} three"
    detailed = await asyncio.to_thread(pinned.get, f"{LIST}{container_id}/logs/download/", details="1", stdout="1")
    page = await asyncio.to_thread(pinned.page, f"{LIST}{container_id}/logs/")
    if pinned.has("1.23"):
        assert detailed.text.splitlines() == ["shown=yes one", "shown=yes three"]
    else:
        refused(detailed, "1.23")
        assert "Came with API 1.23" in page


async def test_container_stats_streamed_and_once(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    async with await pinned.socket(f"containers/{container_id}/stats/") as client:
        await client.until(lambda: bool((client.said("sample") or {}).get("is_running")))
        sample = client.said("sample")
    once = await asyncio.to_thread(pinned.get, f"{LIST}{container_id}/stats/", **{"one-shot": "1"})
    (_status, engines_own) = await asyncio.to_thread(raw.get, f"/containers/{container_id}/stats?stream=0")
    limit = engines_own["memory_stats"]["limit"]
    assert sample is not None and sample["memory_limit_bytes"] == limit
    assert (once.status, once.json["is_running"], once.json["memory_limit_bytes"]) == (200, True, limit)


async def test_container_attach_resize_and_detach_keys(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh"], tty=True)
    at = f"containers/{container_id}/attach/"
    async with await pinned.socket(at) as client:
        await client.until_said("ready")
        await client.tell(type="resize", cols=77, rows=22)
        await client.type("until [ \"$(stty size)\" = '22 77' ]; do sleep 0.1; done; echo si''zed\n")
        await client.until_bytes(b"sized")
    async with await pinned.socket(at, {"logs": "1", "stdin": "0"}) as client:
        await client.until_bytes(b"sized")
        assert client.messages[0]["stdin"] is False
    async with await pinned.socket(at, {"detach_keys": "ctrl-x,x"}) as client:  # a WebSocket is asked for in 1.28
        await client.until_said("ready")
        await client.type(b"\x18x")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "end", "reason": "detached"}
    assert (await asyncio.to_thread(state, raw, container_id))["Running"] is True


async def test_container_attach_to_one_of_both_streams(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", "read x; echo out; echo err >&2; exit 4"])
    async with await pinned.socket(f"containers/{container_id}/attach/", {"stderr": "0"}) as client:
        await client.until_said("ready")
        await client.type("\n")
        assert await client.to_the_end() == 1000
        assert (bytes(client.received), client.messages[-1]) == (b"out\n", {"type": "exit", "code": 4})
    assert (await asyncio.to_thread(state, raw, container_id))["ExitCode"] == 4


async def test_exec_create_start_resize_and_inspect(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"])
    at = f"containers/{container_id}/exec/"
    asked = [("cmd", "sh"), ("user", "1234:5"), ("cols", "88"), ("rows", "33")]
    async with await pinned.socket(at, asked) as client:
        await client.until_said("ready")
        await client.type("until [ \"$(stty size)\" = '33 88' ]; do sleep 0.1; done; echo $(id -u):$(id -g) si''zed\n")
        await client.until_bytes(b"1234:5 sized")
        (exec_id,) = (await asyncio.to_thread(raw.inspect, container_id))["ExecIDs"]
        process = (await asyncio.to_thread(raw.get, f"/exec/{exec_id}/json"))[1]["ProcessConfig"]
        assert (process["tty"], process["user"]) == (True, "1234:5")
        running = await asyncio.to_thread(pinned.get, f"{LIST}{container_id}/exec/")
        assert [(one["user"], one["is_terminal"]) for one in running.json["running"]] == [("1234:5", True)]
        await client.type("exit 7\n")
        assert await client.to_the_end() == 1000
        assert client.messages[-1] == {"type": "exit", "code": 7}
    for more, since, printed in [
        ([("env", "GREETING=hello  there")], "1.25", b"hello  there|/\n"),
        ([("workdir", "/tmp")], "1.35", b"|/tmp\n"),
        ([("privileged", "1")], "1.21", b"|/\n"),
    ]:
        command = [("cmd", "sh"), ("cmd", "-c"), ("cmd", 'echo "$GREETING|$(pwd)"'), ("tty", "0")]
        async with await pinned.socket(at, command + more) as client:
            code = await client.to_the_end()
            if not pinned.has(since):
                assert (code, f"API {since}" in client.messages[-1]["detail"]) == (4501, True), client
            elif more[0][0] != "privileged" or client.messages[-1] == {"type": "exit", "code": 0}:
                assert (code, bytes(client.received)) == (1000, printed), client
            else:  # a machine without all capabilities cannot give them
                assert b"cap" in client.received, client


def test_exec_one_off_with_a_terminal_and_detached(
    pinned: Pinned, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"])
    at = f"{LIST}{container_id}/exec/"
    command = "sh -c 'test -t 1 && echo terminal; echo err >&2; exit 5'"
    plain = pinned.post(at, {"command": command}).json
    assert (plain["stdout"], plain["stderr"], plain["exit_code"]) == ("", "err\n", 5)
    with_tty = pinned.post(at, {"command": command, "tty": "on"}).json
    assert (with_tty["stdout"], with_tty["stderr"], with_tty["exit_code"]) == ("terminal\r\nerr\r\n", "", 5)
    assert pinned.post(at, {"command": "sleep 300", "detach": "on"}).json["is_detached"] is True
    (exec_id,) = raw.inspect(container_id)["ExecIDs"]
    assert raw.get(f"/exec/{exec_id}/json")[1]["Running"] is True
    page = pinned.page(at)
    for words, since in (("env", "1.25"), ("workdir", "1.35"), ("privileged", "1.21")):
        assert (f"Came with API {since}" in page) != pinned.has(since), words


def test_container_archive_down_up_and_stat(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "mkdir /srv; echo here > /srv/note"])
    raw.post(f"/containers/{container_id}/wait")
    at = f"{LIST}{container_id}/files/"
    assert "note" in json.dumps(pinned.get(at, path="/srv").json)
    assert pinned.get(f"{at}archive/", path="/srv/note").body == b"here\n"
    with tarfile.open(fileobj=io.BytesIO(pinned.get(f"{at}archive/", path="/srv").body)) as tar:
        assert any(name.endswith("note") for name in tar.getnames())
    assert pinned.get(f"{at}archive/", path="/nowhere").status == 404
    assert pinned.post(f"{at}upload/?path=/srv&name=up", b"brought").status == 200
    assert pinned.post(f"{at}upload/?path=/&name=srv&replace=1", b"no folder").status >= 400
    _status, tarred = raw.request("GET", f"/containers/{container_id}/archive?path=/srv/up")
    assert "brought" in str(tarred)


def test_container_update_in_place(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(host_config={"Memory": 64 << 20})
    at = f"{LIST}{container_id}/update/"
    fields = {"memory": "96m", "memory_swap": "192m", "memory_reservation": "48m", "cpu_shares": "300"}
    fields |= {"cpuset_cpus": "0", "cpuset_mems": "0", "blkio_weight": "300"}
    done = pinned.post(at, fields)
    if not pinned.has("1.22"):
        refused(done, "1.22")
        assert "Came with API 1.22" in pinned.page(at)
        assert raw.inspect(container_id)["HostConfig"]["Memory"] == 64 << 20
        return
    assert done.status == 200, done
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["Memory"], now["MemorySwap"], now["MemoryReservation"]) == (96 << 20, 192 << 20, 48 << 20)
    assert (now["CpuShares"], now["CpusetCpus"], now["CpusetMems"]) == (300, "0", "0")
    assert now["BlkioWeight"] == 300 or any("Weight" in warning for warning in done.json["warnings"]), done
    assert pinned.post(at, {"cpu_period": "50000", "cpu_quota": "25000"}).status == 200
    restart = pinned.post(at, {"restart": "on-failure", "retries": "4"})
    assert restart.status == 200, restart
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["CpuPeriod"], now["CpuQuota"]) == (50_000, 25_000)
    assert now["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 4}
    page = pinned.page(at)
    for since in ("1.28", "1.40"):
        assert (f"Came with API {since}" in page) != pinned.has(since), since
    if pinned.has("1.40"):
        assert pinned.post(at, {"pids_limit": "99"}).status == 200
        assert raw.inspect(container_id)["HostConfig"]["PidsLimit"] == 99
    if pinned.has("1.28"):
        other = make_container(start=False)
        assert pinned.post(f"{LIST}{other}/update/", {"cpus": "0.5"}).status == 200
        assert raw.inspect(other)["HostConfig"]["NanoCpus"] == 500_000_000


def test_container_prune_by_label_and_age(pinned: Pinned, raw: RawEngine, make_container: MakeContainer) -> None:
    mine = {"every.prune": str(pinned.version.minor)}
    goes, stays = make_container(start=False, labels=mine), make_container(labels=mine)
    label = f"every.prune={pinned.version.minor}"
    preview = pinned.get(f"{LIST}prune/", label=label)
    if not pinned.has("1.25"):
        refused(preview, "1.25")
        refused(pinned.post(f"{LIST}prune/"), "1.25")
    elif not pinned.has("1.29"):
        refused(pinned.post(f"{LIST}prune/", {"label": label}), "1.29")
        page = pinned.page(f"{LIST}prune/")
        assert "Came with API 1.28" in page and "Came with API 1.29" in page
    else:
        young = pinned.get(f"{LIST}prune/", label=label, until="24h").json
        assert young["containers"] == []
        begun = pinned.post(f"{LIST}prune/", {"label": label, "seal": preview.json["seal"]})
        assert begun.status == 202
        until_done(pinned, begun.json["activity"])
    assert (raw.get(f"/containers/{goes}/json")[0] == 404) == pinned.has("1.29")
    assert state(raw, stays)["Running"] is True
