"""Files on their way into a container.

What came from a browser is whole on our disk before the engine hears of it, and goes up at full speed as a plain tar of
our own making: ordinary files and folders, nobody's links, devices or set-uid bits, nothing compressed (an engine would
run a program of the container to unpack it). An engine calls a cut archive a success, so the result is looked at.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from msgspec.structs import replace

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.paths import inside, joined, name_or_refuse
from apps.containers.services.file_access import host_paths_hidden, is_unseen, leads_to_folder, not_there, stat_or_none
from apps.core.errors import Refusal
from apps.core.spool import PIECE_BYTES
from apps.engine.api.archive import archive_get, archive_put
from apps.engine.byte_stream import ByteSource
from apps.engine.types.archive import PathStat
from apps.engine.wire.tar import END, EntryKind, TarBroken, TarEntry, TarReader, entry_header, padding_after
from apps.hosts.gate import OpenedContainer, open_container

_DEADLINE_S = 600.0
_LOOK_DEADLINE_S = 30.0
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


class Exists(Refusal):
    """There is something of this name already; `replace` says that it may go."""

    status = 412

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s” is there already.") % {"name": name}, hint=_("Replace it, or choose another name.")
        )


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What stands in the container now."""

    path: str
    size_bytes: int
    was_replaced: bool


def file_upload(
    actor: Actor,
    host_slug: str,
    ref: str,
    *,
    folder: str,
    name: str,
    source: ByteSource,
    size_bytes: int,
    may_replace: bool,
) -> Uploaded:
    """Put one file into a folder. `source` must be whole already: it is sent as fast as the engine takes it.

    A file that is replaced keeps its mode (set-uid and the like excepted) and owner, a new one belongs to the folder's
    owner. Raises what the gate raises, InvalidInput for a bad name, NotFoundHere, Exists, Refusal.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        name_or_refuse(name)
        before = _checked(opened, folder, name=name, may_replace=may_replace)
        pattern = _pattern(opened, folder, name=name, before=before)
        entry = replace(pattern, name=name, kind=EntryKind.FILE, size_bytes=size_bytes, mtime_s=int(time.time()))
        file_put(opened, folder, entry=entry, source=source)
        return Uploaded(joined(folder, name), size_bytes, was_replaced=before is not None)


def folder_make(actor: Actor, host_slug: str, ref: str, *, folder: str, name: str) -> str:
    """Make a folder in a folder, in a container that runs or not; its path. Raises as file_upload does."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        name_or_refuse(name)
        _checked(opened, folder, name=name, may_replace=False)
        owner = header_of(opened, inside(folder))
        entry = TarEntry(name, EntryKind.FOLDER, 0, _FOLDER_MODE, owner.uid, owner.gid, int(time.time()))
        _put(opened, folder, entry=entry, source=None)
        path = joined(folder, name)
        if not leads_to_folder(opened, path):
            raise Refusal(_("The folder was not made."), path, status=502)
        return path


def file_put(opened: OpenedContainer, folder: str, *, entry: TarEntry, source: ByteSource) -> None:
    """Put one file, named and described by `entry`, into a folder. Raises Refusal when less of it stands there then."""
    _put(opened, folder, entry=entry, source=source)
    after = stat_or_none(opened, joined(folder, entry.name))
    if after is None or not after.is_regular or after.size_bytes != entry.size_bytes:
        raise Refusal(
            _("The file did not arrive whole."),
            _("%(sent)d bytes were sent, %(found)d are in the container.")
            % {"sent": entry.size_bytes, "found": after.size_bytes if after else 0},
            hint=_("The container's disk may be full."),
            status=502,
        )


def seen_or_refuse(opened: OpenedContainer, folder: str) -> None:
    """Refuse a folder in memory: what is put there lands below it, out of the container's sight."""
    if is_unseen(opened, folder):
        raise Refusal(
            _("Nothing can be put here."),
            _("%(path)s lies in memory: the engine would write below it, where the container never looks.")
            % {"path": folder},
            hint=_("Upload into another folder, and move the file in the terminal."),
            status=409,
        )


def _checked(opened: OpenedContainer, folder: str, *, name: str, may_replace: bool) -> PathStat | None:
    """What stands at the place now, None when it is free. Refuses what the engine would do badly."""
    seen_or_refuse(opened, folder)
    if not leads_to_folder(opened, folder):
        raise not_there(folder)
    found = stat_or_none(opened, joined(folder, name))
    if found is None:
        return None
    if found.is_directory:
        raise Refusal(_("“%(name)s” is a folder.") % {"name": name}, hint=_("Choose another name."), status=409)
    if not may_replace:
        raise Exists(name)
    return found


def _pattern(opened: OpenedContainer, folder: str, *, name: str, before: PathStat | None) -> TarEntry:
    """Mode and owner for what is to come."""
    if before is not None and before.is_regular:
        return header_of(opened, joined(folder, name))
    return replace(header_of(opened, inside(folder)), mode=_FILE_MODE)


def header_of(opened: OpenedContainer, path: str) -> TarEntry:
    """The entry of a path in its archive: the first one; the rest is not waited for."""
    entry = _first_of(opened, path)
    if path.endswith("/.") and (entry is None or entry.name.strip("./")):
        entry = _first_of(opened, path.removesuffix("."))  # so Podman tells of the folder, not of what lies in it
    if entry is None:
        raise not_there(path)
    return entry


def _first_of(opened: OpenedContainer, path: str) -> TarEntry | None:
    with opened.engine.stream(archive_get(opened.container.id, path=path), deadline_s=_LOOK_DEADLINE_S) as stream:
        try:
            return TarReader(lambda size: stream.read(min(size, PIECE_BYTES))).next_entry()
        except TarBroken as exc:
            raise not_there(path) from exc


def _put(opened: OpenedContainer, folder: str, *, entry: TarEntry, source: ByteSource | None) -> None:
    header = entry_header(entry)
    size_bytes = len(header) + entry.size_bytes + len(padding_after(entry.size_bytes)) + len(END)
    packed = Packed(header, source, size_bytes=entry.size_bytes)
    call = archive_put(opened.container.id, path=inside(folder))
    opened.engine.upload(call, packed, size_bytes=size_bytes, deadline_s=_DEADLINE_S)


class Packed:
    """A tar of one entry, read piece by piece; the content never lies in memory."""

    def __init__(self, header: bytes, source: ByteSource | None, *, size_bytes: int) -> None:
        self._pieces = self._made(header, source, size_bytes)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        size = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    @staticmethod
    def _made(header: bytes, source: ByteSource | None, size_bytes: int) -> Iterator[bytes]:
        yield header
        left = size_bytes
        while left and source is not None:
            piece = source.read(min(left, PIECE_BYTES))
            if not piece:
                raise OSError("the file on its way is shorter than it was said to be")
            left -= len(piece)
            yield piece
        yield padding_after(size_bytes) + END
