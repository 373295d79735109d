"""Empty what BuildKit keeps to build faster. Builds from here use the engine's own cache: its layers of images."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.pruning import PruneFailed
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.core.templatetags.ui import size
from apps.engine.api.build import build_prune
from apps.engine.call import Call
from apps.engine.errors import ApiError
from apps.engine.types.build import BuildPruned
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_engine, open_engine_async

log = logging.getLogger(__name__)

BUILD_PRUNE = "build.prune"
NARROWED_SINCE = ApiVersion(1, 39)


@dataclass(frozen=True, slots=True)
class CacheWish:
    """What goes: with `is_all` also what images share; not what was used less than `unused_for` ("24h") ago;
    `keep_bytes` stay in any case.
    """

    is_all: bool = False
    unused_for: str = ""
    keep_bytes: int | None = None


def build_cache_version(actor: Actor, host_slug: str) -> ApiVersion:
    """The API version of the host, for what can be asked for. Raises what the gate raises."""
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        return opened.engine.version


def build_cache_start(actor: Actor, host_slug: str, *, wish: CacheWish) -> Activity:
    """Begin to empty it. Raises VersionTooOld before API 1.31, and as activity_start does."""
    _call(wish).request(build_cache_version(actor, host_slug))  # refused here, not later
    return activity_start(actor, host_slug, kind=BUILD_PRUNE, params=asdict(wish))


async def build_cache_empty(run: Run) -> Result:
    """Do it. What goes has no names but the engine's ids."""
    call = _call(CacheWish(**run.params))
    async with open_engine_async(run.actor, run.host_slug, Action.IMAGE_PRUNE) as opened:
        try:
            told = await opened.engine.run(call)
        except ApiError as error:
            hint = _("Wait until no build and no other prune runs, then start again.")
            raise PruneFailed(_("The build cache could not be emptied."), error.message, hint=hint) from error
    count = len(told.caches_deleted)
    log.info("%s: build cache of %s: %d records", run.actor.username, run.host_slug, count)
    for record in told.caches_deleted:
        await run.tell({"type": "item", "name": record, "outcome": "done", "detail": ""})
    words = ngettext("%(n)d record of the build cache went.", "%(n)d records of the build cache went.", count)
    gained = _("%(size)s of space gained.") % {"size": size(told.space_reclaimed)}
    await run.tell({"type": "note", "text": f"{words % {'n': count}} {gained}"})
    return {"removed": count, "space_bytes": told.space_reclaimed}


def _call(wish: CacheWish) -> Call[BuildPruned]:
    return build_prune(is_all=wish.is_all, unused_for=wish.unused_for, keep_bytes=wish.keep_bytes)
