"""Load images out of an archive that was uploaded."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.engine.api.image_transfer import image_load
from apps.engine.errors import ApiError
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import open_engine_async
from apps.images.services.sending import sent_archive
from apps.images.services.transfer import Way, failed, left_open, lines_of, tell
from apps.images.services.uploads import archive_taken

LOAD = "image.load"
_LOADED = re.compile(r"Loaded image(?: ID)?: (\S+)")
_TELLS_SINCE = ApiVersion(1, 23)
"""Before, the answer to a load may be empty."""


def load_start(actor: Actor, host_slug: str, *, upload: UploadedFile[bytes]) -> Activity:
    """Begin a load. Raises InvalidInput for what is no tar, and as activity_start does."""
    roles.require(actor, Action.IMAGE_LOAD)
    params = {"file": str(upload.name or "")[:200], "size_bytes": upload.size}
    path = archive_taken(upload, field="archive")
    return activity_start(actor, host_slug, kind=LOAD, params=params, files=[path])


async def load(run: Run) -> Result:
    """Do it: a bar for what is sent, then bars for each layer."""
    title = _("The archive could not be loaded.")
    (path,) = map(Path, run.files)
    loaded: list[str] = []
    async with (
        open_engine_async(run.actor, run.host_slug, Action.IMAGE_LOAD) as opened,
        sent_archive(run, path) as body,
    ):
        try:
            async with opened.engine.stream(image_load(), body=body) as stream:
                async for line in lines_of(stream, sent={}):
                    await tell(run, line)
                    loaded += _LOADED.findall(line.stream)
                if not loaded and stream.version >= _TELLS_SINCE:
                    raise left_open(title, hint=_("Look at the list of images."))
        except ApiError as error:
            raise failed(title, error, Way()) from error
        snapshots.of(opened.host).changed()
    return {"images": loaded}
