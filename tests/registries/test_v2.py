"""The client of a registry's own API: who gets the credentials, what is believed, and what is said of failures."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from apps.registries.addresses import parse_address
from apps.registries.credentials import Credentials
from apps.registries.errors import RegistryFailure, Why
from apps.registries.v2.client import RegistryClient
from apps.registries.v2.transport import Transport
from tests.engine.certificates import Authority
from tests.registries.fake import Asked, FakeRegistry, Says

MakeFake = Callable[..., FakeRegistry]
SECRET = "canary-secret"
BASIC = "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()
ASKS_BASIC = Says(401, {"errors": [{"code": "UNAUTHORIZED"}]}, {"WWW-Authenticate": 'Basic realm="r"'})


def client_of(address: str, *, password: str = SECRET, token: str = "") -> RegistryClient:
    return RegistryClient(Credentials(parse_address(address), "ada", password, token))


def failure_of(ask: Callable[[], Any]) -> RegistryFailure:
    with pytest.raises(RegistryFailure) as caught:
        ask()
    assert SECRET not in str(caught.value) + caught.value.hint
    return caught.value


def test_a_password_is_shown_when_the_registry_asks_for_it_and_then_kept_for_the_page(fake: MakeFake) -> None:
    registry = fake(lambda a: Says(200, {"tags": ["1"]}) if a.headers.get("authorization") == BASIC else ASKS_BASIC)
    with client_of(registry.address) as client:
        assert client.tags("team/app", count=5).names == ("1",)
        assert client.tags("team/app", count=5).names == ("1",)
    assert [asked.headers.get("authorization") for asked in registry.asked] == [None, BASIC, BASIC]


def test_an_open_registry_is_shown_nothing(fake: MakeFake) -> None:
    registry = fake(lambda a: Says(200, {"repositories": ["a", "b"]}))
    with client_of(registry.address) as client:
        assert client.repositories(count=5).names == ("a", "b")
    assert "authorization" not in registry.asked[0].headers


def bearer(asked: Asked, *, realm: str, token: Says) -> Says:
    if asked.path == "/token":
        return token
    if asked.headers.get("authorization") == "Bearer t0ken":
        return Says(200, {"tags": ["1"]})
    challenge = f'Bearer realm="{realm}",service="the registry",scope="repository:team/app:pull"'
    return Says(401, {}, {"WWW-Authenticate": challenge})


def test_a_token_is_fetched_with_the_password_from_where_the_registry_lives(fake: MakeFake) -> None:
    registry = fake(
        lambda a: bearer(a, realm=f"http://{a.headers['host']}/token?x=1", token=Says(200, {"token": "t0ken"}))
    )
    with client_of(registry.address) as client:
        assert client.tags("team/app", count=5).names == ("1",)
        assert client.tags("team/app", count=5).names == ("1",)
    token = [asked for asked in registry.asked if asked.path == "/token"]
    assert len(token) == 1
    assert token[0].headers["authorization"] == BASIC
    assert token[0].query == {
        "x": "1", "service": "the registry", "scope": "repository:team/app:pull", "account": "ada"
    }  # fmt: skip


def test_an_identity_token_is_exchanged_for_a_token_and_never_shown_otherwise(fake: MakeFake) -> None:
    registry = fake(
        lambda a: bearer(a, realm=f"http://{a.headers['host']}/token", token=Says(200, {"access_token": "t0ken"}))
    )
    with client_of(registry.address, password="", token=SECRET) as client:
        assert client.tags("team/app", count=5).names == ("1",)
    token = next(asked for asked in registry.asked if asked.path == "/token")
    fields = dict(parse_qsl(token.body.decode()))
    assert (token.method, fields["grant_type"], fields["refresh_token"]) == ("POST", "refresh_token", SECRET)
    assert not [a for a in registry.asked if SECRET in str((a.path, a.query, a.headers))]


def test_credentials_do_not_go_to_another_place_without_encryption(fake: MakeFake) -> None:
    elsewhere = fake(lambda a: Says(200, {"token": "t0ken"}))
    registry = fake(lambda a: bearer(a, realm=f"http://{elsewhere.address}/token", token=Says(404)))
    with client_of(registry.address) as client:
        failure = failure_of(lambda: client.tags("team/app", count=5))
    assert failure.why is Why.STRANGE
    assert elsewhere.asked == []


def test_a_refused_token_is_told_as_wrong_credentials(fake: MakeFake) -> None:
    refused = Says(401, {"errors": [{"message": "incorrect username or password"}]})
    registry = fake(lambda a: bearer(a, realm=f"http://{a.headers['host']}/token", token=refused))
    with client_of(registry.address) as client:
        failure = failure_of(lambda: client.tags("team/app", count=5))
    assert failure.why is Why.WRONG_CREDENTIALS
    assert "incorrect username or password" in failure.detail


@pytest.mark.parametrize(
    "answer",
    [
        Says(403, {"errors": [{"message": f"ada may not, with {SECRET}"}]}),
        Says(401, {}, {"WWW-Authenticate": f'Bearer realm="http://elsewhere.example/{SECRET}"'}),
    ],
)
def test_a_registry_that_says_the_secret_back_is_not_quoted(fake: MakeFake, answer: Says) -> None:
    registry = fake(lambda a: answer)
    with client_of(registry.address) as client:
        assert "…" in failure_of(lambda: client.tags("a", count=5)).detail  # failure_of looks for the secret


def test_redirects_are_not_followed(fake: MakeFake) -> None:
    elsewhere = fake(lambda a: Says(200, {"tags": ["stolen"]}))
    registry = fake(lambda a: Says(307, {}, {"Location": f"http://{elsewhere.address}{a.path}"}))
    with client_of(registry.address) as client:
        assert failure_of(lambda: client.tags("a", count=5)).why is Why.STRANGE
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("answer", "why", "words"),
    [
        (ASKS_BASIC, Why.WRONG_CREDENTIALS, "once more"),
        (Says(403, {"errors": [{"message": "no rights"}]}), Why.FORBIDDEN, "The registry says: no rights"),
        (Says(404, {"errors": [{"code": "NAME_UNKNOWN"}]}), Why.UNKNOWN, "NAME_UNKNOWN"),
        (Says(429, {}, {"Retry-After": "30"}), Why.TOO_MANY, "Try again in 30 seconds."),
        (Says(429, {}, {"Retry-After": "-5"}), Why.TOO_MANY, "a few minutes"),
        (Says(429, b"slow down"), Why.TOO_MANY, "a few minutes"),
        (Says(429, {}, {"Retry-After": f"Mon, 01 Jan 2024 00:00:00 +{'9' * 40}"}), Why.TOO_MANY, "a few minutes"),
        (Says(503, {}, {"Retry-After": "600"}), Why.BUSY, "Try again in 10 minutes."),
        (Says(500, b"<h1>oops</h1>"), Why.STRANGE, "status 500"),
        (Says(200, b"<!doctype html>"), Why.STRANGE, "JSON was expected"),
        (Says(200, [1]), Why.STRANGE, "JSON was expected"),
        (Says(200, b'{"tags": ["\\ud800"]}'), Why.STRANGE, "JSON was expected"),
        (Says(403, b'{"errors": [{"message": "\\ud800"}]}'), Why.FORBIDDEN, "does not allow"),
        (Says(401, {}, {"WWW-Authenticate": 'Bearer realm="https://a..b/t"'}), Why.UNREACHABLE, "cannot be resolved"),
        (Says(200, {"tags": ["x" * 1000] * 1100}), Why.STRANGE, "more than 1 MiB"),
    ],
)
def test_what_a_registry_refuses_is_said_in_words(fake: MakeFake, answer: Says, why: Why, words: str) -> None:
    registry = fake(lambda a: answer)
    with client_of(registry.address) as client:
        failure = failure_of(lambda: client.tags("team/app", count=5))
    assert failure.why is why
    assert words in f"{failure.title} {failure.detail} {failure.hint}"


def test_an_ipv6_address_without_a_port_is_asked_at_the_scheme_s_own() -> None:
    with client_of("https://[100::a]") as client:  # leads nowhere
        assert "port" not in failure_of(lambda: client.tags("a", count=5)).detail


def test_a_name_that_nobody_can_have_is_not_resolved() -> None:
    with client_of(f"http://{'a' * 64}.example") as client:
        failure = failure_of(lambda: client.tags("a", count=5))
    assert (failure.why, "cannot be resolved" in failure.detail) == (Why.UNREACHABLE, True)


def test_a_date_says_when_to_try_again(fake: MakeFake) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    registry = fake(lambda a: Says(429, {}, {"Retry-After": moment}))
    with client_of(registry.address) as client:
        assert failure_of(lambda: client.tags("a", count=5)).hint == "Try again in 60 minutes."


def test_without_credentials_it_is_said_that_they_are_wanted(fake: MakeFake) -> None:
    registry = fake(lambda a: ASKS_BASIC)
    with client_of(registry.address, password="") as client:
        assert failure_of(lambda: client.tags("a", count=5)).why is Why.WANTS_CREDENTIALS
        assert failure_of(lambda: client.repositories(count=5)).why is Why.WANTS_CREDENTIALS


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_registry_may_keep_its_list_to_itself(fake: MakeFake, status: int) -> None:
    registry = fake(lambda a: Says(status))
    with client_of(registry.address) as client:
        assert failure_of(lambda: client.repositories(count=5)).why is Why.NOT_OFFERED


def test_docker_hub_is_not_asked_for_a_list_that_it_does_not_give() -> None:
    with client_of("docker.io") as client:
        assert failure_of(lambda: client.repositories(count=5)).why is Why.NOT_OFFERED


def test_pages_go_on_after_the_last_name(fake: MakeFake) -> None:
    def paged(asked: Asked) -> Says:
        rest = [name for name in "abcde" if name > asked.query.get("last", "")]
        more = {"Link": '<http://169.254.169.254/v2/_catalog?last=x>; rel="next"'} if len(rest) > 2 else {}
        return Says(200, {"repositories": rest[: int(asked.query["n"])]}, more)

    registry = fake(paged)
    with client_of(registry.address) as client:
        first = client.repositories(count=2)
        second = client.repositories(count=2, after=first.more_after)
        third = client.repositories(count=2, after=second.more_after)
    assert [first.names, second.names, third.names] == [("a", "b"), ("c", "d"), ("e",)]
    assert third.more_after == ""


def test_a_registry_that_pages_nothing_is_paged_here(fake: MakeFake) -> None:
    registry = fake(lambda a: Says(200, {"tags": ["3", "1", "2"]}))
    with client_of(registry.address) as client:
        first = client.tags("a", count=2)
        second = client.tags("a", count=2, after=first.more_after)
    assert (first.names, second.names, second.more_after) == (("3", "1"), ("2",), "")


def test_no_tags_at_all_are_an_empty_page(fake: MakeFake) -> None:
    registry = fake(lambda a: Says(200, {"tags": None}))
    with client_of(registry.address) as client:
        assert client.tags("a", count=2).names == ()


@pytest.mark.parametrize("answer", [Says(405), Says(400, {"errors": [{"code": "UNSUPPORTED"}]})])
def test_a_registry_without_deletion_says_so(fake: MakeFake, answer: Says) -> None:
    registry = fake(lambda a: answer)
    with client_of(registry.address) as client:
        failure = failure_of(lambda: client.delete("a", f"sha256:{'0' * 64}"))
    assert failure.title == "This registry does not allow deletion."


def test_proxies_of_the_environment_are_not_used(fake: MakeFake, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = fake(lambda a: Says(200, {"tags": []}))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with client_of(registry.address) as client:
        assert client.tags("a", count=2).names == ()


@pytest.mark.parametrize("place", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
def test_a_name_that_leads_to_the_local_link_is_not_asked(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_INET6 if ":" in place else socket.AF_INET
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1)),
        (family, socket.SOCK_STREAM, 6, "", (place, 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    with client_of("http://rebound.example") as client:
        failure = failure_of(lambda: client.tags("a", count=2))
    assert failure.title == "This address is not asked."


def test_a_closed_port_a_wrong_name_and_an_unknown_authority_are_told_apart(
    fake: MakeFake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client_of("127.0.0.1:1") as client:
        assert "refused" in failure_of(lambda: client.tags("a", count=2)).detail
    registry = fake(lambda a: Says(), tls=server_context(Authority(tmp_path)))
    with client_of(f"https://{registry.address}") as client:
        failure = failure_of(lambda: client.tags("a", count=2))
    assert failure.why is Why.UNREACHABLE
    assert "TLS" in failure.detail
    assert "authority" in failure.hint
    assert registry.asked == []

    def nowhere(*_args: Any, **_named: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with client_of("nowhere.example") as client:
        assert "cannot be resolved" in failure_of(lambda: client.tags("a", count=2)).detail


def test_an_authority_that_the_machine_trusts_is_trusted(
    fake: MakeFake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = fake(lambda a: Says(200, {"tags": ["1"]}), tls=server_context(Authority(tmp_path)))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with client_of(f"https://{registry.address}") as client:
        assert client.tags("a", count=2).names == ("1",)
    with client_of(f"https://localhost:{registry.address.rpartition(':')[2]}") as client:  # not whom it is made out to
        assert "TLS" in failure_of(lambda: client.tags("a", count=2)).detail


def test_an_authority_that_is_kept_with_the_registry_is_trusted_for_it_and_no_other(
    fake: MakeFake, tmp_path: Path
) -> None:
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    registry = fake(lambda a: Says(200, {"tags": ["1"]}), tls=server_context(ours))

    def asking(authority: Authority) -> RegistryClient:
        pem = (authority.folder / "ca.pem").read_text()
        address = parse_address(f"https://{registry.address}")
        return RegistryClient(Credentials(address, "ada", SECRET, authorities=pem))

    with asking(ours) as client:
        assert client.tags("a", count=2).names == ("1",)
    with asking(others) as client:
        failure = failure_of(lambda: client.tags("a", count=2))
    assert "its certificate is not accepted" in failure.detail
    assert "paste that authority's certificate" in failure.hint
    with client_of(f"https://{registry.address}") as client:
        assert "certificate" in failure_of(lambda: client.tags("a", count=2)).detail


def test_the_authority_of_a_registry_vouches_for_where_its_tokens_come_from_too(fake: MakeFake, tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    tokens = fake(lambda a: Says(200, {"token": "t0ken"}), tls=server_context(ours))
    realm = f"https://{tokens.address}/token"
    registry = fake(lambda a: bearer(a, realm=realm, token=Says(404)), tls=server_context(ours))
    pem = (ours.folder / "ca.pem").read_text()
    address = parse_address(f"https://{registry.address}")
    with RegistryClient(Credentials(address, "ada", SECRET, authorities=pem)) as client:
        assert client.tags("team/app", count=5).names == ("1",)
    assert [asked.headers["authorization"] for asked in tokens.asked] == [BASIC]


def test_an_answer_that_drips_ends_with_its_budget() -> None:
    is_over = threading.Event()

    def drip() -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
            while not is_over.wait(0.02):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=drip)
        dripping.start()
        transport = Transport(f"http://127.0.0.1:{listener.getsockname()[1]}", read_s=0.3)
        try:
            failure = failure_of(lambda: transport.ask("GET", "/v2/", most_bytes=10))
        finally:
            is_over.set()
            transport.close()
            dripping.join(timeout=30)
    assert "in time" in failure.detail


def server_context(authority: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server-cert.pem", authority.folder / "server-key.pem")
    return context
