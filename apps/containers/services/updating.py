"""Limits and the restart policy of a container that stays as it is otherwise."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api import containers as api
from apps.engine.operations import CONTAINER_UPDATE
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import open_container

log = logging.getLogger(__name__)

UPDATE_SINCE = CONTAINER_UPDATE.since
FIELDS_SINCE: Mapping[str, ApiVersion] = {
    "RestartPolicy": ApiVersion(1, 23),
    "NanoCpus": ApiVersion(1, 28),
    "PidsLimit": ApiVersion(1, 40),
}
"""What came to update later than update itself."""


@dataclass(frozen=True, slots=True)
class Updatable:
    """A container whose limits may be changed, and the API version in which its engine is spoken to."""

    container: ContainerInspect
    version: ApiVersion


@dataclass(frozen=True, slots=True)
class Updated:
    """What the engine took, perhaps with warnings of its own."""

    container_id: str
    name: str
    warnings: tuple[str, ...]
    was_needed: bool = True


def container_updatable(actor: Actor, host_slug: str, ref: str) -> Updatable:
    """Look at what can be changed. Raises what the gate raises."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_UPDATE) as opened:
        return Updatable(opened.container, opened.engine.version)


def container_update(actor: Actor, host_slug: str, ref: str, *, settings: Mapping[str, Any]) -> Updated:
    """Change settings by their names in the reference; without any, nothing is asked of the engine.

    Raises Conflict and the like in the engine's words, VersionTooOld for what its API version lacks.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_UPDATE) as opened:
        container = opened.container
        if not settings:
            return Updated(container.id, container.name, (), was_needed=False)
        try:
            told = opened.engine.run(api.container_update(container.id, settings=settings))
        finally:
            snapshots.of(opened.host).changed()
    words = ", ".join(f"{name}={value}" for name, value in settings.items())
    log.info("%s: update %s (%s) on %s: %s", actor.username, container.name, container.id[:12], host_slug, words)
    return Updated(container.id, container.name, tuple(told.warnings))
