"""Build contexts: from what a person hands in to the plain tar that the engine gets.

An archive (tar, also compressed, or zip) is read twice from the disk: once for its names and `.dockerignore`, once to
be packed anew. It is never unpacked to files, and never lies in memory. What goes up was named by us: relative names,
owned by root as the docker command has it, only files, folders and links.
"""

from __future__ import annotations

import errno
import io
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from lzma import LZMAError
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput, TooLarge, Unavailable
from apps.core.leaving import Attended, stop_if_left
from apps.images.building.ignored import IGNORE_FILE, Ignored
from apps.images.building.unpacked import BoundedHeader
from apps.images.building.unpacked import unpacked as plain

MOST_MEMBERS = 200_000
MOST_RATIO = 200
"""How many times its own size an archive may unpack to, once that is more than FREE_BYTES: more is a bomb."""
FREE_BYTES = 256 * 1024 * 1024
_LONGEST_IGNORE_BYTES = 1024 * 1024
_LONGEST_TARGET_BYTES = 4096
_LONGEST_DIRECTORY_BYTES = 32 * 1024 * 1024
"""Of a zip: 200,000 files with names of a hundred characters."""
_PIECE_BYTES = 256 * 1024
_FILE_MODE = 0o644
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Packed:
    """A context as it goes up: its size in bytes, what it holds, and what `.dockerignore` kept out."""

    size_bytes: int
    files: int
    ignored: int


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was handed in: its name in the context, its size, and how it is read."""

    name: str
    size_bytes: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class _Member:
    """One thing of an archive. `link` is a symbolic link's target, `same_as` the name of the file that it is too."""

    name: str
    kind: str
    size_bytes: int = 0
    mode: int = _FILE_MODE
    mtime_s: float = 0
    link: str = ""
    open: Callable[[], IO[bytes]] | None = None

    @property
    def is_packed(self) -> bool:
        """Whether it goes up: the root is there anyhow, and devices are no part of a context."""
        return self.name != "" and self.kind != "device"


def pack_typed(dockerfile: str, files: Iterable[Given], *, into: BinaryIO) -> Packed:
    """Pack a Dockerfile that was typed, and files beside it by name. It is called Dockerfile in the context."""
    text = dockerfile.replace("\r\n", "\n").encode()
    given = [Given("Dockerfile", len(text), lambda: io.BytesIO(text)), *files]
    members = (_Member(_relative(each.name), "file", each.size_bytes, open=each.open) for each in given)
    return _pack(members, into=into, root="", ignored=Ignored("", dockerfile="Dockerfile"))


def pack_archive(archive: Path, *, into: BinaryIO, dockerfile: str, most_bytes: int) -> Packed:
    """Pack an archive anew, `.dockerignore` respected. When all of it lies in one folder, that is the root.

    `most_bytes` is what it may unpack to. Raise InvalidInput for what is no archive, has no Dockerfile at `dockerfile`
    or names that lead out of it, TooLarge for a bomb.
    """
    dockerfile = _relative(dockerfile or "Dockerfile")
    budget = _Budget(most_bytes, archive.stat().st_size)
    try:
        names, ignores = _surveyed(archive, budget)
        root = _root(names, dockerfile)
        if root + dockerfile not in names:
            raise InvalidInput(
                _("There is no Dockerfile in the archive."),
                _("“%(name)s” was looked for.") % {"name": dockerfile},
                hint=_("Name the path of the Dockerfile inside the archive."),
                field="dockerfile",
            )
        ignored = Ignored(ignores.get(root + IGNORE_FILE, ""), dockerfile=dockerfile)
        return _pack(_members(archive), into=into, root=root, ignored=ignored)
    except _BROKEN as exc:
        if isinstance(exc, OSError) and exc.errno == errno.ENOSPC:
            raise Unavailable(_("The server's disk is full."), hint=_("Ask an admin to make room.")) from exc
        raise InvalidInput(
            _("This is no archive that can be read."),
            str(exc),
            hint=_("Give a tar (plain, gzip, bzip2 or xz) or a zip."),
            field="archive",
        ) from exc


class _Budget:
    """What an archive may still unpack to."""

    def __init__(self, most_bytes: int, archive_bytes: int) -> None:
        self._left = min(most_bytes, max(FREE_BYTES, archive_bytes * MOST_RATIO))
        self._members = MOST_MEMBERS

    def take(self, member: _Member) -> None:
        self._left -= max(member.size_bytes, 0)
        self._members -= 1
        if self._left < 0 or self._members < 0:
            raise _too_much()


def _too_much() -> TooLarge:
    return TooLarge(
        _("The archive unpacks to too much."),
        _("At most %(members)d files and %(ratio)d times its own size are taken.")
        % {"members": MOST_MEMBERS, "ratio": MOST_RATIO},
        hint=_("Leave out what the build does not need, or name a Git or HTTP address instead."),
    )


