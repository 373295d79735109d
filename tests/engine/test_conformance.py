"""Checks 1 to 9, 13 and 33 to 36 of the conformance list; the numbers are those of the list."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from apps.engine.api.container_streams import container_stats_once
from apps.engine.api.containers import (
    container_inspect,
    container_list,
    container_remove,
    container_start,
    container_stop,
    container_unpause,
)
from apps.engine.api.system import info
from apps.engine.endpoint import Endpoint
from apps.engine.errors import (
    Ambiguous,
    ApiError,
    BadRequest,
    Conflict,
    NoCommonVersion,
    NotFound,
    NotImplementedByEngine,
)
from apps.engine.sync import Engine
from apps.engine.types.events import event_of
from apps.engine.types.stats import stats_of
from apps.engine.version import CEILING, ApiVersion
from tests.engine.samples import sample
from tests.engines.scripted import Exchange, ScriptedEngine

LIST = "/containers/json"
INSPECT = "/containers/{id}/json"


@pytest.fixture
def scripted() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as scripted:
        scripted.on("GET", LIST, [])
        yield scripted


@pytest.fixture
def engine(scripted: ScriptedEngine) -> Iterator[Engine]:
    engine = Engine(Endpoint.parse(scripted.url))
    yield engine
    engine.close()


@pytest.mark.parametrize(("theirs", "spoken"), [("1.41", "1.41"), ("1.24", "1.24"), ("1.60", str(CEILING))])
def test_conformance_01_the_version_is_the_smaller_of_ours_and_that_of_one_unprefixed_ping(
    scripted: ScriptedEngine, engine: Engine, theirs: str, spoken: str
) -> None:
    scripted.api_version = theirs
    for _ in range(3):
        engine.run(container_list())
    assert [seen.target for seen in scripted.requests if "_ping" in seen.target] == ["/_ping"]
    assert [seen.version for seen in scripted.seen("GET", LIST)] == [spoken] * 3


def test_conformance_02_a_404_to_the_head_is_followed_by_a_get(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("HEAD", "/_ping", (404, b""))
    assert engine.run(container_list()) == []
    assert [seen.method for seen in scripted.requests if seen.target == "/_ping"] == ["HEAD", "GET"]


def test_conformance_03_nothing_is_sent_below_the_engines_minimum(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.api_version, scripted.min_version = "1.52", "1.44"
    engine.run(container_list())
    for pinned in (ApiVersion(1, 41), ApiVersion(1, 43)):
        other = Engine(Endpoint.parse(scripted.url), pinned=pinned)
        with pytest.raises(NoCommonVersion):
            other.run(container_list())
        other.close()
    spoken = {seen.version for seen in scripted.requests if seen.version is not None}
    assert spoken == {str(CEILING)}


def test_conformance_03_a_minimum_above_ours_is_told_with_both(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.api_version, scripted.min_version = "1.70", "1.60"
    with pytest.raises(NoCommonVersion) as caught:
        engine.run(container_list())
    assert "1.60-1.70" in str(caught.value)
    assert str(CEILING) in str(caught.value)
    assert [seen.version for seen in scripted.requests] == [None, None]


def test_conformance_04_a_version_refused_in_plain_text_is_told_in_those_words_and_not_tried_again(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    words = (
        "client version 1.41 is too old. Minimum supported API version is 1.44, "
        "please upgrade your client to a newer version"
    )
    scripted.on("GET", LIST, lambda x: x.answer(400, words + "\n"))
    with pytest.raises(BadRequest) as caught:
        engine.run(container_list())
    assert caught.value.message == words
    assert len(scripted.seen("GET", LIST)) == 1


def test_conformance_05_errors_are_read_as_text_or_json_by_their_type(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", INSPECT, lambda x: x.answer(404, "No such container: x\n"))
    with pytest.raises(NotFound) as as_text:
        engine.run(container_inspect("x"))
    scripted.on("GET", INSPECT, (404, {"message": "No such container: x"}))
    with pytest.raises(NotFound) as as_json:
        engine.run(container_inspect("x"))
    assert as_text.value.message == as_json.value.message == "No such container: x"


def test_conformance_06_unknown_members_and_nulls_are_empty_lists(scripted: ScriptedEngine, engine: Engine) -> None:
    nulls = ("Names", "Ports", "Labels", "Mounts", "NetworkSettings", "HostConfig", "Health")
    scripted.on("GET", LIST, [{"Id": "abc", "Novelty": {"a": [1]}} | dict.fromkeys(nulls), {"Id": "def"}])
    for row in engine.run(container_list()):
        assert (row.names, row.ports, row.labels, row.mounts, row.networks) == ([], [], {}, [], {})
    inspected = json.loads(sample("ContainerInspect"))
    for members in (inspected, inspected["Config"], inspected["HostConfig"], inspected["NetworkSettings"]):
        for name, value in members.items():
            if isinstance(value, list | dict) and name not in ("Config", "HostConfig", "NetworkSettings", "State"):
                members[name] = None
    inspected["NetworkSettings"]["IPAddress"] = None
    scripted.on("GET", INSPECT, inspected)
    found = engine.run(container_inspect("abc"))
    assert found.name == "web"
    assert (found.labels, found.mounts, found.exec_ids, found.networks, found.ports) == ({}, [], [], {}, {})
    assert (found.config.env, found.config.cmd, found.host_config.binds) == ([], [], [])
    scripted.on("GET", "/info", {"Warnings": None, "Labels": None, "SecurityOptions": None})
    assert engine.run(info()).warnings == []


def test_conformance_07_304_is_success_without_a_body(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/start", lambda x: x.answer(304))
    scripted.on("POST", "/containers/{id}/stop", lambda x: x.answer(304))
    engine.run(container_start("abc"))
    engine.run(container_stop("abc"))


@pytest.mark.parametrize(
    "words",
    [
        "Container abc is not paused",
        "can only kill running containers. abc is in state exited: container state improper",
        'the container name "web" is already in use by abc. You have to remove that one: that name is already in use',
    ],
)
def test_conformance_08_a_500_that_means_a_state_is_a_conflict(
    scripted: ScriptedEngine, engine: Engine, words: str
) -> None:
    scripted.on("POST", "/containers/{id}/unpause", (500, {"message": words}))
    with pytest.raises(Conflict) as caught:
        engine.run(container_unpause("abc"))
    assert caught.value.status == 500


def test_a_500_that_means_a_container_is_gone_is_not_found(scripted: ScriptedEngine, engine: Engine) -> None:
    words = "container abc does not exist in database: no such container"
    scripted.on("POST", "/containers/{id}/unpause", (500, {"message": words}))
    with pytest.raises(NotFound):
        engine.run(container_unpause("abc"))


@pytest.mark.parametrize("answer", [(404, b"Not Found\n"), (404, {"message": "Path /x is not supported"})])
def test_a_404_about_the_operation_says_nothing_of_the_container(
    scripted: ScriptedEngine, engine: Engine, answer: object
) -> None:
    scripted.on("POST", "/containers/{id}/unpause", answer)
    with pytest.raises(NotImplementedByEngine) as caught:
        engine.run(container_unpause("abc"))
    assert caught.value.status == 404
    scripted.on("POST", "/containers/{id}/unpause", (404, {"message": "No such container: Not Found"}))
    with pytest.raises(NotFound):
        engine.run(container_unpause("abc"))


def test_a_sample_that_is_empty_has_no_figures(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/containers/{id}/stats", (200, b""))
    assert engine.run(container_stats_once("abc")).is_empty


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (409, "removal of container abc is already in progress"),
        (400, "removal of container abc is already in progress"),
        (404, "No such container: abc"),
    ],
)
def test_conformance_09_a_container_removed_by_somebody_else_is_removed(
    scripted: ScriptedEngine, engine: Engine, status: int, words: str
) -> None:
    scripted.on("DELETE", "/containers/{id}", (status, {"message": words}))
    engine.run(container_remove("abc"))


def test_conformance_09_other_conflicts_of_a_removal_stay(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("DELETE", "/containers/{id}", (409, {"message": "You cannot remove a paused container abc"}))
    with pytest.raises(Conflict):
        engine.run(container_remove("abc"))


@pytest.mark.parametrize("status", [400, 500])
def test_conformance_13_an_ambiguous_prefix_finds_nothing(
    scripted: ScriptedEngine, engine: Engine, status: int
) -> None:
    scripted.on("GET", INSPECT, (status, {"message": "Multiple IDs found with provided prefix: 1"}))
    with pytest.raises(Ambiguous) as caught:
        engine.run(container_inspect("1"))
    assert isinstance(caught.value, NotFound)
    assert isinstance(caught.value, ApiError)


def test_conformance_33_an_event_offers_no_exit_code_that_a_label_could_spoof() -> None:
    attributes = {"exitCode": "EVIL", "image": "nginx", "name": "web"}
    event = event_of(
        json.dumps({"Type": "container", "Action": "die", "Actor": {"ID": "abc", "Attributes": attributes}}).encode()
    )
    assert not any("exit" in name for name in dir(event))
    assert (event.action, event.name, event.image) == ("die", "web", "nginx")


@pytest.mark.parametrize(
    ("wire", "action", "detail"),
    [
        ("exec_start: sh -c x", "exec_start", "sh -c x"),
        ("exec_create: sh -c 'echo: x'", "exec_create", "sh -c 'echo: x'"),
        ("health_status: healthy", "health_status", "healthy"),
        ("die", "die", ""),
    ],
)
def test_conformance_34_the_text_of_an_action_is_split_off(wire: str, action: str, detail: str) -> None:
    event = event_of(json.dumps({"Type": "container", "Action": wire}).encode())
    assert (event.action, event.action_detail) == (action, detail)


def test_conformance_35_first_and_stopped_samples_have_no_cpu_and_later_ones_have() -> None:
    first = json.loads(sample("ContainerStats"))
    first["preread"] = "0001-01-01T00:00:00Z"
    first["precpu_stats"] = json.loads(sample("ContainerStats-stopped"))["precpu_stats"]
    figures = stats_of(json.dumps(first).encode()).cpu_memory()
    assert figures.cpu_percent is None
    assert figures.memory_bytes is not None
    stopped = stats_of(sample("ContainerStats-stopped"))
    assert stopped.is_empty
    assert (stopped.cpu_memory().cpu_percent, stopped.cpu_memory().memory_bytes, stopped.pids) == (None, None, None)
    later = stats_of(sample("ContainerStats"))
    assert not later.is_empty
    assert later.cpu_memory(stopped).cpu_percent is not None


def test_conformance_36_memory_is_without_the_inactive_cache_on_both_cgroups() -> None:
    for engine, key in (("20.10.24", "total_inactive_file"), ("cgroup-v2", "inactive_file")):
        wire = json.loads(sample("ContainerStats", engine))
        wire.pop("networks")
        wire["cpu_stats"]["cpu_usage"].pop("percpu_usage", None)
        found = stats_of(json.dumps(wire).encode())
        expected = wire["memory_stats"]["usage"] - wire["memory_stats"]["stats"][key]
        assert found.cpu_memory().memory_bytes == expected
        assert found.cpu_memory().cpu_percent is not None
        assert found.interfaces == {}


def test_the_list_is_asked_for_by_full_ids_only(scripted: ScriptedEngine, engine: Engine) -> None:
    """What a list shows is what later calls name: 64 digits, never the short form."""
    rows = json.loads(sample("ContainerList"))
    scripted.on("GET", LIST, rows)

    def inspect(exchange: Exchange) -> None:
        exchange.answer(200, {"Id": exchange.params["id"]})

    scripted.on("GET", INSPECT, inspect)
    for row in engine.run(container_list(is_all=True)):
        assert len(engine.run(container_inspect(row.id)).id) == 64
