"""A file that an activity made, kept with it at `DOCKERWEB_DATA/activities/<uuid>/file`, and gone when it is gone.

On the disk it is called after nothing but the activity's id; its name for people is in the activity's result, as
`file_name`. While it is written it is called `file.part`, which nobody is given, and which goes with whatever ends the
writing. All such files together may take `settings.SAVED_MAX_BYTES`, and they leave some of the disk to others.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from django.conf import settings
from django.utils.translation import gettext as _

from apps.activities.output import folder_of
from apps.core.errors import TooLarge, Unavailable
from apps.core.spool import KEEP_FREE_BYTES, PIECE_BYTES
from apps.core.templatetags.ui import size

_FILE = "file"
_PART = "file.part"
_LOOK_EVERY_BYTES = 64 * 1024 * 1024
_SHARED_BY = 8
"""What is left is given to writers in parts, so that each goes on while there is any."""
_PACKED_LEVEL = 4


def kept_path(activity_id: uuid.UUID) -> Path:
    """Where the file of an activity is, or would be."""
    return folder_of(activity_id) / _FILE


def kept_size(activity_id: uuid.UUID) -> int | None:
    """Its bytes, None when there is none (any more)."""
    try:
        return kept_path(activity_id).stat().st_size
    except OSError:
        return None


def kept_remove(activity_id: uuid.UUID) -> bool:
    """Remove the file; False when there was none. Who reads it just now comes to its end."""
    try:
        kept_path(activity_id).unlink()
    except FileNotFoundError:
        return False
    return True


def left_remove(activity_id: uuid.UUID) -> None:
    """Remove what was left by a process that died before the activity was done."""
    (folder_of(activity_id) / _PART).unlink(missing_ok=True)
    kept_path(activity_id).unlink(missing_ok=True)


def kept_bytes() -> int:
    """What all files of activities take, those that are being written too."""
    total = 0
    for path in (Path(settings.DATA_DIR) / "activities").glob(f"*/{_FILE}*"):
        with contextlib.suppress(OSError):  # removed just now
            total += path.stat().st_size
    return total


def room_bytes() -> int:
    """How many more bytes may be kept, by the setting and by the disk."""
    free = shutil.disk_usage(settings.DATA_DIR).free - KEEP_FREE_BYTES
    return max(0, min(settings.SAVED_MAX_BYTES - kept_bytes(), free) - _promised.total)


def require_room(needed: int) -> None:
    """Raise TooLarge, or Unavailable, when so many more bytes are not to be kept."""
    if needed <= room_bytes():
        return
    hint = _("Delete files of earlier activities that nobody needs any more, or download it straight away instead.")
    if needed > settings.SAVED_MAX_BYTES - kept_bytes() - _promised.total:
        raise TooLarge(
            _("There is no room for this file on the server."),
            _(
                "It needs %(needed)s more. Files of activities may take %(most)s on the server together,"
                " and take %(held)s."
            )
            % {"needed": size(needed), "most": size(settings.SAVED_MAX_BYTES), "held": size(kept_bytes())},
            hint=hint,
        )
    raise Unavailable(_("The server's disk is full."), _("There is no room for this file."), hint=hint)


class _Promised:
    """The room that writers of this process have been given and have not filled yet: no other is given it too."""

    def __init__(self) -> None:
        self.total = 0
        self._lock = threading.Lock()

    def give(self, former: int, needed: int) -> int:
        """Take back what is left of a writer's room, and give it anew. Raises as require_room does."""
        with self._lock:
            self.total -= former
            try:
                require_room(needed)
                given = max(needed, min(_LOOK_EVERY_BYTES, room_bytes() // _SHARED_BY))
            except BaseException:
                self.total += former
                raise
            self.total += given
        return given

    def filled(self, count: int) -> None:
        """Note that so much of it is in the file, or is needed no more."""
        with self._lock:
            self.total -= count


_promised = _Promised()


class KeptWriter:
    """Writes the file of an activity, with `is_packed` as gzip; blocking. Ends with `finish`, or with `drop`."""

    def __init__(self, activity_id: uuid.UUID, *, is_packed: bool = False) -> None:
        folder = folder_of(activity_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part, self._path = folder / _PART, folder / _FILE
        self._lock = threading.Lock()
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._raw = _Guarded(os.fdopen(descriptor, "wb", buffering=0))
        self._packing = (
            gzip.GzipFile(filename="", mode="wb", compresslevel=_PACKED_LEVEL, fileobj=self._raw, mtime=0)
            if is_packed
            else None
        )

    def write(self, piece: bytes) -> None:
        """Add bytes. Raises TooLarge or Unavailable where there is no room for them."""
        with self._lock, _full_disk_told():
            (self._packing or self._raw).write(piece)

    def finish(self) -> int:
        """Make it the activity's file; its bytes. Raises as `write` does."""
        with self._lock, _full_disk_told():
            if self._packing is not None:
                self._packing.close()  # what it still held is written
            self._raw.close()
            os.replace(self._part, self._path)
        return self._raw.count

    def drop(self) -> None:
        """Leave nothing behind. Waits for what is under way in another thread."""
        with self._lock:
            self._raw.close()
            if self._packing is not None:
                with contextlib.suppress(OSError):
                    self._packing.close()  # its last words go nowhere
            self._part.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(
            _("The server's disk is full."), _("There is no room for this file."), hint=_("Ask an admin.")
        ) from exc


class _Guarded:
    """A file that looks for room before it takes more."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0
        self._allowed = 0

    def write(self, piece: bytes) -> int:
        if self.file.closed:  # it was dropped
            return len(piece)
        if len(piece) > self._allowed:
            self._allowed = _promised.give(self._allowed, len(piece))
        left = memoryview(piece)
        while left:
            left = left[self.file.write(left) :]
        self.count += len(piece)
        self._allowed -= len(piece)
        _promised.filled(len(piece))
        return len(piece)

    def close(self) -> None:
        """Need no more room."""
        _promised.filled(self._allowed)
        self._allowed = 0
        self.file.close()

    def flush(self) -> None:
        """Nothing waits here."""


class KeptReader:
    """A part of a file (all of it without more) for a streaming response, which closes it at its end."""

    def __init__(self, path: Path, *, start: int = 0, length: int | None = None) -> None:
        self._file = path.open("rb", buffering=0)
        self._file.seek(start)
        self._left = length

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        wanted = PIECE_BYTES if self._left is None else min(PIECE_BYTES, self._left)
        piece = await asyncio.to_thread(self._file.read, wanted) if wanted else b""
        if not piece:
            raise StopAsyncIteration
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
