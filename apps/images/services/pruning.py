"""Remove every image that nothing uses, after a look at what that would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.pruning import Prune, Pruned
from apps.core.pruning import Going, PruneFilters
from apps.engine.api import images as api
from apps.engine.call import Call
from apps.engine.errors import EngineError, VersionTooOld
from apps.engine.operations import IMAGE_PRUNE
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.images import ImagesPruned, ImageSummary
from apps.engine.version import ApiVersion
from apps.hosts.gate import OpenedEngine, open_engine
from apps.images.kept import Sharing
from apps.images.listed import Listed, listed
from apps.images.naming import short_id
from apps.images.selectors import containers_of, every_image, sharing_of
from apps.images.services.removing import split


@dataclass(frozen=True, slots=True)
class ImagePrunePreview:
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
    def going(self) -> tuple[Going, ...]:
        """The same as every prune has it."""
        return tuple(
            Going(row.id, ", ".join(row.names) or short_id(row.id), tuple(row.names), stays=stays)
            for rows, stays in ((self.rows, False), (self.losing, True))
            for row in rows
        )


def image_prune_look(actor: Actor, host_slug: str, *, filters: PruneFilters, is_measured: bool) -> ImagePrunePreview:
    """List what a prune would take now. Measuring may take the engine a moment. Raises VersionTooOld."""
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        version = opened.engine.version
        if version < IMAGE_PRUNE.since:
            raise VersionTooOld(IMAGE_PRUNE.id, IMAGE_PRUNE.since, version)
        images = every_image(opened)
        sharing = _sharing(opened) if is_measured else None
        chosen, losing = _chosen(images, containers_of(opened, actor), filters=filters)
    rows = listed(chosen, shared=sharing.shared if sharing else None)
    rows.sort(key=lambda row: (-row.summary.size, row.name_folded, row.id))
    parents = frozenset(image.parent_id for image in images)
    return ImagePrunePreview(tuple(rows), tuple(listed(losing)), parents, version, is_measured=sharing is not None)


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
        if not filters.takes(created=image.created, labels=image.labels):
            continue
        if not row.users:
            chosen.append(image)
        elif len(image.tags) > 1:
            losing.append(image)
    return chosen, losing


def _call(filters: PruneFilters) -> Call[ImagesPruned]:
    return api.image_prune(filters={"dangling": ["false" if filters.is_all else "true"], **filters.as_query()})


def _read(told: ImagesPruned) -> Pruned:
    untagged, deleted = split(told.deleted)
    return Pruned(frozenset(deleted), told.space_reclaimed, untagged)


IMAGES = Prune(
    kind="image.prune",
    action=Action.IMAGE_PRUNE,
    look=image_prune_look,
    call=_call,
    read=_read,
    event=("image", "delete"),
    old_words=lambda: _("The unused images have changed"),
    failed_words=lambda: _("The unused images could not be removed."),
    done_words=lambda count: ngettext("%(n)d image was removed.", "%(n)d images were removed.", count) % {"n": count},
)
