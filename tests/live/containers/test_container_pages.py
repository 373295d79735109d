"""The pages of one container as programs and browsers get them: who may see the environment's values."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from tests.engines.private import MakeContainer
from tests.live.server import Server

SECRET = "hunter2-of-the-database"


def asked(server: Server, path: str, *, user: str | None, accept: str = "application/json") -> tuple[int, str]:
    """Status and body of a GET by this person."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Accept": accept} | ({"Cookie": server.session_cookie(user)} if user else {})
    try:
        connection.request("GET", f"{server.prefix}/hosts/local/containers/{path}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture
def secretive(make_container: MakeContainer) -> str:
    """A container with a secret in its environment."""
    return make_container(start=False, Env=[f"DB_PASSWORD={SECRET}", "LANG=C"])


@pytest.mark.parametrize(("user", "status"), [("ada", 200), ("joan", 403), (None, 401)])
def test_values_of_the_environment_are_for_who_has_the_right(
    live_server: Server, secretive: str, user: str | None, status: int
) -> None:
    got, body = asked(live_server, f"{secretive}/env/", user=user)
    assert got == status
    assert (SECRET in body) == (status == 200)
    got, body = asked(live_server, f"{secretive}/inspect/?env=1", user=user)
    assert got == status
    assert (SECRET in body) == (status == 200)


@pytest.mark.parametrize("user", ["ada", "joan"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("tab", ["", "inspect/"])
def test_no_page_holds_a_value_that_nobody_asked_for(
    live_server: Server, secretive: str, user: str, accept: str, tab: str
) -> None:
    status, body = asked(live_server, f"{secretive}/{tab}", user=user, accept=accept)
    assert status == 200
    assert "DB_PASSWORD" in body
    assert SECRET not in body


def test_programs_get_the_summary_as_json(live_server: Server, make_container: MakeContainer) -> None:
    container_id = make_container(name="told-as-json", labels={"tier": "backend"})
    status, body = asked(live_server, "told-as-json/", user="joan")
    told: dict[str, Any] = json.loads(body)
    assert status == 200
    assert told["container"]["id"] == container_id
    assert told["container"]["state"] == "running"
    assert ["tier", "backend"] in told["detail"]["labels"]


def test_a_container_that_is_not_there_is_a_problem_in_words(live_server: Server) -> None:
    status, body = asked(live_server, "no-such-container/", user="ada")
    assert status == 404
    assert json.loads(body)["title"]
