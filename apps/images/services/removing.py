"""Remove images, one or several; say beforehand what would go."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import NotFoundHere, Refusal
from apps.engine.api import images as api
from apps.engine.errors import Conflict, EngineError, NotFound
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.images import ImageDeleted, ImageInspect, ImageSummary
from apps.hosts import snapshots
from apps.hosts.gate import OpenedEngine, open_engine
from apps.images.errors import Holder, ImageHeld
from apps.images.naming import in_order, is_full_id, short_id
from apps.images.selectors import OpenedImage, built_upon, containers_of, every_image, open_image, resolved, users_of

log = logging.getLogger(__name__)

_CANNOT = "cannot be forced"
_CHILDREN = "dependent child images"


@dataclass(frozen=True, slots=True)
class RemoveOptions:
    """`is_forced`: although it has several names or stopped containers use it. `keeps_parents`: unnamed ones stay."""

    is_forced: bool = False
    keeps_parents: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """An image that is gone: the names it lost, and the ids of images and layers that went. Both empty: it was gone."""

    id: str
    name: str
    untagged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    was_needed: bool = True


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One of several: an outcome, or why there is none."""

    ref: str
    outcome: Removed | None = None
    failure: EngineError | Refusal | None = None


@dataclass(frozen=True, slots=True)
class RemovePreview:
    """What a removal would do. `parents`: unnamed images that would go too; `children` and `users` hold it."""

    image: ImageInspect
    parents: tuple[ImageSummary, ...]
    children: tuple[ImageSummary, ...]
    users: tuple[ContainerBrief, ...]

    @property
    def needs_force(self) -> bool:
        """Whether it goes by force only, if at all."""
        return len(self.image.tags) > 1 or bool(self.users)

    @property
    def is_hopeless(self) -> bool:
        """Whether not even force helps."""
        return bool(self.children) or any(one.state in ("running", "paused", "restarting") for one in self.users)


def image_remove_preview(actor: Actor, host_slug: str, ref: str) -> RemovePreview:
    """Tell what removing an image would take along, and what holds it."""
    with open_image(actor, host_slug, ref, Action.IMAGE_REMOVE) as opened:
        images = every_image(opened.around)
        containers = containers_of(opened.around, actor)
    image = opened.image
    return RemovePreview(
        image,
        _parents(image, images, used={one.image_id for one in containers}),
        tuple(built_upon(image.id, images)),
        tuple(users_of(image, containers)),
    )


def _parents(image: ImageInspect, images: Sequence[ImageSummary], *, used: set[str]) -> tuple[ImageSummary, ...]:
    """The chain of images below it that have no name, no other child and no container."""
    by_id = {one.id: one for one in images}
    gone = {image.id}
    chain: list[ImageSummary] = []
    parent = by_id.get(image.parent)
    while parent is not None and not parent.tags and parent.id not in used:
        if any(one.parent_id == parent.id and one.id not in gone for one in images):
            break
        chain.append(parent)
        gone.add(parent.id)
        parent = by_id.get(parent.parent_id)
    return tuple(chain)


def image_remove(actor: Actor, host_slug: str, ref: str, *, options: RemoveOptions) -> Removed:
    """Remove one image with all its names. Raises ImageHeld, which says what holds it."""
    with open_engine(actor, host_slug, Action.IMAGE_REMOVE) as opened:
        return _removed(opened, actor, ref, options=options)


def image_remove_all(
    actor: Actor,
    host_slug: str,
    refs: Sequence[str],
    *,
    options: RemoveOptions,
    tell: Callable[[BulkItem], None] = lambda item: None,
    is_over: Callable[[], bool] = lambda: False,
) -> list[BulkItem]:
    """Remove several, each told of by itself. One that others of them are built on goes once those are gone.

    `tell` is called with each as it is decided, in any order; once `is_over` says so, no more is begun.
    """
    with open_engine(actor, host_slug, Action.IMAGE_REMOVE) as opened:

        def one(ref: str) -> BulkItem:
            try:
                return BulkItem(ref, outcome=_removed(opened, actor, ref, options=options))
            except (EngineError, Refusal) as failure:
                return BulkItem(ref, failure=failure)

        items: dict[str, BulkItem] = {}
        waiting = list(refs)
        while waiting:
            held = []
            for ref in waiting:
                if is_over():
                    return list(items.values())
                items[ref] = one(ref)
                if items[ref].failure and _CHILDREN in str(items[ref].failure):
                    held.append(ref)
                else:
                    tell(items[ref])
            if len(held) == len(waiting):
                for ref in held:
                    tell(items[ref])
                break
            waiting = held
        return list(items.values())


def _removed(opened: OpenedEngine, actor: Actor, ref: str, *, options: RemoveOptions) -> Removed:
    try:
        target = resolved(opened, ref=ref)
    except NotFoundHere:
        if is_full_id(ref):
            return Removed(ref, short_id(ref), was_needed=False)
        raise
    name = in_order(target.image.tags)[0] if target.image.tags else short_id(target.image.id)
    call = api.image_remove(target.image.id, force=options.is_forced, noprune=options.keeps_parents)
    try:
        steps = target.run(call)
    except NotFound:
        return Removed(target.image.id, name, was_needed=False)
    except Conflict as conflict:
        raise _held(target, actor, name, conflict, is_forced=options.is_forced) from conflict
    finally:
        snapshots.of(opened.host).changed()
    log.info("%s: remove image %s (%s) on %s", actor.username, name, short_id(target.image.id), opened.host.slug)
    return Removed(target.image.id, name, *split(steps))


def split(steps: Sequence[ImageDeleted]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a removal did, as names taken away and ids that went."""
    return tuple(step.untagged for step in steps if step.untagged), tuple(
        step.deleted for step in steps if step.deleted
    )


def _held(target: OpenedImage, actor: Actor, name: str, conflict: Conflict, *, is_forced: bool) -> ImageHeld:
    users = users_of(target.image, containers_of(target.around, actor))
    holders = [Holder(one.id, one.name, one.state) for one in users]
    can_force = _CANNOT not in conflict.message and not is_forced
    return ImageHeld(name, conflict.message, holders=holders, can_force=can_force)
