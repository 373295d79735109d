"""Processes, signals and changes on a real engine: what is told, beside what the engine itself says."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from apps.containers.services.processes import DEFAULT_PS_ARGS
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer

LIST = "/hosts/local/containers/"
SECRET = "hunter2-of-the-processes"
PATIENCE_S = 30.0


def asked(client: Client, ref: str, tab: str, **query: str) -> tuple[int, dict[str, Any]]:
    answer = client.get(f"{LIST}{ref}/{tab}/", query)
    return answer.status_code, answer.json()


def own(client: Client, ref: str, command: str) -> dict[str, Any]:
    """The container's own process with this command line, once it is there."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        status, told = asked(client, ref, "processes/own")
        assert status == 200, told
        found = [each for each in told["processes"] if each["command"] == command]
        if found:
            return dict(found[0])
        time.sleep(0.1)
    raise AssertionError(f"no process {command!r} in {told}")


def send(client: Client, ref: str, process: dict[str, Any], signal: str, **instead: str) -> tuple[int, dict[str, Any]]:
    fields = {"pid": process["pid"], "start": process["start_ticks"], "uid": process["uid"], "signal": signal}
    answer = client.post(f"{LIST}{ref}/processes/signal/", fields | instead)
    return answer.status_code, answer.json()


def host_pids(raw: RawEngine, container_id: str, command: str) -> list[str]:
    """The host's numbers of the processes with this command line, as the engine tells them."""
    told = raw.get(f"/containers/{container_id}/top?ps_args=-eo%20pid,args")[1]
    return [row[0] for row in told["Processes"] if row[1] == command]


def test_processes_are_those_that_the_engine_tells(joan: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "86399"])
    status, told = asked(joan, container_id, "processes")
    assert status == 200
    assert told["ps_args"] == DEFAULT_PS_ARGS
    assert told["titles"] == ["PID", "PPID", "USER", "%CPU", "%MEM", "ELAPSED", "COMMAND"]
    assert [(row[0], row[-1]) for row in told["rows"]] == [
        (host_pids(raw, container_id, "sleep 86399")[0], "sleep 86399")
    ]
    status, told = asked(joan, container_id, "processes", ps_args="-eo pid,rss,comm")
    assert (status, told["titles"]) == (200, ["PID", "RSS", "COMMAND"])


def test_a_long_command_line_is_not_cut(joan: Client, make_container: MakeContainer) -> None:
    long = "word " * 60 + "end"
    status, told = asked(joan, make_container(["sh", "-c", "sleep 86397; :", long]), "processes")
    assert status == 200
    assert any(row[-1].endswith(long) for row in told["rows"])


def test_arguments_that_ps_does_not_take_are_told_in_its_own_words(ada: Client, make_container: MakeContainer) -> None:
    container_id = make_container()
    status, told = asked(ada, container_id, "processes", ps_args="-eo pid,nonsense")
    assert status == 400
    assert "nonsense" in told["detail"]
    assert asked(ada, container_id, "processes", ps_args="aux; id")[0] == 400


def test_a_reader_gets_no_environment_out_of_ps(ada: Client, joan: Client, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "86398"], Env=[f"PASSWORD={SECRET}"])
    assert SECRET in ada.get(f"{LIST}{container_id}/processes/", {"ps_args": "auxeww"}).content.decode()
    for ps_args in ("auxeww", "-auxe", "-eo pid,args e", "e"):
        answer = joan.get(f"{LIST}{container_id}/processes/", {"ps_args": ps_args})
        assert answer.status_code == 400
        assert SECRET not in answer.content.decode()


def test_a_container_that_does_not_run_has_no_processes(ada: Client, make_container: MakeContainer) -> None:
    stopped = make_container(start=False)
    assert asked(ada, stopped, "processes")[0] == 409
    assert asked(ada, stopped, "processes/own")[0] == 409


