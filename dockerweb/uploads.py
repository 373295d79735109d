"""Which requests may carry more than the others: files and edited texts, from people who may change files.

The size gate asks before the first byte is taken, so that a stranger's gigabytes never reach the disk.
"""

from __future__ import annotations

import re
import shutil

from django.conf import settings

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.sockets import TooSlow, caller_of
from apps.containers.file_text import EDIT_BYTES
from apps.core.spool import KEEP_FREE_BYTES, spool_folder
from dockerweb.asgi_types import Scope

_UPLOAD = re.compile(r"/hosts/[^/]+/containers/[^/]+/files/(upload|edit)/")
_EDIT_BYTES = 2 * EDIT_BYTES + 64 * 1024
"""A text with what is around it; a form doubles its line ends."""


async def upload_limit(scope: Scope) -> int | None:
    """Bytes that this request may carry, None: as many as any other. What the disk has no room for is not let in."""
    path = scope["path"].removeprefix(settings.PREFIX)
    found = _UPLOAD.fullmatch(path) if scope["method"] == "POST" else None
    if found is None:
        return None
    try:
        caller = await caller_of(scope["headers"])
    except TooSlow:
        return None
    if not roles.may(caller.actor, Action.CONTAINER_FILES_CHANGE):
        return None
    if found[1] == "edit":
        return max(settings.MAX_BODY_BYTES, _EDIT_BYTES)
    room = shutil.disk_usage(spool_folder()).free - KEEP_FREE_BYTES
    return max(settings.MAX_BODY_BYTES, min(settings.UPLOAD_MAX_BYTES, room))
