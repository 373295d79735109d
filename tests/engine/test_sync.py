"""Engine against a scripted engine that does what a healthy one never does."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apps.engine.answers import body
from apps.engine.api.containers import (
    container_inspect,
    container_list,
    container_start,
    container_stop,
    container_top,
)
from apps.engine.api.exec import exec_create
from apps.engine.api.system import info, ping
from apps.engine.call import Call
from apps.engine.endpoint import Endpoint
from apps.engine.errors import (
    BadRequest,
    NoCommonVersion,
    NotFound,
    ProtocolBroken,
    Reason,
    TimedOut,
    Unreachable,
)
from apps.engine.operations import CONTAINER_INSPECT, CONTAINER_LIST, CONTAINER_START
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from tests.engines.scripted import Exchange, ScriptedEngine

LIST = "/containers/json"


@pytest.fixture
def scripted() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as scripted:
        yield scripted


@pytest.fixture
def engine(scripted: ScriptedEngine) -> Iterator[Engine]:
    engine = Engine(Endpoint.parse(scripted.url))
    yield engine
    engine.close()


def short_list(deadline_s: float = 0.3) -> Call[bytes]:
    return Call(CONTAINER_LIST, parse=body, deadline_s=deadline_s)


def test_all_calls_share_one_connection(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/containers/{id}/json", lambda x: x.answer(200, {"Id": x.params["id"]}))
    scripted.on("GET", LIST, [])
    for number in range(5):
        assert engine.run(container_inspect(f"c{number}")).id == f"c{number}"
        engine.run(container_list(is_all=bool(number % 2)))
    assert scripted.open_connections == 1


def test_errors_and_empty_answers_give_the_connection_back_too(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/start", (304, b""))
    scripted.on("POST", "/containers/{id}/stop", (204, b""))
    for _ in range(3):
        with pytest.raises(NotFound):
            engine.run(container_inspect("nothing"))
        engine.run(container_start("abc"))
        engine.run(container_stop("abc"))
    assert scripted.open_connections == 1


def test_closing_lets_go_of_the_connections_and_the_engine_can_be_used_again(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    engine.run(ping())
    engine.close()
    scripted.wait_closed()
    engine.run(ping())


def test_threads_get_each_their_own_answer(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/containers/{id}/json", lambda x: x.answer(200, {"Id": x.params["id"]}))
    ids = [f"c{number}" for number in range(200)]
    with ThreadPoolExecutor(16) as threads:
        assert [found.id for found in threads.map(lambda ref: engine.run(container_inspect(ref)), ids)] == ids


def test_requests_are_written_as_they_should_be(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/exec", (201, {"Id": "e1"}))
    assert engine.run(exec_create("abc", cmd=["sh"])) == "e1"
    (seen,) = scripted.seen("POST", "/containers/abc/exec")
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["host"] == "docker"
    assert seen.json["Cmd"] == ["sh"]
    assert "transfer-encoding" not in seen.headers


def test_a_post_without_a_body_says_so(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/start", (204, b""))
    engine.run(container_start("abc"))
    (seen,) = scripted.seen("POST", "/containers/abc/start")
    assert seen.body == b""
    assert seen.headers.get("content-length", "0") == "0"
    assert "content-type" not in seen.headers


def test_awkward_names_arrive_as_they_were_said(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/containers/{id}/json", {"Id": "x"})
    engine.run(Call(CONTAINER_INSPECT, path={"id": "ü %2F?#&~"}, query={"size": True}, parse=body))
    seen = scripted.requests[-1]
    assert seen.path == "/containers/ü %2F?#&~/json"
    assert seen.query == {"size": "1"}


# what does not answer


def test_a_missing_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as caught:
        Engine(Endpoint.parse(f"unix://{tmp_path}/none.sock")).run(ping())
    assert caught.value.reason is Reason.NO_SOCKET


def test_a_socket_nobody_listens_on_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(tmp_path / "s"))
    with pytest.raises(Unreachable) as caught:
        Engine(Endpoint.parse(f"unix://{tmp_path}/s")).run(ping())
    assert caught.value.reason is Reason.REFUSED


def test_a_port_nobody_listens_on_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        Engine(Endpoint.parse(f"tcp://127.0.0.1:{port}")).run(ping())
    assert caught.value.reason is Reason.REFUSED


def test_an_unknown_host_name_is_told() -> None:
    with pytest.raises(Unreachable) as caught:
        Engine(Endpoint.parse("tcp://no-such-host.invalid:2375")).run(ping())
    assert caught.value.reason is Reason.DNS


def test_an_engine_that_accepts_nobody_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen(0)
        waiting = []
        try:
            while True:
                waiting.append(socket.socket(socket.AF_UNIX))
                waiting[-1].setblocking(False)
                waiting[-1].connect(str(tmp_path / "s"))
        except BlockingIOError:
            pass
        with pytest.raises(Unreachable) as caught:
            Engine(Endpoint.parse(f"unix://{tmp_path}/s")).run(ping())
        for sock in waiting:
            sock.close()
    assert caught.value.reason is Reason.TIMEOUT


def test_failed_connects_leave_no_socket_open(tmp_path: Path) -> None:
    engine = Engine(Endpoint.parse(f"unix://{tmp_path}/none.sock"))
    for _ in range(2):
        with pytest.raises(Unreachable):
            engine.run(ping())
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        with pytest.raises(Unreachable):
            engine.run(ping())
    assert len(os.listdir("/proc/self/fd")) <= before


def test_an_engine_that_hangs_is_given_up_at_the_deadline(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", LIST, Exchange.hang)
    with pytest.raises(TimedOut) as caught:
        engine.run(short_list())
    assert (caught.value.operation, caught.value.is_change) == ("ContainerList", False)
    assert len(scripted.seen("GET", LIST)) == 1


def test_a_change_that_times_out_is_not_repeated_and_may_still_happen(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/start", Exchange.hang)
    with pytest.raises(TimedOut) as caught:
        engine.run(Call(CONTAINER_START, path={"id": "abc"}, parse=body, deadline_s=0.3))
    assert caught.value.is_change
    assert "may still be carried out" in str(caught.value)
    assert len(scripted.seen("POST", "/containers/abc/start")) == 1


@pytest.mark.parametrize("part", ["head", "body"])
def test_the_deadline_covers_the_whole_answer_however_it_drips(
    scripted: ScriptedEngine, engine: Engine, part: str
) -> None:
    gone = threading.Event()

    def drip(exchange: Exchange) -> None:
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n" + b" " * 398 + b"[]"
        cut = 0 if part == "head" else whole.index(b"\r\n\r\n") + 4
        exchange.send(whole[:cut])
        for place in range(cut, len(whole)):
            exchange.send(whole[place : place + 1])
            if gone.wait(0.05):
                return

    scripted.on("GET", LIST, drip)
    with pytest.raises(TimedOut):
        engine.run(short_list(0.5))
    gone.set()


def test_calls_without_a_deadline_wait(scripted: ScriptedEngine, engine: Engine) -> None:
    asked, go = threading.Event(), threading.Event()

    def later(exchange: Exchange) -> None:
        asked.set()
        exchange.wait(go)
        exchange.answer(200, [])

    scripted.on("GET", LIST, later)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(engine.run, short_list(float("inf")))
        assert asked.wait(30)
        go.set()
        assert running.result(30) == b"[]\n"


# connections that break


def test_a_get_on_a_connection_that_died_unseen_is_sent_once_more(scripted: ScriptedEngine, engine: Engine) -> None:
    deaths = iter([True])
    scripted.on("GET", LIST, lambda x: x.die() if next(deaths, False) else x.answer(200, []))
    assert engine.run(container_list()) == []
    assert len(scripted.seen("GET", LIST)) == 2


def test_a_get_is_sent_twice_at_most(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", LIST, Exchange.die)
    with pytest.raises(Unreachable) as caught:
        engine.run(container_list())
    assert caught.value.reason is Reason.LOST
    assert len(scripted.seen("GET", LIST)) == 2


def test_a_change_is_sent_once_whatever_happens(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("POST", "/containers/{id}/start", Exchange.die)
    engine.run(ping())
    with pytest.raises(Unreachable) as caught:
        engine.run(container_start("abc"))
    assert (caught.value.reason, caught.value.operation) == (Reason.LOST, "ContainerStart")
    assert len(scripted.seen("POST", "/containers/abc/start")) == 1


@pytest.mark.parametrize("is_chunked", [True, False])
def test_half_an_answer_is_a_lost_connection(scripted: ScriptedEngine, engine: Engine, is_chunked: bool) -> None:
    def half(exchange: Exchange) -> None:
        if is_chunked:
            exchange.begin()
            exchange.chunk(b"[]")
        else:
            exchange.head(200, {"Content-Length": "100"})
            exchange.send(b"[]")
        exchange.die()

    scripted.on("GET", LIST, half)
    with pytest.raises(Unreachable) as caught:
        engine.run(container_list())
    assert caught.value.reason is Reason.LOST


def test_an_engine_that_comes_back_is_used_again(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/info", {"Name": "again"})
    engine.run(info())
    scripted.drop_connections()
    scripted.wait_closed()
    assert engine.run(info()).name == "again"
    scripted.on("POST", "/containers/{id}/start", (204, b""))
    scripted.drop_connections()
    scripted.wait_closed()
    engine.run(container_start("abc"))


def test_after_a_lost_connection_the_version_is_negotiated_again(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", LIST, Exchange.die)
    with pytest.raises(Unreachable):
        engine.run(container_list())
    scripted.api_version = "1.30"
    scripted.on("GET", LIST, [])
    engine.run(container_list())
    assert scripted.seen("GET", LIST)[-1].version == "1.30"


def test_an_engine_replaced_by_a_newer_one_is_spoken_to_in_its_version(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    scripted.on("GET", LIST, [])
    engine.run(container_list())
    scripted.api_version = "1.45"
    engine.run(container_list())  # its answer shows the other version
    engine.run(container_list())
    assert [seen.version for seen in scripted.seen("GET", LIST)] == ["1.41", "1.41", "1.45"]


def test_a_version_refused_by_a_replaced_engine_is_negotiated_anew_even_for_a_change(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    engine.run(ping())
    scripted.api_version, scripted.min_version = "1.52", "1.44"

    def start(exchange: Exchange) -> None:
        if exchange.seen.version == "1.41":
            exchange.answer(400, {"message": "client version 1.41 is too old. Minimum supported API version is 1.44"})
        else:
            exchange.answer(204)

    scripted.on("POST", "/containers/{id}/start", start)
    engine.run(container_start("abc"))
    assert [seen.version for seen in scripted.seen("POST", "/containers/abc/start")] == ["1.41", "1.51"]


def test_a_version_refused_for_good_is_reported_once(scripted: ScriptedEngine, engine: Engine) -> None:
    words = "client version 1.41 is too new. Maximum supported API version is 1.40"
    scripted.on("GET", LIST, (400, {"message": words}))
    with pytest.raises(BadRequest, match="is too new"):
        engine.run(container_list())
    assert len(scripted.seen("GET", LIST)) == 1


def test_a_pinned_version_is_spoken(scripted: ScriptedEngine) -> None:
    scripted.on("GET", LIST, [])
    engine = Engine(Endpoint.parse(scripted.url), pinned=ApiVersion(1, 25))
    engine.run(container_list())
    assert scripted.seen("GET", LIST)[0].version == "1.25"
    assert engine.version == ApiVersion(1, 25)
    assert engine.facts().max_api == ApiVersion(1, 41)
    engine.close()


def test_a_pinned_version_the_engine_lacks_is_refused_before_any_call(scripted: ScriptedEngine) -> None:
    engine = Engine(Endpoint.parse(scripted.url), pinned=ApiVersion(1, 44))
    with pytest.raises(NoCommonVersion):
        engine.run(container_start("abc"))
    assert [seen.path for seen in scripted.requests] == ["/_ping", "/version"]
    engine.close()


# what is no engine


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\x15\x03\x01"])
def test_what_speaks_no_http_is_told(scripted: ScriptedEngine, engine: Engine, answer: bytes) -> None:
    def speak(exchange: Exchange) -> None:
        exchange.send(answer)
        exchange.die()

    scripted.on("HEAD", "/_ping", speak)
    scripted.on("GET", "/_ping", speak)
    with pytest.raises((Unreachable, ProtocolBroken)):
        engine.run(ping())


def test_another_web_server_is_no_engine(scripted: ScriptedEngine, engine: Engine) -> None:
    def page(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": "6"})
        exchange.send(b"" if exchange.method == "HEAD" else b"<html>")
        exchange.keep_alive = True

    for method, path in (("HEAD", "/_ping"), ("GET", "/_ping"), ("GET", "/version")):
        scripted.on(method, path, page)
    with pytest.raises(ProtocolBroken):
        engine.run(ping())


def test_a_redirect_is_not_followed(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.on("GET", "/containers/{id}/top", lambda x: x.answer(301, b"", headers={"Location": "/elsewhere"}))
    with pytest.raises(ProtocolBroken):
        engine.run(container_top("abc"))
    assert scripted.seen("GET", "/elsewhere") == []


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with ScriptedEngine(tcp=True) as scripted:
        engine = Engine(Endpoint.parse(scripted.url))
        assert engine.run(ping()).api_version == "1.41"
        assert scripted.requests[-1].headers["host"] == scripted.url.removeprefix("tcp://")
        engine.close()


def test_a_tcp_engine_that_drips_is_given_up_at_the_deadline() -> None:
    gone = threading.Event()

    def drip(exchange: Exchange) -> None:
        exchange.begin()
        for _ in range(400):
            exchange.chunk(b" ")
            if gone.wait(0.05):
                return

    with ScriptedEngine(tcp=True) as scripted:
        scripted.on("GET", LIST, drip)
        engine = Engine(Endpoint.parse(scripted.url))
        with pytest.raises(TimedOut):
            engine.run(short_list(0.5))
        gone.set()
        engine.close()
