"""Lines, sizes, times and numbers, as people write them. Every function raises Fault with a sentence for the field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

T = TypeVar("T")

MOST_NAMED = 10
"""Wrong lines of one field that are named; of the others there is only their number."""

_SIZE = re.compile(r"(-?\d{1,19}(?:\.\d{1,9})?)\s*([kmgtp]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_PART = re.compile(r"(\d{1,20}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f]")
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


class Fault(ValueError):
    """A text that cannot be meant; the message says why, to the person who wrote it."""


class WrongLines(Fault):
    """Lines of a text that cannot be meant: `words` are a sentence for each; `numbers`, from 1 on, say which they are.

    When more than MOST_NAMED are wrong a last sentence counts the rest, and no number belongs to it.
    """

    def __init__(self, words: list[str], *, numbers: list[int]) -> None:
        super().__init__("\n".join(words))
        self.words = tuple(words)
        self.numbers = tuple(numbers)


class Line(NamedTuple):
    """One of several lines; the first has the number 1."""

    number: int
    text: str


def each_line(lines: Iterable[Line], read: Callable[[str], T]) -> list[T]:
    """Read every line, also those behind a wrong one. Raises WrongLines, which says which line is meant if it must."""
    lines = list(lines)
    found: list[T] = []
    wrong: list[Line] = []
    for line in lines:
        try:
            found.append(read(line.text))
        except Fault as fault:
            wrong.append(Line(line.number, str(fault)))
    if wrong:
        raise wrong_lines(wrong, is_alone=len(lines) == 1)
    return found


def wrong_lines(wrong: list[Line], *, is_alone: bool = False) -> WrongLines:
    """Make one fault of the sentences about several lines. `is_alone`: the text has no other line than this."""
    named = wrong[:MOST_NAMED]
    sentence = _("Line %(number)d: %(words)s")
    words = [line.text if is_alone else sentence % {"number": line.number, "words": line.text} for line in named]
    if more := len(wrong) - len(named):
        words.append(ngettext("%(n)d more line is wrong.", "%(n)d more lines are wrong.", more) % {"n": more})
    return WrongLines(words, numbers=[line.number for line in named])


def unquoted(line: str) -> str | None:
    """Return the text of a line that is a JSON string as a whole, such as "A=line 1\\nline 2"; None for any other."""
    if not line.startswith('"'):
        return None
    try:
        value = json.loads(line, strict=False)
        value.encode()
    except (ValueError, AttributeError):  # half of a surrogate pair is no text either
        return None
    return str(value)


def quoted(text: str) -> str:
    """Write a text as a JSON string, which `unquoted` reads back."""
    return json.dumps(text, ensure_ascii=False)


def needs_quotes(text: str) -> bool:
    """Whether a line of these very characters would be read as something else, or as several lines."""
    return not text or text != text.strip() or text.startswith('"') or has_control(text)


def has_control(text: str) -> bool:
    """Whether it holds line breaks or other control characters (tabs are none)."""
    return _CONTROL.search(text) is not None


def entries(text: str) -> list[str]:
    """Return the lines that say something, without what surrounds them; one in double quotes is a JSON string."""
    return [line.text for line in entry_lines(text)]


def entry_lines(text: str) -> list[Line]:
    """Return what `entries` does, with the numbers of the lines."""
    return [Line(number, line if (plain := unquoted(line)) is None else plain) for number, line in filled_lines(text)]


def row_entries(text: str) -> list[str]:
    """Return lines of comma-separated values. Quotes belong to those: a line is a JSON string only with a backslash."""
    return [line.text for line in row_lines(text)]


def row_lines(text: str) -> list[Line]:
    """Return what `row_entries` does, with the numbers of the lines."""
    return [
        Line(number, line if "\\" not in line or (plain := unquoted(line)) is None else plain)
        for number, line in filled_lines(text)
    ]


def filled_lines(text: str) -> list[Line]:
    """Return the lines that say something, without the blanks around them."""
    lines = (Line(number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return [line for line in lines if line.text]


def written_entry(item: str) -> str:
    """Write an item as a line that `entries` reads back."""
    return quoted(item) if needs_quotes(item) else item


def written_row(line: str) -> str:
    """Write comma-separated values as a line that `row_entries` reads back."""
    if not has_control(line) and row_entries(line) == [line]:
        return line
    text = json.dumps(line)
    return text if "\\" in text else text.replace(" ", "\\u0020", 1)  # without a backslash it would be no JSON string


def env_entries(text: str) -> list[str]:
    """Return NAME=value of the lines of an env file: comments and empty lines are left out, values stay as they are.

    Env files know no quotes, and no name begins with one: so a line that is a JSON string as a whole is read as such.
    """
    lines = (Line(number, line.lstrip()) for number, line in enumerate(text.split("\n"), 1))
    return each_line((line for line in lines if line.text and not line.text.startswith("#")), _variable)


def _variable(line: str) -> str:
    plain = unquoted(line.rstrip())
    if plain is not None and plain.partition("=")[0]:
        return plain
    name, equals, _value = line.partition("=")
    name = name if equals else name.rstrip()
    if not name or any(character.isspace() for character in name) or plain is not None:
        raise Fault(_("“%(line)s” is no variable. Write NAME=value.") % {"line": line[:80]})
    return line if equals else name


def written_env(entry: str) -> str:
    """Write NAME=value as a line that `env_entries` reads back."""
    try:
        is_plain = not has_control(entry) and env_entries(entry) == [entry]
    except Fault:
        is_plain = False
    return entry if is_plain else quoted(entry)


def read_size(text: str) -> int:
    """Read bytes from 512m, 1.5g, 100000."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Fault(_("“%(text)s” is no size. Write 512m, 2g or a number of bytes.") % {"text": text})
    size = int(Decimal(match[1]) * _UNITS[match[2].lower()])
    if abs(size) >= 2**63:
        raise Fault(_("“%(text)s” is too large.") % {"text": text})
    return size


def read_duration(text: str) -> int:
    """Read nanoseconds from 1m30s, 500ms, or a number of seconds."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text) * 10**9
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Fault(_("“%(text)s” is no time. Write 30s, 1m30s or 500ms.") % {"text": text})
    length = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in parts)
    if length >= 2**63:
        raise Fault(_("“%(text)s” is too long.") % {"text": text})
    return length


def read_integer(text: str, *, least: int | None, most: int | None) -> int:
    """Read a whole number within its bounds."""
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise Fault(_("“%(text)s” is no whole number.") % {"text": text})
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        raise Fault(_("It is a number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number
