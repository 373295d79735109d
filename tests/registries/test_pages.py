"""The pages of registries: what they take, what they keep, what they never say."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Actor, Role
from apps.accounts.models import User
from apps.core.errors import AccessDenied
from apps.engine.errors import api_error_type
from apps.hosts import connections
from apps.hosts.models import Host
from apps.registries import selectors
from apps.registries.credentials import credentials_of, keep_secret
from apps.registries.models import Registry, SecretKind
from apps.registries.presenters import check_words
from apps.registries.services import Checked, Verdict, verdict_of
from tests.engine.certificates import Authority
from tests.registries.fake import Asked, FakeRegistry, Says

pytestmark = pytest.mark.django_db

SECRET = "canary-secret"
WISH = {"name": "Ours", "address": "r.example:5000", "username": "ada", "kind": "password", "secret": SECRET}
HTML, JSON = "text/html", "application/json"
DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def ada() -> Client:
    user = User.objects.create_user("ada", None, role=Role.ADMIN)
    client = Client(headers={"Accept": JSON})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def added(ada: Client, **fields: str) -> Registry:
    answer = ada.post("/registries/add/", {**WISH, **fields})
    assert answer.status_code == 201, answer.content
    return Registry.objects.get(pk=answer.json()["id"])


def pages_of(ada: Client, registry: Registry) -> str:
    paths = ("/registries/", f"/registries/{registry.pk}/", f"/registries/{registry.pk}/edit/")
    return "".join(
        ada.get(path, headers={"Accept": accept}).content.decode() for path in paths for accept in (HTML, JSON)
    )


def test_a_registry_is_kept_with_a_secret_that_no_page_shows(ada: Client) -> None:
    registry = added(ada)
    assert credentials_of(registry).password == SECRET
    assert registry.created_by is not None
    assert registry.created_by.username == "ada"
    shown = pages_of(ada, registry)
    assert "Ours" in shown
    assert SECRET not in shown
    assert registry.locked_secret not in shown
    listed = ada.get("/registries/").json()["registries"][0]
    assert (listed["has_secret"], listed["host"], listed["secret_kind"]) == (True, "r.example:5000", "password")


def test_an_empty_list_says_what_to_do(ada: Client) -> None:
    page = ada.get("/registries/", headers={"Accept": HTML}).content.decode()
    assert "No registry yet" in page
    assert "/registries/add/" in page


def test_an_authority_is_kept_shown_and_used(ada: Client, fake: Callable[..., FakeRegistry], tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server-cert.pem", tmp_path / "server-key.pem")
    served = fake(several, tls=context)
    pem = (authority.folder / "ca.pem").read_text()
    registry = added(ada, address=f"https://{served.address}", authorities=f"subject=/CN=ours\r\n{pem}\r\n")
    assert registry.authorities == pem.strip()
    assert registry.authorities in pages_of(ada, registry)
    tags = f"/registries/{registry.pk}/tags/?repository=team/app"
    assert ada.get(tags).status_code == 200
    assert ada.post(f"/registries/{registry.pk}/edit/", {"name": "Renamed"}).json()["authorities"] == pem.strip()
    assert ada.post(f"/registries/{registry.pk}/edit/", {"authorities": ""}).json()["authorities"] == ""
    told = ada.get(tags)
    assert told.status_code == 502
    assert "paste that authority's certificate" in told.json()["hint"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yes", "This is no certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "it may be cut off"),
        ("-----BEGIN CERTIFICATE-----\nMIIBé\n-----END CERTIFICATE-----", "it may be cut off"),
        ("-----BEGIN CERTIFICATE-----\n" * 3500, "This is no certificate in PEM"),
        ("-----BEGIN EC PRIVATE KEY-----\ncanary-key\n-----END EC PRIVATE KEY-----", "This is a private key"),
    ],
)
def test_what_is_no_authority_is_told_at_its_field(ada: Client, text: str, words: str) -> None:
    page = ada.post("/registries/add/", {**WISH, "authorities": text}, headers={"Accept": HTML}).content.decode()
    assert 'id="registry-authorities_error"' in page
    assert words in page
    assert "canary-key" not in page
    assert not Registry.objects.exists()


def test_a_refused_form_keeps_what_was_typed_but_no_secret(ada: Client) -> None:
    fields = {**WISH, "address": f"https://ada:{SECRET}@r.example/team"}
    answer = ada.post("/registries/add/", fields, headers={"Accept": HTML})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Ours"' in page
    assert "have fields of their own" in page
    assert "once more" in page
    assert SECRET not in page
    assert not Registry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "169.254.169.254"}, "address"),
        ({"username": ""}, "username"),
        ({"username": "a:b"}, "username"),
        ({"secret": ""}, "secret"),
        ({"secret": "a\nb"}, "secret"),
        ({"kind": "magic"}, "kind"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(ada: Client, fields: dict[str, str], field: str) -> None:
    page = ada.post("/registries/add/", {**WISH, **fields}, headers={"Accept": HTML}).content.decode()
    assert f'id="registry-{field}_error"' in page
    assert ada.post("/registries/add/", {**WISH, **fields}).status_code == 400
    assert not Registry.objects.exists()


def test_an_address_is_known_once(ada: Client) -> None:
    added(ada)
    answer = ada.post("/registries/add/", {**WISH, "address": "https://R.example:5000/v2/"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "It is called Ours.")


def test_a_name_is_taken_from_the_address(ada: Client) -> None:
    assert added(ada, name="", address="https://index.docker.io/v1/").name == "docker.io"


def test_an_open_registry_and_a_token_without_a_user_are_taken(ada: Client) -> None:
    assert not added(ada, username="", secret="", address="open.example").has_secret
    registry = added(ada, username="", kind="token", address="token.example")
    assert credentials_of(registry).identity_token == SECRET


def test_editing_keeps_the_secret_unless_another_is_entered(ada: Client) -> None:
    registry = added(ada)
    address = f"/registries/{registry.pk}/edit/"
    assert ada.post(address, {"name": "Renamed"}).json()["name"] == "Renamed"
    registry.refresh_from_db()
    assert (registry.username, credentials_of(registry).password) == ("ada", SECRET)
    ada.post(address, {"secret": "another"})
    registry.refresh_from_db()
    assert credentials_of(registry).password == "another"
    ada.post(address, {"kind": "token"})
    registry.refresh_from_db()
    assert credentials_of(registry).identity_token == "another"
    ada.post(address, {"forget": "on"})
    registry.refresh_from_db()
    assert not registry.has_secret


@pytest.mark.parametrize("address", ["other.example:5000", "r.example:5001", "http://r.example:5000"])
def test_another_address_clears_the_secret_and_says_so(ada: Client, address: str) -> None:
    registry = added(ada)
    answer = ada.post(
        f"/registries/{registry.pk}/edit/",
        {**WISH, "secret": "", "address": address},
        headers={"Accept": HTML},
        follow=True,
    )
    assert "for the former address: it is cleared" in answer.content.decode()
    registry.refresh_from_db()
    assert (registry.has_secret, registry.username) == (False, "ada")


def test_another_address_with_its_own_secret_keeps_that(ada: Client) -> None:
    registry = added(ada)
    answer = ada.post(f"/registries/{registry.pk}/edit/", {"address": "other.example", "secret": "new"})
    assert answer.json()["is_cleared"] is False
    registry.refresh_from_db()
    assert credentials_of(registry).password == "new"


def test_removing_forgets_it(ada: Client) -> None:
    registry = added(ada)
    assert ada.post(f"/registries/{registry.pk}/remove/").status_code == 200
    assert ada.get(f"/registries/{registry.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("status", "message", "verdict"),
    [
        (401, "unauthorized: incorrect username or password", Verdict.WRONG),
        (500, "login attempt to http://127.0.0.1:5731/v2/ failed with status: 401 Unauthorized", Verdict.WRONG),
        (500, 'Get "http://127.0.0.1:5731/v2/": no basic auth credentials', Verdict.WRONG),
        (500, 'Get "https://r.example/v2/": unauthorized: incorrect username or password', Verdict.WRONG),
        (500, 'Get "https://r.example/v2/": denied: access forbidden', Verdict.WRONG),
        (500, 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', Verdict.UNREACHABLE),
        (500, "dial tcp: lookup r.example on 10.0.0.53:53: no such host", Verdict.UNREACHABLE),
        (500, "Get https://10.1.1.1/v2/: dial tcp 10.1.1.1:443: i/o timeout", Verdict.UNREACHABLE),
        (500, "Get https://r/v2/: net/http: request canceled (Client.Timeout exceeded)", Verdict.UNREACHABLE),
        (500, "Get https://r/v2/: x509: certificate signed by unknown authority", Verdict.UNREACHABLE),
        (500, "Get https://r/v2/: http: server gave HTTP response to HTTPS client", Verdict.UNREACHABLE),
        (500, "Get https://r401.example/v2/: dial tcp: lookup r401.example: no such host", Verdict.UNREACHABLE),
        (500, "login attempt to https://r.example/v2/ failed with status: 404 Not Found", Verdict.STRANGE),
        (400, "unable to parse server address", Verdict.STRANGE),
    ],
)
def test_the_engines_words_are_one_of_the_verdicts(status: int, message: str, verdict: Verdict) -> None:
    assert verdict_of(api_error_type(status)(status, message)) is verdict


@pytest.fixture
def engine_says(
    fake: Callable[..., FakeRegistry], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., FakeRegistry]]:
    """`engine_says(answer)`: the engine of `local` answers so to POST /auth; what it was asked."""
    connections.forget()

    def make(answer: Says) -> FakeRegistry:
        facts = {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"}
        known = Says(200, facts, {"Api-Version": "1.41"})
        engine = fake(lambda asked: answer if asked.path.endswith("/auth") else known)
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{engine.address}")
        return engine

    yield make
    connections.forget()


def test_a_token_that_comes_of_a_check_is_kept_in_the_passwords_place(
    ada: Client, engine_says: Callable[..., FakeRegistry]
) -> None:
    engine = engine_says(Says(200, {"Status": "Login Succeeded", "IdentityToken": "canary-token"}))
    registry = added(ada, address="docker.io")
    answer = ada.post(f"/registries/{registry.pk}/check/")
    assert (answer.json()["verdict"], answer.json()["is_token_kept"]) == ("right", True)
    assert "canary" not in answer.content.decode()
    shown = json.loads(engine.asked[-1].body)
    assert shown == {"username": "ada", "password": SECRET, "serveraddress": "https://index.docker.io/v1/"}
    registry.refresh_from_db()
    assert (credentials_of(registry).identity_token, credentials_of(registry).password) == ("canary-token", "")
    assert ada.get(f"/registries/{registry.pk}/").json()["secret_kind"] == "token"
    ada.post(f"/registries/{registry.pk}/check/")
    assert json.loads(engine.asked[-1].body)["identitytoken"] == "canary-token"


def test_a_secret_in_the_engines_words_is_taken_out(ada: Client, engine_says: Callable[..., FakeRegistry]) -> None:
    engine_says(Says(500, {"message": f"cannot log in with {SECRET}: 401 Unauthorized"}))
    registry = added(ada)
    answer = ada.post(f"/registries/{registry.pk}/check/")
    assert (answer.json()["verdict"], answer.json()["detail"]) == ("wrong", "cannot log in with …: 401 Unauthorized")


def test_an_engine_that_does_not_trust_a_registry_is_told_where_the_certificate_goes() -> None:
    registry = Registry(name="Ours", scheme="https", host="r.example:5000")
    refused = "Get https://r.example:5000/v2/: x509: certificate signed by unknown authority"
    said = check_words(Checked(registry, "local", Verdict.UNREACHABLE, refused))
    assert said.title == "The engine of local does not accept the certificate of Ours."
    assert "/etc/docker/certs.d/r.example:5000/ca.crt" in said.hint
    other = check_words(Checked(registry, "local", Verdict.UNREACHABLE, "dial tcp: connection refused"))
    assert "certs.d" not in other.hint


def test_an_engine_that_is_away_is_no_verdict_on_the_registry(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connections.forget()
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    registry = added(ada)
    answer = ada.post(f"/registries/{registry.pk}/check/")
    connections.forget()
    assert (answer.status_code, answer.json()["title"]) == (502, "The engine cannot be reached.")


def manifest(size: int) -> dict[str, object]:
    return {"schemaVersion": 2, "config": {"size": 0}, "layers": [{"size": size}]}


def several(asked: Asked) -> Says:
    """A repository with one tag of two platforms, one that is plain, and one that cannot be told."""
    if asked.path.endswith("/tags/list"):
        return Says(200, {"tags": ["plain", "several", "broken"]})
    what = asked.path.rpartition("/")[2]
    entries = [
        {"digest": f"sha256:{digit * 64}", "platform": {"os": "linux", "architecture": name}}
        for digit, name in (("1", "amd64"), ("2", "arm64"))
    ]
    bodies = {"several": {"manifests": entries}, "plain": manifest(7), "sha256:" + "1" * 64: manifest(10)}
    bodies["sha256:" + "2" * 64] = manifest(20)
    if what not in bodies:
        return Says(500)
    return Says(200, bodies[what], {"Docker-Content-Digest": DIGEST})


def test_sizes_are_told_by_platform_and_one_that_fails_leaves_the_others(
    ada: Client, fake: Callable[..., FakeRegistry]
) -> None:
    registry = added(ada, address=fake(several).address)
    found = ada.get(f"/registries/{registry.pk}/tags/?repository=team/app").json()["tags"]
    by_name = {tag["name"]: tag for tag in found}
    assert by_name["plain"]["size_bytes"] == 7
    assert by_name["several"]["sizes"] == [["linux/amd64", 10], ["linux/arm64", 20]]
    assert by_name["broken"]["problem"] == "This is not how a registry answers."
    page = ada.get(f"/registries/{registry.pk}/tags/?repository=team/app", headers={"Accept": HTML})
    assert "linux/arm64" in page.content.decode()


def test_a_tag_leads_to_its_pull_by_name_and_by_digest_on_each_host(
    ada: Client, fake: Callable[..., FakeRegistry]
) -> None:
    registry = added(ada, address=fake(several).address)
    address = f"/registries/{registry.pk}/tags/?repository=team/app"
    (tag, digest) = (f"{registry.host}/team/app{ending}" for ending in (":plain", f"@{DIGEST}"))
    by_name = {one["name"]: one for one in ada.get(address).json()["tags"]}
    assert (by_name["plain"]["reference"], by_name["plain"]["digest_reference"]) == (tag, digest)
    assert by_name["broken"]["digest_reference"] == ""

    def places() -> list[tuple[str, str]]:
        page = unescape(ada.get(address, headers={"Accept": HTML}).content.decode())
        found = re.findall(r'href="/hosts/([a-z-]+)/images/pull/\?image=([^"]+)"', page)
        return [(slug, unquote(image)) for slug, image in found]

    assert ("local", tag) in places() and ("local", digest) in places()
    Host.objects.create(slug="far", name="Far away", endpoint="tcp://127.0.0.1:1")
    assert ("far", tag) in places() and ("local", digest) in places()
    form = ada.get("/hosts/far/images/pull/", {"image": digest}, headers={"Accept": HTML}).content.decode()
    assert f'value="{digest}"' in form


def test_only_the_tags_of_the_page_are_asked_for_their_size(ada: Client, fake: Callable[..., FakeRegistry]) -> None:
    names = [f"v{number:03}" for number in range(60)]

    def many(asked: Asked) -> Says:
        if asked.path.endswith("/tags/list"):
            return Says(200, {"tags": names})
        return Says(200, manifest(1), {"Docker-Content-Digest": DIGEST})

    served = fake(many)
    registry = added(ada, address=served.address)
    page = ada.get(f"/registries/{registry.pk}/tags/?repository=a").json()
    assert [tag["name"] for tag in page["tags"]] == names[: selectors.TAGS_A_PAGE]
    assert len(served.asked) == 1 + selectors.TAGS_A_PAGE
    following = ada.get(f"/registries/{registry.pk}/tags/?repository=a&after={page['more_after']}").json()
    assert following["tags"][0]["name"] == names[selectors.TAGS_A_PAGE]


def test_a_registry_that_wants_a_pause_is_left_in_peace(ada: Client, fake: Callable[..., FakeRegistry]) -> None:
    def busy(asked: Asked) -> Says:
        if asked.path.endswith("/tags/list"):
            return Says(200, {"tags": [f"v{number}" for number in range(60)]})
        return Says(429, {}, {"Retry-After": "30"})

    served = fake(busy)
    registry = added(ada, address=served.address)
    page = ada.get(f"/registries/{registry.pk}/tags/?repository=a").json()
    assert len(served.asked) < 1 + selectors.TAGS_A_PAGE
    assert "The registry was asked too often." in {tag["problem"] for tag in page["tags"]}


def test_a_failure_is_told_beside_what_the_page_still_can_do(ada: Client, fake: Callable[..., FakeRegistry]) -> None:
    registry = added(ada, address=fake(lambda asked: Says(429, {}, {"Retry-After": "30"})).address)
    answer = ada.get(f"/registries/{registry.pk}/repositories/", headers={"Accept": HTML})
    assert answer.status_code == 503
    assert "Try again in 30 seconds." in answer.content.decode()
    assert "Open a repository" in answer.content.decode()
    assert ada.get(f"/registries/{registry.pk}/repositories/").json()["hint"] == "Try again in 30 seconds."


def test_deletion_compares_every_tag_and_says_when_it_could_not(ada: Client, fake: Callable[..., FakeRegistry]) -> None:
    def shared(asked: Asked) -> Says:
        if asked.path.endswith("/tags/list"):
            return Says(200, {"tags": ["1", "2", "3", "broken"]})
        what = asked.path.rpartition("/")[2]
        other = "sha256:" + "9" * 64
        return (
            Says(500)
            if what == "broken"
            else Says(200, {}, {"Docker-Content-Digest": other if what == "3" else DIGEST})
        )

    registry = added(ada, address=fake(shared).address)
    found = ada.get(f"/registries/{registry.pk}/delete-tag/", {"repository": "a", "tag": "1"}).json()
    assert (found["also"], found["is_complete"]) == (["2"], False)


@pytest.mark.parametrize(
    "query", ["repository=..%2Fx", "repository=", "repository=A", "repository=a?b", "repository=a%2F..%2Fb"]
)
def test_what_is_no_repository_is_not_asked_for(ada: Client, fake: Callable[..., FakeRegistry], query: str) -> None:
    served = fake(lambda asked: Says(200, {"tags": []}))
    registry = added(ada, address=served.address)
    assert ada.get(f"/registries/{registry.pk}/tags/?{query}").status_code == 400
    assert ada.get(f"/registries/{registry.pk}/delete-tag/?{query}&tag=1").status_code == 400
    assert served.asked == []


def test_a_name_of_docker_hub_gets_its_library() -> None:
    registry = Registry(name="Hub", scheme="https", host="docker.io")
    keep_secret(registry, SECRET, kind=SecretKind.PASSWORD)
    assert selectors.checked_repository(registry, "nginx") == "library/nginx"
    assert selectors.checked_repository(registry, "team/app") == "team/app"


def test_nobody_but_admins_may_look() -> None:
    with pytest.raises(AccessDenied):
        selectors.registry_list(Actor(1, "joan", Role.VIEWER))
