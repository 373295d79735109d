"""Archives as plain bytes, with no more in memory than was asked for.

Python's tarfile unpacks a whole piece of the file at once: 256 KiB of bzip2 can be gigabytes. It also takes headers of
whatever length they say.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from typing import IO, BinaryIO, cast

_XZ_MEMORY_BYTES = 512 * 1024 * 1024
_LONGEST_HEADER_BYTES = 1024 * 1024
_PIECE_BYTES = 256 * 1024
_TOLD_LENGTHS = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)


def unpacked(file: BinaryIO) -> IO[bytes]:
    """The content of a file that may be packed with gzip, bzip2 or xz. Read it from the beginning to the end."""
    beginning = file.read(6)
    file.seek(0)
    if beginning.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))
    if beginning.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if beginning.startswith(b"\xfd7zXZ\0"):
        return cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, _Xz(file)), _PIECE_BYTES))
    return file


class BoundedHeader(tarfile.TarInfo):
    """A header whose extension (a long name, attributes) fits into memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _TOLD_LENGTHS and self.size > _LONGEST_HEADER_BYTES:
            raise tarfile.ReadError("a header is too long")
        return cast(tarfile.TarInfo, super()._proc_member(archive))  # type: ignore[misc]


class _Xz(io.RawIOBase):
    """What is packed with xz, with a limit on the memory that its dictionary may ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = self._new()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while True:
            packed = b""
            if self._unpacker.eof:
                packed = (self._unpacker.unused_data or self._file.read(_PIECE_BYTES)).lstrip(b"\0")
                if not packed:
                    return 0
                self._unpacker = self._new()
            elif self._unpacker.needs_input:
                packed = self._file.read(_PIECE_BYTES)
                if not packed:
                    raise EOFError("the archive is cut")
            if piece := self._unpacker.decompress(packed, len(buffer)):
                buffer[: len(piece)] = piece
                return len(piece)

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)
