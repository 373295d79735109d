"""Whether the person who asked is still there: for work of a request that is long, and for nobody once she has left.

The HTTP handler sets an event when the connection of a request closes before its answer. The thread that answers, and
only it, can look here; elsewhere nobody ever leaves.
"""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event
from typing import BinaryIO

from django.utils.translation import gettext as _

from apps.core.errors import Refusal

CLIENT_CLOSED_REQUEST = 499
"""As nginx has it; nobody reads it but logs."""

asker_left: ContextVar[Event | None] = ContextVar("asker_left", default=None)


class AskerLeft(Refusal):
    """The connection was closed before the answer: what was asked for is not begun."""

    status = CLIENT_CLOSED_REQUEST


def has_left() -> bool:
    """Whether the asker has closed the connection."""
    event = asker_left.get()
    return event is not None and event.is_set()


def stop_if_left() -> None:
    """Raise AskerLeft when the answer is for nobody."""
    if has_left():
        raise AskerLeft(_("The connection was closed before this was begun."))


class Attended:
    """A file of bytes that is written to for as long as the asker waits: `write` raises AskerLeft when she has left."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, piece: bytes) -> int:
        """Write all of it."""
        stop_if_left()
        return self._file.write(piece)

    def tell(self) -> int:
        """Return how much was written."""
        return self._file.tell()
