"""Make an image of a file system in a tar: uploaded, or fetched by the engine from an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.core.errors import InvalidInput
from apps.engine.api.image_transfer import image_import
from apps.engine.call import Call
from apps.engine.connection import Body
from apps.engine.errors import ApiError
from apps.hosts import snapshots
from apps.hosts.gate import open_engine_async
from apps.images.services.sending import sent_archive
from apps.images.services.transfer import Way, failed, left_open, lines_of, tell
from apps.images.services.uploads import archive_taken
from apps.registries.references import parse

IMPORT = "image.import"
IMPORT_URL = "image.import_url"
_IMAGE_ID = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ImportWish:
    """What the new image is called and says. `reference` "": it has no name; `changes`: lines of a Dockerfile."""

    reference: str = ""
    message: str = ""
    changes: Sequence[str] = field(default_factory=tuple)
    platform: str = ""

    def params(self) -> dict[str, Any]:
        """What is kept of it. Raises InvalidInput for a name that none can have."""
        reference = ""
        if self.reference:
            read = parse(self.reference)
            if read.digest:
                raise InvalidInput(
                    _("A new image cannot be named by a digest."), hint=_("Give it a tag."), field="reference"
                )
            reference = read.familiar
        return {
            "reference": reference,
            "message": self.message,
            "changes": list(self.changes),
            "platform": self.platform,
        }


def import_start(actor: Actor, host_slug: str, *, upload: UploadedFile[bytes], wish: ImportWish) -> Activity:
    """Begin an import of an uploaded archive. Raises InvalidInput for what is no tar, and as activity_start does."""
    roles.require(actor, Action.IMAGE_IMPORT)
    params = wish.params() | {"file": str(upload.name or "")[:200], "size_bytes": upload.size}
    path = archive_taken(upload, field="archive")
    return activity_start(actor, host_slug, kind=IMPORT, params=params, files=[path])


def import_url_start(actor: Actor, host_slug: str, *, url: str, wish: ImportWish) -> Activity:
    """Begin an import of what the engine fetches from `url`. Raises InvalidInput, and as activity_start does."""
    roles.require(actor, Action.IMAGE_IMPORT)
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise InvalidInput(
            _("The address holds a name or a password, which would be kept and shown."),
            hint=_("Download the file yourself, and upload it here."),
            field="url",
        )
    return activity_start(actor, host_slug, kind=IMPORT_URL, params=wish.params() | {"url": url})


async def import_file(run: Run) -> Result:
    """Do it with the file that was uploaded."""
    (path,) = map(Path, run.files)
    async with sent_archive(run, path) as body:
        return await _import(run, _call(run.params, source="-"), body=body)


async def import_url(run: Run) -> Result:
    """Do it with what the engine fetches."""
    return await _import(run, _call(run.params, source=str(run.params["url"])), body=None)


def _call(params: dict[str, Any], *, source: str) -> Call[None]:
    reference = parse(params["reference"]) if params.get("reference") else None
    return image_import(
        source=source,
        repo=reference.name_for_engine if reference else None,
        tag=reference.tag if reference else None,
        message=params.get("message") or None,
        changes=params.get("changes") or (),
        platform=params.get("platform") or None,
    )


async def _import(run: Run, call: Call[None], *, body: Body | None) -> Result:
    title = _("The image could not be imported.")
    image_id = ""
    async with open_engine_async(run.actor, run.host_slug, Action.IMAGE_IMPORT) as opened:
        try:
            async with opened.engine.stream(call, body=body) as stream:
                async for line in lines_of(stream, sent={}):
                    await tell(run, line)
                    if _IMAGE_ID.fullmatch(line.status):
                        image_id = line.status
        except ApiError as error:
            raise failed(title, error, Way()) from error
        snapshots.of(opened.host).changed()
    if not image_id:
        raise left_open(title, hint=_("Look at the list of images."))
    return {"image": image_id, "reference": run.params.get("reference", "")}
