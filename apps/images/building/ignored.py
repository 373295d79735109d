"""What `.dockerignore` keeps out of a build context, as the docker command reads it.

Every pattern counts from the root of the context (unlike .gitignore), the last one that fits decides, `!` takes back.
The Dockerfile and `.dockerignore` itself are always sent: the engine reads them, and takes them out where they are
ignored. Source: Dockerfile reference, ".dockerignore file".

A context comes from anybody, so no pattern becomes a regular expression: `*a*a*a*a*b` would hold the whole server for
minutes over one long name. Here the time grows with the pattern times the name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput

IGNORE_FILE = ".dockerignore"
MOST_PATTERNS = 5000


class Ignored:
    """The patterns of a context. `dockerfile` is the path of the Dockerfile in it."""

    def __init__(self, text: str, *, dockerfile: str) -> None:
        self._sent = frozenset({IGNORE_FILE, dockerfile})
        self._patterns = list(_patterns(text.lstrip("\ufeff").splitlines()))
        if len(self._patterns) > MOST_PATTERNS:
            raise InvalidInput(
                _("The .dockerignore is too long."),
                _("At most %(most)d patterns are taken.") % {"most": MOST_PATTERNS},
                field="archive",
            )

    def __contains__(self, name: str) -> bool:
        """Whether a file or folder of the context, "a/b", is left out. What is below an ignored folder is, too."""
        if name in self._sent:
            return False
        parts = name.split("/")
        is_ignored = False
        for pattern in self._patterns:
            if pattern.takes_back == is_ignored and pattern.fits(parts):
                is_ignored = not is_ignored
        return is_ignored


@dataclass(frozen=True, slots=True)
class _Any:
    """`?` or one of the characters in brackets; without `ranges` any character."""

    ranges: tuple[tuple[str, str], ...] = ()
    is_other: bool = False

    def fits(self, char: str) -> bool:
        return not self.ranges or any(low <= char <= high for low, high in self.ranges) != self.is_other


_STAR = "*"
_Piece = str | _Any
_Glob = str | tuple[_Piece | None, ...]
"""A part of a path: its very words, or pieces of which None stands for any number of characters."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """`parts` of a path; None for `**`, any number of folders."""

    takes_back: bool
    parts: tuple[_Glob | None, ...]

    def fits(self, names: Sequence[str]) -> bool:
        """Whether it fits a path, or a folder above it."""
        places = {0}
        last = len(self.parts) - 1
        for number, part in enumerate(self.parts):
            if part is None:
                first = min(places) + (number == last)  # at the end it wants something to stand for
                places = set(range(first, len(names) + 1))
            else:
                places = {place + 1 for place in places if place < len(names) and _fits(part, names[place])}
            if not places:
                return False
        return True


def _fits(glob: _Glob, name: str) -> bool:
    """Go through both from the left; when it does not go on, give the last star one character more."""
    if isinstance(glob, str):
        return glob == name
    at = place = 0
    star, starred = -1, 0
    while place < len(name):
        piece = glob[at] if at < len(glob) else ""
        if piece is None:
            star, starred = at, place
            at += 1
        elif piece == name[place] or (isinstance(piece, _Any) and piece.fits(name[place])):
            at += 1
            place += 1
        elif star >= 0:
            starred += 1
            at, place = star + 1, starred
        else:
            return False
    return all(piece is None for piece in glob[at:])


def _patterns(lines: Iterable[str]) -> Iterator[_Pattern]:
    for line in lines:
        if line.startswith("#"):
            continue
        pattern = line.strip()
        takes_back = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip()
        if not pattern:
            continue
        pattern = posixpath.normpath(pattern).lstrip("/")
        if pattern not in ("", "."):
            parts = (None if part == "**" else _glob(part) for part in pattern.split("/"))
            yield _Pattern(takes_back, tuple(parts))


def _glob(text: str) -> _Glob:
    pieces: list[_Piece | None] = []
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == _STAR:
            if not pieces or pieces[-1] is not None:
                pieces.append(None)
        elif char == "?":
            pieces.append(_Any())
        elif char == "[" and (end := text.find("]", at + 1 + text.startswith("^", at))) > 0:
            pieces.append(_class(text[at:end]))
            at = end + 1
        elif char == "\\" and at < len(text):
            pieces.append(text[at])
            at += 1
        else:
            pieces.append(char)
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(map(str, pieces))
    return tuple(pieces)


def _class(text: str) -> _Any:
    is_other = text.startswith("^")
    chars = text[is_other:]
    ranges: list[tuple[str, str]] = []
    while chars:
        is_range = chars[1:2] == "-" and len(chars) > 2
        ranges.append((chars[0], chars[2] if is_range else chars[0]))
        chars = chars[3 if is_range else 1 :]
    return _Any(tuple(ranges), is_other)
