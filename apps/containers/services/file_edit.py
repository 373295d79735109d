"""A text file opened for editing, and written back.

Between the two it may change: so a hash of what was read comes back with the text, and is compared before anything is
written. Mode, owner and group are those that the engine's archive tells of the file; the file itself is a new one
afterwards, as with every upload.
"""

import io
import time
from dataclasses import dataclass

from django.utils.translation import gettext as _
from msgspec.structs import replace

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.errors import RefusedAtForm
from apps.containers.file_text import EDIT_BYTES, EditableText, digest_of, has_special_bits, with_plain_lines
from apps.containers.paths import folder_of, inside, name_of
from apps.containers.services.file_access import host_paths_hidden, is_unseen, leads_to_folder, not_there, stat_or_none
from apps.containers.services.file_download import PREVIEW_DEADLINE_S, file_entry, pieces_of
from apps.containers.services.file_listing import file_of
from apps.containers.services.file_upload import file_put, header_of, seen_or_refuse
from apps.core.errors import InvalidInput, Refusal, TooLarge
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.wire.tar import EntryKind, TarEntry
from apps.hosts.gate import OpenedContainer, open_container

_NEW_FILE_MODE = 0o644


class ChangedMeanwhile(RefusedAtForm):
    """What stands in the container is not what was read. `digest` is of what stands there now, "" for nothing."""

    def __init__(self, digest: str, *, is_gone: bool) -> None:
        self.digest = digest
        gone = _("It is not there any more. To write it all the same makes it anew.")
        changed = _("Somebody, or a program in the container, wrote it after you opened it.")
        super().__init__(
            _("The file changed meanwhile."),
            gone if is_gone else changed,
            hint=_("Nothing was written; your text is still here. Overwriting loses what is there now."),
        )


@dataclass(frozen=True, slots=True)
class OpenedText:
    """A file as it is edited. `real_path` is the file itself where `path` is a link to it."""

    container: ContainerInspect
    path: str
    real_path: str
    content: EditableText
    digest: str
    size_bytes: int
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Edited:
    """What stands in the container now. `was_needed` is False when it stood there already."""

    path: str
    digest: str
    size_bytes: int
    was_needed: bool


def text_open(actor: Actor, host_slug: str, ref: str, *, path: str) -> OpenedText:
    """Read a whole file for editing.

    Raises what the gate raises, NotFoundHere, InvalidInput for what is no file, TooLarge, Refusal for what is no UTF-8
    text or set-uid.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        real_path = _real_path(opened, path)
        if real_path is None:
            raise not_there(path)
        entry, content = _read(opened, real_path)
        text = EditableText.read(content)
        if text is None:
            raise _not_editable(_("It is no text in UTF-8."))
        digest = digest_of(content)
        return OpenedText(
            opened.container, path, real_path, text, digest, entry.size_bytes, entry.mode, entry.uid, entry.gid
        )


def text_save(
    actor: Actor, host_slug: str, ref: str, *, path: str, text: str, read_digest: str, overwrites: bool
) -> Edited:
    """Write a text back, with the file's own line ends, mode and owner.

    `read_digest` is what `text_open` told; `overwrites`: write over whatever stands there. Raises what `text_open`
    raises and ChangedMeanwhile.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_FILES_CHANGE) as opened, host_paths_hidden():
        real_path = _real_path(opened, path)
        if real_path is None:
            if not overwrites:
                raise ChangedMeanwhile("", is_gone=True)
            return _made_anew(opened, path, text=text)
        entry, before = _read(opened, real_path)
        if not overwrites and digest_of(before) != read_digest:
            raise ChangedMeanwhile(digest_of(before), is_gone=False)
        known = EditableText.read(before)
        if known is not None and known.text == with_plain_lines(text):
            return Edited(path, digest_of(before), len(before), was_needed=False)
        after = (known or EditableText("")).written(text)
        _write(opened, real_path, entry=entry, content=after)
        return Edited(path, digest_of(after), len(after), was_needed=True)


def _real_path(opened: OpenedContainer, path: str) -> str | None:
    """The file that a path is or leads to; None when there is nothing. Raises InvalidInput for what is no file."""
    seen_or_refuse(opened, folder_of(path))
    found = stat_or_none(opened, path)
    if found is None or (opened.container.is_running and is_unseen(opened, path)):
        return None
    file = file_of(opened, path, found=found)
    if file.found is None:
        return None
    if not file.found.is_regular:
        raise InvalidInput(_("This cannot be edited."), path, hint=_("Only files can."))
    seen_or_refuse(opened, folder_of(file.content_path))
    return file.content_path


def _read(opened: OpenedContainer, path: str) -> tuple[TarEntry, bytes]:
    with file_entry(opened, path, deadline_s=PREVIEW_DEADLINE_S) as (reader, entry):
        if entry.size_bytes > EDIT_BYTES:
            raise _too_large(_("The file has %(size)d bytes; %(limit)d is the limit."), entry.size_bytes)
        if has_special_bits(entry.mode):
            raise _not_editable(_("It is set-uid or set-gid, and such bits do not go into a container with a file."))
        return entry, b"".join(pieces_of(reader, entry.size_bytes))


def _made_anew(opened: OpenedContainer, path: str, *, text: str) -> Edited:
    """The file that went away, for the owner of its folder."""
    folder = folder_of(path)
    if not leads_to_folder(opened, folder):
        raise not_there(folder)
    content = EditableText("").written(text)
    entry = replace(header_of(opened, inside(folder)), mode=_NEW_FILE_MODE)
    _write(opened, path, entry=entry, content=content)
    return Edited(path, digest_of(content), len(content), was_needed=True)


def _write(opened: OpenedContainer, path: str, *, entry: TarEntry, content: bytes) -> None:
    if len(content) > EDIT_BYTES:
        raise _too_large(_("The text has %(size)d bytes; %(limit)d is the limit."), len(content))
    facts = replace(
        entry,
        name=name_of(path),
        kind=EntryKind.FILE,
        size_bytes=len(content),
        mtime_s=int(time.time()),
        link_target="",
    )
    file_put(opened, folder_of(path), entry=facts, source=io.BytesIO(content))


def _too_large(words: str, size_bytes: int) -> TooLarge:
    return TooLarge(
        _("This is too large to be edited here."),
        words % {"size": size_bytes, "limit": EDIT_BYTES},
        hint=_("Download it, change it, and upload it again."),
    )


def _not_editable(reason: str) -> Refusal:
    return Refusal(
        _("This cannot be edited here."),
        reason,
        hint=_("Download it, change it, and upload it again."),
        status=409,
    )
