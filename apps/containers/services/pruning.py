"""Remove every container that does not run, after a look at what that would be."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.errors import PreviewIsOld
from apps.core.pruning import PruneNarrowing, seal_of
from apps.engine.api import containers as api
from apps.engine.errors import VersionTooOld
from apps.engine.operations import CONTAINER_PRUNE
from apps.engine.types.containers import ContainerSummary
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import OpenedEngine, open_engine

log = logging.getLogger(__name__)

_STAYS = ("running", "paused", "restarting", "removing")


class PruneFilters(PruneNarrowing):
    """Which stopped containers are meant."""

    def fits(self, container: ContainerSummary) -> bool:
        """Whether prune would take it, as engines decide."""
        return container.state not in _STAYS and self.takes(created=container.created, labels=container.labels)


@dataclass(frozen=True, slots=True)
class PrunePreview:
    """What would go, largest first, and a seal of it: what was looked at is what is removed."""

    containers: tuple[ContainerSummary, ...]
    version: ApiVersion

    @property
    def size_bytes(self) -> int:
        """What the containers wrote, as far as the engine measures it."""
        return sum(container.size_rw or 0 for container in self.containers)

    @property
    def seal(self) -> str:
        """The same for the same containers."""
        return seal_of(container.id for container in self.containers)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What is gone: names by full id, and the bytes that the engine says this gained."""

    names: Mapping[str, str]
    space_bytes: int


def container_prune_preview(actor: Actor, host_slug: str, *, filters: PruneFilters) -> PrunePreview:
    """List what a prune would take now. Measuring sizes may take the engine a moment. Raises VersionTooOld."""
    with open_engine(actor, host_slug, Action.CONTAINER_PRUNE) as opened:
        return _previewed(opened, filters)


def container_prune(actor: Actor, host_slug: str, *, filters: PruneFilters, seal: str = "") -> Pruned:
    """Remove them. With the `seal` of a preview: PreviewIsOld when they are others by now. Conflict: a prune runs."""
    with open_engine(actor, host_slug, Action.CONTAINER_PRUNE) as opened:
        preview = _previewed(opened, filters, is_measured=False)
        if seal and seal != preview.seal:
            raise PreviewIsOld
        try:
            told = opened.engine.run(api.container_prune(filters=filters.as_query()))
        finally:
            snapshots.of(opened.host).changed()
    names = {container.id: container.name for container in preview.containers}
    gone = {container_id: names.get(container_id, container_id[:12]) for container_id in told.deleted}
    log.info("%s: prune on %s: %d containers, %d bytes", actor.username, host_slug, len(gone), told.space_reclaimed)
    return Pruned(gone, told.space_reclaimed)


def _previewed(opened: OpenedEngine, filters: PruneFilters, *, is_measured: bool = True) -> PrunePreview:
    version = opened.engine.version
    if version < CONTAINER_PRUNE.since:
        raise VersionTooOld(CONTAINER_PRUNE.id, CONTAINER_PRUNE.since, version)
    found = opened.engine.run(api.container_list(is_all=True, size=is_measured))
    fitting = [container for container in found if filters.fits(container)]
    return PrunePreview(tuple(sorted(fitting, key=lambda one: (-(one.size_rw or 0), one.name))), version)
