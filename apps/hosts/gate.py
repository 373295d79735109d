"""The only door to an engine: it takes who asks, where, and what for.

A caller who may not is refused before anything is looked up, so that a refusal tells nothing of what exists. A host or
a container that is not there is the same NotFoundHere, whatever the reason. A container is resolved by inspect and
must be what was named: by its full id, its short id (12 digits) or its name. What follows is done on the full id only,
so nothing is decided on one name and done on another.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import NotFoundHere
from apps.engine.aio import AsyncEngine
from apps.engine.api.containers import container_inspect
from apps.engine.errors import NotFound
from apps.engine.sync import Engine
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts import connections
from apps.hosts.models import Host
from apps.hosts.selectors import host_get

_REF = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}", re.ASCII)
_SHORT_ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class OpenedEngine:
    """A host whose engine the actor may use for the action she named."""

    host: Host
    engine: Engine


@dataclass(frozen=True, slots=True)
class OpenedContainer:
    """A container on which the actor may do what she named. Act on `container.id` and nothing else."""

    host: Host
    engine: Engine
    container: ContainerInspect


@dataclass(frozen=True, slots=True)
class OpenedEngineAsync:
    """OpenedEngine for coroutines."""

    host: Host
    engine: AsyncEngine


@dataclass(frozen=True, slots=True)
class OpenedContainerAsync:
    """OpenedContainer for coroutines."""

    host: Host
    engine: AsyncEngine
    container: ContainerInspect


@contextmanager
def open_engine(actor: Actor, host_slug: str, action: Action) -> Iterator[OpenedEngine]:
    """Open a host's engine. Raises AccessDenied, then NotFoundHere."""
    roles.require(actor, action)
    host = host_get(host_slug)
    yield OpenedEngine(host, connections.of(host).engine)


@contextmanager
def open_container(actor: Actor, host_slug: str, ref: str, action: Action) -> Iterator[OpenedContainer]:
    """Open one container of a host. Raises AccessDenied, then NotFoundHere, then what the engine raises."""
    with open_engine(actor, host_slug, action) as opened:
        yield resolved(opened, actor, ref=ref, action=action)


def resolved(opened: OpenedEngine, actor: Actor, *, ref: str, action: Action) -> OpenedContainer:
    """Decide on one container of a host that is open already (several at once: each is decided by itself)."""
    roles.require(actor, action)
    if not _REF.fullmatch(ref):
        raise container_not_found()
    try:
        container = opened.engine.run(container_inspect(ref))
    except NotFound as exc:
        raise container_not_found() from exc
    if not _is_named_by(container, ref):
        raise container_not_found()
    return OpenedContainer(opened.host, opened.engine, container)


@asynccontextmanager
async def open_engine_async(actor: Actor, host_slug: str, action: Action) -> AsyncIterator[OpenedEngineAsync]:
    """Do as open_engine does, for coroutines; the database is asked on a thread of its own."""
    roles.require(actor, action)
    host = await database_sync_to_async(host_get, thread_sensitive=False)(host_slug)
    yield OpenedEngineAsync(host, connections.of(host).async_engine())


@asynccontextmanager
async def open_engine_for_own_work(host_slug: str) -> AsyncIterator[OpenedEngineAsync]:
    """Open a host's engine for the program itself: to end what it started for somebody who is gone. No actor asks,
    and nothing that an actor sends may lead here. Raises NotFoundHere.
    """
    host = await database_sync_to_async(host_get, thread_sensitive=False)(host_slug)
    yield OpenedEngineAsync(host, connections.of(host).async_engine())


@asynccontextmanager
async def open_container_async(
    actor: Actor, host_slug: str, ref: str, action: Action
) -> AsyncIterator[OpenedContainerAsync]:
    """Do as open_container does, for coroutines."""
    async with open_engine_async(actor, host_slug, action) as opened:
        if not _REF.fullmatch(ref):
            raise container_not_found()
        try:
            container = await opened.engine.run(container_inspect(ref))
        except NotFound as exc:
            raise container_not_found() from exc
        if not _is_named_by(container, ref):
            raise container_not_found()
        yield OpenedContainerAsync(opened.host, opened.engine, container)


def _is_named_by(container: ContainerInspect, ref: str) -> bool:
    if ref in (container.id, container.name.removeprefix("/")):
        return True
    return len(ref) == _SHORT_ID_DIGITS and container.id.startswith(ref)


def container_not_found() -> NotFoundHere:
    """The one answer for every container that is not there, or not hers."""
    return NotFoundHere(
        _("There is no such container"),
        _("It may have been removed, or its name or id is misspelt."),
        hint=_("Look for it in the list of containers."),
    )
