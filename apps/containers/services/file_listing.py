"""What is in a folder of a container.

The engine's archive of the folder is read: that needs no program in the container and no helper beside it, and works
on stopped containers too. But an archive holds all that lies below, so after a while a running container is asked to
list the folder itself (`find` and `stat`, by argument list), and where it cannot, the archive is read on up to a limit;
then the list says that it is not complete.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.paths import inside
from apps.containers.services.file_access import (
    host_paths_hidden,
    is_unseen,
    leads_to_folder,
    not_there,
    stat_or_none,
)
from apps.containers.services.file_asking import by_asking
from apps.containers.services.folder_kept import LONG_ENTRIES, MOST_ENTRIES, SLOW_S, Folder, kept_folders
from apps.engine.api.archive import archive_get
from apps.engine.byte_stream import ByteStream
from apps.engine.errors import EngineGone, TimedOut
from apps.engine.types.archive import PathStat
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.wire.tar import BLOCK, EntryKind, TarBroken, TarEntry, TarReader
from apps.hosts.gate import OpenedContainer, open_container

QUICK_BYTES = 16 * 1024 * 1024
"""So much of an archive that tells nothing of the folder is read before the container is asked itself."""
_ENTRY_BYTES = 2 * BLOCK
"""What an entry may take up of an archive (its header, and a little content) and still count as telling of it."""
MOST_BYTES = 64 * 1024 * 1024 * 1024
MOST_S = 25.0
"""The limit that is met first, as a rule: of files of several GB in a stopped container, all bytes go by."""
_DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True)
class File:
    """What is no folder. `found` is the thing itself, behind its link (`link_target`) if it has one; None: nothing."""

    path: str
    found: PathStat | None
    content_path: str
    link_target: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A container, and what stands at a path of it."""

    container: ContainerInspect
    folder: Folder | None
    file: File | None


def file_place(actor: Actor, host_slug: str, ref: str, *, path: str, may_be_kept: bool = False) -> Place:
    """Look at a path. Raises what the gate raises, NotFoundHere when there is nothing.

    `may_be_kept`: a long folder's list that was read a moment ago will do.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES) as opened, host_paths_hidden():
        if opened.container.is_running and is_unseen(opened, path):
            folder = by_asking(opened, path) if _can_be_asked(opened) else None
            if folder is None:
                raise not_there(path)
            in_memory = Folder(path, folder.entries, is_complete=folder.is_complete, is_in_memory=True)
            return Place(opened.container, in_memory, None)
        found = stat_or_none(opened, path)
        if found is None:
            if stat_or_none(opened, "/") is None:  # the engine cannot open any of it; a HEAD does not say why
                _by_archive(opened, "/", most_useless=QUICK_BYTES)
            raise not_there(path)
        if found.is_directory or (found.is_symlink and leads_to_folder(opened, path)):
            return Place(opened.container, _folder_or_kept(opened, path, found=found, may_be_kept=may_be_kept), None)
        return Place(opened.container, None, file_of(opened, path, found=found))


def file_of(opened: OpenedContainer, path: str, *, found: PathStat) -> File:
    """What a path that is no folder is, its last link followed."""
    if not found.is_symlink:
        return File(path, found, path)
    behind = stat_or_none(opened, found.link_target) if found.link_target else None
    return File(path, behind, found.link_target, link_target=found.link_target)


def _folder_or_kept(opened: OpenedContainer, path: str, *, found: PathStat, may_be_kept: bool) -> Folder:
    key = (opened.host.slug, opened.container.id, opened.container.state.status, path)
    behind = stat_or_none(opened, inside(path)) if found.is_symlink else found
    changed = behind.mtime if behind else ""  # it changes with every name that comes or goes
    if may_be_kept and changed and (kept := kept_folders.find(key, changed=changed)) is not None:
        return kept
    started = time.monotonic()
    folder = folder_of(opened, path)
    is_worth_it = len(folder.entries) >= LONG_ENTRIES or time.monotonic() - started >= SLOW_S
    return kept_folders.keep(key, folder, changed=changed) if changed and is_worth_it else folder


def folder_of(opened: OpenedContainer, path: str) -> Folder:
    """The entries of a folder, by whichever way is quick."""
    if not _can_be_asked(opened):
        return _by_archive(opened, path)
    folder = _by_archive(opened, path, most_useless=QUICK_BYTES)
    if folder.is_complete or len(folder.entries) >= MOST_ENTRIES:
        return folder
    return by_asking(opened, path) or _by_archive(opened, path)


def _can_be_asked(opened: OpenedContainer) -> bool:
    return opened.container.state.status == "running"


# by the archive


class _Enough(Exception):
    """A limit was reached."""


def _by_archive(opened: OpenedContainer, path: str, *, most_useless: int | None = None) -> Folder:
    entries: list[TarEntry] = []
    call = archive_get(opened.container.id, path=inside(path))
    with opened.engine.stream(call, deadline_s=_DEADLINE_S) as stream:
        try:
            read_level(TarReader(_limited(stream, entries, most_useless)), entries)
        except (_Enough, TarBroken, EngineGone, TimedOut):
            return Folder(path, entries, is_complete=False)
    return Folder(path, entries, is_complete=True)


def _limited(stream: ByteStream, entries: list[TarEntry], most_useless: int | None) -> Callable[[int], bytes]:
    """The archive up to a limit; of a folder of very many files it is nearly all headers, and worth reading on."""
    taken = 0
    ends = time.monotonic() + MOST_S

    def read(size: int) -> bytes:
        nonlocal taken
        is_worthless = most_useless is not None and taken - _ENTRY_BYTES * len(entries) >= most_useless
        if is_worthless or taken >= MOST_BYTES or time.monotonic() > ends:
            raise _Enough
        piece = stream.read(size)
        taken += len(piece)
        return piece

    return read


def read_level(reader: TarReader, entries: list[TarEntry]) -> None:
    """Collect what lies directly in the folder. Docker names that itself, "./", and "./a" in it; Podman only "a"."""
    sizes = _Sizes(entries)
    next_entry, add = reader.next_entry, entries.append
    while (entry := next_entry()) is not None:
        name = _bare(entry.name)
        if not name:
            continue
        kind, size_bytes, link_target = entry.kind, entry.size_bytes, entry.link_target
        if "/" in name:
            if kind is EntryKind.FILE:
                sizes.keep(name, size_bytes)
            continue
        if kind is EntryKind.HARDLINK:  # a second name of a file that came before
            kind, size_bytes, link_target = EntryKind.FILE, sizes.of(_bare(link_target)), ""
        add(TarEntry(name, kind, size_bytes, entry.mode, entry.uid, entry.gid, entry.mtime_s, link_target))
        if len(entries) >= MOST_ENTRIES:
            raise _Enough


def _bare(name: str) -> str:
    return "" if name == "." else name.removeprefix("./").strip("/")


class _Sizes:
    """Of the files that came before, for a second name of one. Most folders have none, so little is kept for it."""

    def __init__(self, entries: list[TarEntry]) -> None:
        self._entries = entries
        self._seen = 0
        self._known: dict[str, int] = {}

    def keep(self, name: str, size_bytes: int) -> None:
        """Remember a file that lies deeper; those of the folder are in its entries."""
        if len(self._known) < MOST_ENTRIES:
            self._known[name] = size_bytes

    def of(self, name: str) -> int:
        """The size of a file, 0 for one that did not come."""
        for entry in self._entries[self._seen :]:
            self.keep(entry.name, entry.size_bytes)
        self._seen = len(self._entries)
        return self._known.get(name, 0)
