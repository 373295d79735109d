"""The signal of a stop, which came with API 1.42: newer than the engine the other tests have."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.containers.presenters.telling import tell_choices, verb_missing
from apps.engine.version import ApiVersion
from apps.hosts import connections
from apps.hosts.models import Host
from tests.engines.scripted import ScriptedEngine

FULL = "ab" * 32
AT = f"/hosts/local/containers/{FULL}/"
INSPECTED: dict[str, Any] = {"Id": FULL, "Name": "/web", "State": {"Status": "running", "Running": True}}


@pytest.fixture
def engine(db: None) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(api_version="1.43") as scripted:
        scripted.on("GET", "/containers/{id}/json", INSPECTED)
        scripted.on("GET", "/containers/json", [])
        for verb in ("stop", "restart"):
            scripted.on("POST", f"/containers/{{id}}/{verb}", (204, None))
        Host.objects.filter(slug="local").update(endpoint=scripted.url)
        connections.forget()
        yield scripted
        connections.forget()


@pytest.fixture
def ada(engine: ScriptedEngine) -> Client:
    user = User.objects.create_user("ada", "correct horse battery", role=Role.ADMIN)
    client = Client(headers={"Accept": "application/json"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def speak(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    connections.forget()


@pytest.mark.parametrize("verb", ["stop", "restart"])
def test_the_signal_reaches_an_engine_that_knows_it(ada: Client, engine: ScriptedEngine, verb: str) -> None:
    speak("1.42")
    assert ada.post(f"{AT}{verb}/", {"signal": "sigint", "timeout": "3"}).status_code == 200
    (asked,) = engine.seen("POST", f"/containers/{FULL}/{verb}")
    assert (asked.version, asked.query) == ("1.42", {"t": "3", "signal": "SIGINT"})


@pytest.mark.parametrize("verb", ["stop", "restart"])
def test_an_older_engine_is_not_asked_and_the_version_is_named(ada: Client, engine: ScriptedEngine, verb: str) -> None:
    speak("1.41")
    answer = ada.post(f"{AT}{verb}/", {"signal": "SIGINT"})
    assert answer.status_code >= 400
    assert "1.42" in answer.content.decode()
    assert not engine.seen("POST", f"/containers/{FULL}/{verb}")
    assert ada.post(f"{AT}{verb}/").status_code == 200


@pytest.mark.parametrize("version", ["1.41", "1.42"])
def test_the_dialog_offers_it_or_says_what_brings_it(ada: Client, version: str) -> None:
    speak(version)
    page = unescape(ada.get(f"{AT}inspect/", headers={"Accept": "text/html"}).content.decode())
    is_missing = version == "1.41"
    assert ("Came with API 1.42; this engine is spoken to in API 1.41." in page) is is_missing
    field = page[page.index('id="stop-signal"') :].partition(">")[0]
    assert field.endswith(" disabled") is is_missing


def test_what_can_be_waited_for_is_what_the_version_has() -> None:
    older = tell_choices("web", ApiVersion(1, 29))
    assert [(choice.condition, bool(choice.missing)) for choice in older] == [
        ("", False),
        ("next-exit", True),
        ("removed", True),
    ]
    newer = tell_choices("web", ApiVersion(1, 30))
    assert [choice.condition for choice in newer if not choice.missing] == ["not-running", "next-exit", "removed"]
    assert verb_missing(ApiVersion(1, 42)) == {}
