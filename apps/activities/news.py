"""Wake-ups within this process: who looks at an activity, or at the tray, waits here. All on the server's event loop.

Nothing is carried but the fact that there is something to look at: what it is lies in the database and on the disk,
where every process finds it. So a wake-up that is lost costs a moment, never a message.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

_by_activity: dict[uuid.UUID, set[asyncio.Event]] = {}
_trays: set[asyncio.Event] = set()


@contextmanager
def watched(activity_id: uuid.UUID) -> Iterator[asyncio.Event]:
    """An event that is set whenever this activity has said something, or has ended."""
    event = asyncio.Event()
    _by_activity.setdefault(activity_id, set()).add(event)
    try:
        yield event
    finally:
        events = _by_activity[activity_id]
        events.discard(event)
        if not events:
            del _by_activity[activity_id]


@contextmanager
def tray_watched() -> Iterator[asyncio.Event]:
    """An event that is set whenever any activity began or ended."""
    event = asyncio.Event()
    _trays.add(event)
    try:
        yield event
    finally:
        _trays.discard(event)


def said(activity_id: uuid.UUID) -> None:
    """There is new output."""
    for event in _by_activity.get(activity_id, ()):
        event.set()


def moved(activity_id: uuid.UUID) -> None:
    """It began, or it ended."""
    said(activity_id)
    for event in _trays:
        event.set()
