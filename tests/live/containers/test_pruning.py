"""What does not run, removed at once: the preview and the removal against the engine's own state."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer

PRUNE = "/hosts/local/containers/prune/"
HTML = {"Accept": "text/html"}


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)


def exists(raw: RawEngine, container_id: str) -> bool:
    return raw.get(f"/containers/{container_id}/json")[0] == 200


@pytest.mark.parametrize("version", ["1.33", "1.41"])
def test_exactly_what_the_preview_showed_goes(
    ada: Client, raw: RawEngine, make_container: MakeContainer, version: str
) -> None:
    pin(version)
    mine = {"prune.test": f"mine-{version}"}
    wrote = make_container(["sh", "-c", "head -c 70000 /dev/zero > /x"], name=f"prune-wrote-{version}", labels=mine)
    raw.post(f"/containers/{wrote}/wait")
    never = make_container(name=f"prune-never-{version}", labels=mine, start=False)
    running = make_container(labels=mine)
    paused = make_container(labels=mine)
    raw.post(f"/containers/{paused}/pause")
    kept = make_container(labels=mine | {"keep": "yes"}, start=False)
    other = make_container(start=False)
    label = f"prune.test=mine-{version} !keep=yes"

    preview = ada.get(PRUNE, {"label": label}).json()
    assert [row["id"] for row in preview["containers"]] == [wrote, never]
    assert preview["containers"][0]["image"] == "dockerweb/base:1"
    assert preview["size_bytes"] >= 70_000

    answer = ada.post(PRUNE, {"label": label, "seal": preview["seal"]})
    told = answer.json()
    assert answer.status_code == 200, told
    assert {one["name"] for one in told["removed"]} == {f"prune-wrote-{version}", f"prune-never-{version}"}
    assert told["space_bytes"] >= 70_000
    assert not exists(raw, wrote) and not exists(raw, never)
    assert all(exists(raw, one) for one in (running, paused, kept, other))
    raw.post(f"/containers/{paused}/unpause")


def test_what_stopped_after_the_look_is_not_taken_unseen(
    ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    labels = {"prune.test": "seal"}
    seen = make_container(labels=labels, start=False)
    page = ada.get(PRUNE, {"label": "prune.test=seal"}, headers=HTML)
    seal = page.context["preview"].seal
    unseen = make_container(name="prune-unseen", labels=labels, start=False)
    again = ada.post(PRUNE, {"label": "prune.test=seal", "seal": seal}, headers=HTML)
    assert again.status_code == 409
    assert "prune-unseen" in again.content.decode()
    assert exists(raw, seen) and exists(raw, unseen)
    done = ada.post(PRUNE, {"label": "prune.test=seal", "seal": again.context["preview"].seal}, headers=HTML)
    assert (done.status_code, "2 containers were removed" in done.content.decode()) == (200, True)
    assert not exists(raw, seen) and not exists(raw, unseen)


def test_age_chooses_too(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(labels={"prune.test": "age"}, start=False)
    for until in ("1h", "7d", str(int(time.time()) - 600), "2020-01-31"):
        assert ada.get(PRUNE, {"label": "prune.test=age", "until": until}).json()["containers"] == [], until
        assert ada.post(PRUNE, {"label": "prune.test=age", "until": until}).json()["removed"] == []
    assert exists(raw, container_id)
    soon = str(int(time.time()) + 600)
    assert len(ada.get(PRUNE, {"label": "prune.test=age", "until": soon}).json()["containers"]) == 1
    assert len(ada.post(PRUNE, {"label": "prune.test=age", "until": soon}).json()["removed"]) == 1
    assert not exists(raw, container_id)


@pytest.mark.parametrize("fields", [{"until": "soon"}, {"until": "-1h"}, {"label": "=x"}, {"until": "9" * 30}])
def test_what_cannot_be_meant_removes_nothing(
    ada: Client, raw: RawEngine, make_container: MakeContainer, fields: dict[str, str]
) -> None:
    container_id = make_container(start=False)
    assert ada.get(PRUNE, fields).status_code == 400
    assert ada.post(PRUNE, fields).status_code == 400
    page = ada.post(PRUNE, fields, headers=HTML)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == set(fields)
    assert page.context["rows"] == []
    assert exists(raw, container_id)


def test_what_the_version_lacks_is_said(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(start=False)
    pin("1.20")
    assert ada.get(PRUNE).status_code == 501
    pin("1.25")
    page = ada.get(PRUNE, headers=HTML)
    assert container_id in {row.id for row in page.context["rows"]}
    assert all(page.context["form"].fields[name].disabled for name in ("until", "label"))
    assert ada.post(PRUNE, {"label": "prune.test=none"}).status_code == 501
    assert exists(raw, container_id)


def test_a_viewer_removes_nothing(
    as_actor: Callable[[str], Client], raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(start=False)
    joan = as_actor("viewer")
    assert joan.get(PRUNE).status_code == 403
    assert joan.post(PRUNE).status_code == 403
    assert exists(raw, container_id)
