"""Exec, files and the engine itself through the client, on a real engine."""

from __future__ import annotations

import time

import pytest

from apps.engine.api.archive import archive_get, archive_stat
from apps.engine.api.arguments import after
from apps.engine.api.containers import container_kill, container_list, container_logs
from apps.engine.api.exec import exec_create, exec_inspect, exec_resize, exec_start
from apps.engine.api.system import events, info, ping, version
from apps.engine.endpoint import Endpoint
from apps.engine.errors import BadRequest, Conflict, EngineError, NotFound, Reason, Unreachable, VersionTooOld
from apps.engine.sync import Engine
from apps.engine.types.exec import ExecInspect
from apps.engine.version import ApiVersion
from apps.engine.wire.frames import FrameSplitter
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer


def ended(engine: Engine, exec_id: str) -> ExecInspect:
    """Wait until an exec instance has ended."""
    until = time.monotonic() + 30
    while not (found := engine.run(exec_inspect(exec_id))).has_ended:
        assert time.monotonic() < until, "the exec instance did not end"
        time.sleep(0.02)
    return found


def test_a_program_is_run_in_a_container(bounds: Engine, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    script = "exit $(($(id -u) - 995))"
    exec_id = bounds.run(exec_create(container_id, cmd=["sh", "-c", script], user="1000", stdin=False))
    before = bounds.run(exec_inspect(exec_id))
    assert (before.exit_code, before.running, before.container_id) == (None, False, container_id)
    bounds.run(exec_start(exec_id, detach=True))
    assert ended(bounds, exec_id).exit_code == 5
    assert raw.get(f"/exec/{exec_id}/json")[1]["ExitCode"] == 5


def test_what_an_attached_program_writes_is_read_to_its_end(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    exec_id = bounds.run(exec_create(container_id, cmd=["sh", "-c", "seq 20000; exit 3"], stdin=False))
    frames = FrameSplitter().feed(bounds.run(exec_start(exec_id)))
    assert b"".join(frame.payload for frame in frames).split() == [b"%d" % number for number in range(1, 20001)]
    assert ended(bounds, exec_id).exit_code == 3


def test_a_program_that_is_not_there_is_told_when_started_detached(
    engine: Engine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"])
    exec_id = engine.run(exec_create(container_id, cmd=["/no/such/program"]))
    with pytest.raises(BadRequest, match="no such file"):
        engine.run(exec_start(exec_id, detach=True))
    assert engine.run(exec_inspect(exec_id)).exit_code in (126, 127)


def test_environment_and_folder_of_an_exec_need_their_versions(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    script = 'test "$A" = 1 && test "$PWD" = /tmp'
    call = exec_create(container_id, cmd=["sh", "-c", script], env=["A=1"], working_dir="/tmp")
    if bounds.version < ApiVersion(1, 35):
        with pytest.raises(VersionTooOld):
            bounds.run(call)
        return
    exec_id = bounds.run(call)
    bounds.run(exec_start(exec_id, detach=True))
    assert ended(bounds, exec_id).exit_code == 0


def test_a_console_size_is_left_out_where_it_is_not_known(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    exec_id = bounds.run(exec_create(container_id, cmd=["sleep", "600"], tty=True, console_size=(24, 80)))
    bounds.run(exec_start(exec_id, tty=True, detach=True))
    bounds.run(exec_resize(exec_id, rows=24, columns=80))


def test_exec_needs_a_running_container(engine: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "600"])
    exec_id = engine.run(exec_create(container_id, cmd=["true"]))
    engine.run(container_kill(container_id))
    with pytest.raises(Conflict):
        engine.run(exec_create(container_id, cmd=["true"]))
    with pytest.raises((NotFound, Conflict)):
        engine.run(exec_start(exec_id, detach=True))
    with pytest.raises(NotFound):
        engine.run(exec_inspect("0" * 64))


def test_paths_in_a_container_are_told(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["true"], start=False)
    shell = bounds.run(archive_stat(container_id, path="/bin/sh"))
    assert shell.is_symlink or shell.is_executable
    program = bounds.run(archive_stat(container_id, path="/bin/busybox"))
    assert (program.is_regular, program.is_executable) == (True, True)
    assert program.size_bytes > 100_000
    assert bounds.run(archive_stat(container_id, path="/tmp")).is_directory
    with pytest.raises(NotFound):
        bounds.run(archive_stat(container_id, path="/bin/zsh"))
    assert b"root:x:0:0" in bounds.run(archive_get(container_id, path="/etc/passwd"))


def test_a_finished_log_is_read_whole(bounds: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "echo one; echo two"], tty=True)
    bounds.run(container_logs(container_id, follow=True))  # ends with the container
    assert bounds.run(container_logs(container_id)) == b"one\r\ntwo\r\n"
    assert bounds.run(container_logs(container_id, tail=1)) == b"two\r\n"


def test_the_engine_tells_of_itself_in_every_version(pinned: Engine, raw: RawEngine) -> None:
    facts = pinned.facts()
    told = raw.get("/version")[1]
    assert (facts.engine_version, str(facts.max_api), facts.kernel) == (
        told["Version"],
        told["ApiVersion"],
        told["KernelVersion"],
    )
    assert facts.api_version == pinned.pinned
    assert pinned.run(ping()).api_version == told["ApiVersion"]
    assert pinned.run(version()).version == told["Version"]
    found = pinned.run(info())
    assert (found.server_version, found.cpus, found.os_type) == (told["Version"], raw.get("/info")[1]["NCPU"], "linux")


def test_past_events_are_read_as_a_closed_stream(pinned: Engine, make_container: MakeContainer) -> None:
    container_id = make_container(["true"], start=False)
    call = events(since=0, until=after(time.time_ns()), filters={"container": [container_id]})
    assert pinned.run(call).actor_id == container_id


def test_conformance_05_errors_are_words_in_every_version(pinned: Engine) -> None:
    with pytest.raises(NotFound) as caught:
        pinned.run(container_logs("nothing-here"))
    assert caught.value.message == "No such container: nothing-here"


def test_an_engine_that_is_restarted_is_used_again(own_engine: PrivateEngine) -> None:
    engine = Engine(Endpoint.parse(own_engine.url))
    assert engine.run(container_list(is_all=True)) == []
    own_engine.stop()
    with pytest.raises(Unreachable) as stopped:
        engine.run(container_list())
    assert stopped.value.reason in (Reason.NO_SOCKET, Reason.REFUSED)
    own_engine.start()
    assert engine.run(container_list(is_all=True)) == []
    own_engine.kill()
    with pytest.raises(EngineError):
        engine.run(container_list())
    engine.close()
