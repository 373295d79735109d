"""A text file as it is edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.containers.file_text import EDIT_BYTES
from apps.containers.paths import name_of, quoted, shown
from apps.containers.presenters.files import Step, mode_words, steps_to
from apps.containers.services.file_edit import OpenedText

_NEWLINE_WORDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


@dataclass(frozen=True, slots=True)
class EditPage:
    """The page where a file is edited. `read` tells the file that was read from what stands there later."""

    name: str
    address: str
    steps: Sequence[Step]
    text: str
    read: str
    mode: str = ""
    octal: str = ""
    owner: str = ""
    newline: str = ""
    is_mixed: bool = False
    link_target: str = ""
    most_bytes: int = EDIT_BYTES


def edit_page(opened: OpenedText) -> EditPage:
    """A file that was just read."""
    return EditPage(
        name=shown(name_of(opened.path)),
        address=quoted(opened.path),
        steps=steps_to(opened.path),
        text=opened.content.text,
        read=opened.digest,
        mode=mode_words(opened.mode),
        octal=f"{opened.mode:04o}",
        owner=f"{opened.uid}:{opened.gid}",
        newline=_NEWLINE_WORDS[opened.content.newline],
        is_mixed=opened.content.is_mixed,
        link_target=shown(opened.real_path) if opened.real_path != opened.path else "",
    )


def edit_page_again(path: str, *, text: str, read: str) -> EditPage:
    """The page with what was typed, after it could not be saved."""
    return EditPage(shown(name_of(path)), quoted(path), steps_to(path), text, read)


def text_json(opened: OpenedText) -> dict[str, object]:
    """The same for scripts; `read` goes back with the changed text."""
    return {
        "path": shown(opened.path),
        "real_path": shown(opened.real_path),
        "text": opened.content.text,
        "read": opened.digest,
        "size_bytes": opened.size_bytes,
        "octal": f"{opened.mode:04o}",
        "owner": f"{opened.uid}:{opened.gid}",
        "newline": _NEWLINE_WORDS[opened.content.newline],
    }
