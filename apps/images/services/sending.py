"""Send an archive to the engine, and tell how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from apps.activities.runner import Run
from apps.engine.connection import Body
from apps.images.services.plain_tar import PlainTar


@asynccontextmanager
async def sent_archive(run: Run, path: Path) -> AsyncIterator[Body]:
    """The archive as the body of a request. What is wrong with it is raised where it is sent."""
    archive = PlainTar(path)
    try:
        yield Body(_told(run, archive))
    finally:
        archive.close()


async def _told(run: Run, archive: PlainTar) -> AsyncIterator[bytes]:
    what, total = _("Sent to the engine"), archive.packed_bytes
    async for piece in archive.pieces():
        yield piece
        await run.tell({"type": "progress", "what": what, "current": archive.read_bytes, "total": total})
    await run.tell({"type": "progress", "what": what, "current": total, "total": total})
