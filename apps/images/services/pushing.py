"""Push an image to the registry that its name begins with."""

from __future__ import annotations

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.core.errors import InvalidInput
from apps.engine.api.image_transfer import image_push
from apps.engine.errors import ApiError
from apps.engine.types.images import ImageInspect
from apps.hosts.gate import open_engine_async
from apps.images.selectors import open_image
from apps.images.services.transfer import Way, failed, left_open, lines_of, tell
from apps.registries.credentials import auth_header, registry_for
from apps.registries.references import parse

PUSH = "image.push"


def push_image(actor: Actor, host_slug: str, ref: str) -> ImageInspect:
    """The image that somebody may push. Raises what the gate raises."""
    with open_image(actor, host_slug, ref, Action.IMAGE_PUSH) as opened:
        return opened.image


def push_credentials(actor: Actor, reference: str) -> str:
    """The name of the registry whose credentials a push of this reference takes, "" when none are kept."""
    registry = registry_for(actor, parse(reference).registry_host)
    return registry.name if registry is not None and registry.has_secret else ""


def push_start(actor: Actor, host_slug: str, ref: str, *, reference: str) -> Activity:
    """Begin a push of one of an image's names. Raises InvalidInput for a name that it does not have."""
    image = push_image(actor, host_slug, ref)
    if reference not in image.tags:
        raise InvalidInput(
            _("The image does not have this name."),
            reference,
            hint=_("Give it the name first: with the registry's address in front, and a tag."),
            field="reference",
        )
    params = {"reference": reference, "image": image.id}
    return activity_start(actor, host_slug, kind=PUSH, params=params)


async def push(run: Run) -> Result:
    """Do it: bars for each layer, the digest at the end."""
    reference = parse(str(run.params["reference"]))
    auth = await database_sync_to_async(auth_header, thread_sensitive=False)(run.actor, reference.registry_host)
    call = image_push(reference.name_for_engine, tag=reference.tag, auth=auth)
    title = _("%(image)s could not be pushed.") % {"image": reference.familiar}
    pushed: dict[str, object] = {}
    async with open_engine_async(run.actor, run.host_slug, Action.IMAGE_PUSH) as opened:
        try:
            async with opened.engine.stream(call) as stream:
                async for line in lines_of(stream, sent=call.headers):
                    pushed = line.aux or pushed
                    await tell(run, line)
        except ApiError as error:
            raise failed(title, error, Way(reference.registry_host, bool(auth))) from error
    if "Digest" not in pushed:
        raise left_open(title, hint=_("Look at the registry, and push it again if it is not there."))
    return {"reference": reference.familiar, "digest": str(pushed["Digest"]), "image": run.params.get("image", "")}
