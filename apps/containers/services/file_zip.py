"""A tar on our disk, told on as a zip while a browser takes it.

Nothing of it is held in memory but a line per entry for the list at the zip's end. What zip has no word for is not
dropped in silence: symbolic links are kept the way Info-ZIP keeps them (an entry marked as a link that holds its
target), a second name of a file holds the content again, and devices, pipes and sockets are named in a text beside the
rest.
"""

import stat
import time
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.core.pieces import PiecesOnThread
from apps.core.spool import PIECE_BYTES, Spool
from apps.engine.wire.tar import EntryKind, TarEntry, TarReader

_LEVEL = 1
"""Deflate at its quickest: a download should wait for the browser, not for us."""
_FIRST_S, _LAST_S = 315_532_800, 4_354_819_198
"""What a zip can say of time: 1980 to 2107."""
_LARGE_BYTES = 2**30
_LEFT_OUT_NAME = "left-out.txt"


class ZipReader(PiecesOnThread):
    """A spooled tar as the pieces of a zip for a streaming response, which closes it (and the spool) at its end."""

    def __init__(self, spool: Spool) -> None:
        super().__init__(zip_of(spool))
        self._spool = spool

    def close(self) -> None:
        self._spool.close()


class _Sink:
    """What zipfile writes to: bytes that wait to be sent. It cannot be sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size_bytes = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size_bytes += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits for it."""

    def taken(self) -> bytes:
        """All that was written since the last time."""
        piece = b"".join(self._pieces)
        self._pieces.clear()
        self.size_bytes = 0
        return piece


class _Names:
    """Names as a zip carries them: UTF-8, no backslash (a separator to some), and each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """The last number behind a name. Without it thousands of files whose names read the same take hours."""

    def of(self, name: str, *, is_folder: bool = False) -> str:
        """A free name that says as much of `name` as can be said."""
        readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\\", "_")
        wanted = "/".join(part for part in readable.split("/") if part not in ("", ".", "..")) or "_"
        found, number = wanted, self._numbers.get(wanted, 1)
        while found in self._taken:
            number += 1
            found = f"{wanted} ({number})"
        if number > 1:
            self._numbers[wanted] = number
        self._taken.add(found)
        return f"{found}/" if is_folder else found


def zip_of(spool: Spool) -> Iterator[bytes]:
    """The pieces of the zip. Raises TarBroken when the tar is none, ValueError when the spool was closed meanwhile."""
    spool.rewind()
    sink, names, left_out = _Sink(), _Names(), list[str]()
    places: dict[str, tuple[int, int]] = {}  # where a file's content begins in the spool, and its length
    reader = TarReader(spool.read)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:  # type: ignore[call-overload]
        while (entry := reader.next_entry()) is not None:
            match entry.kind:
                case EntryKind.FOLDER if not entry.name.strip("./"):
                    pass  # the container's root has no name
                case EntryKind.FOLDER:
                    archive.writestr(_described(entry, names.of(entry.name, is_folder=True)), b"")
                case EntryKind.SYMLINK:
                    target = entry.link_target.encode("utf-8", "surrogateescape")
                    archive.writestr(_described(entry, names.of(entry.name)), target)
                case EntryKind.FILE:
                    places[entry.name] = (reader.taken_bytes, entry.size_bytes)
                    pieces = iter(lambda: reader.read(PIECE_BYTES), b"")
                    yield from _packed(archive, sink, entry, names.of(entry.name), pieces)
                case EntryKind.HARDLINK if entry.link_target in places:
                    start, size_bytes = places[entry.link_target]
                    pieces = _at(spool, start, size_bytes)
                    yield from _packed(archive, sink, entry, names.of(entry.name), pieces, size_bytes=size_bytes)
                case _:
                    left_out.append(entry.name)
            if sink.size_bytes >= PIECE_BYTES:
                yield sink.taken()
        if left_out:
            title = _("Devices, pipes and sockets are not in this zip:")
            lines = [title, "", *(_Names().of(name) for name in left_out), ""]
            archive.writestr(names.of(_LEFT_OUT_NAME), "\n".join(lines))
    yield sink.taken()


def _packed(
    archive: zipfile.ZipFile,
    sink: _Sink,
    entry: TarEntry,
    name: str,
    pieces: Iterator[bytes],
    *,
    size_bytes: int | None = None,
) -> Iterator[bytes]:
    described = _described(entry, name)
    size_bytes = entry.size_bytes if size_bytes is None else size_bytes
    described.file_size = size_bytes
    with archive.open(described, "w", force_zip64=size_bytes >= _LARGE_BYTES) as target:
        for piece in pieces:
            target.write(piece)
            if sink.size_bytes >= PIECE_BYTES:
                yield sink.taken()


def _at(spool: Spool, start: int, size_bytes: int) -> Iterator[bytes]:
    end = start + size_bytes
    while start < end and (piece := spool.read_at(start, min(PIECE_BYTES, end - start))):
        start += len(piece)
        yield piece


def _described(entry: TarEntry, name: str) -> zipfile.ZipInfo:
    seconds = min(max(entry.mtime_s, _FIRST_S), _LAST_S)
    described = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
    described.create_system = 3  # Unix: what reads it may believe the mode
    described.compress_type = zipfile.ZIP_DEFLATED
    kinds = {EntryKind.FOLDER: stat.S_IFDIR, EntryKind.SYMLINK: stat.S_IFLNK}
    described.external_attr = (kinds.get(entry.kind, stat.S_IFREG) | entry.mode & 0o777) << 16
    if entry.kind is EntryKind.FOLDER:
        described.external_attr |= 0x10
    return described
