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
OTHER = "cd" * 32
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


@pytest.mark.parametrize("version", ["1.41", "1.42"])
@pytest.mark.parametrize("verb", ["stop", "restart"])
def test_the_list_s_dialogs_offer_it_or_say_what_brings_it(ada: Client, version: str, verb: str) -> None:
    speak(version)
    page = unescape(ada.get("/hosts/local/containers/", headers={"Accept": "text/html"}).content.decode())
    dialog = page[page.index(f'id="ask-{verb}"') :].partition("</dialog>")[0]
    is_missing = version == "1.41"
    assert ("Came with API 1.42; this engine is spoken to in API 1.41." in dialog) is is_missing
    field = dialog[dialog.index(f'id="{verb}-signal"') :].partition(">")[0]
    assert field.endswith(" disabled") is is_missing
    assert f'id="{verb}-timeout" name="timeout"' in dialog


@pytest.mark.parametrize("verb", ["stop", "restart"])
def test_several_containers_are_told_the_same_signal(ada: Client, engine: ScriptedEngine, verb: str) -> None:
    speak("1.42")
    engine.on("GET", f"/containers/{OTHER}/json", INSPECTED | {"Id": OTHER, "Name": "/db"})
    fields = {"verb": verb, "id": [FULL, OTHER], "signal": "sigquit", "timeout": "4"}
    answer = ada.post("/hosts/local/containers/bulk/", fields)
    assert (answer.status_code, answer.json()["failed"]) == (200, 0)
    for each in (FULL, OTHER):
        (asked,) = engine.seen("POST", f"/containers/{each}/{verb}")
        assert asked.query == {"t": "4", "signal": "SIGQUIT"}


def test_several_containers_of_an_older_engine_are_left_alone_and_each_says_why(
    ada: Client, engine: ScriptedEngine
) -> None:
    speak("1.41")
    fields = {"verb": "stop", "id": [FULL], "signal": "SIGINT"}
    answer = ada.post("/hosts/local/containers/bulk/", fields).json()
    assert answer["failed"] == 1
    assert "1.42" in str(answer["results"])
    assert not engine.seen("POST", f"/containers/{FULL}/stop")


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
