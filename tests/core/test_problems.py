"""Every expected failure becomes a page, a toast or JSON with the same words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from apps.core.errors import AccessDenied, InvalidInput, NotFoundHere, TooLarge, Unavailable
from apps.core.http import wants_fragment, wants_json
from apps.core.middleware import FetchSite, Problems
from apps.core.problems import problem_of
from apps.core.views import server_error
from apps.engine import errors as engine
from apps.engine.endpoint import Endpoint
from apps.engine.version import ApiVersion

HERE = Endpoint.parse("unix:///run/nowhere.sock")

FAILURES = [
    (InvalidInput("This will not do."), 400),
    (AccessDenied(), 403),
    (NotFoundHere(), 404),
    (TooLarge("Too much."), 413),
    (Unavailable("Not now."), 503),
    (engine.BadRequest(400, "bad parameter"), 400),
    (engine.Unauthorized(401, "authentication required"), 502),
    (engine.Forbidden(403, "authorization denied by plugin"), 403),
    (engine.NotFound(404, "No such container: x"), 404),
    (engine.Conflict(409, "container is paused"), 409),
    (engine.NotImplementedByEngine(501, "logging driver does not support reading"), 501),
    (engine.ServerFault(500, "driver failed"), 502),
    (engine.Unreachable(HERE, engine.Reason.NO_SOCKET), 502),
    (engine.TimedOut("ContainerList", 10.0), 504),
    (engine.TimedOut("ContainerStop", 60.0, is_change=True), 504),
    (engine.VersionTooOld("ContainerWait", ApiVersion.parse("1.30"), ApiVersion.parse("1.24")), 501),
    (engine.NoCommonVersion("1.20-1.51", "1.12-1.19"), 502),
    (engine.ProtocolBroken("not HTTP"), 502),
    (engine.EngineGone("ContainerLogs"), 502),
]


def asked(**headers: str) -> HttpRequest:
    return RequestFactory().get("/somewhere/", headers=headers)


@pytest.mark.parametrize(("failure", "status"), FAILURES, ids=lambda value: type(value).__name__)
def test_a_failure_has_a_status_and_words(failure: Exception, status: int) -> None:
    problem = problem_of(failure)
    assert problem.status == status
    assert problem.title.endswith(".")
    assert problem.close_code == 4000 + status


def test_the_engines_own_words_are_kept() -> None:
    assert problem_of(engine.Conflict(409, "container is paused")).detail == "container is paused"


def test_an_unreachable_engine_comes_with_a_hint() -> None:
    problem = problem_of(engine.Unreachable(HERE, engine.Reason.PERMISSION))
    assert "docker" in problem.hint


def answer(request: HttpRequest, failure: Exception) -> Any:
    return Problems(lambda _: None).process_exception(request, failure)  # type: ignore[arg-type, return-value]


def test_a_script_gets_json() -> None:
    response = answer(asked(accept="application/json"), engine.NotFound(404, "No such container: x"))
    assert response.status_code == 404
    words = json.loads(response.content)
    assert set(words) == {"status", "title", "detail", "hint"}
    assert words["detail"] == "No such container: x"


def test_a_script_gets_the_problem_as_a_toast_and_no_page() -> None:
    response = answer(asked(**{"X-Fragment": "1"}), engine.Conflict(409, "ist pausiert – ü"))
    assert response.status_code == 409
    assert response.content == b""
    said = json.loads(response["X-Toast"])
    assert (said["kind"], said["detail"]) == ("error", "ist pausiert – ü")


def test_a_bug_is_not_hidden_as_a_problem() -> None:
    assert answer(asked(), KeyError("oops")) is None


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
        ("application/json, text/html;q=0.5", True),
    ],
)
def test_json_is_for_those_who_prefer_it(accept: str, is_json: bool) -> None:
    assert wants_json(asked(accept=accept)) is is_json


def test_a_script_that_wants_a_fragment_says_so_by_its_header() -> None:
    assert wants_fragment(asked(**{"X-Fragment": "1"}))
    assert not wants_fragment(asked())


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", 200), ("same-site", 200), ("", 200)])
def test_a_change_that_another_site_asks_for_is_refused(site: str, status: int) -> None:
    from django.http import HttpResponse

    request = RequestFactory().post("/x/", headers={"sec-fetch-site": site, "accept": "application/json"})
    assert FetchSite(lambda _: HttpResponse())(request).status_code == status


def test_our_own_failure_is_told_without_the_database_in_every_form() -> None:
    assert b"went wrong" in server_error(asked()).content
    assert json.loads(server_error(asked(accept="application/json")).content)["status"] == 500
    assert json.loads(server_error(asked(**{"X-Fragment": "1"}))["X-Toast"])["kind"] == "error"


def test_a_host_name_that_is_not_ours_is_told_with_what_to_do(client: Client) -> None:
    response = client.get("/accounts/login/", headers={"host": "evil.test"})
    assert response.status_code == 400
    assert "DOCKERWEB_HOSTS" in response.content.decode()
    assert "evil.test" not in response.content.decode()


def test_an_address_that_is_none_is_a_404_in_words(client: Client, db: None) -> None:
    response = client.get("/nowhere/", headers={"accept": "application/json"})
    assert (response.status_code, response.json()["title"]) == (404, "There is nothing here.")