def test_a_signal_reaches_the_one_process_that_is_meant(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = "sleep 86391 & sleep 86392 & sleep 86393 & while :; do sleep 1; done"
    container_id = make_container(["sh", "-c", script])
    victim = own(ada, container_id, "sleep 86392")
    spared = own(ada, container_id, "sleep 86391")
    assert victim["user"] == "root"
    # A number that belongs to another process by now: nothing is sent.
    status, told = send(ada, container_id, victim, "KILL", start=str(victim["start_ticks"] + 1))
    assert (status, told["title"]) == (404, "This process has ended")
    assert len(host_pids(raw, container_id, "sleep 86392")) == 1
    status, told = send(ada, container_id, victim, "KILL")
    assert (status, told["title"]) == (200, f"SIGKILL was sent to process {victim['pid']}")
    give_up_at = time.monotonic() + PATIENCE_S
    while host_pids(raw, container_id, "sleep 86392") and time.monotonic() < give_up_at:
        time.sleep(0.1)
    assert not host_pids(raw, container_id, "sleep 86392")
    for command in ("sleep 86391", "sleep 86393"):
        assert len(host_pids(raw, container_id, command)) == 1
    status, told = send(ada, container_id, spared, "NOSUCHSIGNAL")
    assert (status, told["title"]) == (409, "The signal was not sent")
    assert send(ada, container_id, spared, "TERM", pid="1")[0] == 400


def test_a_process_of_another_user_is_signalled_without_capabilities(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = "sleep 86381 & while :; do sleep 1; done"
    container_id = make_container(["sh", "-c", script], User="1000:1000", host_config={"CapDrop": ["ALL"]})
    process = own(ada, container_id, "sleep 86381")
    assert process["uid"] == 1000
    assert send(ada, container_id, process, "SIGTERM")[0] == 200
    give_up_at = time.monotonic() + PATIENCE_S
    while host_pids(raw, container_id, "sleep 86381") and time.monotonic() < give_up_at:
        time.sleep(0.1)
    assert not host_pids(raw, container_id, "sleep 86381")


@pytest.mark.parametrize("mode", ["host", "container"])
def test_where_processes_are_shared_no_signal_is_offered(ada: Client, make_container: MakeContainer, mode: str) -> None:
    pid_mode = "host" if mode == "host" else f"container:{make_container()}"
    shared = make_container(host_config={"PidMode": pid_mode})
    status, told = asked(ada, shared, "processes/own")
    assert (status, told["title"]) == (409, "This container's processes are not its own")
    assert send(ada, shared, {"pid": 999999, "start_ticks": 1, "uid": 0}, "TERM")[0] == 409


def test_a_container_without_a_shell_is_said_so(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "rm /bin/sh; exec sleep 86371"])
    give_up_at = time.monotonic() + PATIENCE_S
    while not host_pids(raw, container_id, "sleep 86371") and time.monotonic() < give_up_at:
        time.sleep(0.1)
    status, told = asked(ada, container_id, "processes/own")
    assert (status, told["title"]) == (409, "The container cannot be looked into")
    status, told = send(ada, container_id, {"pid": 7, "start_ticks": 1, "uid": 0}, "TERM")
    assert (status, told["title"]) == (409, "The container cannot be looked into")
    assert asked(ada, container_id, "processes")[0] == 200


def test_a_reader_sends_no_signals(joan: Client, make_container: MakeContainer) -> None:
    container_id = make_container()
    assert asked(joan, container_id, "processes/own")[0] == 403
    assert send(joan, container_id, {"pid": 7, "start_ticks": 1, "uid": 0}, "KILL")[0] == 403


def test_changes_are_what_was_done_in_the_container(
    joan: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = "mkdir /made; echo one > /made/new; echo more >> /etc/passwd; rm /bin/vi"
    container_id = make_container(["sh", "-c", script])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    status, told = asked(joan, container_id, "changes")
    kinds = {each["path"]: each["kind"] for each in told["changes"]}
    assert status == 200
    assert kinds["/made"] == kinds["/made/new"] == "added"
    assert kinds["/etc/passwd"] == "changed"
    assert kinds["/bin/vi"] == "deleted"
    assert told["counts"]["deleted"] == 1
    assert sum(told["counts"].values()) == len(told["changes"])


def test_a_container_that_changed_nothing_has_no_changes(joan: Client, make_container: MakeContainer) -> None:
    status, told = asked(joan, make_container(start=False), "changes")
    assert (status, told["changes"]) == (200, [])
