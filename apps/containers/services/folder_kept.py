"""Lists of folders that are long or were slow to read, kept for a moment.

An engine takes seconds to tell of a hundred thousand entries, and its container's lock with them. The next page,
another order and a filter are made of the list that was just read, as long as nothing came into the folder or went.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from apps.engine.wire.tar import TarEntry

LONG_ENTRIES = 2_000
SLOW_S = 3.0
"""Other lists are read anew each time: that is quick."""
KEEP_S = 60.0
MOST_ENTRIES = 200_000
"""Of one list; what is beyond is left out, and said to be."""
MOST_KEPT_ENTRIES = 200_000
"""Of all kept lists together; some 30 MiB of memory."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The entries of a folder, unsorted; their names are bare. `is_complete` is False when a limit cut the list."""

    path: str
    entries: list[TarEntry]
    is_complete: bool
    is_in_memory: bool = False
    """The engine cannot fetch from here: it was listed by the container itself."""
    kept_since: datetime | None = None
    """When it was read, if it is kept for what is asked next."""


@dataclass(frozen=True, slots=True)
class _Kept:
    folder: Folder
    changed: str
    until: float


class KeptFolders:
    """The lists that are kept. Ask with what the folder's own time of change (`changed`) is now."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], _Kept] = {}
        self._forgetting: threading.Timer | None = None

    def find(self, key: tuple[str, ...], *, changed: str) -> Folder | None:
        """The list, None when there is none that is still true."""
        self.forget_old()
        kept = self._kept.get(key)
        return kept.folder if kept is not None and kept.changed == changed else None

    def keep(self, key: tuple[str, ...], folder: Folder, *, changed: str) -> Folder:
        """Keep a list, in the place of older ones; returns it with `kept_since`. One without end is not kept."""
        if len(folder.entries) > MOST_KEPT_ENTRIES:
            return folder
        folder = replace(folder, kept_since=datetime.now(UTC))
        with self._lock:
            self._kept.pop(key, None)
            while sum(len(one.folder.entries) for one in self._kept.values()) > MOST_KEPT_ENTRIES - len(folder.entries):
                del self._kept[next(iter(self._kept))]
            self._kept[key] = _Kept(folder, changed, self._clock() + KEEP_S)
        if self._forgetting is None:
            self._forget_later()
        return folder

    def forget_old(self) -> None:
        """Let go of what has been kept for its time."""
        now = self._clock()
        with self._lock:
            self._kept = {key: one for key, one in self._kept.items() if one.until > now}

    def _forget_later(self) -> None:
        """So that the memory comes back though nobody asks again."""
        self._forgetting = threading.Timer(KEEP_S + 1, self._forget_in_time)
        self._forgetting.daemon = True
        self._forgetting.start()

    def _forget_in_time(self) -> None:
        self._forgetting = None
        self.forget_old()
        if self._kept:
            self._forget_later()


kept_folders = KeptFolders()
