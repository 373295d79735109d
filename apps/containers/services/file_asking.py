"""A folder as a program of the container lists it (`find` and `stat`, by argument list).

What it says is the container's word, so it is believed no further than it reads; and it is read as it comes, so that a
long list takes the room of its entries only.
"""

import re
import secrets
import stat as modes

from apps.containers.paths import joined, name_of
from apps.containers.services.file_exec import run
from apps.containers.services.folder_kept import MOST_ENTRIES, Folder
from apps.engine.errors import ApiError, EngineGone, TimedOut
from apps.engine.wire.tar import EntryKind, TarEntry
from apps.hosts.gate import OpenedContainer

_DEADLINE_S = 25.0
_LONGEST_BYTES = 64 * 1024
"""More than three paths and their facts take."""
_TYPES = {
    modes.S_IFREG: EntryKind.FILE,
    modes.S_IFDIR: EntryKind.FOLDER,
    modes.S_IFLNK: EntryKind.SYMLINK,
    modes.S_IFCHR: EntryKind.CHARACTER_DEVICE,
    modes.S_IFBLK: EntryKind.BLOCK_DEVICE,
    modes.S_IFIFO: EntryKind.FIFO,
    modes.S_IFSOCK: EntryKind.SOCKET,
}
_FACTS = re.compile(rb"([0-9a-f]{1,8}) (\d{1,20}) (\d{1,10}) (\d{1,10}) (-?\d{1,20}) (.+)", re.DOTALL)


class _Enough(Exception):
    """There are too many, or it is no list."""


def by_asking(opened: OpenedContainer, path: str) -> Folder | None:
    """Let the container list a folder; None when it cannot. A mark that nobody can guess stands before each entry."""
    mark = secrets.token_hex(8)
    shape = f"{mark}%f %s %u %g %Y %n{mark}%N"
    stat = ["env", "QUOTING_STYLE=literal", "stat", "-c", shape, "{}", "+"]
    folder = path.rstrip("/") + "/"
    listed = ListedByProgram(mark, folder=folder)
    argv = ["find", folder, "-mindepth", "1", "-maxdepth", "1", "-exec", *stat]
    try:
        exit_code = run(opened, argv, deadline_s=_DEADLINE_S, take=listed.feed).exit_code
    except _Enough:
        return Folder(path, listed.entries, is_complete=False)
    except (ApiError, EngineGone, TimedOut):
        return None
    listed.end()
    if exit_code == 0 or (exit_code == 1 and listed.entries):  # 1: something went away meanwhile
        return Folder(path, listed.entries, is_complete=True)
    return None


class ListedByProgram:
    """Reads `<mark><facts> <path><mark><path -> target>` again and again; what does not fit is left out."""

    def __init__(self, mark: str, *, folder: str) -> None:
        self._mark = mark.encode()
        self._folder = folder
        self._rest = b""
        self.entries: list[TarEntry] = []

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the output, cut anywhere."""
        parts = (self._rest + piece).split(self._mark)
        whole = max(0, (len(parts) - 2) // 2)  # a record is whole when another mark stands behind it
        for at in range(1, 2 * whole, 2):
            self._add(parts[at], parts[at + 1])
        if whole:
            parts = [b"", *parts[1 + 2 * whole :]]
        self._rest = self._mark.join(parts)
        if len(self._rest) > _LONGEST_BYTES + len(piece) or len(self.entries) >= MOST_ENTRIES:
            raise _Enough

    def end(self) -> None:
        """The output is over."""
        parts = self._rest.split(self._mark)
        if len(parts) == 3:
            self._add(parts[1], parts[2])

    def _add(self, facts: bytes, tail: bytes) -> None:
        read = _FACTS.fullmatch(facts)
        if read is None:
            return
        raw_path = read[6]
        mode = int(read[1], 16)
        name = name_of(raw_path.decode("utf-8", "surrogateescape"))
        if not name or joined(self._folder, name).encode("utf-8", "surrogateescape") != raw_path:
            return
        kind = _TYPES.get(modes.S_IFMT(mode), EntryKind.OTHER)
        self.entries.append(
            TarEntry(
                name=name,
                kind=kind,
                size_bytes=int(read[2]) if kind is EntryKind.FILE else 0,
                mode=modes.S_IMODE(mode),
                uid=int(read[3]),
                gid=int(read[4]),
                mtime_s=int(read[5]),
                link_target=_target(tail, raw_path) if kind is EntryKind.SYMLINK else "",
            )
        )


def _target(tail: bytes, path: bytes) -> str:
    """The target in `path -> target` (GNU, told to quote nothing) or `'path' -> 'target'` (busybox); "" otherwise."""
    tail = tail.removesuffix(b"\n")
    for opening, closing in ((path + b" -> ", b""), (b"'" + path + b"' -> '", b"'")):
        if tail.startswith(opening) and tail.endswith(closing):
            return tail[len(opening) : len(tail) - len(closing)].decode("utf-8", "surrogateescape")
    return ""
