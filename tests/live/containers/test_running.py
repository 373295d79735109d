"""One-off commands on a real engine: output, exit code, deadline, and what runs beside the container's own command."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import IS_DEFAULT, PINNED

LIST = "/hosts/local/containers/"
HTML = {"Accept": "text/html"}

# The command is run on an event loop of its own, which reads the host on a thread of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def run(client: Client, ref: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{LIST}{ref}/exec/", fields)
    return answer.status_code, answer.json()


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)


@pytest.mark.parametrize("version", PINNED)
def test_streams_are_told_apart_and_the_exit_code_is_told(
    ada: Client, make_container: MakeContainer, version: str
) -> None:
    pin(version)
    container_id = make_container()
    status, told = run(ada, container_id, command="""sh -c 'echo "to out"; echo to err >&2; exit 5'""")
    assert status == 200, told
    assert (told["stdout"], told["stderr"], told["exit_code"]) == ("to out\n", "to err\n", 5)
    status, told = run(ada, container_id, cmd=["echo", "one  word", ""])
    assert (told["stdout"], told["exit_code"]) == ("one  word \n", 0)


def test_user_directory_and_environment_are_those_asked_for(ada: Client, make_container: MakeContainer) -> None:
    container_id = make_container()
    script = """sh -c 'id -u; pwd; echo "$GREETING"; echo $OTHER'"""
    status, told = run(
        ada, container_id, command=script, user="1234", workdir="/tmp", env="GREETING=hello  there\n\nOTHER=a=b"
    )
    assert (status, told["stdout"]) == (200, "1234\n/tmp\nhello  there\na=b\n"), told


def test_privileges_are_asked_of_the_engine(ada: Client, make_container: MakeContainer) -> None:
    container_id = make_container()
    plain = run(ada, container_id, command="grep CapEff /proc/self/status")[1]["stdout"]
    told = run(ada, container_id, command="grep CapEff /proc/self/status", privileged="on")[1]
    if told["was_started"]:
        assert int(told["stdout"].split()[1], 16) > int(plain.split()[1], 16)
    else:  # a machine without all capabilities cannot give them
        assert "cap" in told["stdout"]


def test_a_command_that_takes_too_long_is_left_running_and_listed(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container()
    status, told = run(ada, container_id, command="sh -c 'echo so far; sleep 300'", deadline="1")
    assert (status, told["is_overdue"], told["exit_code"]) == (200, True, None), told
    give_up_at = time.monotonic() + 30
    while True:  # it has a process id once it is really started
        running = ada.get(f"{LIST}{container_id}/exec/").json()["running"]
        assert time.monotonic() < give_up_at, running
        if running and running[0]["pid"] > 0:
            break
    assert [one["command"] for one in running] == ["sh -c 'echo so far; sleep 300'"]
    exec_ids = raw.inspect(container_id)["ExecIDs"]
    assert len(exec_ids) == 1
    page = ada.get(f"{LIST}{container_id}/exec/", headers=HTML).content.decode()
    assert "sleep 300" in page
    assert exec_ids[0] not in page


def test_a_detached_command_is_started_and_not_waited_for(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container()
    status, told = run(ada, container_id, command="sleep 300", detach="on")
    assert (status, told["is_detached"], told["exit_code"]) == (200, True, None)
    (exec_id,) = raw.inspect(container_id)["ExecIDs"]
    assert raw.get(f"/exec/{exec_id}/json")[1]["Running"] is True
    page = ada.post(f"{LIST}{container_id}/exec/", {"command": "no-such-tool", "detach": "on"}, headers=HTML)
    assert page.status_code == 400
    assert "no-such-tool" in str(page.context["form"].errors["command"])


def test_much_output_is_bounded(ada: Client, make_container: MakeContainer) -> None:
    container_id = make_container()
    script = "sh -c 'head -c 3000000 /dev/zero | tr \"\\0\" x; echo end >&2'"
    status, told = run(ada, container_id, command=script)
    assert (status, told["is_stdout_cut"], told["is_stderr_cut"]) == (200, True, False)
    assert (len(told["stdout"]), told["stderr"], told["exit_code"]) == (1024 * 1024, "end\n", 0)


def test_a_command_that_is_not_there_is_told_in_the_engines_words(ada: Client, make_container: MakeContainer) -> None:
    status, told = run(ada, make_container(), command="no-such-tool --help")
    assert (status, told["was_started"]) == (200, False)
    assert told["exit_code"] in (126, 127)
    assert "no-such-tool" in told["stdout"] + told["stderr"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"command": "  "}, "command"),
        ({"command": "sh -c 'open"}, "command"),
        ({"command": "true", "env": "=x"}, "env"),
        ({"command": "true", "env": "JUSTAWORD"}, "env"),
        ({"command": "true", "workdir": "relative"}, "workdir"),
        ({"command": "true", "deadline": "9999"}, "deadline"),
    ],
)
def test_what_cannot_be_run_is_said_at_the_field(
    ada: Client, make_container: MakeContainer, fields: dict[str, str], field: str
) -> None:
    container_id = make_container()
    assert ada.post(f"{LIST}{container_id}/exec/", fields).status_code == 400
    page = ada.post(f"{LIST}{container_id}/exec/", fields, headers=HTML)
    assert (page.status_code, field in page.context["form"].errors) == (400, True)


def test_a_stopped_container_and_an_old_version_say_so(ada: Client, make_container: MakeContainer) -> None:
    stopped = make_container(start=False)
    assert run(ada, stopped, command="true")[0] == 409
    page = ada.post(f"{LIST}{stopped}/exec/", {"command": "echo typed"}, headers=HTML)
    assert (page.status_code, "echo typed" in page.content.decode()) == (409, True)
    if not IS_DEFAULT:
        return  # what is too old for 1.25 can be asked there only
    pin("1.20")
    form = ada.get(f"{LIST}{stopped}/exec/", headers=HTML).context["form"]
    assert {name for name, field in form.fields.items() if field.disabled} == {"env", "workdir", "privileged"}


def test_a_viewer_runs_nothing(
    as_actor: Callable[[str], Client], raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container()
    joan = as_actor("viewer")
    assert joan.get(f"{LIST}{container_id}/exec/").status_code == 403
    assert run(joan, container_id, command="touch /x")[0] == 403
    assert raw.inspect(container_id)["ExecIDs"] is None
