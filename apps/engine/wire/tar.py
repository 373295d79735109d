"""Tar archives, read entry by entry from a stream and made of single entries. Nothing here opens files or sockets.

Read is what engines write: ustar, PAX and the GNU extensions for long names. Names are bytes; in a `str` what is not
UTF-8 stands as os.fsdecode has it (surrogateescape). Everything that an archive says of sizes is bounded.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

BLOCK = 512
END = bytes(2 * BLOCK)
_LONGEST_EXTENSION = 1024 * 1024
_LARGEST = 2**63 - 1
_SKIP_BYTES = 1024 * 1024


class TarBroken(ValueError):
    """The bytes are no tar archive, or one that lies about itself."""


class EntryKind(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    CHARACTER_DEVICE = "character-device"
    BLOCK_DEVICE = "block-device"
    FIFO = "fifo"
    SOCKET = "socket"
    OTHER = "other"


_KINDS = {
    b"0": EntryKind.FILE,
    b"\0": EntryKind.FILE,
    b"7": EntryKind.FILE,
    b"1": EntryKind.HARDLINK,
    b"2": EntryKind.SYMLINK,
    b"3": EntryKind.CHARACTER_DEVICE,
    b"4": EntryKind.BLOCK_DEVICE,
    b"5": EntryKind.FOLDER,
    b"6": EntryKind.FIFO,
}


class TarEntry(Struct, frozen=True, gc=False):
    """One entry. `mode` holds the permission bits with setuid, setgid and sticky; `mtime_s` is unix time.

    A Struct, because it is made a hundred thousand times in a breath; `msgspec.structs.replace` changes one. It holds
    nothing that could hold it, so the garbage collector need not walk over them.
    """

    name: str
    kind: EntryKind
    size_bytes: int
    mode: int
    uid: int
    gid: int
    mtime_s: int
    link_target: str = ""


class TarReader:
    """Walks over an archive; `read(size)` gives its bytes, b"" at the end.

    `next_entry` skips what was not read of the entry before. Raise TarBroken for what is no tar or is cut in an entry.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._source = read
        self._buffer = b""
        self._at = 0  # what lies before it in the buffer was taken
        self._left = 0
        self._padding = 0
        self._taken_before = 0

    @property
    def taken_bytes(self) -> int:
        """Bytes of the archive that were taken so far."""
        return self._taken_before + self._at

    def next_entry(self) -> TarEntry | None:
        """Return the next entry, None at the end of the archive."""
        if self._left or self._padding:
            self._skip(self._left + self._padding)
            self._left = self._padding = 0
        extended: dict[str, bytes] = {}
        while True:
            block = self._exactly(BLOCK, may_end=True)
            if not block or (block[0] == 0 and block.count(0) == BLOCK):
                return None
            entry, kind = _entry_of(block, extended)
            if kind in _EXTENSIONS:
                extension = self._extension(_number(block[124:136]))
                if kind != b"g":
                    extended |= _pax(extension) if kind == b"x" else {_GNU[kind]: extension.rstrip(b"\0")}
            else:
                self._left = entry.size_bytes
                self._padding = -entry.size_bytes % BLOCK
                return entry

    def read(self, size: int = 65536, /) -> bytes:
        """Return the next bytes of the present entry's content, b"" at its end."""
        piece = self._some(min(size, self._left))
        self._left -= len(piece)
        return piece

    def _extension(self, size_bytes: int) -> bytes:
        if not 0 <= size_bytes <= _LONGEST_EXTENSION:
            raise TarBroken(f"an extended header of {size_bytes} bytes")
        content = self._exactly(size_bytes)
        self._skip(-size_bytes % BLOCK)
        return content

    def _skip(self, size: int) -> None:
        while size:
            size -= len(self._some(min(size, _SKIP_BYTES)))

    def _exactly(self, size: int, *, may_end: bool = False) -> bytes:
        end = self._at + size
        if end <= len(self._buffer):
            piece = self._buffer[self._at : end]
            self._at = end
            return piece
        pieces: list[bytes] = []
        left = size
        while left:
            piece = self._take(left)
            if not piece:
                if may_end and left == size:
                    return b""
                raise TarBroken("the archive is cut")
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _some(self, size: int) -> bytes:
        if not size:
            return b""
        piece = self._take(size)
        if not piece:
            raise TarBroken("the archive is cut")
        return piece

    def _take(self, size: int) -> bytes:
        if self._at == len(self._buffer):
            self._taken_before += self._at
            self._at = 0
            self._buffer = self._source(max(size, 64 * 1024) if size < _SKIP_BYTES else _SKIP_BYTES)
        piece = self._buffer[self._at : self._at + size]
        self._at += len(piece)
        return piece


_EXTENSIONS = frozenset((b"x", b"g", b"L", b"K"))
_GNU = {b"L": "path", b"K": "linkpath"}
_NO_CONTENT = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_CHECKSUM_AS_SPACES = 8 * 0x20
_ADLER_MODULUS = 65521


_FIELDS = struct.Struct("100s24s12s12s8sc100s6s82x155s12x")
"""Name; mode and owner; size; time; checksum; kind; link; magic; prefix."""


