"""Pull an image: by an activity, so that it outlives the page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.engine.api.image_transfer import image_create
from apps.engine.errors import ApiError
from apps.hosts import snapshots
from apps.hosts.gate import open_engine_async
from apps.images.services.transfer import Way, failed, left_open, lines_of, tell
from apps.registries.credentials import auth_header, registry_for
from apps.registries.references import DEFAULT_TAG, Reference, parse

PULL = "image.pull"
_DIGEST = re.compile(r"Digest: (\S+)")
_DONE = re.compile(r"Status: (?:Image is up to date|Downloaded newer image)")
_UP_TO_DATE = "Image is up to date"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reference means: `reference` complete, and the credentials that would go with it ("": none are kept)."""

    reference: Reference
    credentials: str

    @property
    def full(self) -> str:
        """The reference with nothing left out: docker.io/library/alpine:latest."""
        return str(self.reference)


def reference_read(actor: Actor, text: str, *, is_every_tag: bool = False) -> Reading:
    """Read a reference as the command line does, and look whose credentials it takes. Raises InvalidInput."""
    roles.require(actor, Action.IMAGE_PULL)
    reference = _parsed(text, is_every_tag=is_every_tag)
    registry = registry_for(actor, reference.registry_host)
    has_credentials = registry is not None and registry.has_secret
    return Reading(reference, registry.name if registry is not None and has_credentials else "")


def pull_start(actor: Actor, host_slug: str, *, reference: str, platform: str, is_every_tag: bool) -> Activity:
    """Begin a pull, with `is_every_tag` of all tags there are. Raises InvalidInput, and as activity_start does."""
    read = _parsed(reference, is_every_tag=is_every_tag)
    params = {"reference": read.familiar, "platform": platform, "every_tag": is_every_tag}
    return activity_start(actor, host_slug, kind=PULL, params=params)


async def pull(run: Run) -> Result:
    """Do it: bars for each layer, and what the engine says at the end."""
    text, is_every_tag = str(run.params["reference"]), bool(run.params.get("every_tag"))
    reference = _parsed(text, is_every_tag=is_every_tag)
    auth = await database_sync_to_async(auth_header, thread_sensitive=False)(run.actor, reference.registry_host)
    call = image_create(
        from_image=reference.name_for_engine,
        tag=reference.tag_for_engine,
        is_every_tag=is_every_tag,
        platform=str(run.params.get("platform") or "") or None,
        auth=auth,
    )
    title = _("%(image)s could not be pulled.") % {"image": reference.familiar}
    digests: list[str] = []
    statuses: list[str] = []
    async with open_engine_async(run.actor, run.host_slug, Action.IMAGE_PULL) as opened:
        try:
            async with opened.engine.stream(call) as stream:
                async for line in lines_of(stream, sent=call.headers):
                    await tell(run, line)
                    if found := _DIGEST.match(line.status):
                        digests.append(found[1])
                    elif _DONE.match(line.status):
                        statuses.append(line.status)
        except ApiError as error:
            raise failed(title, error, Way(reference.registry_host, bool(auth))) from error
        snapshots.of(opened.host).changed()
    if not statuses:
        raise left_open(title, hint=_("Look at the list of images, and pull it again if it is not there."))
    is_up_to_date = all(_UP_TO_DATE in status for status in statuses)
    if is_up_to_date:
        await run.tell({"type": "note", "text": _("Up to date: nothing was newer in the registry.")})
    return {
        "reference": reference.familiar,
        "digest": digests[-1] if len(digests) == 1 else "",
        "tags": len(digests) if is_every_tag else None,
        "is_up_to_date": is_up_to_date,
    }


def _parsed(text: str, *, is_every_tag: bool) -> Reference:
    return parse(text, default_tag="" if is_every_tag else DEFAULT_TAG)
