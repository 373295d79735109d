"""Ends the commands that a crashed server left: at the start, and from time to time for a neighbour that crashed."""

import asyncio
import logging
from pathlib import Path

from django.conf import settings

from apps.core.errors import Refusal
from apps.engine.errors import EngineError
from apps.hosts.gate import open_engine_for_own_work
from apps.terminals import reaper
from apps.terminals.journal import Entry, Journal

log = logging.getLogger(__name__)

EVERY_S = 10.0

_journal: Journal | None = None
_sweeping: asyncio.Task[None] | None = None


def journal() -> Journal:
    """This process's journal."""
    global _journal
    if _journal is None:
        _journal = Journal(Path(settings.DATA_DIR) / "execs")
    return _journal


async def start() -> None:
    """Begin to sweep."""
    global _sweeping
    _sweeping = asyncio.create_task(_sweep_for_ever(), name="sweeper")


async def stop() -> None:
    """End sweeping, and let go of the journal."""
    if _sweeping is not None:
        _sweeping.cancel()
        await asyncio.gather(_sweeping, return_exceptions=True)
    journal().close()


async def sweep() -> None:
    """End what processes that are gone have left. What an engine that is away holds is kept for the next time."""
    for path, entries in await asyncio.to_thread(journal().left_by_others):
        if all([await _ended(entry) for entry in entries]):
            path.unlink(missing_ok=True)


async def _ended(entry: Entry) -> bool:
    """Whether it is ended now, or never can be: its host is not known any more."""
    try:
        async with open_engine_for_own_work(entry.host_slug) as opened:
            await opened.engine.facts()
            return await reaper.end(opened.engine, entry.marked)
    except Refusal:
        return True
    except EngineError as exc:
        log.info("a terminal in %s cannot be ended yet: %s", entry.marked.container_id[:12], exc)
        return False


async def _sweep_for_ever() -> None:
    while True:
        try:
            await sweep()
        except Exception:  # the outermost edge of this task
            log.exception("sweeping failed")
        await asyncio.sleep(EVERY_S)