def _entry_of(block: bytes, extended: dict[str, bytes]) -> tuple[TarEntry, bytes]:
    name, owner, size, mtime, checksum, kind, link, magic, prefix = _FIELDS.unpack(block)
    # The lower half of Adler-32 is 1 and the sum of the bytes, modulo 65521: many times as quick as sum().
    if _expected(checksum) != zlib.adler32(block) & 0xFFFF:
        raise TarBroken("a header whose checksum is wrong")
    name = name.partition(b"\0")[0]
    if prefix[0] and magic == b"ustar\0":
        name = prefix.partition(b"\0")[0] + b"/" + name
    link = link.partition(b"\0")[0] if link[0] else b""
    mode, uid, gid = _mode_and_owner(owner)
    size_bytes, mtime_s = _number(size), _number(mtime)
    if extended:
        name, link = extended.get("path", name), extended.get("linkpath", link)
        size_bytes = _decimal(extended["size"]) if "size" in extended else size_bytes
        uid = _decimal(extended["uid"]) if "uid" in extended else uid
        gid = _decimal(extended["gid"]) if "gid" in extended else gid
        mtime_s = _decimal(extended["mtime"]) if "mtime" in extended else mtime_s
    if not 0 <= size_bytes <= _LARGEST:
        raise TarBroken("an impossible size")
    entry_kind = _KINDS.get(kind, EntryKind.OTHER)
    if entry_kind is EntryKind.FILE and kind != b"7" and name.endswith(b"/"):
        entry_kind = EntryKind.FOLDER
    entry = TarEntry(
        name.decode("utf-8", "surrogateescape"),
        entry_kind,
        0 if kind in _NO_CONTENT else size_bytes,
        mode,
        uid,
        gid,
        mtime_s,
        link.decode("utf-8", "surrogateescape") if link else "",
    )
    return entry, kind


@lru_cache(maxsize=4096)
def _expected(checksum: bytes) -> int:
    """What the lower half of a header's Adler-32 must be."""
    return (_number(checksum) - _CHECKSUM_AS_SPACES + sum(checksum) + 1) % _ADLER_MODULUS


@lru_cache(maxsize=256)
def _mode_and_owner(fields: bytes) -> tuple[int, int, int]:
    return _number(fields[:8]) & 0o7777, _number(fields[8:16]), _number(fields[16:])


@lru_cache(maxsize=4096)  # modes, owners and times repeat all over an archive
def _number(field: bytes) -> int:
    """An octal number, or a binary one (first bit set: GNU's way for what is too large)."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        return number - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else number
    digits = field.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError as exc:
        raise TarBroken("a header whose numbers are none") from exc


def _decimal(text: bytes) -> int:
    try:
        return int(text.split(b".", 1)[0][:20] or b"0")
    except ValueError as exc:
        raise TarBroken("an extended header whose numbers are none") from exc


def _pax(content: bytes) -> dict[str, bytes]:
    """The records of an extended header: `<length> <key>=<value>\\n`, the length counting itself."""
    found: dict[str, bytes] = {}
    position = 0
    while position < len(content):
        space = content.find(b" ", position, position + 20)
        digits = content[position:space]
        if space < 0 or not digits.isdigit():
            raise TarBroken("an extended header without lengths")
        end = position + int(digits)
        key, equals, value = content[space + 1 : end - 1].partition(b"=")
        if end > len(content) or end <= space or not equals:
            raise TarBroken("an extended header whose lengths are wrong")
        if key in (b"path", b"linkpath", b"size", b"uid", b"gid", b"mtime"):
            found[key.decode()] = value
        position = end
    return found


def entry_header(entry: TarEntry) -> bytes:
    """Return the header blocks of an entry: a file (its content and padding follow) or a folder, nothing else."""
    if entry.kind not in (EntryKind.FILE, EntryKind.FOLDER):
        raise ValueError("only files and folders are packed")
    name = entry.name.encode("utf-8", "surrogateescape")
    if entry.kind is EntryKind.FOLDER:
        name = name.rstrip(b"/") + b"/"
    records = b""
    if len(name) > 100 or not name.isascii():
        records += _record(b"path", name)
    for key, number, most in (
        (b"size", entry.size_bytes, 8**11 - 1),
        (b"uid", entry.uid, 8**7 - 1),
        (b"gid", entry.gid, 8**7 - 1),
    ):
        if number > most:
            records += _record(key, str(number).encode())
    extension = b""
    if records:
        extension = _block(b"PaxHeaders/entry", b"x", size=len(records)) + records + bytes(-len(records) % BLOCK)
    kind = b"5" if entry.kind is EntryKind.FOLDER else b"0"
    return extension + _block(
        name[:100],
        kind,
        size=entry.size_bytes,
        mode=entry.mode & 0o777,
        uid=entry.uid,
        gid=entry.gid,
        mtime_s=entry.mtime_s,
    )


def padding_after(size_bytes: int) -> bytes:
    """Return what fills the last block of a content of this size."""
    return bytes(-size_bytes % BLOCK)


def _record(key: bytes, value: bytes) -> bytes:
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + len(str(len(body)))
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def _block(
    name: bytes, kind: bytes, *, size: int, mode: int = 0o644, uid: int = 0, gid: int = 0, mtime_s: int = 0
) -> bytes:
    fields = (
        name,
        b"%07o\0" % mode,
        b"%07o\0" % (uid if uid < 8**7 else 0),
        b"%07o\0" % (gid if gid < 8**7 else 0),
        b"%011o\0" % (size if size < 8**11 else 0),
        b"%011o\0" % max(0, min(mtime_s, 8**11 - 1)),
        b" " * 8,
        kind,
        b"",
        b"ustar\x0000",
    )
    block = struct.pack("100s8s8s8s12s12s8s1s100s8s247x", *fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
