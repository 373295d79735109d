"""Looking containers up."""

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.models import Revision, SavedView
from apps.core.query.engine_filters import EngineChoice, EngineFilters
from apps.engine.api import containers as api
from apps.engine.errors import EngineError
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts import connections, snapshots
from apps.hosts.gate import OpenedEngine, open_engine
from apps.hosts.labels import PROJECT, SERVICE
from apps.hosts.lists import PASSING_FAILURES, HostList, engine_choice
from apps.hosts.selectors import host_get
from apps.hosts.snapshots import ContainerList

RECENT_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostContainers(HostList):
    """The containers of a host."""

    containers: tuple[ContainerBrief, ...]


def container_list(actor: Actor, host_slug: str) -> HostContainers:
    """List every container of a host, running or not, by one engine call, or by none while a feed of events stands.

    When the engine does not answer, the list kept last is returned with the failure. Other refusals are raised.
    """
    with open_engine(actor, host_slug, Action.CONTAINER_LIST) as opened:
        snapshot = snapshots.of(opened.host)
        kept = snapshot.current
        if kept is not None:
            return HostContainers(host=opened.host, containers=kept.containers, taken_at=kept.taken_at)
        try:
            taken = _taken(opened)
        except PASSING_FAILURES as failure:
            last = snapshot.last
            return HostContainers(
                host=opened.host,
                containers=last.containers if last else (),
                taken_at=last.taken_at if last else None,
                failure=failure,
            )
        return HostContainers(host=opened.host, containers=taken.containers, taken_at=taken.taken_at)


def frame_learn(actor: Actor, host_slug: str) -> None:
    """Learn what the frame shows of a host (its version, its count), where nothing is known or it may be long past.

    Asks the engine at most once; that it does not answer is told by the page's own call.
    """
    snapshot = snapshots.of(host_get(host_slug))
    last = snapshot.last
    is_recent = last is not None and time.time() - last.taken_at < RECENT_S
    if snapshot.current is None and not is_recent and roles.may(actor, Action.CONTAINER_LIST):
        with contextlib.suppress(EngineError):
            container_list(actor, host_slug)


def container_list_recent(actor: Actor, host_slug: str) -> HostContainers:
    """List the containers as they were at most some seconds ago: good enough for completing what somebody types."""
    with open_engine(actor, host_slug, Action.CONTAINER_LIST) as opened:
        last = snapshots.of(opened.host).last
        if last is not None and (time.time() - last.taken_at < RECENT_S):
            return HostContainers(host=opened.host, containers=last.containers, taken_at=last.taken_at)
    return container_list(actor, host_slug)


def _taken(opened: OpenedEngine) -> ContainerList:
    snapshot = snapshots.of(opened.host)
    if not snapshot.is_followed:
        return _asked(opened)
    with snapshot.refresh_lock:  # many pages ask at once after an event: one call serves those that waited for it
        return snapshot.current or _asked(opened)


def _asked(opened: OpenedEngine) -> ContainerList:
    snapshot = snapshots.of(opened.host)
    is_settled = snapshot.is_settled
    generation = snapshot.generation
    containers = opened.engine.run(api.container_list_brief())
    connections.of(opened.host).learn_facts()
    return snapshot.keep(tuple(containers), generation=generation, is_settled=is_settled)


def containers_chosen(actor: Actor, host_slug: str, *, filters: EngineFilters) -> EngineChoice:
    """Ask the engine which containers fit."""

    def fitting(wanted: Mapping[str, Sequence[str]]) -> frozenset[str]:
        limits = [int(value) for value in wanted.get("limit", ())]
        others = {key: values for key, values in wanted.items() if key != "limit"}
        calls = [api.container_list(is_all=True, filters=others)] if others else []
        if limits:  # by itself: beside filters an engine counts only what meets them
            calls.append(api.container_list(limit=max(limits)))
        with open_engine(actor, host_slug, Action.CONTAINER_LIST) as opened:
            found = [frozenset(container.id for container in opened.engine.run(call)) for call in calls]
            return frozenset.intersection(*found)

    return engine_choice(filters, fitting)


def saved_views_of(actor: Actor) -> QuerySet[SavedView]:
    """The views of the list that the actor keeps, by name."""
    if actor.user_id is None:
        return SavedView.objects.none()
    return SavedView.objects.filter(user_id=actor.user_id)


def compose_of(container: ContainerInspect) -> str:
    """Project and service of a container that compose made, "" for any other."""
    labels = container.config.labels or {}
    project, service = labels.get(PROJECT, ""), labels.get(SERVICE, "")
    return f"{project}/{service}"[:500] if project and service else ""


def lineage_of(host_slug: str, container: ContainerInspect) -> str:
    """The lineage that a container's revisions belong to, "" when nothing was kept of it yet."""
    kept = Revision.objects.filter(host_slug=host_slug).order_by("-pk")
    newest = kept.filter(container_id=container.id).first()
    if newest is not None:
        last = kept.filter(lineage=newest.lineage).first()
        if last is not None and last.container_id == container.id:
            return newest.lineage
    compose = compose_of(container)
    if newest is None and compose:
        last = kept.filter(name=container.name).first()
        if last is not None and last.compose == compose:
            return last.lineage
    return ""


def revisions_of(host_slug: str, container: ContainerInspect) -> QuerySet[Revision]:
    """The revisions of a container, newest first."""
    return revisions_in(lineage_of(host_slug, container))


def revisions_in(lineage: str) -> QuerySet[Revision]:
    """The revisions of a lineage, newest first."""
    return Revision.objects.filter(lineage=lineage).order_by("-number")


@dataclass(frozen=True, slots=True)
class Aside:
    """A container that was set aside when `name` was re-created; `by` and `at` None: that was not finished."""

    name: str
    by: str | None
    at: datetime | None


def aside_of(host_slug: str, container: ContainerInspect) -> Aside | None:
    """Say whose place a container had, by the name that re-creating gives and the revisions that tell of it."""
    name, mark, digits = container.name.rpartition("-before-")
    if not mark or digits != container.short_id:
        return None
    mine = Revision.objects.filter(host_slug=host_slug, container_id=container.id, name=name).order_by("-pk").first()
    if mine is None:
        return None
    after = revisions_in(mine.lineage).filter(number__gt=mine.number).last()
    return Aside(name, after.made_by_name, after.made_at) if after else Aside(name, None, None)


def container_names_known(host_slug: str, refs: Iterable[str]) -> dict[str, str]:
    """Names of containers by full id, as far as the list kept last tells them. For words beside a failure only."""
    last = snapshots.of(host_get(host_slug)).last
    names = {container.id: container.name for container in last.containers} if last else {}
    return {ref: names[ref] for ref in refs if ref in names}
