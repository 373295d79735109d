"""The gate: decides first, resolves by inspect, and hands on what was named and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.access.actions import Action
from apps.accounts.actor import ANONYMOUS, Actor, Role
from apps.core.errors import AccessDenied, NotFoundHere
from apps.hosts import connections, gate, snapshots
from apps.hosts.models import Host
from tests.engines.scripted import ScriptedEngine

pytestmark = pytest.mark.django_db

ADA = Actor(user_id=1, username="ada", role=Role.ADMIN)
JOAN = Actor(user_id=2, username="joan", role=Role.VIEWER)
FULL = "ab" * 32


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    """A host `scripted` whose every inspect answers with the container FULL, named web."""
    connections.forget()
    snapshots.forget()
    with ScriptedEngine() as scripted:
        scripted.on("GET", "/containers/{id}/json", {"Id": FULL, "Name": "/web"})
        Host.objects.create(slug="scripted", name="scripted", endpoint=scripted.url)
        yield scripted
    connections.forget()
    snapshots.forget()


@pytest.mark.parametrize("ref", [FULL, FULL[:12], "web"])
def test_full_id_short_id_and_name_lead_to_the_full_id(engine: ScriptedEngine, ref: str) -> None:
    with gate.open_container(ADA, "scripted", ref, Action.CONTAINER_VIEW) as opened:
        assert opened.container.id == FULL


@pytest.mark.parametrize(
    "ref",
    [FULL[:11], FULL[:13], FULL[:63], FULL + "a", FULL.upper(), "WEB", "..", ".", "", "web/../other", "-web", "wéb"],
)
def test_what_is_not_exactly_its_name_is_not_found_though_the_engine_would_take_it(
    engine: ScriptedEngine, ref: str
) -> None:
    with pytest.raises(NotFoundHere), gate.open_container(ADA, "scripted", ref, Action.CONTAINER_VIEW):
        raise AssertionError("opened")


def test_an_ambiguous_prefix_is_not_found(engine: ScriptedEngine) -> None:
    engine.on(
        "GET", "/containers/{id}/json", (500, {"message": "Multiple IDs found with provided prefix: abababababab"})
    )
    with pytest.raises(NotFoundHere), gate.open_container(ADA, "scripted", FULL[:12], Action.CONTAINER_VIEW):
        raise AssertionError("opened")


def test_a_name_that_looks_like_another_containers_short_id_means_the_named_one(engine: ScriptedEngine) -> None:
    engine.on("GET", "/containers/{id}/json", {"Id": "cd" * 32, "Name": f"/{FULL[:12]}"})
    with gate.open_container(ADA, "scripted", FULL[:12], Action.CONTAINER_VIEW) as opened:
        assert opened.container.id == "cd" * 32


def test_who_may_not_is_refused_before_anything_is_asked(engine: ScriptedEngine) -> None:
    for actor in (JOAN, ANONYMOUS):
        for host in ("scripted", "no-such-host"):
            with pytest.raises(AccessDenied), gate.open_container(actor, host, "web", Action.CONTAINER_OPERATE):
                raise AssertionError("opened")
    assert engine.requests == []


def test_a_missing_host_and_a_missing_container_are_both_not_found(engine: ScriptedEngine) -> None:
    engine.on("GET", "/containers/{id}/json", (404, {"message": "No such container: web"}))
    with pytest.raises(NotFoundHere), gate.open_container(JOAN, "scripted", "web", Action.CONTAINER_VIEW):
        raise AssertionError("opened")
    with pytest.raises(NotFoundHere), gate.open_engine(JOAN, "no-such-host", Action.CONTAINER_LIST):
        raise AssertionError("opened")


def test_the_local_engine_is_known_from_the_start() -> None:
    assert Host.objects.filter(slug="local", endpoint="").exists()


@pytest.mark.django_db(transaction=True)
async def test_coroutines_pass_the_same_gate(engine: ScriptedEngine) -> None:
    async with gate.open_container_async(JOAN, "scripted", "web", Action.CONTAINER_LOGS) as opened:
        assert opened.container.id == FULL
    with pytest.raises(AccessDenied):
        async with gate.open_container_async(JOAN, "scripted", "web", Action.CONTAINER_EXEC):
            raise AssertionError("opened")
    with pytest.raises(NotFoundHere):
        async with gate.open_container_async(JOAN, "scripted", FULL[:13], Action.CONTAINER_LOGS):
            raise AssertionError("opened")
    await opened.engine.close()
