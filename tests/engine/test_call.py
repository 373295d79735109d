from __future__ import annotations

import json
import math
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.answers import nothing
from apps.engine.api.archive import archive_stat
from apps.engine.api.container_streams import container_logs
from apps.engine.api.containers import (
    container_inspect,
    container_list,
    container_remove,
    container_resize,
    container_restart,
    container_stop,
    container_wait,
)
from apps.engine.api.exec import exec_create, exec_resize, exec_start
from apps.engine.api.system import events, ping
from apps.engine.call import Call
from apps.engine.errors import BadRequest, NotFound, VersionTooOld
from apps.engine.operations import CONTAINER_START, CONTAINER_UPDATE
from apps.engine.version import CEILING, FLOOR, ApiVersion

V1_41, V1_42 = ApiVersion(1, 41), ApiVersion(1, 42)


def query_of(call: Call[object], version: ApiVersion = V1_41) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(call.request(version).target).query, keep_blank_values=True))


def body_of(call: Call[object], version: ApiVersion = V1_41) -> dict[str, object]:
    body = call.request(version).body
    assert body is not None
    decoded = json.loads(body)
    assert isinstance(decoded, dict)
    return decoded


def test_the_version_is_the_first_part_of_the_path() -> None:
    assert container_list().request(V1_41).target == "/v1.41/containers/json"
    assert ping().request(None).target == "/_ping"


def test_booleans_are_digits_and_filters_are_json() -> None:
    sent = query_of(container_list(is_all=True, filters={"label": ["a=b", "c"], "status": ("exited",)}))
    assert sent == {"all": "1", "filters": '{"label":["a=b","c"],"status":["exited"]}'}


def test_what_is_not_said_is_not_sent() -> None:
    assert query_of(container_list(filters={})) == {}
    assert query_of(container_stop("abc")) == {}
    assert query_of(container_stop("abc", timeout_s=0)) == {"t": "0"}


@given(st.text(min_size=1).filter(lambda text: text not in (".", "..", "/", "/.", "/..")))
def test_an_id_stays_one_segment_of_the_path_whatever_it_holds(ref: str) -> None:
    target = container_inspect(ref).request(V1_41).target
    segments = target.split("/")
    assert segments[:3] == ["", "v1.41", "containers"]
    assert segments[4:] == ["json"]
    assert unquote(segments[3]) == ref.removeprefix("/").encode(errors="replace").decode()


@pytest.mark.parametrize("ref", ["", ".", "..", "/", "/.."])
def test_an_id_that_no_path_can_hold_is_not_found(ref: str) -> None:
    with pytest.raises(NotFound):
        container_inspect(ref).request(V1_41)


def test_the_leading_slash_of_a_name_is_cut() -> None:
    """`//` and `%2F` are both answered by a redirect."""
    assert container_inspect("/web").request(V1_41).target == "/v1.41/containers/web/json"


def test_json_bodies_name_their_type_and_leave_out_what_is_not_said() -> None:
    request = exec_create("abc", cmd=["sh", "-c", "exit 3"], stdin=False).request(V1_41)
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body or b"") == {
        "AttachStdin": False,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": False,
        "Cmd": ["sh", "-c", "exit 3"],
    }


def test_calls_without_a_body_send_none() -> None:
    """Start with a body is refused from API 1.24 on."""
    request = Call(CONTAINER_START, path={"id": "abc"}, parse=nothing).request(V1_41)
    assert request.body is None
    assert "Content-Type" not in request.headers


def test_bytes_are_sent_as_they_are() -> None:
    call = Call(CONTAINER_UPDATE, path={"id": "abc"}, body=b"\x00tar", headers={"X-One": "1"}, parse=nothing)
    request = call.request(V1_41)
    assert request.body == b"\x00tar"
    assert request.headers["X-One"] == "1"


def test_the_console_size_is_sent_from_1_42_on_and_left_out_before() -> None:
    create = exec_create("abc", cmd=["sh"], tty=True, console_size=(24, 80))
    start = exec_start("abc", tty=True, console_size=(24, 80))
    for call in (create, start):
        assert "ConsoleSize" not in body_of(call, V1_41)
        assert body_of(call, V1_42)["ConsoleSize"] == [24, 80]
    assert "ConsoleSize" not in body_of(exec_create("abc", cmd=["sh"], console_size=(24, 80)), V1_42)