def _surveyed(archive: Path, budget: _Budget) -> tuple[set[str], dict[str, str]]:
    """Every name in an archive, and the texts of the files called .dockerignore in its first two levels."""
    names: set[str] = set()
    ignores: dict[str, str] = {}
    for member in _members(archive):
        budget.take(member)
        if not member.is_packed:
            continue
        names.add(member.name)
        is_ignore = posixpath.basename(member.name) == IGNORE_FILE and member.name.count("/") < 2
        if is_ignore and member.open is not None:
            with member.open() as content:
                ignores[member.name] = content.read(_LONGEST_IGNORE_BYTES).decode("utf-8", "replace")
    return names, ignores


def _root(names: set[str], dockerfile: str) -> str:
    """The folder that holds everything, "" when there is none or the Dockerfile lies beside it."""
    tops = {name.partition("/")[0] for name in names}
    if dockerfile in names or len(tops) != 1:
        return ""
    return f"{tops.pop()}/"


def _pack(members: Iterator[_Member], *, into: BinaryIO, root: str, ignored: Ignored) -> Packed:
    files = left_out = 0
    attended = cast(BinaryIO, Attended(into))
    with tarfile.open(fileobj=attended, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_PIECE_BYTES) as packed:
        for member in members:
            name = member.name.removeprefix(root)
            if not member.is_packed or name + "/" == root:
                continue
            if name in ignored:
                left_out += member.kind != "folder"
                continue
            files += member.kind != "folder"
            _add(packed, replace(member, name=name), root=root)
    return Packed(into.tell(), files, left_out)


def _add(packed: tarfile.TarFile, member: _Member, *, root: str) -> None:
    entry = tarfile.TarInfo(member.name)
    entry.mode, entry.mtime = member.mode, int(member.mtime_s)
    match member.kind:
        case "folder":
            entry.type = tarfile.DIRTYPE
        case "symlink":
            entry.type, entry.linkname = tarfile.SYMTYPE, member.link
        case "hardlink":
            entry.type, entry.linkname = tarfile.LNKTYPE, member.link.removeprefix(root)
        case _:
            assert member.open is not None
            entry.size = member.size_bytes
            with member.open() as content:
                packed.addfile(entry, content)
            return
    packed.addfile(entry)


def _members(archive: Path) -> Iterator[_Member]:
    """Walk over an archive; a member is read before the next one is asked for."""
    for member in _zip_members(archive) if zipfile.is_zipfile(archive) else _tar_members(archive):
        stop_if_left()
        yield member


def _tar_members(archive: Path) -> Iterator[_Member]:
    with (
        archive.open("rb") as file,
        tarfile.open(fileobj=plain(file), mode="r|", bufsize=_PIECE_BYTES, tarinfo=BoundedHeader) as unpacked,
    ):
        while (entry := unpacked.next()) is not None:
            unpacked.members.clear()  # type: ignore[attr-defined]  # it would keep every one of them
            name = _relative(entry.name)
            base = _Member(name, "file", entry.size, entry.mode & 0o7777, entry.mtime)
            if entry.isreg():
                yield replace(base, open=partial(_content, unpacked, entry))
            elif entry.isdir():
                yield replace(base, kind="folder", size_bytes=0)
            elif entry.issym():
                yield replace(base, kind="symlink", size_bytes=0, link=entry.linkname)
            elif entry.islnk():
                yield replace(base, kind="hardlink", size_bytes=0, link=_relative(entry.linkname))
            else:
                yield replace(base, kind="device")  # passed over, and counted


def _content(unpacked: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = unpacked.extractfile(entry)
    assert content is not None
    return content


def _zip_members(archive: Path) -> Iterator[_Member]:
    with archive.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # ZipFile would take all of it into memory first
    if end is not None and end[zipfile._ECD_SIZE] > _LONGEST_DIRECTORY_BYTES:  # type: ignore[attr-defined]
        raise _too_much()
    with zipfile.ZipFile(archive) as unpacked:
        for entry in unpacked.infolist():
            name = _relative(entry.filename.replace("\\", "/"))  # some makers of zips write their system's own
            mode = entry.external_attr >> 16
            base = _Member(name, "file", entry.file_size, mode & 0o777 or _FILE_MODE)
            if entry.is_dir():
                yield replace(base, kind="folder", size_bytes=0, mode=mode & 0o777 or 0o755)
            elif mode & 0o170000 == 0o120000:
                yield replace(base, kind="symlink", size_bytes=0, link=_target(unpacked, entry))
            else:
                yield replace(base, open=partial(unpacked.open, entry))


def _target(unpacked: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with unpacked.open(entry) as content:
        return content.read(_LONGEST_TARGET_BYTES).decode("utf-8", "replace")


def _relative(name: str) -> str:
    """A name below the root of the context, "" for the root itself. Raise InvalidInput for what leads out of it."""
    cleaned = posixpath.normpath(name) if "\0" not in name else "/"
    if cleaned == ".":
        return ""
    if cleaned.startswith(("/", "../")) or cleaned == "..":
        raise InvalidInput(
            _("“%(name)s” lies outside of the context.")
            % {"name": name[:200].encode("utf-8", "surrogateescape").decode("utf-8", "replace")},
            hint=_("Every path begins in the folder that is handed in, without / and .. in front."),
        )
    return cleaned
