"""Plain answers over the async engine, from an engine that does not behave."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.api import containers, exec, system
from apps.engine.call import Call
from apps.engine.endpoint import Endpoint, TlsFiles
from apps.engine.errors import (
    Conflict,
    EngineError,
    NotFound,
    ProtocolBroken,
    Reason,
    ServerFault,
    TimedOut,
    Unreachable,
    VersionTooOld,
)
from apps.engine.version import ApiVersion
from tests.engines.scripted import Exchange, ScriptedEngine


def in_time(call: Call[object], deadline_s: float) -> Call[object]:
    return replace(call, deadline_s=deadline_s)


async def test_the_version_is_asked_once_and_used_as_prefix(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("POST", "/containers/{id}/start", (204, b""))
    await engine.run(containers.container_start("ab"))
    await engine.run(containers.container_start("cd"))
    assert [seen.version for seen in scripted.seen("HEAD", "/_ping")] == [None]
    assert [seen.version for seen in scripted.seen("POST", "/containers/ab/start")] == ["1.41"]
    facts = await engine.facts()
    assert (str(facts.api_version), facts.engine_version) == ("1.41", "20.10.24")
    await asyncio.to_thread(scripted.wait_closed)


async def test_a_pinned_version_is_spoken(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/containers/{id}/start", (204, b""))
    engine = AsyncEngine(Endpoint.parse(scripted.url), pinned=ApiVersion(1, 24))
    await engine.run(containers.container_start("ab"))
    assert scripted.seen("POST", "/containers/ab/start")[0].version == "1.24"


async def test_what_the_version_does_not_know_is_not_sent(scripted: ScriptedEngine) -> None:
    engine = AsyncEngine(Endpoint.parse(scripted.url), pinned=ApiVersion(1, 24))
    with pytest.raises(VersionTooOld):
        await engine.run(exec.exec_create("ab", cmd=["sh"], working_dir="/srv"))
    assert scripted.seen("POST", "/containers/ab/exec") == []


async def test_an_engine_that_was_replaced_is_asked_for_its_version_again(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    scripted.on("POST", "/containers/{id}/start", (204, b""))
    await engine.run(containers.container_start("ab"))
    scripted.api_version = "1.40"
    await engine.run(containers.container_start("ab"))  # its answer tells
    await engine.run(containers.container_start("ab"))
    assert [seen.version for seen in scripted.seen("POST", "/containers/ab/start")] == ["1.41", "1.41", "1.40"]


async def test_a_version_that_is_refused_is_negotiated_again(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    """The engine was replaced by an older one; also for streams, whose answer comes before anybody could notice."""
    words = "client version 1.41 is too new. Maximum supported API version is 1.40"

    def answer(exchange: Exchange) -> None:
        if exchange.seen.version == "1.41":
            exchange.answer(400, {"message": words})
        else:
            exchange.begin()
            exchange.chunk(b'{"Name": "old"}\n')
            exchange.end()

    scripted.on("GET", "/info", answer)
    scripted.on("GET", "/events", answer)
    await engine.facts()
    scripted.api_version = "1.40"
    async with engine.stream(system.events()) as stream:
        assert await stream.read() == b'{"Name": "old"}\n'
    scripted.api_version = "1.41"
    await engine.run(system.ping())
    assert (await engine.facts()).api_version == ApiVersion(1, 41)
    scripted.api_version = "1.40"
    await engine.run(system.info())
    assert [seen.version for seen in scripted.seen("GET", "/info")] == ["1.41", "1.40"]


async def test_an_error_carries_the_words_of_the_engine(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("POST", "/containers/{id}/start", (404, {"message": "No such container: ab"}))
    scripted.on("POST", "/containers/{id}/stop", (500, "plain words"))
    scripted.on("POST", "/containers/{id}/kill", (409, b""))
    with pytest.raises(NotFound, match="No such container: ab"):
        await engine.run(containers.container_start("ab"))
    with pytest.raises(ServerFault, match="plain words"):
        await engine.run(containers.container_stop("ab"))
    with pytest.raises(Conflict):
        await engine.run(containers.container_kill("ab"))


async def test_an_answer_cut_in_the_middle_is_a_lost_connection(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    def half(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "application/json", "Content-Length": "100"})
        exchange.send(b'{"Id":')
        exchange.die()

    scripted.on("GET", "/containers/{id}/json", half)
    scripted.on("POST", "/containers/{id}/start", lambda x: x.die())
    with pytest.raises(Unreachable) as caught:
        await engine.run(containers.container_inspect("ab"))
    assert caught.value.reason is Reason.LOST
    with pytest.raises(Unreachable) as caught:
        await engine.run(containers.container_start("ab"))
    assert caught.value.reason is Reason.LOST
    assert len(scripted.seen("POST", "/containers/ab/start")) == 1, "a change is never sent twice"


async def test_what_is_no_http_is_a_broken_protocol(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/info", lambda x: x.send(b"220 smtp.example.org ESMTP\r\n"))
    with pytest.raises(ProtocolBroken):
        await engine.run(system.info())


async def test_a_silent_engine_is_left_after_the_deadline(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    await engine.facts()
    scripted.on("POST", "/containers/{id}/stop", lambda x: x.hang())
    with pytest.raises(TimedOut) as caught:
        await engine.run(in_time(containers.container_stop("ab"), 0.1))
    assert caught.value.is_change
    await asyncio.to_thread(scripted.wait_closed)


async def test_a_cancelled_call_closes_its_connection(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    await engine.facts()
    asked = threading.Event()

    def hang(exchange: Exchange) -> None:
        asked.set()
        exchange.hang()

    scripted.on("GET", "/info", hang)
    task = asyncio.create_task(engine.run(system.info()))
    await asyncio.to_thread(asked.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(scripted.wait_closed)


@pytest.mark.parametrize(
    ("address", "reason"),
    [("unix:///nowhere/docker.sock", Reason.NO_SOCKET), ("tcp://127.0.0.1:1", Reason.REFUSED)],
)
async def test_why_an_engine_cannot_be_reached_is_said(address: str, reason: Reason) -> None:
    with pytest.raises(Unreachable) as caught:
        await AsyncEngine(Endpoint.parse(address)).facts()
    assert caught.value.reason is reason


async def test_a_socket_file_left_by_a_killed_engine_refuses(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.stop_listening()
    with pytest.raises(Unreachable) as caught:
        await engine.facts()
    assert caught.value.reason is Reason.REFUSED


async def test_a_closed_client_opens_nothing_more(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    await engine.close()
    with pytest.raises(Unreachable):
        await engine.run(system.ping())
    assert scripted.requests == []


async def test_an_engine_over_tcp_answers() -> None:
    with ScriptedEngine(tcp=True) as scripted:
        engine = AsyncEngine(Endpoint.parse(scripted.url))
        assert (await engine.run(system.ping())).api_version == "1.41"
        assert scripted.requests[0].headers["host"] == f"127.0.0.1:{scripted.port}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key: cert.pem, key.pem."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "3650"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


def tls_engine(certificate: Path) -> ScriptedEngine:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return ScriptedEngine(tls=context)


async def test_an_engine_over_tls_answers_and_streams(certificate: Path) -> None:
    with tls_engine(certificate) as scripted:
        sent = bytes(range(256)) * 2000

        def stream(exchange: Exchange) -> None:
            exchange.begin()
            exchange.chunk(sent)
            exchange.end()

        scripted.on("GET", "/events", stream)
        tls = TlsFiles(ca=str(certificate / "cert.pem"))
        engine = AsyncEngine(Endpoint.parse(scripted.url, tls=tls))
        assert (await engine.facts()).engine_version == "20.10.24"
        async with engine.stream(system.events()) as opened:
            got = b"".join([chunk async for chunk in opened])
        assert got == sent


async def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with tls_engine(certificate) as scripted:
        engine = AsyncEngine(Endpoint.parse(scripted.url, tls=TlsFiles()))
        with pytest.raises(Unreachable) as caught:
            await engine.facts()
        assert caught.value.reason is Reason.TLS


async def test_every_failure_is_an_engine_error(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    """One tree: whoever catches EngineError has caught all of it."""
    scripted.on("GET", "/info", (302, b""))
    with pytest.raises(EngineError):
        await engine.run(system.info())
