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

_EDIT_BYTES = 2 * EDIT_BYTES + 64 * 1024
"""A text with what is around it; a form doubles its line ends."""
_UPLOADS: tuple[tuple[re.Pattern[str], Action, int | None], ...] = (
    (re.compile(r"/hosts/[^/]+/containers/[^/]+/files/upload/"), Action.CONTAINER_FILES_CHANGE, None),
    (re.compile(r"/hosts/[^/]+/containers/[^/]+/files/edit/"), Action.CONTAINER_FILES_CHANGE, _EDIT_BYTES),
    (re.compile(r"/hosts/[^/]+/images/load/"), Action.IMAGE_LOAD, None),
    (re.compile(r"/hosts/[^/]+/images/build/"), Action.IMAGE_BUILD, None),
    (re.compile(r"/hosts/[^/]+/images/import/"), Action.IMAGE_IMPORT, None),
)
"""Addresses, the right that each takes, and its bytes (None: as large as uploads may be)."""


async def upload_limit(scope: Scope) -> int | None:
    """Bytes that this request may carry, None: as many as any other. What the disk has no room for is not let in."""
    path = scope["path"].removeprefix(settings.PREFIX)
    found = next((row for row in _UPLOADS if row[0].fullmatch(path)), None)
    if scope["method"] != "POST" or found is None:
        return None
    try:
        caller = await caller_of(scope["headers"])
    except TooSlow:
        return None
    _pattern, action, most_bytes = found
    if not roles.may(caller.actor, action):
        return None
    if most_bytes is not None:
        return max(settings.MAX_BODY_BYTES, most_bytes)
    room = shutil.disk_usage(spool_folder()).free - KEEP_FREE_BYTES
    return max(settings.MAX_BODY_BYTES, min(settings.UPLOAD_MAX_BYTES, room))
