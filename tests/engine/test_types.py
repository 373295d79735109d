from __future__ import annotations

import base64
import json

import pytest

from apps.engine.errors import ProtocolBroken
from apps.engine.types import tolerance
from apps.engine.types.archive import path_stat_of
from apps.engine.types.container_inspect import ContainerInspect, container_inspect_of
from apps.engine.types.containers import ContainerSummary
from apps.engine.types.events import Event, event_of
from apps.engine.types.exec import ExecInspect
from apps.engine.types.system import SystemInfo
from tests.engine.samples import sample


def summary(**members: object) -> ContainerSummary:
    return tolerance.read(ContainerSummary, json.dumps(members).encode())


def inspect(**members: object) -> ContainerInspect:
    return container_inspect_of(json.dumps(members).encode())


def event(**members: object) -> Event:
    return event_of(json.dumps(members).encode())


# summaries


def test_a_real_list_is_read() -> None:
    once, web = tolerance.read_list(ContainerSummary, sample("ContainerList"))
    assert (once.name, once.state, once.exit_code, once.is_running) == ("once", "exited", 3, False)
    assert (web.name, web.state, web.exit_code, web.is_running) == ("web", "running", None, True)
    assert web.labels == {"com.docker.compose.project": "shop", "role": "front"}
    assert web.image == "dockerweb/base:1"
    assert web.short_id == web.id[:12]
    assert list(web.networks) == ["bridge"]
    assert web.networks["bridge"].ip_address
    assert {(port.private_port, port.public_port, port.type) for port in web.ports} == {(80, 18080, "tcp")}
    (mount,) = web.mounts
    assert (mount.type, mount.name, mount.destination) == ("volume", "shopfiles", "/srv")


def test_names_of_links_come_after_the_containers_own() -> None:
    assert summary(Id="a" * 64, Names=["/other/alias", "/web"]).name == "web"
    assert summary(Id="a" * 64, Names=None).name == "a" * 12
    assert summary(Id="a" * 64, Names=[]).name == "a" * 12


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Up 3 hours", "running"),
        ("Up 3 hours (Paused)", "paused"),
        ("Up 2 seconds (healthy)", "running"),
        ("Exited (0) 3 days ago", "exited"),
        ("Created", "created"),
        ("Restarting (1) 5 seconds ago", "restarting"),
        ("Removal In Progress", "removing"),
        ("Dead", "dead"),
        ("", ""),
    ],
)
def test_below_1_23_the_state_is_read_from_the_status(status: str, state: str) -> None:
    assert summary(Status=status).state == state
    assert summary(Status=status, State="paused").state == "paused"


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("Up 3 hours (healthy)", "healthy"),
        ("Up 3 hours (unhealthy)", "unhealthy"),
        ("Up 1 second (health: starting)", "starting"),
        ("Up 3 hours (Paused)", ""),
        ("Exited (0) 3 days ago", ""),
    ],
)
def test_health_is_read_from_the_status(status: str, health: str) -> None:
    assert summary(Status=status).health == health


def test_newer_engines_tell_health_by_itself() -> None:
    assert summary(Status="Up", Health={"Status": "unhealthy", "FailingStreak": 3}).health == "unhealthy"
    assert summary(Status="Up", Health={"Status": "none"}).health == ""


# inspect


def test_a_real_inspect_is_read_and_kept_whole() -> None:
    found = container_inspect_of(sample("ContainerInspect"))
    assert found.raw == sample("ContainerInspect")
    assert (found.name, found.state.status, found.is_running, found.is_tty) == ("web", "running", True, True)
    assert found.config.cmd == ["sleep", "600"]
    assert found.labels["role"] == "front"
    assert (found.host_config.memory_bytes, found.host_config.nano_cpus) == (67108864, 500_000_000)
    assert found.host_config.binds == ["shopfiles:/srv"]
    assert [(found.mounts[0].name, found.mounts[0].is_writable)] == [("shopfiles", True)]
    assert {(row.host_ip, row.host_port) for row in found.ports["80/tcp"]} == {("127.0.0.1", "18080")}
    assert found.networks["bridge"].ip_address
    assert found.state.started_at
    assert found.state.finished_at is None
    assert found.health == ""


def test_on_1_20_the_network_is_made_of_the_flat_addresses() -> None:
    old, new = (container_inspect_of(sample(name)) for name in ("ContainerInspect-1.20", "ContainerInspect"))
    assert {name: row.ip_address for name, row in old.networks.items()} == {
        name: row.ip_address for name, row in new.networks.items()
    }


def test_without_flat_addresses_there_is_no_network() -> None:
    assert inspect(NetworkSettings={"IPAddress": ""}).networks == {}
    assert inspect().networks == {}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"Running": True}, "running"),
        ({"Running": True, "Paused": True}, "paused"),
        ({"Running": True, "Restarting": True}, "restarting"),
        ({"StartedAt": "2026-01-01T00:00:00Z"}, "exited"),
        ({"StartedAt": "0001-01-01T00:00:00Z"}, "created"),
        ({"Dead": True}, "dead"),
        ({"Status": "removing", "Running": True}, "removing"),
    ],
)
def test_engines_without_a_status_have_it_derived(state: dict[str, object], status: str) -> None:
    assert inspect(State=state).state.status == status


