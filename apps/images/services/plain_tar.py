"""Archives that people hand in, as the plain tar that an engine gets.

What is packed is unpacked here, piece by piece, so that every engine takes it (some need a program for xz) and a bomb
goes off against our limits instead of the engine's disk. Nothing of it lies in memory, nothing is written.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput, TooLarge
from apps.engine.wire.tar import END, TarBroken, TarReader
from apps.images.services.threads import in_threads

MOST_MEMBERS = 2_000_000
MOST_RATIO = 200
"""How many times its own size an archive may unpack to, once that is more than FREE_BYTES: more is a bomb."""
FREE_BYTES = 256 * 1024 * 1024
MOST_TIMES_UPLOAD = 16
"""How many times the largest upload anything may unpack to."""
PIECE_BYTES = 256 * 1024
_XZ_MEMORY_BYTES = 512 * 1024 * 1024

_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"
_BROKEN = (TarBroken, zlib.error, gzip.BadGzipFile, lzma.LZMAError, EOFError, ValueError)


class PlainTar:
    """The tar in an archive, plain whatever it was packed with. Close it."""

    def __init__(self, path: Path, *, field: str = "archive") -> None:
        self._field = field
        self.packed_bytes = path.stat().st_size
        self._file: BinaryIO = path.open("rb")  # closed by close
        self._left = min(max(FREE_BYTES, self.packed_bytes * MOST_RATIO), MOST_TIMES_UPLOAD * settings.UPLOAD_MAX_BYTES)
        self._pending: list[bytes] = []
        self._source = self._opened()

    @property
    def read_bytes(self) -> int:
        """How much of the archive was read so far."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def check(self) -> None:
        """Look at its beginning. Raise InvalidInput when it is no tar, or an empty one."""
        try:
            first = next(self._pieces())
        finally:
            self.close()
        assert first

    def pieces(self) -> AsyncIterator[bytes]:
        """The plain tar, read in threads. Raise InvalidInput when it breaks off, TooLarge when it is a bomb."""
        return in_threads(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        reader = TarReader(self._taken)
        members = 0
        try:
            while reader.next_entry() is not None:
                members += 1
                if members > MOST_MEMBERS:
                    raise _bomb()
                yield from self._drained()
                while reader.read(PIECE_BYTES):
                    yield from self._drained()
        except _BROKEN as exc:
            raise self._broken(exc, members=members) from exc
        except OSError as exc:
            if exc.errno is not None:
                raise
            raise self._broken(exc, members=members) from exc  # what bzip2 says of what is none
        if not members:
            raise self._refused(_("Nothing is in it."))
        yield from self._drained()
        yield END  # also where the archive had no end of its own

    def _drained(self) -> Iterator[bytes]:
        if self._pending:
            taken, self._pending = self._pending, []
            yield taken[0] if len(taken) == 1 else b"".join(taken)

    def _taken(self, size: int) -> bytes:
        piece = self._source.read(min(size, PIECE_BYTES))
        self._left -= len(piece)
        if self._left < 0:
            raise _bomb()
        self._pending.append(piece)
        return piece

    def _opened(self) -> _Source:
        beginning = self._file.read(len(_XZ))
        self._file.seek(0)
        if beginning.startswith(_GZIP):
            return gzip.GzipFile(fileobj=self._file, mode="rb")
        if beginning.startswith(_BZIP2):
            return bz2.BZ2File(self._file)
        if beginning.startswith(_XZ):
            return _Xz(self._file)
        if beginning.startswith(_ZSTD):
            self.close()
            raise self._refused(_("It is packed with zstd, which is not read here."))
        return self._file

    def _broken(self, exc: Exception, *, members: int) -> InvalidInput:
        if not members:
            return self._refused(_("It does not begin like one."))
        return self._refused(_("It is damaged, or was cut on its way: %(words)s.") % {"words": str(exc).rstrip(".")})

    def _refused(self, detail: str) -> InvalidInput:
        return InvalidInput(
            _("This is no tar archive that can be read."),
            detail,
            hint=_("Give a tar file: plain, or packed with gzip, bzip2 or xz."),
            field=self._field,
        )


class _Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Xz:
    """What is packed with xz, with a limit on the memory that its dictionary may ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)

    def read(self, size: int = -1, /) -> bytes:
        while True:
            if self._unpacker.eof:
                rest = (self._unpacker.unused_data + self._file.read(PIECE_BYTES)).lstrip(b"\0")
                if not rest:
                    return b""
                self._unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)
                piece = self._unpacker.decompress(rest, size)
            elif self._unpacker.needs_input:
                packed = self._file.read(PIECE_BYTES)
                if not packed:
                    raise EOFError("the archive is cut")
                piece = self._unpacker.decompress(packed, size)
            else:
                piece = self._unpacker.decompress(b"", size)
            if piece:
                return piece


def _bomb() -> TooLarge:
    return TooLarge(
        _("The archive unpacks to too much."),
        _("At most %(members)d files, %(ratio)d times its own size and %(bytes)d GiB are taken.")
        % {
            "members": MOST_MEMBERS,
            "ratio": MOST_RATIO,
            "bytes": MOST_TIMES_UPLOAD * settings.UPLOAD_MAX_BYTES // 2**30,
        },
        hint=_("If it is meant so, give it to the engine on its own host: docker load or docker import."),
    )
