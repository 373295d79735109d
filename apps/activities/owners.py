"""Which process runs an activity, and whether that process still lives.

Each server process holds a lock on a file of its own below `DOCKERWEB_DATA/activities/owners/` for as long as it
lives. Whoever can have the lock knows that the process is gone, however it ended.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from django.conf import settings


def folder() -> Path:
    """Where the lock files are."""
    return Path(settings.DATA_DIR) / "activities" / "owners"


class Owner:
    """This process, as the owner of what it runs, from here to `release`."""

    def __init__(self) -> None:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            self.token = secrets.token_hex(16)
            self._path = folder() / f"{self.token}.lock"
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file: IO[bytes] = os.fdopen(descriptor, "wb")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:  # else a neighbour took it for one that was left
                return
            self._file.close()

    def release(self) -> None:
        """Live no longer, as far as activities are concerned."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def is_alive(token: str) -> bool:
    """Whether the process of this token lives."""
    try:
        file = (folder() / f"{token}.lock").open("rb")
    except OSError:
        return False
    with file:
        return not _can_lock(file)


def forget_dead() -> None:
    """Remove the files of processes that are gone."""
    for path in folder().glob("*.lock"):
        try:
            with path.open("rb") as file:
                if _can_lock(file):
                    path.unlink(missing_ok=True)
        except OSError:
            continue


def _can_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
