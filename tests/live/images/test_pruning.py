"""What nothing uses, removed at once: the preview and the removal against the engine's own state."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from apps.activities.pruning import prune_run
from apps.core.pruning import PruneFilters
from apps.images.services.pruning import IMAGES, image_prune_look
from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.live.images.transfer.conftest import ADMIN, HeardRun, on_engine
from tests.live.images.transfer.wire import Wire
from tests.live.server import Server

__all__ = ["on_engine"]

PRUNE = "/hosts/local/images/prune/"
HTML = {"Accept": "text/html"}
Pin = Callable[[str], None]
OnEngine = Callable[..., None]


def exists(raw: RawEngine, ref: str) -> bool:
    return raw.get(f"/images/{ref}/json")[0] == 200


async def test_exactly_what_the_preview_showed_goes(
    live_server: Server, on_engine: OnEngine, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    """In the oldest version that has labels too."""
    for version in ("1.33", "1.41"):
        await sync_to_async(on_engine)(version)
        label = f"prune.images=mine-{version}"
        lines = [f"LABEL {label}"]
        big = make_image(f"pruned/big:{version}", lines=[*lines, "RUN head -c 400000 /dev/urandom > /x"])
        nameless = make_image(lines=lines)
        used = make_image(f"pruned/used:{version}", lines=lines)
        kept = make_image(f"pruned/kept:{version}", lines=[*lines, "LABEL keep=yes"])
        make_container(image=f"pruned/used:{version}", start=False)

        dangling = PruneFilters(labels=(label,))
        assert [one.id for one in (await looked(dangling)).rows] == [nameless]
        every = replace(dangling, kept_labels=("keep=yes",), is_all=True)
        preview = await looked(every)
        assert [row.id for row in preview.rows] == [big, nameless]
        assert preview.rows[0].names == [f"pruned/big:{version}"]
        assert (preview.gain_bytes or 0) >= 400_000
        result, _ = await pruned(dangling)
        assert result["removed"] == 1 and not exists(raw, nameless) and exists(raw, big)
        result, items = await pruned(every)
        assert (result["removed"], result["kept"]) == (1, 0)
        assert result["space_bytes"] >= 400_000
        assert items == {f"pruned/big:{version}": "done"}
        assert not exists(raw, big) and exists(raw, used) and exists(raw, kept)


async def looked(filters: PruneFilters) -> Any:
    return await sync_to_async(image_prune_look)(ADMIN, "local", filters=filters, is_measured=True)


async def pruned(filters: PruneFilters) -> tuple[dict[str, Any], dict[str, str]]:
    """The result, and the outcome of each thing."""
    run = HeardRun(filters.as_params())
    result: Any = await prune_run(IMAGES, run)  # type: ignore[arg-type]
    return result, {message["name"]: message["outcome"] for message in run.told if message["type"] == "item"}


def test_a_prune_is_an_activity_that_takes_only_what_was_looked_at(
    live_server: Server, raw: RawEngine, make_image: MakeImage
) -> None:
    wire = Wire(live_server)
    image = make_image("pruned/wire:1", lines=["LABEL prune.images=wire"])
    wanted = {"which": "unused", "label": "prune.images=wire"}
    preview = json.loads(wire.ask("GET", f"{PRUNE}?{urlencode(wanted)}")[2])
    assert [row["id"] for row in preview["images"]] == [image]
    other = make_image("pruned/wire:2", lines=["LABEL prune.images=wire"])
    assert wire.post(PRUNE, **wanted, seal=preview["seal"])[0] == 409
    assert exists(raw, image)
    raw.delete(f"/images/{other}?force=1")
    told = wire.done(wire.post(PRUNE, **wanted, seal=preview["seal"]))
    assert (told["kind"], told["title"]) == ("image.prune", "Remove unused images")
    assert (told["result"]["removed"], told["result_url"]) == (1, "/hosts/local/images/")
    said = wire.ask("GET", f"/activities/{told['id']}/output/")[2].decode()
    assert f"pruned/wire:1: done: {image.removeprefix('sha256:')[:12]}\n" in said
    assert "1 image was removed." in said and "of space gained." in said
    assert not exists(raw, image)


def test_a_used_image_would_lose_all_names_but_one_and_that_is_said(
    live_server: Server, ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    image = make_image("losing/one:1", "losing/two:1", lines=["LABEL prune.images=losing"])
    make_container(image="losing/one:1", start=False)
    wanted = {"which": "unused", "label": "prune.images=losing"}
    preview = ada.get(PRUNE, wanted).json()
    assert (preview["images"], [row["id"] for row in preview["losing"]]) == ([], [image])
    assert "all names but one" in ada.get(PRUNE, wanted, headers=HTML).content.decode()
    wire = Wire(live_server)
    told = wire.done(wire.post(PRUNE, **wanted))
    assert (told["result"]["removed"], told["result"]["untagged"]) == (0, 1)
    assert len(raw.get(f"/images/{image}/json")[1]["RepoTags"]) == 1


def test_age_chooses_too(live_server: Server, ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    wire = Wire(live_server)
    image = make_image(lines=["LABEL prune.images=age"])
    for until in ("1h", str(int(time.time()) - 600), "2020-01-31"):
        assert ada.get(PRUNE, {"label": "prune.images=age", "until": until}).json()["images"] == [], until
    assert wire.done(wire.post(PRUNE, label="prune.images=age", until="1h"))["result"]["removed"] == 0
    assert exists(raw, image)
    soon = str(int(time.time()) + 600)
    assert len(ada.get(PRUNE, {"label": "prune.images=age", "until": soon}).json()["images"]) == 1
    assert wire.done(wire.post(PRUNE, label="prune.images=age", until=soon))["result"]["removed"] == 1
    assert not exists(raw, image)


@pytest.mark.parametrize("fields", [{"until": "soon"}, {"label": "=x"}, {"which": "everything"}])
def test_what_cannot_be_meant_removes_nothing(
    ada: Client, raw: RawEngine, make_image: MakeImage, fields: dict[str, str]
) -> None:
    image = make_image()
    assert ada.get(PRUNE, fields).status_code == 400
    assert ada.post(PRUNE, fields).status_code == 400
    page = ada.post(PRUNE, fields, headers=HTML)
    assert (page.status_code, set(page.context["form"].errors), page.context["going"]) == (400, set(fields), [])
    assert exists(raw, image)


def test_what_the_version_lacks_is_said(ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin) -> None:
    image = make_image(lines=["LABEL prune.images=old"])
    pin("1.20")
    assert ada.get(PRUNE).status_code == 501
    pin("1.25")
    page = ada.get(PRUNE, headers=HTML)
    assert image in {one.id for one in page.context["going"]}
    assert all(page.context["form"].fields[name].disabled for name in ("until", "label"))
    assert ada.post(PRUNE, {"label": "prune.images=none"}).status_code == 501
    assert exists(raw, image)


def test_a_viewer_removes_nothing(joan: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image()
    assert joan.get(PRUNE).status_code == 403
    assert joan.post(PRUNE).status_code == 403
    assert exists(raw, image)
