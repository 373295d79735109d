"""The log as a file: what the engine has, without its frames, to its end."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping

import pytest

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.raw_log import raw_log, written
from tests.live.server import Server

WRITES = (
    "echo one; echo two >&2; printf '\\303\\050 \\000 bytes\\n'; "
    "head -c 40000 /dev/zero | tr '\\0' A; echo; printf 'no newline'"
)


def downloaded(
    server: Server, container_id: str, query: str = "", *, user: str | None = "joan"
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers (lower case) and body of the download."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Accept": "application/json"} | ({"Cookie": server.session_cookie(user)} if user else {})
    path = f"{server.prefix}/hosts/local/containers/{container_id}/logs/download/"
    try:
        connection.request("GET", f"{path}?{query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.fixture
def finished(make_container: MakeContainer, raw: RawEngine) -> str:
    """A container that wrote to both streams and ended."""
    container_id = make_container(["sh", "-c", WRITES])
    ended(raw, container_id)
    return container_id


def ended(raw: RawEngine, container_id: str) -> None:
    """Wait for the end of a container, and of its log."""
    raw.post(f"/containers/{container_id}/wait")
    deadline = time.monotonic() + 30
    while raw.inspect(container_id)["State"]["Running"]:
        assert time.monotonic() < deadline


def test_the_file_is_what_the_engine_has_without_its_frames(
    live_server: Server, engine_process: object, raw: RawEngine, finished: str
) -> None:
    content = raw_log(raw.socket_path, finished)
    status, _headers, body = downloaded(live_server, finished)
    assert status == 200
    assert body == written(content)
    assert b"A" * 40000 in body
    assert downloaded(live_server, finished, "stderr=1")[2] == b"two\n"
    assert downloaded(live_server, finished, "stdout=1")[2] == written(content, 1)
    assert downloaded(live_server, finished, "stdout=1&tail=1")[2] == b"no newline"


def test_with_times_each_line_has_one_even_when_the_engine_stored_it_in_pieces(
    live_server: Server, finished: str
) -> None:
    _status, _headers, body = downloaded(live_server, finished, "timestamps=1&stdout=1")
    lines = body.split(b"\n")
    assert all(re.match(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ", line) for line in lines)
    assert [line[31:] for line in lines] == [b"one", b"\xef\xbf\xbd( \x00 bytes", b"A" * 40000, b"no newline"]


def test_since_and_until_choose_a_part(live_server: Server, finished: str) -> None:
    assert downloaded(live_server, finished, f"since={int(time.time()) + 600}")[2] == b""
    assert downloaded(live_server, finished, "until=1000000000")[2] == b""
    assert b"one" in downloaded(live_server, finished, f"since=1.5&until={int(time.time()) + 600}")[2]


@pytest.mark.parametrize("query", ["since=yesterday", "until=10m", "tail=-1", "stdout=0&stderr=0", "tail=1e9"])
def test_what_the_engine_would_not_take_never_reaches_it(live_server: Server, finished: str, query: str) -> None:
    status, headers, _body = downloaded(live_server, finished, query)
    assert (status, headers["content-type"]) == (400, "application/json")


def test_the_log_of_a_terminal_is_not_taken_for_frames(
    live_server: Server, make_container: MakeContainer, raw: RawEngine
) -> None:
    container_id = make_container(["sh", "-c", "echo on a tty; printf '\\001\\000\\000\\000'"], tty=True)
    ended(raw, container_id)
    assert downloaded(live_server, container_id)[2] == raw_log(raw.socket_path, container_id)


def test_the_file_has_the_containers_name_and_cannot_act_in_the_browser(
    live_server: Server, make_container: MakeContainer
) -> None:
    container_id = make_container(name="named.log_1-x")
    _status, headers, _body = downloaded(live_server, container_id)
    assert re.fullmatch(r'attachment; filename="named\.log_1-x-\d{8}T\d{6}Z\.log"', headers["content-disposition"])
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"]


def test_a_driver_that_cannot_be_read_is_a_refusal_in_words_and_no_file(
    live_server: Server, make_container: MakeContainer
) -> None:
    container_id = make_container(host_config={"LogConfig": {"Type": "none"}})
    status, headers, body = downloaded(live_server, container_id)
    assert (status, headers["content-type"]) == (501, "application/json")
    assert b"does not support reading" in body
    assert "content-disposition" not in headers
