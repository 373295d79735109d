"""Files on their way: kept on our disk so that a slow browser holds up nobody but itself.

A spool has no name on the disk, so it is gone with the process or when it is closed, whatever happens. Together they
may take `settings.SPOOL_MAX_BYTES`, and they leave some of the disk to others.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.errors import TooLarge, Unavailable

PIECE_BYTES = 256 * 1024
KEEP_FREE_BYTES = 256 * 1024 * 1024
"""What a spool leaves free on its disk."""
_LOOK_EVERY_BYTES = 64 * 1024 * 1024

_lock = threading.Lock()
_held_bytes = 0


def spool_folder() -> Path:
    """Where spools are; made when it is not there."""
    folder = Path(settings.DATA_DIR) / "spool"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def held_bytes() -> int:
    """What all spools of this process hold now."""
    return _held_bytes


class Spool:
    """One file on its way: written from the beginning to the end, then read by one reader. Close it."""

    def __init__(self) -> None:
        self._file: BinaryIO = tempfile.TemporaryFile(dir=spool_folder(), buffering=0)  # noqa: SIM115 - see close
        self._closing = threading.Lock()
        self._looked_at = -_LOOK_EVERY_BYTES
        self.size_bytes = 0

    def write(self, piece: bytes) -> None:
        """Add bytes. Raises TooLarge when all spools together hold too much, Unavailable when the disk is full."""
        _hold(len(piece))
        self.size_bytes += len(piece)  # held from here on, written or not: close gives all of it back
        if self.size_bytes - self._looked_at >= _LOOK_EVERY_BYTES:
            self._looked_at = self.size_bytes
            if shutil.disk_usage(spool_folder()).free < KEEP_FREE_BYTES:
                raise _disk_full()
        try:
            left = memoryview(piece)
            while left:
                left = left[self._file.write(left) :]
        except OSError as exc:
            raise _disk_full() from exc

    def rewind(self) -> None:
        """Read from the beginning."""
        self._file.seek(0)

    def read(self, size: int = PIECE_BYTES, /) -> bytes:
        """The next bytes, b"" at the end."""
        with self._closing:
            return self._file.read(size)

    def read_at(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on, b"" behind the end; where `read` goes on stays as it is."""
        with self._closing:
            return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Give the room back; a second time does nothing. What reads just now in another thread comes to its end."""
        with self._closing:
            if not self._file.closed:
                self._file.close()
                _hold(-self.size_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class SpoolReader:
    """The content of a spool for a streaming response, which closes it (and with it the spool) at its end."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        spool.rewind()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await asyncio.to_thread(self._spool.read)
        if not piece:
            raise StopAsyncIteration
        return piece

    def close(self) -> None:
        self._spool.close()


def _hold(count: int) -> None:
    global _held_bytes
    with _lock:
        if count > 0 and _held_bytes + count > settings.SPOOL_MAX_BYTES:
            raise TooLarge(
                _("This is too large to be carried over."),
                _("Files on their way may take %(limit)d MiB on the server together.")
                % {"limit": settings.SPOOL_MAX_BYTES // 2**20},
                hint=_("Take a part of it, try again when other downloads are through, or have the limit raised."),
            )
        _held_bytes += count


def _disk_full() -> Unavailable:
    return Unavailable(
        _("The server's disk is full."),
        _("There is no room for a file on its way."),
        hint=_("Ask an admin to make room."),
    )
