"""Saving a form of a container that is not any more what the form was filled from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from apps.containers.services import recreating
from apps.containers.services.recreating import NotReplaceable, Options
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.containers.test_recreating import HTML, LIST, LOOP, somebody


@pytest.fixture(autouse=True)
def leftovers(raw: RawEngine) -> Iterator[list[str]]:
    """Names of containers to be removed: what is re-created is known to no fixture."""
    names: list[str] = []
    yield names
    for name in names:
        for each in raw.get(f'/containers/json?all=1&filters={{"name":["^/{name}"]}}')[1]:
            raw.delete(f"/containers/{each['Id']}?force=1&v=1")


def read(client: Client, ref: str, name: str) -> dict[str, str]:
    """The form of a container as its page sends it."""
    told = client.get(f"{LIST}{ref}/edit/").json()
    return {**told["definition"], "name": name, "seen": told["seen"]}


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_what_another_has_re_created_is_not_overwritten_unasked(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("shared")
    old = make_container(LOOP, name="shared", Env=["A=1"])
    mine, theirs = read(ada, "shared", "shared"), read(ada, "shared", "shared")
    told = ada.post(f"{LIST}{old}/edit/", {**theirs, "env": "A=theirs"}).json()
    assert told["is_changed"] is True, told
    for ref in (old, "shared"):
        answer = ada.post(f"{LIST}{ref}/edit/", {**mine, "env": "A=mine", "memory": "64m"}, headers=HTML)
        page = unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "live-admin has re-created shared since this form was read" in page
        assert "Nothing was saved, and what you typed is still here." in page
        assert "Environment: A changed; Memory: not set → 64m" in page
        assert "A=mine" in page
        assert f'action="{LIST}{told["container_id"]}/edit/"' in page
        assert raw.inspect("shared")["Id"] == told["container_id"]
    told = ada.post(f"{LIST}shared/edit/", {**mine, "env": "A=mine", "seen": seen_on(page)}).json()
    assert told["is_changed"] is True, told
    assert raw.inspect("shared")["Config"]["Env"][0] == "A=mine"


def test_what_was_changed_in_place_or_made_elsewhere_is_told_to_programs(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("placed")
    old = make_container(LOOP, name="placed")
    mine = read(ada, "placed", "placed")
    raw.post(f"/containers/{old}/update", {"Memory": 64 << 20, "MemorySwap": 128 << 20})
    answer = ada.post(f"{LIST}placed/edit/", {**mine, "labels": "a=b"})
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["container_id"]) == (409, old), told
    assert told["title"] == "The settings of placed were changed since this form was read"
    changes = {change["field"]: change["words"] for change in told["changes"]}
    assert changes["Memory"] == "64m → not set"
    assert "a added" in changes["Labels"]
    raw.delete(f"/containers/{old}?force=1")
    new = make_container(LOOP, name="placed")
    told = ada.post(f"{LIST}placed/edit/", {**mine, "labels": "a=b"}).json()
    assert (told["status"], told["container_id"]) == (409, new), told
    assert told["title"] == "Another container has taken the name placed since this form was read"
    assert raw.inspect("placed")["Id"] == new


def test_of_what_is_gone_what_was_typed_can_be_created(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("goes")
    old = make_container(LOOP, name="goes")
    mine = {**read(ada, old, "goes"), "labels": "typed=yes"}
    raw.delete(f"/containers/{old}?force=1")
    answer = ada.post(f"{LIST}{old}/edit/", mine, headers=HTML)
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "goes is not there any more" in page
    assert "typed=yes" in page
    assert f'action="{LIST}create/"' in page
    assert ada.post(f"{LIST}{old}/edit/", mine).json()["container_id"] == ""
    assert ada.post(f"{LIST}create/", mine, headers=HTML).status_code == 302
    assert raw.inspect("goes")["Config"]["Labels"]["typed"] == "yes"


def test_a_stop_or_another_name_is_no_other_definition(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers += ["calm", "quiet"]
    old = make_container(LOOP, name="calm", host_config={"PortBindings": {"80/tcp": [{"HostPort": ""}]}})
    mine = read(ada, "calm", "calm")
    raw.post(f"/containers/{old}/stop?t=0")
    raw.post(f"/containers/{old}/rename?name=quiet")
    told = ada.post(f"{LIST}calm/edit/", {**mine, "labels": "a=b"}).json()
    assert told["is_changed"] is True, told
    assert raw.inspect("quiet")["Config"]["Labels"]["a"] == "b"


def test_a_change_while_the_image_is_pulled_is_not_overwritten_either(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    old = make_container(LOOP, name="pulling")
    with pytest.raises(NotReplaceable):
        recreating.container_edit(somebody(), "local", old, values={}, options=Options(), mark="0" * 64)
    assert raw.inspect("pulling")["Id"] == old
    answer = ada.post(f"{LIST}{old}/edit/", {"seen": "odd"})
    assert (answer.status_code, answer.json()["title"]) == (400, "The form does not say what it was filled from")


def test_a_container_made_elsewhere_under_a_name_does_not_show_what_another_left(
    ada: Client, raw: RawEngine, make_container: MakeContainer, leftovers: list[str]
) -> None:
    leftovers.append("inherits")
    make_container(LOOP, name="inherits")
    told = ada.post(f"{LIST}inherits/recreate/", {"anyway": "1"}).json()
    rows = ada.get(f"{LIST}inherits/revisions/").json()["revisions"]
    assert [row["what"] for row in rows] == ["Re-created as it was", "As it was found"]
    raw.delete(f"/containers/{told['container_id']}?force=1")
    make_container(LOOP, name="inherits")
    assert ada.get(f"{LIST}inherits/revisions/").json()["revisions"] == []
    assert ada.post(f"{LIST}inherits/revisions/1/restore/").status_code == 404
