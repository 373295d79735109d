"""What nothing uses, removed at once: the preview and the removal against the engine's own state."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client

from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer

PRUNE = "/hosts/local/images/prune/"
HTML = {"Accept": "text/html"}
Pin = Callable[[str], None]


def exists(raw: RawEngine, ref: str) -> bool:
    return raw.get(f"/images/{ref}/json")[0] == 200


@pytest.mark.parametrize("version", ["1.33", "1.41"])
def test_exactly_what_the_preview_showed_goes(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer, pin: Pin, version: str
) -> None:
    pin(version)
    label = f"prune.images=mine-{version}"
    lines = [f"LABEL {label}"]
    big = make_image(f"pruned/big:{version}", lines=[*lines, "RUN head -c 400000 /dev/urandom > /x"])
    nameless = make_image(lines=lines)
    used = make_image(f"pruned/used:{version}", lines=lines)
    kept = make_image(f"pruned/kept:{version}", lines=[*lines, "LABEL keep=yes"])
    make_container(image=f"pruned/used:{version}", start=False)

    dangling = ada.get(PRUNE, {"label": label}).json()
    assert [row["id"] for row in dangling["images"]] == [nameless]
    line = f"{label} !keep=yes"
    preview = ada.get(PRUNE, {"which": "unused", "label": line}).json()
    assert [row["id"] for row in preview["images"]] == [big, nameless]
    assert preview["images"][0]["tags"] == [f"pruned/big:{version}"]
    assert preview["gain_bytes"] >= 400_000
    told = ada.post(PRUNE, {"label": label, "seal": dangling["seal"]}).json()
    assert nameless in told["deleted"] and exists(raw, big)
    stale = ada.post(PRUNE, {"which": "unused", "label": line, "seal": preview["seal"]})
    assert stale.status_code == 409  # one of those it showed is gone
    assert exists(raw, big)
    page = ada.get(PRUNE, {"which": "unused", "label": line}, headers=HTML)
    done = ada.post(PRUNE, {"which": "unused", "label": line, "seal": page.context["preview"].seal}).json()
    assert done["untagged"] == [f"pruned/big:{version}"] and big in done["deleted"]
    assert done["space_bytes"] >= 400_000
    assert not exists(raw, big) and exists(raw, used) and exists(raw, kept)


def test_a_used_image_would_lose_all_names_but_one_and_that_is_said(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    image = make_image("losing/one:1", "losing/two:1", lines=["LABEL prune.images=losing"])
    make_container(image="losing/one:1", start=False)
    wanted = {"which": "unused", "label": "prune.images=losing"}
    preview = ada.get(PRUNE, wanted).json()
    assert (preview["images"], [row["id"] for row in preview["losing"]]) == ([], [image])
    assert "all names but one" in ada.get(PRUNE, wanted, headers=HTML).content.decode()
    ada.post(PRUNE, wanted)
    assert len(raw.get(f"/images/{image}/json")[1]["RepoTags"]) == 1


def test_age_chooses_too(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image(lines=["LABEL prune.images=age"])
    for until in ("1h", str(int(time.time()) - 600), "2020-01-31"):
        assert ada.get(PRUNE, {"label": "prune.images=age", "until": until}).json()["images"] == [], until
        assert ada.post(PRUNE, {"label": "prune.images=age", "until": until}).json()["deleted"] == []
    assert exists(raw, image)
    soon = str(int(time.time()) + 600)
    assert len(ada.get(PRUNE, {"label": "prune.images=age", "until": soon}).json()["images"]) == 1
    assert image in ada.post(PRUNE, {"label": "prune.images=age", "until": soon}).json()["deleted"]
    assert not exists(raw, image)


@pytest.mark.parametrize("fields", [{"until": "soon"}, {"label": "=x"}, {"which": "everything"}])
def test_what_cannot_be_meant_removes_nothing(
    ada: Client, raw: RawEngine, make_image: MakeImage, fields: dict[str, str]
) -> None:
    image = make_image()
    assert ada.get(PRUNE, fields).status_code == 400
    assert ada.post(PRUNE, fields).status_code == 400
    page = ada.post(PRUNE, fields, headers=HTML)
    assert (page.status_code, set(page.context["form"].errors), page.context["rows"]) == (400, set(fields), [])
    assert exists(raw, image)


def test_what_the_version_lacks_is_said(ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin) -> None:
    image = make_image(lines=["LABEL prune.images=old"])
    pin("1.20")
    assert ada.get(PRUNE).status_code == 501
    pin("1.25")
    page = ada.get(PRUNE, headers=HTML)
    assert image in {row.id for row in page.context["rows"]}
    assert all(page.context["form"].fields[name].disabled for name in ("until", "label"))
    assert ada.post(PRUNE, {"label": "prune.images=none"}).status_code == 501
    assert exists(raw, image)


def test_a_viewer_removes_nothing(joan: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image()
    assert joan.get(PRUNE).status_code == 403
    assert joan.post(PRUNE).status_code == 403
    assert exists(raw, image)
