"""Terms of the list's filter that only the engine can resolve."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import IS_DEFAULT

LIST = "/hosts/local/containers/"


def names(client: Client, line: str) -> list[str]:
    answer = client.get(LIST, {"q": f"label:filters.test {line}"})
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["containers"]]


@pytest.fixture
def family(make_container: MakeContainer, raw: RawEngine) -> dict[str, str]:
    """Four containers, made in the order of their names."""
    mine = {"filters.test": ""}
    made = {
        "fam-a-zero": make_container(["true"], name="fam-a-zero", labels=mine),
        "fam-b-three": make_container(["sh", "-c", "exit 3"], name="fam-b-three", labels=mine),
        "fam-c-ports": make_container(
            name="fam-c-ports",
            labels=mine,
            ExposedPorts={"8080/tcp": {}, "53/udp": {}},
            host_config={"NetworkMode": "bridge", "PortBindings": {"8080/tcp": [{"HostPort": "18080"}]}},
        ),
        "fam-d-runs": make_container(name="fam-d-runs", labels=mine),
    }
    for name in ("fam-a-zero", "fam-b-three"):
        raw.post(f"/containers/{made[name]}/wait")
    return made


CHOSEN: list[tuple[str, list[str]]] = [
    ("exited:0", ["fam-a-zero"]),
    ("exited:0 exited:3", ["fam-a-zero", "fam-b-three"]),
    ("exited:3 status:exited", ["fam-b-three"]),
    ("-exited:3 status:exited", ["fam-a-zero"]),
    ("since:fam-b-three", ["fam-c-ports", "fam-d-runs"]),
    ("before:fam-b-three", ["fam-a-zero"]),
    ("since:fam-a-zero before:fam-d-runs", ["fam-b-three", "fam-c-ports"]),
    ("ancestor:dockerweb/base:1 status:running", ["fam-c-ports", "fam-d-runs"]),
    ("ancestor:no-such-image", []),
    ("expose:8080/tcp", ["fam-c-ports"]),
    ("expose:53/udp", ["fam-c-ports"]),
    ("publish:18080", ["fam-c-ports"]),
    ("publish:8080", []),  # its own port, not the host's
    ("is-task:true", []),
    ("limit:2", ["fam-c-ports", "fam-d-runs"]),
    ("limit:1 limit:3", ["fam-b-three", "fam-c-ports", "fam-d-runs"]),  # alternatives
    ("limit:3 status:exited", ["fam-b-three"]),
    ("limit:3 exited:0", []),  # of the last three
    ("-limit:2", ["fam-a-zero", "fam-b-three"]),
]


def test_the_engine_chooses_and_the_other_terms_hold_too(ada: Client, family: dict[str, str]) -> None:
    assert [(line, names(ada, line)) for line, _found in CHOSEN] == CHOSEN


def test_what_cannot_be_asked_is_said_at_the_filter(ada: Client, family: dict[str, str]) -> None:
    def told(line: str) -> tuple[int, dict[str, Any]]:
        answer = ada.get(LIST, {"q": line})
        return answer.status_code, answer.json()

    for line in (
        "exited:many",
        "publish:web",
        "is-task:maybe",
        "limit:0",
        "limit:some",
        "since:no-such-one",
        f"since:{family['fam-a-zero'][:5]}",
    ):
        status, problem = told(line)
        assert (status, bool(problem["detail"])) == (400, True), line
    page = ada.get(LIST, {"q": "since:no-such-one"}, headers={"Accept": "text/html"}).content.decode()
    assert "There is no container “no-such-one”." in page
    if not IS_DEFAULT:
        return
    Host.objects.filter(slug="local").update(api_version="1.20")
    assert told("exited:0")[0] == 200
    status, problem = told("since:fam-a-zero")
    assert (status, "1.22" in problem["detail"]) == (400, True)