def test_commands_may_be_one_string() -> None:
    config = inspect(Config={"Cmd": "echo hi", "Entrypoint": ["/init"], "Env": None, "Labels": None}).config
    assert (config.cmd, config.entrypoint, config.env, config.labels) == (["echo hi"], ["/init"], [], {})


def test_health_and_its_log_are_read() -> None:
    log = [{"Start": "x", "End": "y", "ExitCode": 1, "Output": "bad"}]
    found = inspect(State={"Health": {"Status": "unhealthy", "FailingStreak": 4, "Log": log}})
    assert found.health == "unhealthy"
    assert found.state.health is not None
    assert [(row.exit_code, row.output) for row in found.state.health.log] == [(1, "bad")]


def test_ports_that_are_only_exposed_have_no_bindings() -> None:
    assert inspect(NetworkSettings={"Ports": {"80/tcp": None, "81/tcp": []}}).ports == {"80/tcp": [], "81/tcp": []}


# events


def test_the_text_after_an_action_is_split_off_at_the_first_colon_and_space() -> None:
    found = event(Type="container", Action="exec_create: sh -c echo: x", Actor={"ID": "abc", "Attributes": {}})
    assert (found.action, found.action_detail) == ("exec_create", "sh -c echo: x")
    assert event(Type="container", Action="die").action_detail == ""


def test_an_event_is_read() -> None:
    attributes = {"image": "nginx", "name": "web", "exitCode": "EVIL"}
    found = event(
        Type="container",
        Action="die",
        Actor={"ID": "abc", "Attributes": attributes},
        scope="local",
        time=1795249069,
        timeNano=1795249069704460448,
        status="die",
        id="abc",
    )
    assert (found.type, found.actor_id, found.name, found.image) == ("container", "abc", "web", "nginx")
    assert found.since == "1795249069.704460448"
    assert json.loads(found.raw)["Actor"]["Attributes"] == attributes


def test_the_moment_of_an_event_has_nine_decimals() -> None:
    assert event(timeNano=1_000_000_005).since == "1.000000005"
    assert event(time=7).since == "7.000000000"


def test_events_of_engines_before_1_22_are_understood() -> None:
    found = event(status="start", id="abc", **{"from": "nginx:1"}, time=5)
    assert (found.type, found.action, found.actor_id, found.image) == ("container", "start", "abc", "nginx:1")
    assert event(status="untag", id="sha256:1", time=5).type == "image"


def test_a_line_that_is_no_object_is_refused() -> None:
    for line in (b"", b"[]", b"{", b"null"):
        with pytest.raises(ProtocolBroken):
            event_of(line)


# the rest


def test_an_exec_has_ended_once_its_exit_code_is_known() -> None:
    assert not tolerance.read(ExecInspect, b'{"ID":"e","Running":true,"ExitCode":null}').has_ended
    ended = tolerance.read(ExecInspect, b'{"ID":"e","Running":false,"ExitCode":126,"Pid":7,"ContainerID":"c"}')
    assert (ended.has_ended, ended.exit_code, ended.container_id) == (True, 126, "c")


def test_real_info_is_read() -> None:
    found = tolerance.read(SystemInfo, sample("SystemInfo"))
    assert (found.name, found.server_version, found.os_type, found.driver) == (
        "engine",
        "20.10.24+dfsg1",
        "linux",
        "overlay2",
    )
    assert found.cpus > 0
    assert found.memory_bytes > 0


def stat(**members: object) -> str:
    return base64.b64encode(json.dumps(members).encode()).decode()


def test_a_path_is_told_by_its_go_file_mode() -> None:
    folder = path_stat_of(stat(name="tmp", size=4096, mode=(1 << 31) | (1 << 20) | 0o777, mtime="x", linkTarget=""))
    assert (folder.is_directory, folder.is_regular, oct(folder.permissions)) == (True, False, "0o1777")
    link = path_stat_of(stat(name="sh", mode=(1 << 27) | 0o777, linkTarget="/bin/busybox"))
    assert (link.is_symlink, link.link_target, link.is_regular) == (True, "/bin/busybox", False)
    program = path_stat_of(stat(name="su", mode=(1 << 23) | 0o755, size=9))
    assert (program.is_regular, program.is_executable, oct(program.permissions)) == (True, True, "0o4755")
    assert not path_stat_of(stat(name="a", mode=0o644)).is_executable


@pytest.mark.parametrize("header", ["", "%%%", "bm8ganNvbg=="])
def test_a_path_stat_that_cannot_be_read_is_refused(header: str) -> None:
    with pytest.raises(ProtocolBroken):
        path_stat_of(header)
