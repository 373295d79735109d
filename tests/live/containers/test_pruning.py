"""What does not run, removed at once: the preview and the removal against the engine's own state."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from apps.activities.pruning import PruneFailed, prune_run
from apps.containers.services.pruning import CONTAINERS
from apps.core.pruning import Going, PruneFilters
from apps.engine.api.containers import container_prune
from apps.engine.version import CEILING, ApiVersion
from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.live.images.transfer.conftest import HeardRun, on_engine
from tests.live.images.transfer.wire import Wire
from tests.live.server import Server

__all__ = ["on_engine"]

PRUNE = "/hosts/local/containers/prune/"
HTML = {"Accept": "text/html"}


def pin(version: str) -> None:
    Host.objects.filter(slug="local").update(api_version=version)


def exists(raw: RawEngine, container_id: str) -> bool:
    return raw.get(f"/containers/{container_id}/json")[0] == 200


def output_of(ada: Wire, told: dict[str, Any]) -> str:
    return ada.ask("GET", f"/activities/{told['id']}/output/")[2].decode()


def test_exactly_what_the_preview_showed_goes(
    live_server: Server, ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    wire = Wire(live_server)
    mine = {"prune.test": "mine"}
    wrote = make_container(["sh", "-c", "head -c 70000 /dev/zero > /x"], name="prune-wrote", labels=mine)
    raw.post(f"/containers/{wrote}/wait")
    never = make_container(name="prune-never", labels=mine, start=False)
    running = make_container(labels=mine)
    paused = make_container(labels=mine)
    raw.post(f"/containers/{paused}/pause")
    kept = make_container(labels=mine | {"keep": "yes"}, start=False)
    other = make_container(start=False)
    label = "prune.test=mine !keep=yes"

    preview = ada.get(PRUNE, {"label": label}).json()
    assert [row["id"] for row in preview["containers"]] == [wrote, never]
    assert preview["containers"][0]["image"] == "dockerweb/base:1"
    assert preview["size_bytes"] >= 70_000

    told = wire.done(wire.post(PRUNE, label=label, seal=preview["seal"]))
    assert (told["kind"], told["title"]) == ("container.prune", "Remove stopped containers")
    assert told["result_url"] == "/hosts/local/containers/"
    assert (told["result"]["removed"], told["result"]["kept"]) == (2, 0)
    assert told["result"]["space_bytes"] >= 70_000
    said = output_of(wire, told)
    assert f"prune-wrote: done: {wrote[:12]}\n" in said and f"prune-never: done: {never[:12]}\n" in said
    assert "2 containers were removed. 70" in said
    assert not exists(raw, wrote) and not exists(raw, never)
    assert all(exists(raw, one) for one in (running, paused, kept, other))
    raw.post(f"/containers/{paused}/unpause")

    # Started again it takes nothing that nobody has looked at.
    unseen = make_container(labels=mine, start=False)
    restart = f"/activities/{told['id']}/restart/"
    again = wire.done((202, {"activity": wire.post(restart)[1]["id"]}), state="failed")
    assert again["problem"]["title"] == "The stopped containers have changed"
    assert exists(raw, unseen)
    raw.remove(unseen)
    again = wire.done((202, {"activity": wire.post(restart)[1]["id"]}))
    assert again["result"]["removed"] == 0


def test_what_stopped_after_the_look_is_not_taken_unseen(
    live_server: Server, ada: Client, raw: RawEngine, make_container: MakeContainer
) -> None:
    labels = {"prune.test": "seal"}
    seen = make_container(labels=labels, start=False)
    page = ada.get(PRUNE, {"label": "prune.test=seal"}, headers=HTML)
    seal = page.context["seal"]
    unseen = make_container(name="prune-unseen", labels=labels, start=False)
    again = ada.post(PRUNE, {"label": "prune.test=seal", "seal": seal}, headers=HTML)
    assert again.status_code == 409
    assert "prune-unseen" in again.content.decode()
    assert exists(raw, seen) and exists(raw, unseen)
    wire = Wire(live_server)
    told = wire.done(wire.post(PRUNE, label="prune.test=seal", seal=again.context["seal"]))
    assert told["result"]["removed"] == 2
    assert not exists(raw, seen) and not exists(raw, unseen)


def test_age_chooses_too(live_server: Server, ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    wire = Wire(live_server)
    container_id = make_container(labels={"prune.test": "age"}, start=False)
    for until in ("1h", "7d", str(int(time.time()) - 600), "2020-01-31"):
        assert ada.get(PRUNE, {"label": "prune.test=age", "until": until}).json()["containers"] == [], until
    told = wire.done(wire.post(PRUNE, label="prune.test=age", until="7d"))
    assert told["result"] == {"removed": 0, "kept": 0, "untagged": 0, "space_bytes": 0}
    assert exists(raw, container_id)
    soon = str(int(time.time()) + 600)
    assert len(ada.get(PRUNE, {"label": "prune.test=age", "until": soon}).json()["containers"]) == 1
    assert wire.done(wire.post(PRUNE, label="prune.test=age", until=soon))["result"]["removed"] == 1
    assert not exists(raw, container_id)


@dataclass(frozen=True)
class Foretold:
    """A preview of our own: an engine that does otherwise than was foretold is hard to come by."""

    going: tuple[Going, ...]
    version: ApiVersion = CEILING


async def test_what_the_engine_keeps_or_says_no_to_is_told(
    on_engine: Callable[..., None], raw: RawEngine, make_container: MakeContainer
) -> None:
    labels = {"prune.test": "kept"}
    running = make_container(name="prune-running", labels=labels)
    gone = make_container(name="prune-gone", labels=labels, start=False)
    foretold = Foretold((Going(running, "prune-running"), Going(gone, "prune-gone")))

    def look(*args: Any, **named: Any) -> Any:
        return foretold

    prune: Any = replace(CONTAINERS, look=look)
    run: Any = HeardRun(PruneFilters(labels=("prune.test=kept",)).as_params())
    result: Any = await prune_run(prune, run)
    assert (result["removed"], result["kept"]) == (1, 1)
    items = {message["name"]: message["outcome"] for message in run.told if message["type"] == "item"}
    assert items == {"prune-gone": "done", "prune-running": "failed"}
    assert exists(raw, running) and not exists(raw, gone)
    unknown = replace(prune, call=lambda filters: container_prune(filters={"no-such": ["x"]}))
    with pytest.raises(PruneFailed) as failure:
        await prune_run(unknown, run)
    assert failure.value.title == "The stopped containers could not be removed."
    assert "no-such" in failure.value.detail  # the engine's own words


async def test_what_goes_is_told_as_it_goes_and_a_cancel_leaves_the_connection(on_engine: Callable[..., None]) -> None:
    """An engine that is cancelled half-way has told of what is gone by its events alone."""
    gone, other = "a" * 64, "b" * 64
    is_asked = threading.Event()

    def prunes(exchange: Exchange) -> None:
        is_asked.set()
        exchange.hang()

    def tells(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.wait(is_asked)
        for one in (other, gone, gone):
            event = {"Type": "container", "Action": "destroy", "Actor": {"ID": one, "Attributes": {}}}
            exchange.chunk(json.dumps(event | {"timeNano": 1}).encode() + b"\n")
        exchange.hang()

    with ScriptedEngine() as scripted:
        row = {"Names": ["/web"], "State": "exited", "Created": 1}
        scripted.on("GET", "/containers/json", [row | {"Id": gone}, row | {"Id": "c" * 64, "Names": ["/later"]}])
        scripted.on("GET", "/events", tells)
        scripted.on("POST", "/containers/prune", prunes)
        await sync_to_async(on_engine)(url=scripted.url)
        run = HeardRun(PruneFilters().as_params())
        task = asyncio.create_task(prune_run(CONTAINERS, run))  # type: ignore[arg-type]
        await asyncio.to_thread(scripted.wait_for, lambda: bool(run.told))
        assert run.told == [{"type": "item", "name": "web", "outcome": "done", "detail": gone[:12]}]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The look before has a connection that is kept; those of the prune and of its events are closed.
        await asyncio.to_thread(scripted.wait_for, lambda: scripted.open_connections <= 1)
        assert [message["name"] for message in run.told] == ["web"]


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
    assert page.context["going"] == []
    assert exists(raw, container_id)


def test_what_the_version_lacks_is_said(ada: Client, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(start=False)
    pin("1.20")
    assert ada.get(PRUNE).status_code == 501
    pin("1.25")
    page = ada.get(PRUNE, headers=HTML)
    assert container_id in {one.id for one in page.context["going"]}
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
