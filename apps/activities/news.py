"""Wake-ups: who looks at an activity, or at the tray, waits here. All on the server's event loop.

Nothing is carried but the fact that there is something to look at: what it is lies in the database and on the disk,
where every process finds it. So a wake-up that is lost costs a moment, never a message.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_by_activity: dict[uuid.UUID, set[asyncio.Event]] = {}
_trays: set[asyncio.Event] = set()
_neighbours: list[Callable[[uuid.UUID, bool], None]] = []


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
    """An activity of this process has new output."""
    wake(activity_id)
    for tell in _neighbours:
        tell(activity_id, False)


def moved(activity_id: uuid.UUID) -> None:
    """An activity began or ended, and this process knows it."""
    wake(activity_id)
    wake_trays()
    for tell in _neighbours:
        tell(activity_id, True)


def wake(activity_id: uuid.UUID) -> None:
    """Wake who looks at it here."""
    for event in _by_activity.get(activity_id, ()):
        event.set()


def wake_trays() -> None:
    """Wake the trays of the pages that are served here."""
    for event in _trays:
        event.set()


def wake_all() -> None:
    """Wake everybody: something may have been missed."""
    for activity_id in list(_by_activity):
        wake(activity_id)
    wake_trays()


@contextmanager
def told_to_neighbours(tell: Callable[[uuid.UUID, bool], None]) -> Iterator[None]:
    """Have `tell(activity_id, has_moved)` called for whatever happens in this process."""
    _neighbours.append(tell)
    try:
        yield
    finally:
        _neighbours.remove(tell)
