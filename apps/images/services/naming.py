"""Give an image a name, and take one of several away."""

import logging
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput
from apps.engine.api import images as api
from apps.engine.errors import NotFound
from apps.engine.types.images import ImageInspect
from apps.hosts import snapshots
from apps.hosts.gate import OpenedEngine
from apps.images.errors import LastName, NameMoves
from apps.images.naming import short_id
from apps.images.selectors import open_image
from apps.registries.references import Reference, parse

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Named:
    """An image has a name, or lost it. `was_needed` False: it was so already."""

    image_id: str
    reference: str
    was_needed: bool = True


def image_tag(actor: Actor, host_slug: str, ref: str, *, reference: str, moves: bool = False) -> Named:
    """Give an image one more name. Raises NameMoves when another image bears it, unless it `moves`."""
    wanted = _tag_of(reference)
    with open_image(actor, host_slug, ref, Action.IMAGE_TAG) as opened:
        image = opened.image
        holder = _holder(opened.around, wanted)
        if holder is not None and holder.id == image.id:
            return Named(image.id, wanted.familiar, was_needed=False)
        if holder is not None and not moves:
            short, is_last = short_id(holder.id), len(holder.tags) == 1
            raise NameMoves(wanted.familiar, holder_id=holder.id, holder_short_id=short, is_last=is_last)
        call = api.image_tag(image.id, repo=wanted.name_for_engine, tag=wanted.tag_for_engine, force=moves or None)
        try:
            opened.run(call)
        finally:
            snapshots.of(opened.around.host).changed()
    log.info("%s: tag %s as %s on %s", actor.username, short_id(image.id), wanted.familiar, host_slug)
    return Named(image.id, wanted.familiar)


def image_untag(actor: Actor, host_slug: str, ref: str, *, reference: str) -> Named:
    """Take one of several names away. Raises LastName for the only one: with it the image would go."""
    with open_image(actor, host_slug, ref, Action.IMAGE_TAG) as opened:
        image = opened.image
        if reference not in image.tags:
            return Named(image.id, reference, was_needed=False)
        if len(image.tags) < 2:
            raise LastName(reference)
        try:
            opened.run(api.image_remove(reference, noprune=True))
        except NotFound:
            return Named(image.id, reference, was_needed=False)
        finally:
            snapshots.of(opened.around.host).changed()
    log.info("%s: untag %s of %s on %s", actor.username, reference, short_id(image.id), host_slug)
    return Named(image.id, reference)


def _tag_of(text: str) -> Reference:
    wanted = parse(text)
    if wanted.digest:
        raise InvalidInput(
            _("This is no name for an image here"),
            _("A digest cannot be given: it follows from the content."),
            field="reference",
        )
    return wanted


def _holder(opened: OpenedEngine, wanted: Reference) -> ImageInspect | None:
    try:
        return opened.engine.run(api.image_inspect(wanted.familiar))
    except NotFound:
        return None
