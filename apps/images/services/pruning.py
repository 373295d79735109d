"""Remove every image that nothing uses, after a look at what that would be."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.pruning import PruneNarrowing, seal_of
from apps.engine.api import images as api
from apps.engine.errors import EngineError, VersionTooOld
from apps.engine.operations import IMAGE_PRUNE
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.images import ImageSummary
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import OpenedEngine, open_engine
from apps.images.errors import PreviewIsOld
from apps.images.kept import Sharing
from apps.images.listed import Listed, listed
from apps.images.selectors import containers_of, every_image, sharing_of
from apps.images.services.removing import split

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PruneFilters:
    """Which unused images are meant: those without a name, or with `is_all` the named ones too."""

    is_all: bool = False
    narrowing: PruneNarrowing = field(default_factory=PruneNarrowing)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen."""
        return not self.is_all and not self.narrowing.as_query()

    def as_query(self) -> dict[str, Sequence[str]]:
        """The same as the engine takes it."""
        return {"dangling": ["false" if self.is_all else "true"], **self.narrowing.as_query()}


@dataclass(frozen=True, slots=True)
class PrunePreview:
    """What would go, largest first. `losing`: used images of several names, of which all but one would go.

    Those in `parents` lose their names and stay as layers of others. `gain_bytes`: what would be gained at least; None
    where the engine did not tell.
    """

    rows: tuple[Listed, ...]
    losing: tuple[Listed, ...]
    parents: frozenset[str]
    version: ApiVersion
    is_measured: bool

    @property
    def gain_bytes(self) -> int | None:
        """The layers that nothing else has."""
        going = (row for row in self.rows if row.id not in self.parents)
        return sum(row.unique_bytes or 0 for row in going) if self.is_measured else None

    @property
    def seal(self) -> str:
        """The same for the same images under the same names."""
        return seal_of([f"{row.id} {' '.join(row.names)}" for row in (*self.rows, *self.losing)])


@dataclass(frozen=True, slots=True)
class Pruned:
    """What is gone: names taken away, ids of images and layers, and the bytes that the engine says this gained."""

    untagged: tuple[str, ...]
    deleted: tuple[str, ...]
    space_bytes: int


def image_prune_preview(actor: Actor, host_slug: str, *, filters: PruneFilters) -> PrunePreview:
    """List what a prune would take now. Measuring may take the engine a moment. Raises VersionTooOld."""
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        return _previewed(opened, actor, filters, is_measured=True)


def image_prune(actor: Actor, host_slug: str, *, filters: PruneFilters, seal: str = "") -> Pruned:
    """Remove them. With the `seal` of a preview: PreviewIsOld when they are others by now. Conflict: a prune runs."""
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        if seal and seal != _previewed(opened, actor, filters, is_measured=False).seal:
            raise PreviewIsOld
        try:
            told = opened.engine.run(api.image_prune(filters=filters.as_query()))
        finally:
            snapshots.of(opened.host).changed()
    untagged, deleted = split(told.deleted)
    log.info("%s: prune images on %s: %d gone, %d bytes", actor.username, host_slug, len(deleted), told.space_reclaimed)
    return Pruned(untagged, deleted, told.space_reclaimed)


def _previewed(opened: OpenedEngine, actor: Actor, filters: PruneFilters, *, is_measured: bool) -> PrunePreview:
    version = opened.engine.version
    if version < IMAGE_PRUNE.since:
        raise VersionTooOld(IMAGE_PRUNE.id, IMAGE_PRUNE.since, version)
    images = every_image(opened)
    sharing = _sharing(opened) if is_measured else None
    chosen, losing = _chosen(images, containers_of(opened, actor), filters=filters)
    rows = listed(chosen, shared=sharing.shared if sharing else None)
    rows.sort(key=lambda row: (-row.summary.size, row.name_folded, row.id))
    parents = frozenset(image.parent_id for image in images)
    return PrunePreview(tuple(rows), tuple(listed(losing)), parents, version, is_measured=sharing is not None)


def _sharing(opened: OpenedEngine) -> Sharing | None:
    try:
        return sharing_of(opened)
    except EngineError:  # a figure less; the preview itself stands
        return None


def _chosen(
    images: Sequence[ImageSummary], containers: Sequence[ContainerBrief], *, filters: PruneFilters
) -> tuple[list[ImageSummary], list[ImageSummary]]:
    """Decide as engines do: heads only, not what a container uses; of used images with several names all but one go."""
    parents = {image.parent_id for image in images if image.parent_id}
    chosen: list[ImageSummary] = []
    losing: list[ImageSummary] = []
    for row in listed(images, containers=containers):
        image = row.summary
        if image.tags and not filters.is_all:
            continue
        if not image.tags and image.id in parents:  # a layer of another image
            continue
        if not filters.narrowing.takes(created=image.created, labels=image.labels):
            continue
        if not row.users:
            chosen.append(image)
        elif len(image.tags) > 1:
            losing.append(image)
    return chosen, losing
