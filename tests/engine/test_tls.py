from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apps.engine.answers import body
from apps.engine.api.system import ping
from apps.engine.call import Call
from apps.engine.endpoint import Endpoint, TlsFiles
from apps.engine.errors import ProtocolBroken, Reason, TimedOut, Unreachable
from apps.engine.operations import CONTAINER_LIST
from apps.engine.sync import Engine
from tests.engine.certificates import Authority
from tests.engines.scripted import Exchange, ScriptedEngine


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def scripted(authority: Authority) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tls=authority.server_context()) as scripted:
        yield scripted


def ask(scripted: ScriptedEngine, tls: TlsFiles | None) -> str:
    engine = Engine(Endpoint.parse(scripted.url, tls=tls))
    try:
        return engine.run(ping()).api_version
    finally:
        engine.close()


def test_an_engine_behind_tls_is_reached_with_the_right_certificates(
    scripted: ScriptedEngine, authority: Authority
) -> None:
    assert ask(scripted, authority.files) == "1.41"


def test_an_engine_of_another_authority_is_not_trusted(
    scripted: ScriptedEngine, authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other", "Another authority")
    with pytest.raises(Unreachable) as caught:
        ask(scripted, replace(authority.files, ca=other.files.ca))
    assert caught.value.reason is Reason.TLS


def test_without_an_authority_of_its_own_the_systems_ones_count(scripted: ScriptedEngine, authority: Authority) -> None:
    with pytest.raises(Unreachable) as caught:
        ask(scripted, replace(authority.files, ca=None))
    assert caught.value.reason is Reason.TLS


def test_verification_can_be_switched_off_without_a_word(scripted: ScriptedEngine, authority: Authority) -> None:
    assert ask(scripted, replace(authority.files, ca=None, is_verified=False)) == "1.41"


def test_an_engine_that_wants_a_certificate_refuses_who_has_none(
    scripted: ScriptedEngine, authority: Authority
) -> None:
    with pytest.raises(Unreachable) as caught:
        ask(scripted, replace(authority.files, cert=None, key=None))
    assert caught.value.reason in (Reason.TLS, Reason.LOST)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificate_files_that_cannot_be_used_are_told(
    scripted: ScriptedEngine, authority: Authority, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Unreachable) as caught:
        ask(scripted, replace(authority.files, cert=str(path)))
    assert caught.value.reason is Reason.TLS
    assert scripted.requests == []


def test_the_deadline_covers_an_answer_that_drips_through_tls(scripted: ScriptedEngine, authority: Authority) -> None:
    gone = threading.Event()

    def drip(exchange: Exchange) -> None:
        exchange.begin()
        for _ in range(400):
            exchange.chunk(b" ")
            if gone.wait(0.05):
                return

    scripted.on("GET", "/containers/json", drip)
    engine = Engine(Endpoint.parse(scripted.url, tls=authority.files))
    with pytest.raises(TimedOut):
        engine.run(Call(CONTAINER_LIST, parse=body, deadline_s=0.5))
    gone.set()
    engine.close()


def test_speaking_plainly_to_a_tls_port_fails_without_hanging(scripted: ScriptedEngine) -> None:
    with pytest.raises((Unreachable, ProtocolBroken)):
        ask(scripted, None)


def test_speaking_tls_to_a_plain_port_is_told(authority: Authority) -> None:
    with ScriptedEngine(tcp=True) as plain:
        engine = Engine(Endpoint.parse(plain.url, tls=authority.files))
        with pytest.raises(Unreachable) as caught:
            engine.run(ping())
        plain.failures.clear()
    assert caught.value.reason in (Reason.TLS, Reason.LOST, Reason.TIMEOUT)
