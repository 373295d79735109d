"""Remove every container that does not run, after a look at what that would be."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.pruning import Prune, Pruned
from apps.core.pruning import Going, PruneFilters
from apps.engine.api import containers as api
from apps.engine.errors import VersionTooOld
from apps.engine.operations import CONTAINER_PRUNE
from apps.engine.types.containers import ContainerSummary
from apps.engine.types.processes import ContainersPruned
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_engine

_STAYS = ("running", "paused", "restarting", "removing")


@dataclass(frozen=True, slots=True)
class ContainerPrunePreview:
    """What would go, largest first."""

    containers: tuple[ContainerSummary, ...]
    version: ApiVersion

    @property
    def size_bytes(self) -> int:
        """What the containers wrote, as far as the engine measures it."""
        return sum(container.size_rw or 0 for container in self.containers)

    @property
    def going(self) -> tuple[Going, ...]:
        """The same as every prune has it."""
        return tuple(Going(container.id, container.name) for container in self.containers)


def container_prune_look(
    actor: Actor, host_slug: str, *, filters: PruneFilters, is_measured: bool
) -> ContainerPrunePreview:
    """List what a prune would take now. Measuring sizes may take the engine a moment. Raises VersionTooOld."""
    with open_engine(actor, host_slug, Action.CONTAINER_PRUNE) as opened:
        version = opened.engine.version
        if version < CONTAINER_PRUNE.since:
            raise VersionTooOld(CONTAINER_PRUNE.id, CONTAINER_PRUNE.since, version)
        found = opened.engine.run(api.container_list(is_all=True, size=is_measured))
    going = [one for one in found if is_taken(one, filters)]
    return ContainerPrunePreview(tuple(sorted(going, key=lambda one: (-(one.size_rw or 0), one.name))), version)


def is_taken(container: ContainerSummary, filters: PruneFilters) -> bool:
    """Whether a prune takes it, as engines decide."""
    return container.state not in _STAYS and filters.takes(created=container.created, labels=container.labels)


def _read(told: ContainersPruned) -> Pruned:
    return Pruned(frozenset(told.deleted), told.space_reclaimed)


CONTAINERS = Prune(
    kind="container.prune",
    action=Action.CONTAINER_PRUNE,
    look=container_prune_look,
    call=lambda filters: api.container_prune(filters=filters.as_query()),
    read=_read,
    event=("container", "destroy"),
    old_words=lambda: _("The stopped containers have changed"),
    failed_words=lambda: _("The stopped containers could not be removed."),
    done_words=lambda count: (
        ngettext("%(n)d container was removed.", "%(n)d containers were removed.", count) % {"n": count}
    ),
)