def test_a_parameter_newer_than_the_version_is_refused_by_name() -> None:
    with pytest.raises(VersionTooOld) as caught:
        exec_create("abc", cmd=["sh"], working_dir="/srv").request(ApiVersion(1, 34))
    assert caught.value.parameter == "WorkingDir"
    assert str(caught.value) == "WorkingDir of ContainerExec needs API 1.35, the engine is spoken to in API 1.34."
    exec_create("abc", cmd=["sh"]).request(FLOOR)


def test_a_filter_newer_than_the_version_is_refused_for_lists_and_left_out_for_events() -> None:
    with pytest.raises(VersionTooOld):
        container_list(filters={"health": ["healthy"]}).request(ApiVersion(1, 24))
    assert query_of(events(filters={"type": ["container"]}), FLOOR) == {}
    assert query_of(events(filters={"type": ["container"]}))["filters"] == '{"type":["container"]}'


def test_changes_have_a_minute_and_stops_the_grace_beside_it() -> None:
    assert container_remove("abc").total_deadline_s == 60
    assert container_stop("abc", timeout_s=30).total_deadline_s == 90
    assert container_stop("abc").total_deadline_s == 70
    assert container_restart("abc", timeout_s=0).total_deadline_s == 60


def test_a_stop_that_waits_for_ever_has_no_deadline() -> None:
    assert container_stop("abc", timeout_s=-1).total_deadline_s is None


def test_a_wait_has_the_deadline_it_is_given() -> None:
    assert container_wait("abc").total_deadline_s is None
    assert container_wait("abc", deadline_s=math.inf).total_deadline_s is None
    assert container_wait("abc", deadline_s=7).total_deadline_s == 7


def test_reads_have_short_deadlines() -> None:
    assert ping().total_deadline_s == 2
    assert container_list().total_deadline_s == 10
    assert container_inspect("abc").total_deadline_s == 5
    assert exec_resize("abc", rows=1, columns=1).total_deadline_s == 2


@pytest.mark.parametrize("cells", [-1, 0, 1, 80, 1000, 1001, 70000])
def test_terminal_sizes_stay_between_one_and_a_thousand(cells: int) -> None:
    kept = str(max(1, min(1000, cells)))
    for call in (container_resize("abc", rows=cells, columns=cells), exec_resize("abc", rows=cells, columns=cells)):
        assert query_of(call) == {"h": kept, "w": kept}


@pytest.mark.parametrize("moment", [0, 1795249069, "1795249069", "1795249069.704460448", "1.7"])
def test_moments_are_unix_seconds_with_up_to_nine_decimals(moment: int | str) -> None:
    assert query_of(container_logs("abc", since=moment))["since"] == str(moment)
    assert query_of(events(since=moment, until=moment)) == {"since": str(moment), "until": str(moment)}


@pytest.mark.parametrize("moment", ["", "10m", "2026-01-01T00:00:00Z", "-1", "1.", ".5", "1.0000000001", "1e9", "nan"])
def test_other_moments_are_never_sent(moment: str) -> None:
    with pytest.raises(BadRequest):
        container_logs("abc", since=moment)
    with pytest.raises(BadRequest):
        events(until=moment)


def test_nanoseconds_in_one_number_are_not_taken_for_seconds() -> None:
    with pytest.raises(BadRequest):
        events(since=1795249069704460448)


def test_tail_is_a_number_or_all() -> None:
    assert query_of(container_logs("abc", tail=0, follow=True)) == {
        "stdout": "1",
        "stderr": "1",
        "follow": "1",
        "tail": "0",
    }
    assert query_of(container_logs("abc", tail="all"))["tail"] == "all"
    for tail in ("abc", -1, "", "5 "):
        with pytest.raises(BadRequest):
            container_logs("abc", tail=tail)


def test_one_stream_of_the_log_can_be_asked_for() -> None:
    assert query_of(container_logs("abc", stderr=False)) == {"stdout": "1", "stderr": "0"}


def test_paths_in_a_container_are_quoted() -> None:
    target = archive_stat("abc", path="/a b/ü&x=1").request(CEILING).target
    assert dict(parse_qsl(urlsplit(target).query)) == {"path": "/a b/ü&x=1"}
    assert target.isascii()
