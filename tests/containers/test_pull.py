"""A missing image: pulled, told of line by line, a late error is a failure, and creating is tried once more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import AsyncClient, Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.hosts import connections
from apps.hosts.models import Host
from apps.registries.credentials import keep_secret
from apps.registries.models import Registry, SecretKind
from tests.engines.scripted import Exchange, ScriptedEngine

CREATE = "/hosts/local/containers/create/"
FULL_ID = "c" * 64
PROGRESS = b'{"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"aaa"}\r\n'
LATE_ERROR = b'{"errorDetail":{"message":"unknown blob"},"error":"unknown blob"}\r\n'
DONE = b'{"status":"Status: Downloaded newer image"}\r\n'


@pytest.fixture
def scripted(transactional_db: None) -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as engine:
        engine.on("GET", "/images/json", [])
        engine.on("GET", "/networks", [])
        Host.objects.filter(slug="local").update(endpoint=engine.url)
        connections.forget()
        yield engine
        connections.forget()


def admin() -> User:
    return User.objects.create_user("ada", "correct horse battery", role=Role.ADMIN)


def lines(*pieces: bytes) -> object:
    def script(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        for piece in pieces:
            exchange.chunk(piece)
        exchange.end()

    return script


async def pulled(image: str, platform: str = "") -> list[dict[str, object]]:
    client = AsyncClient()
    user = await sync_to_async(admin)()
    await client.aforce_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = await client.post(f"{CREATE}pull/", {"image": image, "platform": platform})
    assert answer.status_code == 200
    body = b"".join([piece async for piece in answer.streaming_content])  # type: ignore[attr-defined]
    return [json.loads(line) for line in body.splitlines()]


async def test_a_pull_is_told_of_as_it_goes(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", lines(PROGRESS[:20], PROGRESS[20:] + DONE))
    told = await pulled("registry.example:5000/team/app:2", "linux/arm64")
    assert told[0] == {"id": "aaa", "status": "Downloading", "current": 5, "total": 10, "error": ""}
    assert [line["error"] for line in told] == ["", ""]
    (seen,) = scripted.seen("POST", "/images/create")
    assert seen.query == {"fromImage": "registry.example:5000/team/app", "tag": "2", "platform": "linux/arm64"}


async def test_the_credentials_of_its_registry_go_along(scripted: ScriptedEngine) -> None:
    def keep() -> None:
        registry = Registry(name="Shop", host="registry.example:5000", username="ada")
        keep_secret(registry, "a>>>b???", kind=SecretKind.PASSWORD)
        registry.save()

    await sync_to_async(keep)()
    scripted.on("POST", "/images/create", lines(DONE))
    await pulled("registry.example:5000/team/app:2")
    (seen,) = scripted.seen("POST", "/images/create")
    sent = json.loads(base64.urlsafe_b64decode(seen.headers["x-registry-auth"]))
    assert (sent["username"], sent["password"]) == ("ada", "a>>>b???")


async def test_an_error_after_the_first_line_is_a_failure(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", lines(PROGRESS, LATE_ERROR))
    assert (await pulled("app"))[-1]["error"] == "unknown blob"


async def test_an_error_before_the_first_line_is_a_failure(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", (404, {"message": "pull access denied for app"}))
    assert (await pulled("app"))[-1]["error"] == "pull access denied for app"


async def test_a_pull_that_is_cut_is_a_failure(scripted: ScriptedEngine) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(PROGRESS)
        exchange.die()

    scripted.on("POST", "/images/create", cut)
    assert "went away" in str((await pulled("app"))[-1]["error"])


def posted(scripted: ScriptedEngine, **fields: str) -> object:
    client = Client()
    client.force_login(admin(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.post(CREATE, {"image": "app:1", **fields})


def test_without_scripts_the_image_is_pulled_and_creating_tried_once_more(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", lines(PROGRESS, DONE))
    scripted.on("POST", "/containers/create", (201, {"Id": FULL_ID, "Warnings": None}))
    answer = posted(scripted, pull="1", name="web")
    assert answer["Location"] == f"/hosts/local/containers/{FULL_ID}/"  # type: ignore[index]
    (seen,) = scripted.seen("POST", "/containers/create")
    assert seen.json == {"Image": "app:1"}
    assert seen.query == {"name": "web"}


def test_without_scripts_a_failed_pull_is_said_and_nothing_is_created(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", lines(PROGRESS, LATE_ERROR))
    answer = posted(scripted, pull="1", env="KEPT=yes")
    assert answer.status_code == 502  # type: ignore[attr-defined]
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert "unknown blob" in page
    assert 'name="pull"' in page
    assert "KEPT=yes" in page
    assert scripted.seen("POST", "/containers/create") == []


def test_conformance_10_an_image_that_is_missing_twice_is_pulled_once(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/images/create", lines(PROGRESS, DONE))
    scripted.on("POST", "/containers/create", (404, {"message": "No such image: app:1"}))
    answer = posted(scripted, pull="1")
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert len(scripted.seen("POST", "/images/create")) == 1


def test_conformance_10_a_start_that_misses_its_network_pulls_nothing(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/containers/create", (201, {"Id": FULL_ID}))
    scripted.on("POST", f"/containers/{FULL_ID}/start", (404, {"message": "network shop not found"}))
    answer = posted(scripted, start="on", network="shop")
    assert answer.status_code == 502  # type: ignore[attr-defined]
    assert "network shop not found" in answer.content.decode()  # type: ignore[attr-defined]
    assert scripted.seen("POST", "/images/create") == []


def test_an_engine_that_dies_while_it_creates_leaves_what_was_typed(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/containers/create", lambda exchange: exchange.die())
    answer = posted(scripted, env="KEPT=yes")
    assert answer.status_code == 502  # type: ignore[attr-defined]
    assert "KEPT=yes" in answer.content.decode()  # type: ignore[attr-defined]
    assert len(scripted.seen("POST", "/containers/create")) == 1


def test_an_engine_that_went_away_leaves_what_was_typed(scripted: ScriptedEngine) -> None:
    scripted.stop_listening()
    scripted.drop_connections()
    answer = posted(scripted, env="KEPT=yes")
    assert answer.status_code == 502  # type: ignore[attr-defined]
    assert "KEPT=yes" in answer.content.decode()  # type: ignore[attr-defined]
