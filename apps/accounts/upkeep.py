"""Sessions that have ended are swept out of the database while the server runs."""

from __future__ import annotations

import asyncio
import logging

from django.contrib.sessions.backends.db import SessionStore

from apps.accounts.sockets import POOL

log = logging.getLogger(__name__)

EVERY_S = 6 * 3600.0

_task: asyncio.Task[None] | None = None


async def start() -> None:
    """Begin: once now, then every six hours."""
    global _task
    _task = asyncio.create_task(_rounds(), name="upkeep of sessions")


async def stop() -> None:
    if _task is not None:
        _task.cancel()
        await asyncio.gather(_task, return_exceptions=True)


async def sweep() -> None:
    """Remove the sessions that have ended."""
    await asyncio.get_running_loop().run_in_executor(POOL, SessionStore.clear_expired)


async def _rounds() -> None:
    while True:
        try:
            await sweep()
        except Exception:  # the outermost edge of this task
            log.exception("sweeping old sessions failed; trying again later")
        await asyncio.sleep(EVERY_S)
