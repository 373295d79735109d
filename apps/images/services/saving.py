"""Images as a tar, carried to the reader piece by piece. No lock of the engine is held meanwhile."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput
from apps.engine.api.image_transfer import image_get, image_get_all
from apps.engine.call import Call
from apps.engine.errors import EngineGone
from apps.engine.types.images import ImageInspect
from apps.engine.wire.tar import END
from apps.hosts.gate import OpenedEngine, open_engine, open_engine_async
from apps.images.naming import short_id
from apps.images.selectors import resolved

log = logging.getLogger(__name__)

MOST_IMAGES = 200
_UNFIT = re.compile(r"[^a-zA-Z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Saved:
    """`name` is that of the file, without its ending; `pieces` are the tar as the engine sends it."""

    name: str
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An image to save, under `names`."""

    ref: str
    image: ImageInspect
    names: tuple[str, ...]


def images_save(actor: Actor, host_slug: str, refs: Sequence[str]) -> Saved:
    """Open images for reading to the end. By a name they are loaded with that name again, by an id with all they have.

    Raises what the gate raises, NotFoundHere when one is not there, InvalidInput for none or too many. The pieces raise
    what the engine says, and EngineGone when the tar is cut.
    """
    with open_engine(actor, host_slug, Action.IMAGE_SAVE) as opened:
        chosen = images_to_save(opened, refs)
    wanted, names = [one.ref for one in chosen], [name for one in chosen for name in one.names]
    log.info("%s: save %s on %s", actor.username, ", ".join(names), host_slug)
    return Saved(file_name(wanted, names), _pieces(actor, host_slug, save_call(names)))


def images_to_save(opened: OpenedEngine, refs: Sequence[str]) -> list[Chosen]:
    """Resolve what is to be saved. Raises InvalidInput for none or too many, NotFoundHere when one is not there."""
    wanted = list(dict.fromkeys(refs))
    if not 0 < len(wanted) <= MOST_IMAGES:
        raise InvalidInput(
            _("Name the images to save."),
            _("From 1 to %(most)d of them.") % {"most": MOST_IMAGES},
            field="names",
        )
    chosen = []
    for ref in wanted:
        image = resolved(opened, ref=ref).image
        is_name = ref in image.tags or f"{ref}:latest" in image.tags or ref in image.digests
        chosen.append(Chosen(ref, image, tuple([ref] if is_name else image.tags or [image.id])))
    return chosen


def save_call(names: Sequence[str]) -> Call[bytes]:
    """The archive of these as the engine sends it."""
    return image_get(names[0]) if len(names) == 1 else image_get_all(names)


async def _pieces(actor: Actor, host_slug: str, call: Call[bytes]) -> AsyncIterator[bytes]:
    end = b""
    async with (
        open_engine_async(actor, host_slug, Action.IMAGE_SAVE) as opened,
        opened.engine.stream(call) as stream,
    ):
        async for chunk in stream:
            end = (end + chunk)[-len(END) :]
            yield chunk
    if end != END:  # what went wrong after the first byte is written behind the tar, as if it were well
        raise EngineGone(call.operation.id)


def file_name(wanted: Sequence[str], names: Sequence[str]) -> str:
    """What the archive is called, without its ending."""
    if len(wanted) > 1:
        return f"images-{len(wanted)}"
    name = short_id(names[0]) if names[0].startswith("sha256:") else names[0]
    return _UNFIT.sub("-", name).strip("-.") or "image"
