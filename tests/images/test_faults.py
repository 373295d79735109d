"""Images of an engine that is away, or newer than ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.hosts import connections, snapshots
from apps.hosts.models import Host
from apps.images import kept
from tests.engines.scripted import Exchange, ScriptedEngine

LIST = "/hosts/local/images/"
JSON = {"Accept": "application/json"}
ID = "sha256:" + "a" * 64
ROW = {"Id": ID, "RepoTags": ["web:1"], "Size": 100, "SharedSize": 40, "Created": 1}


@pytest.fixture
def ada(db: None) -> Iterator[Client]:
    for module in (connections, snapshots, kept):
        module.forget()
    user = User.objects.create_user("ada", "correct horse battery", role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    yield client
    for module in (connections, snapshots, kept):
        module.forget()


def test_an_engine_that_was_never_reached_is_said_to_be_so(ada: Client) -> None:
    Host.objects.filter(slug="local").update(endpoint="unix:///nowhere/docker.sock")
    page = ada.get(LIST)
    assert (page.status_code, "The engine cannot be reached." in page.content.decode()) == (200, True)
    assert ada.get(LIST, headers=JSON).status_code == 502
    assert ada.get(f"{LIST}web:1/", headers=JSON).status_code == 502


def test_the_list_kept_last_is_shown_while_the_engine_is_away(ada: Client) -> None:
    with ScriptedEngine() as engine:
        engine.on("GET", "/images/json", [ROW])
        engine.on("GET", "/containers/json", [])
        Host.objects.filter(slug="local").update(endpoint=engine.url)
        assert ada.get(LIST, headers=JSON).json()["is_stale"] is False
    told = ada.get(LIST, headers=JSON).json()
    assert (told["is_stale"], [row["tags"] for row in told["images"]]) == (True, [["web:1"]])


def test_from_1_42_on_the_list_itself_measures_what_is_shared(ada: Client) -> None:
    with ScriptedEngine(api_version="1.43") as engine:
        engine.on("GET", "/images/json", [ROW])
        engine.on("GET", "/containers/json", [])
        Host.objects.filter(slug="local").update(endpoint=engine.url)
        assert ada.get(f"{LIST}sizes/").json() == {"shared": {ID: 40}, "layers": None}
        assert engine.seen("GET", "/images/json")[-1].query["shared-size"] == "1"
        assert engine.seen("GET", "/system/df") == []
        [row] = ada.get(LIST, headers=JSON).json()["images"]
        assert (row["shared"], row["unique"]) == (40, 60)


def test_a_measuring_of_somebody_else_is_waited_for(ada: Client) -> None:
    answers = [(500, {"message": "a disk usage operation is already running"}), {"LayersSize": 100, "Images": [ROW]}]
    with ScriptedEngine() as engine:
        engine.on("GET", "/images/json", [ROW])
        engine.on("GET", "/system/df", lambda exchange: _answered(exchange, answers.pop(0)))
        Host.objects.filter(slug="local").update(endpoint=engine.url)
        assert ada.get(f"{LIST}sizes/").json() == {"shared": {ID: 40}, "layers": 100}
        assert len(engine.seen("GET", "/system/df")) == 2
        engine.on("GET", "/images/json", [ROW | {"Id": "sha256:" + "b" * 64}])
        engine.on("GET", "/system/df", (500, {"message": "the disk is on fire"}))
        assert ada.get(f"{LIST}sizes/", headers=JSON).status_code == 502


def _answered(exchange: Exchange, answer: object) -> None:
    status, content = answer if isinstance(answer, tuple) else (200, answer)
    exchange.answer(status, content)
