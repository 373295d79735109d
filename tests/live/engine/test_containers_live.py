"""Containers through the client, on a real engine; what became of them is asked from the engine directly."""

from __future__ import annotations

import time

import pytest

from apps.engine.api.containers import (
    container_changes,
    container_inspect,
    container_kill,
    container_list,
    container_pause,
    container_remove,
    container_rename,
    container_resize,
    container_restart,
    container_start,
    container_stats_once,
    container_stop,
    container_top,
    container_unpause,
    container_update,
    container_wait,
)
from apps.engine.errors import Ambiguous, BadRequest, Conflict, NotFound, VersionTooOld
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer

IGNORES_TERM = ["sh", "-c", "trap '' TERM; touch /ready; while :; do sleep 0.1; done"]
ENDS_WITH_THREE = ["sh", "-c", "trap 'exit 3' TERM; touch /ready; while :; do sleep 0.1; done"]


def state(raw: RawEngine, container_id: str) -> str:
    return str(raw.inspect(container_id)["State"]["Status"])


def wait_until_ready(raw: RawEngine, container_id: str) -> None:
    """Wait for the file that a program makes once it has set up its handling of signals."""
    until = time.monotonic() + 30
    while raw.request("HEAD", f"/containers/{container_id}/archive?path=/ready")[0] != 200:
        assert time.monotonic() < until, "the program did not get ready"
        time.sleep(0.02)


