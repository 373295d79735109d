"""The table of coverage against the reference, the tests that it names, the addresses, and docs/coverage.md."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from apps.engine.operations import OPERATIONS
from scripts.coverage import as_markdown, is_covered, operations_of
from tests.access_table import PAGES, SOCKETS
from tests.coverage.groups import GROUPS
from tests.coverage.row import ITSELF, Row

ROOT = Path(__file__).parents[2]


@cache
def rows_of(group: str) -> list[Row]:
    return list(GROUPS[group]())


def must_have(group: str) -> set[tuple[str, str]]:
    wanted = {(entry["id"], ITSELF) for entry in operations_of(group)}
    for entry in operations_of(group):
        wanted |= {(entry["id"], parameter["name"]) for parameter in entry.get("params") or () if is_covered(parameter)}
    return wanted


@cache
def names_in(path: str) -> set[str]:
    """Names of the functions of a module, read and not imported."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("group", GROUPS)
def test_every_parameter_of_the_reference_has_one_row(group: str) -> None:
    counts = Counter((row.operation, row.parameter) for row in rows_of(group))
    assert must_have(group) - set(counts) == set()
    assert [place for place, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("group", GROUPS)
def test_there_is_no_row_for_what_the_reference_does_not_have(group: str) -> None:
    known = {
        (entry["id"], name)
        for entry in operations_of(group)
        for name in (ITSELF, *(parameter["name"] for parameter in entry.get("params") or ()))
    }
    assert {(row.operation, row.parameter) for row in rows_of(group)} - known == set()


@pytest.mark.parametrize("group", GROUPS)
def test_a_row_has_a_place_and_a_test_or_a_reason(group: str) -> None:
    for row in rows_of(group):
        if row.reason:
            assert not (row.where or row.at or row.tests), row
        else:
            assert row.where and row.at and row.tests, row


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_on_screen_is_what_the_client_can_do(group: str) -> None:
    on_screen = {row.operation for row in rows_of(group) if row.parameter == ITSELF and not row.reason}
    assert on_screen == {entry["id"] for entry in operations_of(group)} & set(OPERATIONS)


@pytest.mark.parametrize("group", GROUPS)
def test_the_tests_that_are_named_exist(group: str) -> None:
    for name in {test for row in rows_of(group) for test in row.tests}:
        path, _colons, test = name.partition("::")
        assert (ROOT / path).is_file(), name
        assert test.startswith("test_") and test in names_in(path), name


@pytest.mark.parametrize("group", GROUPS)
def test_the_places_that_are_named_exist(group: str) -> None:
    known = {page.name for page in PAGES} | {socket.route for socket in SOCKETS}
    assert {row.at for row in rows_of(group) if row.at} - known == set()


def test_the_document_says_what_the_table_says() -> None:
    written = (ROOT / "docs/coverage.md").read_text()
    assert written == as_markdown(), "run: python -m scripts.coverage > docs/coverage.md"
