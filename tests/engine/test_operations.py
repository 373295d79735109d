"""The table of operations, and what the API functions send, against the reference of the Engine API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from apps.engine.api import (
    archive,
    build,
    commit,
    container_create,
    containers,
    distribution,
    exec,
    image_transfer,
    images,
    networks,
    system,
)
from apps.engine.errors import VersionTooOld
from apps.engine.operations import OPERATIONS, Answer, Kind, Operation
from apps.engine.version import CEILING, FLOOR, ApiVersion
from tests.engine.calls import FULL_CALLS

REFERENCE = Path(__file__).parents[1] / "reference" / "endpoints.yaml"
VERSIONS = [ApiVersion(1, minor) for minor in range(FLOOR.minor, CEILING.minor + 1)]


@cache
def reference() -> Mapping[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = yaml.load(REFERENCE.read_text(), Loader=loader)["endpoints"]
    return {row["id"]: row for row in rows}


def version_or_none(text: str | None) -> ApiVersion | None:
    return ApiVersion.parse(text) if text else None


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_row_is_as_the_reference_says(operation: Operation) -> None:
    row = reference()[operation.id]
    assert (operation.method, operation.path) == (row["method"], row["path"])
    assert operation.since == ApiVersion.parse(row["since"])
    assert operation.until == version_or_none(row["removed"])
    assert operation.answer.value == row["response"]
    assert (operation.kind is Kind.HIJACK) == row["hijack"]


def test_whatever_is_no_get_and_no_stream_counts_as_a_change() -> None:
    for operation in OPERATIONS.values():
        if operation.kind in (Kind.STREAM, Kind.HIJACK):
            continue
        assert operation.is_change == (operation.method not in ("GET", "HEAD")), operation.id
        assert not (operation.is_change and operation.is_repeatable), operation.id


def test_endless_answers_are_streams() -> None:
    for operation in OPERATIONS.values():
        if operation.answer in (Answer.FRAMES, Answer.JSON_LINES, Answer.TAR, Answer.WEBSOCKET):
            assert operation.kind in (Kind.STREAM, Kind.HIJACK), operation.id


def test_every_api_function_is_walked_by_these_tests() -> None:
    written = {
        name
        for module in (
            archive,
            build,
            commit,
            container_create,
            containers,
            distribution,
            exec,
            image_transfer,
            images,
            networks,
            system,
        )
        for name, item in vars(module).items()
        if callable(item) and str(getattr(item, "__annotations__", {}).get("return", "")).startswith("Call")
    }
    assert written == set(FULL_CALLS) - {"container_list_filtered", "image_build_old", "image_list_pattern"}


def test_every_operation_is_used_or_belongs_to_the_negotiation() -> None:
    used = {call.operation.id for call in FULL_CALLS.values()}
    assert set(OPERATIONS) - used == {"SystemPingHead"}


@pytest.mark.parametrize("name", FULL_CALLS)
def test_a_call_sends_only_what_the_reference_lists_for_its_version(name: str) -> None:
    """With every argument given, each version either refuses the call or knows every parameter that is sent."""
    call = FULL_CALLS[name]
    known = {(row["in"], row["name"]): row for row in reference()[call.operation.id].get("params") or ()}
    spoken = 0
    for version in VERSIONS:
        try:
            request = call.request(version)
        except VersionTooOld as refusal:
            assert refusal.needs > version
            continue
        spoken += 1
        query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
        body = json.loads(request.body) if request.body else {}
        sent = [("query", key) for key in query] + [("body", key) for key in body]
        sent += [("query", f"filters.{key}") for key in json.loads(query.get("filters", ["{}"])[0])]
        for place in sent:
            assert place in known, f"{name} sends {place}, which the reference does not have"
            row = known[place]
            assert ApiVersion.parse(row["since"]) <= version, f"{name} sends {place} in {version}"
            gone = version_or_none(row.get("removed"))
            assert gone is None or version < gone, f"{name} sends {place} in {version}, after its end"
    assert spoken, f"{name} cannot be sent in any version"


@pytest.mark.parametrize("name", FULL_CALLS)
def test_what_the_reference_requires_is_sent(name: str) -> None:
    call = FULL_CALLS[name]
    request = call.request(CEILING)
    query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    body = json.loads(request.body) if request.body else {}
    for row in reference()[call.operation.id].get("params") or ():
        if row.get("required") and not row["name"].startswith("("):  # a body as a whole: Engine.upload sends it
            given = {"query": query, "body": body, "path": call.path, "header": request.headers}[row["in"]]
            assert row["name"] in given, row["name"]


def test_an_operation_newer_than_the_version_is_refused() -> None:
    with pytest.raises(VersionTooOld) as caught:
        containers.container_update("abc", settings={"Memory": 1}).request(ApiVersion(1, 21))
    assert (caught.value.operation, caught.value.needs) == ("ContainerUpdate", ApiVersion(1, 22))
