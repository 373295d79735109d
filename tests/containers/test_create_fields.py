"""The table of the form's fields against the reference of ContainerCreate, and docs/create-fields.md against both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from apps.containers.creation.fields import FIELDS
from apps.containers.creation.left_out import LEFT_OUT
from apps.engine.types.container_create import SINCE, UNTIL, CreateSpec
from apps.engine.version import FLOOR, ApiVersion
from scripts.create_fields import as_markdown, fields_of, reference_rows
from tests.access_table import PAGES

ROOT = Path(__file__).parents[2]
ROWS = {row["name"]: row for row in reference_rows()}
UP_TO = ApiVersion(1, 41)


def members(struct: type[msgspec.Struct], prefix: str = "") -> dict[str, Any]:
    """Every member that a spec can send, as the reference writes it."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        name = f"{prefix}{field.encode_name}"
        found[name] = field
        for inner in structs_in(msgspec.inspect.type_info(field.type)):
            many, kind = inner
            found |= members(kind, f"{name}{many}.")
    return found


def structs_in(info: Any, many: str = "") -> list[tuple[str, type[msgspec.Struct]]]:
    if isinstance(info, msgspec.inspect.StructType):
        return [(many, info.cls)]
    if isinstance(info, msgspec.inspect.UnionType):
        return [found for each in info.types for found in structs_in(each, many)]
    if isinstance(info, msgspec.inspect.ListType):
        return structs_in(info.item_type, "[]")
    if isinstance(info, msgspec.inspect.DictType):
        return structs_in(info.value_type, ".*")
    return []


SENT = members(CreateSpec)
WHOLE = ("HostConfig.Blkio", "HostConfig.PortBindings[].", "HostConfig.Mounts[].", "NetworkingConfig")
"""What the reference describes in the row of the whole, without rows for its members."""


@pytest.mark.parametrize("name", SENT)
def test_whatever_can_be_sent_is_in_the_reference_with_its_version(name: str) -> None:
    row = ROWS.get(name)
    if row is None:
        assert name.startswith(WHOLE), name
        return
    own = SINCE.get(name)
    outer = max((since for other, since in SINCE.items() if name.startswith((f"{other}.", f"{other}["))), default=FLOOR)
    assert max(own or FLOOR, outer) == max(ApiVersion.parse(row["since"]), FLOOR), name
    removed = row.get("removed")
    if removed and name != "MacAddress":
        assert UNTIL.get(name) == ApiVersion.parse(removed) or ApiVersion.parse(removed) > ApiVersion(1, 51), name


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if ApiVersion.parse(row["since"]) <= UP_TO])
def test_every_parameter_is_on_the_form_or_left_out_with_a_reason(name: str) -> None:
    assert bool(fields_of(name)) != (name in LEFT_OUT), name


def test_nothing_is_left_out_that_the_reference_does_not_have() -> None:
    assert set(LEFT_OUT) <= set(ROWS)


def test_the_document_says_what_the_table_says() -> None:
    written = (ROOT / "docs/create-fields.md").read_text()
    assert written == as_markdown(), "run: python -m scripts.create_fields > docs/create-fields.md"


def test_each_field_has_a_name_of_its_own_and_no_other_field_of_the_page_has_it() -> None:
    assert {"csrfmiddlewaretoken", "start", "line", "read", "pull"}.isdisjoint(FIELDS)
    assert "containers:create" in {page.name for page in PAGES}
