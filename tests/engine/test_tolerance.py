"""Answers with fields that are not as the reference says: drop, null or retype any, and nothing else changes."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.errors import ProtocolBroken
from apps.engine.types import tolerance
from apps.engine.types.container_brief import container_briefs_of
from apps.engine.types.container_inspect import ContainerInspect, container_inspect_of
from apps.engine.types.containers import ContainerSummary
from apps.engine.types.stats import StatsSample, stats_of
from apps.engine.types.system import SystemInfo, SystemVersion
from tests.engine.samples import sample

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, 2**70, 1.5, "", "text", True, [], [None], [[]], {}, {"a": None}, {"a": []}]
)
KINDS: list[tuple[str, type[msgspec.Struct]]] = [
    ("ContainerInspect", ContainerInspect),
    ("ContainerStats", StatsSample),
    ("SystemInfo", SystemInfo),
    ("SystemVersion", SystemVersion),
]


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, by the keys that lead there."""
    found = [here] if here else []
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, item in rows for place in places(item, (*here, key))]


def put(value: Any, place: tuple[Any, ...], item: Any) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = item


def read_all(found: Any) -> None:
    """Read every property, as pages do."""
    for name in dir(type(found)):
        if isinstance(getattr(type(found), name, None), property):
            getattr(found, name)


@pytest.mark.parametrize(("name", "kind"), KINDS)
@given(st.data())
def test_any_one_field_may_be_odd(name: str, kind: type[msgspec.Struct], data: st.DataObject) -> None:
    value = json.loads(sample(name))
    put(value, data.draw(st.sampled_from(places(value))), data.draw(ODD))
    found = tolerance.read(kind, json.dumps(value).encode())
    read_all(found)
    if isinstance(found, StatsSample):
        found.cpu_memory()


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_real_answers_take_the_fast_way(name: str, kind: type[msgspec.Struct]) -> None:
    msgspec.json.decode(sample(name), type=kind)


def test_a_real_list_takes_the_fast_way() -> None:
    msgspec.json.decode(sample("ContainerList"), type=list[ContainerSummary] | None)


@given(st.data())
def test_one_odd_field_breaks_neither_its_row_nor_the_list(data: st.DataObject) -> None:
    rows = json.loads(sample("ContainerList"))
    place = data.draw(st.sampled_from([place for place in places(rows[1]) if place != ("Id",)]))
    put(rows[1], place, data.draw(ODD))
    found = tolerance.read_list(ContainerSummary, json.dumps(rows).encode())
    assert [row.id for row in found] == [row["Id"] for row in rows]
    whole = tolerance.read_list(ContainerSummary, sample("ContainerList"))
    assert found[0] == whole[0]
    for row in found:
        read_all(row)


@given(st.data())
def test_one_odd_field_breaks_no_brief_list(data: st.DataObject) -> None:
    rows = json.loads(sample("ContainerList"))
    place = data.draw(st.sampled_from([place for place in places(rows[1]) if place != ("Id",)]))
    put(rows[1], place, data.draw(ODD))
    found = container_briefs_of(json.dumps(rows).encode())
    assert [row.id for row in found] == [row["Id"] for row in rows]
    for row in found:
        read_all(row)


def test_a_brief_row_says_what_the_whole_one_says() -> None:
    whole = tolerance.read_list(ContainerSummary, sample("ContainerList"))
    for row, brief in zip(whole, container_briefs_of(sample("ContainerList")), strict=True):
        for name in ("id", "name", "names", "state", "health", "exit_code", "labels", "ports", "mounts", "created"):
            assert getattr(brief, name) == getattr(row, name), name
        assert brief.network_names == list(row.networks)


def test_what_fits_around_an_odd_field_is_kept() -> None:
    (row,) = json.loads(sample("ContainerList"))[:1]
    row["Created"] = "yesterday"
    row["Labels"] = {"good": "1", "bad": 5}
    row["Ports"] = [{"PrivatePort": 80, "Type": "tcp", "IP": 5}, "nonsense", {"PrivatePort": 81}]
    row["NetworkSettings"] = {"Networks": {"one": {"IPAddress": "10.0.0.2", "IPPrefixLen": "16"}, "two": 5}}
    (found,) = tolerance.read_list(ContainerSummary, json.dumps([row]).encode())
    assert (found.id, found.image, found.created) == (row["Id"], row["Image"], 0)
    assert found.labels == {"good": "1"}
    assert [(port.private_port, port.ip) for port in found.ports] == [(80, None), (81, None)]
    assert found.networks["one"].ip_address == "10.0.0.2"
    assert found.networks["one"].ip_prefix_len is None
    assert "two" not in found.networks


def test_items_that_are_no_objects_are_dropped() -> None:
    found = tolerance.read_list(ContainerSummary, b'[{"Id":"a"}, 5, null, {"Id":"b"}]')
    assert [row.id for row in found] == ["a", "b"]


def test_unknown_members_are_ignored() -> None:
    assert tolerance.read(SystemVersion, b'{"Version":"99","Novelty":{"deep":[1]}}').version == "99"


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert tolerance.read(SystemVersion, b'{"Version":"9\xff9"}').version == "9\ufffd9"


@given(st.binary(max_size=60))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (container_inspect_of, stats_of, lambda body: tolerance.read_list(ContainerSummary, body)):
        try:
            read(body)
        except ProtocolBroken:
            pass


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(ProtocolBroken):
        tolerance.read(SystemVersion, b'{"Version":' + b"[" * 200_000)


def test_two_threads_never_look_at_a_new_type_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    building: list[int] = []
    most = 0

    class Slow:
        def __init__(self, wanted: object) -> None:
            nonlocal most
            building.append(1)
            most = max(most, len(building))
            is_seen.wait(0.05)
            building.pop()

        def decode(self, body: bytes) -> None:
            return None

    class Fresh(msgspec.Struct):
        name: str = ""

    is_seen = threading.Event()
    monkeypatch.setattr(msgspec.json, "Decoder", Slow)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tolerance.read(Fresh, b"{}"), range(8)))
    assert most == 1
