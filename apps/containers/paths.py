"""Paths inside a container: absolute, any bytes.

In a `str` what is not UTF-8 stands as os.fsdecode has it (surrogateescape), so that nothing is lost between an address,
the engine and a program of the container. What people see is made by `shown`.
"""

import posixpath
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput

LONGEST_BYTES = 4095
LONGEST_NAME_BYTES = 255
_SURROGATES = re.compile("[\ud800-\udfff]")


def path_of_query(query_string: str) -> str:
    """The `path` of an address, "/" without one. Django's own reading of it would lose bytes that are not UTF-8.

    `address` is the same quoted once more, as a form sends it whose bytes no form can carry.
    """
    pairs = parse_qsl(query_string, keep_blank_values=True, errors="surrogateescape")
    return path_of_form(dict(reversed(pairs)))


def path_of_form(fields: Mapping[str, str]) -> str:
    """The `path` of a form, "/" without one; `address` is the same quoted, for bytes that no form can carry."""
    if "address" in fields:
        return clean(unquote(fields["address"], errors="surrogateescape"))
    return clean(fields.get("path", "/"))


def clean(path: str) -> str:
    """Make a path absolute, and fold "//", "." and "..". Raises InvalidInput for what no file system takes."""
    if "\0" in path or not _is_encodable(path) or len(encoded(path)) > LONGEST_BYTES:
        raise InvalidInput(_("This is no path."), _("A path has at most 4095 bytes, none of them zero."), field="path")
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def name_or_refuse(name: str) -> str:
    """A name for a file or folder, as a person typed it. Raises InvalidInput."""
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise InvalidInput(
            _("This is no name."), _("A name is not empty, “.” or “..”, and holds no “/”."), field="name"
        )
    if not is_text(name) or len(encoded(name)) > LONGEST_NAME_BYTES:
        raise InvalidInput(_("This is no name."), _("A name has at most 255 bytes."), field="name")
    return name


def name_of(path: str) -> str:
    """The last part of a path, "" of "/"."""
    return posixpath.basename(path)


def folder_of(path: str) -> str:
    """The folder that a path is in."""
    return posixpath.dirname(path)


def joined(folder: str, name: str) -> str:
    """The path of a name in a folder."""
    return posixpath.join(folder, name)


def inside(path: str) -> str:
    """The same folder, written so that the engine follows a link and names entries from "." on."""
    return path.rstrip("/") + "/."


def encoded(path: str) -> bytes:
    """The bytes that the container has."""
    return path.encode("utf-8", "surrogateescape")


def is_text(path: str) -> bool:
    """Whether it is UTF-8 through and through: JSON and forms carry nothing else."""
    return not _SURROGATES.search(path)


def quoted(path: str) -> str:
    """For the query of an address."""
    return quote(path, safe="/", errors="surrogateescape")


def shown(text: str) -> str:
    """For people: line breaks and other controls as pictures, stray bytes and invisible marks as U+FFFD."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _picture(character) for character in text)


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


def _is_encodable(path: str) -> bool:
    try:
        encoded(path)
    except UnicodeEncodeError:
        return False
    return True
