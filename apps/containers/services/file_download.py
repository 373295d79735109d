"""A file, or a folder as tar, fetched whole at the engine's full speed before the browser gets its first byte.

While an archive is on its way the engine holds the container's lock: stop, inspect and even a forced removal wait for
its end. So it never waits for a browser, only for our disk.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.paths import folder_of, inside, is_text, name_of
from apps.containers.services.file_access import (
    host_paths_hidden,
    is_unseen,
    leads_to_folder,
    not_there,
    stat_or_none,
)
from apps.containers.services.file_listing import file_of
from apps.core.errors import InvalidInput, Refusal, Unavailable
from apps.core.spool import PIECE_BYTES, Spool
from apps.engine.api.archive import archive_get
from apps.engine.wire.tar import EntryKind, TarBroken, TarEntry, TarReader
from apps.hosts.gate import OpenedContainer, open_container

AT_ONCE = 4
"""Fetched at the same time by this process."""
WAIT_S = 20.0
_DEADLINE_S = 3600.0
PREVIEW_DEADLINE_S = 20.0

PREVIEW_BYTES = 256 * 1024
PICTURE_BYTES = 16 * 1024 * 1024
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))

_room = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Download:
    """What was fetched: close the spool. `name` is as the container has it, with ".tar" behind a folder's.

    `is_to_be_zipped`: a folder that is wanted as zip; the spool holds its tar all the same.
    """

    name: str
    spool: Spool
    content_type: str = "application/octet-stream"
    is_to_be_zipped: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file. `picture_type` is the media type when it is a picture that browsers show."""

    content: bytes
    size_bytes: int
    picture_type: str = ""


def file_download(actor: Actor, host_slug: str, ref: str, *, path: str, is_zip: bool = False) -> Download:
    """Fetch a path: a file as it is, a folder as tar, or to be made a zip of.

    Raises what the gate raises, NotFoundHere, InvalidInput for what is neither, TooLarge when it does not fit into the
    spool, Unavailable when too many are under way, EngineGone when it broke off.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES) as opened, host_paths_hidden():
        found = None if opened.container.is_running and is_unseen(opened, path) else stat_or_none(opened, path)
        if found is None:
            raise not_there(path)
        if found.is_directory or (found.is_symlink and leads_to_folder(opened, path)):
            name = name_of(path) or opened.container.name
            spool = _fetched(opened, _folder_address(path))
            if is_zip:
                return Download(f"{name}.zip", spool, "application/zip", is_to_be_zipped=True)
            return Download(f"{name}.tar", spool, "application/x-tar")
        file = file_of(opened, path, found=found)
        if file.found is None or not file.found.is_regular:
            raise _no_file(path)
        return Download(name_of(path), _fetched(opened, file.content_path, is_file=True))


def picture_download(actor: Actor, host_slug: str, ref: str, *, path: str) -> Download:
    """Fetch a picture to be shown. Raises InvalidInput when the file's own bytes are none, or it is large."""
    download = file_download(actor, host_slug, ref, path=path)
    download.spool.rewind()
    kind = picture_type(download.spool.read(16))
    if not kind or download.spool.size_bytes > PICTURE_BYTES:
        download.spool.close()
        raise InvalidInput(_("This is no picture that can be shown."), path)
    return Download(download.name, download.spool, kind)


def file_preview(actor: Actor, host_slug: str, ref: str, *, path: str) -> Preview:
    """Read the beginning of a file, and let go of it at once."""
    with (
        open_container(actor, host_slug, ref, Action.CONTAINER_FILES) as opened,
        host_paths_hidden(),
        file_entry(opened, path, deadline_s=PREVIEW_DEADLINE_S) as (reader, entry),
    ):
        content = b"".join(pieces_of(reader, PREVIEW_BYTES))
        kind = picture_type(content) if entry.size_bytes <= PICTURE_BYTES else ""
        return Preview(content, entry.size_bytes, kind)


def picture_type(content: bytes) -> str:
    """The media type that the first bytes tell, "" for what is no picture. SVG is text: it can hold scripts."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _PICTURES if content.startswith(mark)), "")


def _folder_address(path: str) -> str:
    """With "/" behind it a link is followed and names begin with the folder's; see archive_get for the other."""
    return f"{path}/" if path != "/" and is_text(name_of(path)) else inside(path)


@contextmanager
def file_entry(
    opened: OpenedContainer, path: str, *, deadline_s: float = _DEADLINE_S
) -> Iterator[tuple[TarReader, TarEntry]]:
    """A reader that stands at the content of a file, and what the archive says of the file."""
    name = name_of(path)
    # The engine packs a single file only if its name is UTF-8; otherwise it is picked out of its folder.
    is_alone = is_text(name)
    address = path if is_alone else inside(folder_of(path))
    with opened.engine.stream(archive_get(opened.container.id, path=address), deadline_s=deadline_s) as stream:
        reader = TarReader(stream.read)
        try:
            while (entry := reader.next_entry()) is not None:
                if is_alone or entry.name in (name, f"./{name}"):
                    if entry.kind is not EntryKind.FILE:
                        raise _no_file(path)
                    yield reader, entry
                    return
        except TarBroken as exc:
            raise _broken(exc) from exc
    raise not_there(path)


def pieces_of(reader: TarReader, most_bytes: int) -> Iterator[bytes]:
    """The content of the present entry piece by piece, no more than `most_bytes` of it."""
    while most_bytes > 0 and (piece := reader.read(min(PIECE_BYTES, most_bytes))):
        most_bytes -= len(piece)
        yield piece


def _fetched(opened: OpenedContainer, path: str, *, is_file: bool = False) -> Spool:
    if not _room.acquire(timeout=WAIT_S):
        raise Unavailable(
            _("Too many downloads are being prepared."),
            _("%(count)d at once is the limit.") % {"count": AT_ONCE},
            hint=_("Try again in a moment."),
        )
    spool = Spool()
    try:
        if is_file:
            with file_entry(opened, path) as (reader, entry):
                for piece in pieces_of(reader, entry.size_bytes):
                    spool.write(piece)
        else:
            call = archive_get(opened.container.id, path=path)
            with opened.engine.stream(call, deadline_s=_DEADLINE_S) as stream:
                while piece := stream.read():
                    spool.write(piece)
    except BaseException:
        spool.close()
        raise
    finally:
        _room.release()
    return spool


def _no_file(path: str) -> InvalidInput:
    return InvalidInput(
        _("This cannot be fetched."), path, hint=_("Only files and folders can; devices and sockets cannot.")
    )


def _broken(exc: TarBroken) -> Refusal:
    return Refusal(_("The engine's archive cannot be read."), str(exc), hint=_("Try again in a moment."), status=502)
