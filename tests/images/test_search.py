"""A search that succeeds, asked of a scripted engine: there is no way to the internet here."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.hosts import connections
from apps.hosts.models import Host
from apps.registries.addresses import parse_address
from apps.registries.credentials import keep_secret
from apps.registries.models import Registry, SecretKind
from tests.engines.scripted import ScriptedEngine

SEARCH = "/hosts/local/images/search/"
FOUND = [
    {"name": "nginx", "description": "Official <b>build</b>", "star_count": 19000, "is_official": True},
    {"name": "bitnami/nginx", "description": "", "star_count": 180, "is_official": False, "is_automated": True},
]


@pytest.fixture
def scripted(db: None) -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as engine:
        engine.on("GET", "/images/search", FOUND)
        Host.objects.filter(slug="local").update(endpoint=engine.url)
        connections.forget()
        yield engine
        connections.forget()


@pytest.fixture
def ada(scripted: ScriptedEngine) -> Client:
    user = User.objects.create_user("ada", "correct horse battery", role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_what_is_asked_reaches_the_engine_and_what_it_finds_is_shown(ada: Client, scripted: ScriptedEngine) -> None:
    asked = {"term": "nginx", "limit": "5", "stars": "3", "is_official": "true", "is_automated": "false"}
    told = ada.get(SEARCH, asked, headers={"Accept": "application/json"}).json()
    assert [(one["name"], one["stars"], one["is_official"], one["is_automated"]) for one in told["results"]] == [
        ("nginx", 19000, True, False),
        ("bitnami/nginx", 180, False, True),
    ]
    [seen] = scripted.seen("GET", "/images/search")
    assert (seen.query["term"], seen.query["limit"]) == ("nginx", "5")
    assert json.loads(seen.query["filters"]) == {"is-official": ["true"], "is-automated": ["false"], "stars": ["3"]}
    assert "x-registry-auth" not in {name.lower() for name in seen.headers}
    page = ada.get(SEARCH, {"term": "nginx"}).content.decode()
    assert "bitnami/nginx" in page and "19000" in page and "official" in page
    assert "<b>build</b>" not in page


def test_nothing_found_is_said(ada: Client, scripted: ScriptedEngine) -> None:
    scripted.on("GET", "/images/search", [])
    assert "Nothing found" in ada.get(SEARCH, {"term": "nginx"}).content.decode()


def test_what_another_registry_has_is_pulled_from_there(ada: Client, scripted: ScriptedEngine) -> None:
    scripted.on("GET", "/images/search", [{"name": "web"}, {"name": "registry.example.com:5000/other/web"}])

    def names(term: str) -> list[str]:
        told = ada.get(SEARCH, {"term": term}, headers={"Accept": "application/json"}).json()
        return [one["name"] for one in told["results"]]

    assert names("registry.example.com:5000/we") == [
        "registry.example.com:5000/web",
        "registry.example.com:5000/other/web",
    ]
    assert names("we")[0] == names("team/we")[0] == names("docker.io/we")[0] == "web"
    page = ada.get(SEARCH, {"term": "registry.example.com:5000/we"}).content.decode()
    assert "pull/?image=registry.example.com%3A5000%2Fweb" in page
    assert "pull/?image=web" not in page


def test_a_search_in_a_registry_takes_its_credentials(ada: Client, scripted: ScriptedEngine) -> None:
    address = parse_address("registry.example.com")
    known = Registry(name="ours", scheme=address.scheme, host=address.host, username="ada")
    keep_secret(known, "secret~~~???", kind=SecretKind.PASSWORD)
    known.save()
    ada.get(SEARCH, {"term": "registry.example.com/web"})
    ada.get(SEARCH, {"term": "web"})
    sent = [
        {name.lower(): value for name, value in one.headers.items()}.get("x-registry-auth")
        for one in scripted.seen("GET", "/images/search")
    ]
    assert sent[0] and sent[1] is None


def test_an_old_engine_knows_no_filters(ada: Client, scripted: ScriptedEngine) -> None:
    Host.objects.filter(slug="local").update(api_version="1.20")
    connections.forget()
    page = ada.get(SEARCH, {"term": "nginx"})
    assert page.status_code == 200
    assert all(page.context["form"].fields[name].disabled for name in ("stars", "limit", "is_official"))
    assert "1.24" in page.content.decode()
