"""Which containers meet a query, how they are counted and sorted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.containers.forms.listing import CONTAINERS
from apps.containers.listed import Listed, chip_counts, listed, sorted_rows
from apps.containers.query.completion import suggestions
from apps.containers.query.language import parse
from apps.containers.query.matching import matching
from apps.engine.types.container_brief import container_briefs_of


def container(name: str, *, state: str = "running", status: str = "Up 3 hours", **fields: Any) -> dict[str, Any]:
    return {
        "Id": (name.encode().hex() * 40)[:64],
        "Names": [f"/{name}"],
        "Image": "nginx:1.27",
        "State": state,
        "Status": status,
        "Created": 1_795_000_000,
        **fields,
    }


WEB = container(
    "web",
    status="Up 3 hours (healthy)",
    Labels={"com.docker.compose.project": "shop", "tier": "front"},
    NetworkSettings={"Networks": {"shop_default": {"NetworkID": "n1"}}},
)
DB = container(
    "db",
    status="Up 2 days (unhealthy)",
    Image="postgres:16",
    Labels={"com.docker.compose.project": "shop", "tier": "back"},
    Mounts=[{"Type": "volume", "Name": "dbfiles", "Destination": "/var/lib/postgresql"}],
)
JOB = container(
    "job-1", state="exited", status="Exited (1) 2 hours ago", Image="busybox", Labels=None, Created=1_795_000_100
)
OLD = container("Web-old", state="created", status="Created", Created=1_794_000_000)


def rows(*containers: dict[str, Any]) -> list[Listed]:
    return listed(container_briefs_of(msgspec.json.encode(containers or (WEB, DB, JOB, OLD))))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("", ["web", "db", "job-1", "Web-old"]),
        ("web", ["web", "Web-old"]),
        ("shop", ["web", "db"]),
        ("postgres", ["db"]),
        ("web -status:created", ["web"]),
        ("status:created status:exited", ["job-1", "Web-old"]),
        ("health:unhealthy", ["db"]),
        ("health:none", ["job-1", "Web-old"]),
        ("label:tier", ["web", "db"]),
        ("label:tier=front", ["web"]),
        ("label:tier=fr*", ["web"]),
        ("label:tier label:tier=back", ["db"]),
        ("-label:tier", ["job-1", "Web-old"]),
        ("label:com.docker.*=SHOP", ["web", "db"]),
        ("image:nginx", ["web", "Web-old"]),
        ("image:*:16", ["db"]),
        ("network:shop", ["web"]),
        ("volume:dbfiles", ["db"]),
        ("project:shop", ["web", "db"]),
        ("project:sho", []),
        ("name:WEB*", ["web", "Web-old"]),
        ("name:job-*", ["job-1"]),
        ("id:" + "77", ["web"]),
    ],
)
def test_a_query_finds(line: str, names: list[str]) -> None:
    assert [row.name for row in matching(parse(line), rows())] == names  # type: ignore[attr-defined]


@given(st.text(alphabet="abcwe-*:shop ", max_size=12))
def test_a_query_and_its_negation_share_nothing_and_leave_nothing_out(value: str) -> None:
    term = parse(f'name:"{value}"').terms
    if not term:
        return
    having = {id(row) for row in matching(parse(f'name:"{value}"'), ROWS)}
    lacking = {id(row) for row in matching(parse(f'-name:"{value}"'), ROWS)}
    assert having | lacking == {id(row) for row in ROWS}
    assert not having & lacking


ROWS = rows()


def test_chips_count_states_and_the_unhealthy_among_the_running() -> None:
    counts = chip_counts(rows())
    assert counts == {
        "running": 2, "unhealthy": 1, "restarting": 0, "paused": 0, "created": 1, "exited": 1, "dead": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["db", "job-1", "web", "Web-old"]),
        ("-name", ["Web-old", "web", "job-1", "db"]),
        ("created", ["job-1", "db", "web", "Web-old"]),
        ("state", ["db", "web", "Web-old", "job-1"]),
        ("project", ["db", "web", "job-1", "Web-old"]),
        ("nonsense", ["db", "job-1", "web", "Web-old"]),
    ],
)
def test_rows_are_sorted(sort: str, names: list[str]) -> None:
    assert [row.name for row in sorted_rows(rows(), sort)] == names


@pytest.mark.parametrize(
    ("piece", "first"),
    [
        ("sta", "status:"),
        ("-la", "-label:"),
        ("status:ex", "status:exited"),
        ("project:", "project:shop"),
        ("label:ti", "label:tier"),
        ("label:tier=b", "label:tier=back"),
        ("network:def", "network:shop_default"),
        ("-image:post", "-image:postgres:16"),
    ],
)
def test_the_next_term_is_offered(piece: str, first: str) -> None:
    assert suggestions(piece, rows())[0] == first


def test_nothing_is_offered_for_an_unknown_key() -> None:
    assert suggestions("colour:r", rows()) == []


def test_a_chip_replaces_the_state_and_keeps_the_rest_of_the_line() -> None:
    asked = CONTAINERS.request({"q": "project:shop status:exited", "sort": "-created", "page": "3"})
    assert asked.chip == "exited"
    assert asked.with_chip("unhealthy").line == "project:shop health:unhealthy"
    assert asked.with_chip("").address == "?q=project%3Ashop&sort=-created"


@pytest.mark.parametrize(
    "given", [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "9" * 40}, {"sort": "--name"}]
)
def test_nonsense_in_the_address_means_the_usual(given: dict[str, str]) -> None:
    asked = CONTAINERS.request(given)
    assert (asked.page, asked.sort) == (1, "name")


def test_one_odd_field_costs_that_field_and_not_the_list() -> None:
    odd = {**WEB, "Created": "yesterday", "Labels": ["a"], "Ports": None}
    [row, other] = rows(odd, DB)
    assert (row.name, row.labels, row.summary.ports) == ("web", {}, [])
    assert other.labels["tier"] == "back"