def test_a_container_is_listed_and_inspected_in_every_version(pinned: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"], name="listed", tty=True, labels={"role": "front"})
    stopped = make_container(["true"], start=False)
    (row,) = [row for row in pinned.run(container_list()) if row.id == container_id]
    assert (row.name, row.image, row.state, row.labels["role"]) == ("listed", "dockerweb/base:1", "running", "front")
    rows = {row.id: row for row in pinned.run(container_list(is_all=True))}
    assert rows[stopped].state == "created"
    assert not rows[stopped].is_running
    found = pinned.run(container_inspect(container_id))
    assert (found.id, found.name, found.is_tty, found.is_running) == (container_id, "listed", True, True)
    assert found.config.cmd == ["sleep", "600"]
    by_label = pinned.run(container_list(is_all=True, filters={"label": ["role=front"]}))
    assert [row.id for row in by_label] == [container_id]


def test_a_container_is_found_by_id_prefix_and_name(engine: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(name="by-name")
    for ref in (container_id, container_id[:12], "by-name", "/by-name"):
        assert engine.run(container_inspect(ref)).id == container_id


@pytest.mark.parametrize("ref", ["nothing-here", "NOTHING", "a b/c", "%2e%2e", "ü"])
def test_what_is_not_there_is_not_found(pinned: Engine, ref: str) -> None:
    with pytest.raises(NotFound) as caught:
        pinned.run(container_inspect(ref))
    assert "No such" in caught.value.message


def test_a_prefix_of_several_containers_finds_none(engine: Engine, make_container: MakeContainer) -> None:
    """Ids begin with one of sixteen digits, so two of seventeen begin alike, usually earlier."""
    digits: set[str] = set()
    while (digit := make_container(["true"], start=False)[0]) not in digits:
        digits.add(digit)
    with pytest.raises(Ambiguous):
        engine.run(container_inspect(digit))


def test_a_container_goes_through_its_life(bounds: Engine, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(ENDS_WITH_THREE, start=False)
    bounds.run(container_start(container_id))
    assert state(raw, container_id) == "running"
    bounds.run(container_start(container_id))  # 304
    bounds.run(container_pause(container_id))
    assert state(raw, container_id) == "paused"
    with pytest.raises(Conflict):
        bounds.run(container_pause(container_id))
    bounds.run(container_unpause(container_id))
    assert state(raw, container_id) == "running"
    with pytest.raises(Conflict, match="is not paused"):
        bounds.run(container_unpause(container_id))
    started = raw.inspect(container_id)["State"]["StartedAt"]
    bounds.run(container_restart(container_id, timeout_s=0))
    assert raw.inspect(container_id)["State"]["StartedAt"] > started
    with pytest.raises(Conflict):
        bounds.run(container_remove(container_id))
    bounds.run(container_kill(container_id))
    assert bounds.run(container_wait(container_id, deadline_s=60)).status_code == 137
    with pytest.raises(Conflict):
        bounds.run(container_kill(container_id))
    bounds.run(container_stop(container_id))  # 304
    bounds.run(container_remove(container_id))
    assert raw.get(f"/containers/{container_id}/json")[0] == 404
    bounds.run(container_remove(container_id, force=True))  # gone already


def test_a_stop_leaves_the_program_time_to_end_by_itself(
    engine: Engine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(ENDS_WITH_THREE)
    wait_until_ready(raw, container_id)
    engine.run(container_stop(container_id, timeout_s=60))
    assert raw.inspect(container_id)["State"]["ExitCode"] == 3
    assert engine.run(container_wait(container_id, deadline_s=60)).status_code == 3


def test_a_stop_kills_what_does_not_end(engine: Engine, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(IGNORES_TERM)
    wait_until_ready(raw, container_id)
    engine.run(container_stop(container_id, timeout_s=0))
    assert raw.inspect(container_id)["State"]["ExitCode"] == 137


def test_signals_reach_the_program_and_unknown_ones_are_refused(
    engine: Engine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"], name="signalled")
    with pytest.raises(BadRequest):
        engine.run(container_kill(container_id, signal="NONSENSE"))
    engine.run(container_kill(container_id, signal="KILL"))
    assert state(raw, container_id) == "exited"


def test_names_are_given_and_refused(engine: Engine, raw: RawEngine, make_container: MakeContainer) -> None:
    one, _ = make_container(name="first"), make_container(name="second")
    engine.run(container_rename(one, name="renamed"))
    assert raw.inspect(one)["Name"] == "/renamed"
    with pytest.raises(Conflict, match="second"):
        engine.run(container_rename(one, name="second"))
    with pytest.raises(BadRequest):
        engine.run(container_rename(one, name="not a name"))


def test_a_program_that_is_not_there_fails_its_start(engine: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["/no/such/program"], start=False)
    with pytest.raises(BadRequest, match="no such file"):
        engine.run(container_start(container_id))
    found = engine.run(container_inspect(container_id))
    assert (found.state.status, found.state.exit_code) == ("created", 127)
    assert "no such file" in found.state.error


def test_processes_and_changes_are_told(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "echo hi >/new; exec sleep 600"])
    untouched = make_container(["true"], start=False)
    top = bounds.run(container_top(container_id))
    assert "PID" in top.titles
    assert any("sleep 600" in " ".join(row) or "sh -c" in " ".join(row) for row in top.processes)
    assert bounds.run(container_changes(untouched)) == []
    bounds.run(container_kill(container_id))
    assert ("/new", 1) in [(change.path, change.kind) for change in bounds.run(container_changes(container_id))]
    with pytest.raises(Conflict):
        bounds.run(container_top(container_id))


def test_terminals_are_resized_while_they_run(engine: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"], tty=True)
    engine.run(container_resize(container_id, rows=24, columns=80))
    engine.run(container_kill(container_id))
    with pytest.raises(Conflict):
        engine.run(container_resize(container_id, rows=24, columns=80))


def test_limits_are_changed(engine: Engine, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    engine.run(container_update(container_id, settings={"RestartPolicy": {"Name": "unless-stopped"}, "CpuShares": 7}))
    host_config = raw.inspect(container_id)["HostConfig"]
    assert (host_config["RestartPolicy"]["Name"], host_config["CpuShares"]) == ("unless-stopped", 7)


def test_one_sample_of_statistics_holds_figures(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    sample = bounds.run(container_stats_once(container_id))
    figures = sample.cpu_memory()
    assert figures.cpu_percent is not None
    assert figures.cpu_percent >= 0
    assert figures.cpus
    assert figures.memory_bytes
    assert figures.memory_limit_bytes
    assert sample.pids


def test_a_stopped_container_has_an_empty_sample(engine: Engine, make_container: MakeContainer) -> None:
    sample = engine.run(container_stats_once(make_container(["true"], start=False)))
    assert sample.is_empty
    assert sample.cpu_memory().cpu_percent is None


def test_a_wait_for_the_removal_returns_the_exit_code(engine: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "exit 7"], start=False)
    assert engine.run(container_wait(container_id, deadline_s=60)).status_code == 0  # not running: at once
    engine.run(container_start(container_id))
    assert engine.run(container_wait(container_id, condition="not-running", deadline_s=60)).status_code == 7


def test_what_a_version_lacks_is_refused_before_it_is_sent(
    bounds: Engine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"])
    if bounds.version < ApiVersion(1, 42):
        with pytest.raises(VersionTooOld):
            bounds.run(container_stop(container_id, signal="INT"))
    if bounds.version < ApiVersion(1, 22):
        with pytest.raises(VersionTooOld):
            bounds.run(container_update(container_id, settings={"CpuShares": 7}))
    assert state(raw, container_id) == "running"
