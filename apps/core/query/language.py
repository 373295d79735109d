"""From a filter line to terms. Pure: knows neither things nor pages; each list says which keys it has.

line  = term (space term)*
term  = ["-" | "!"] [key ":"] value
value = characters without space | '"' characters '"'        (\\" and \\\\ inside quotes)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

WORD = ""
"""The key of a term that has none."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `key` is one of the list's keys, or WORD."""

    key: str
    value: str
    is_negated: bool = False

    def __str__(self) -> str:
        """Write the term so that reading it gives it back."""
        value = self.value
        is_plain = value and not any(character.isspace() or character == '"' for character in value)
        if not is_plain or (self.key == WORD and (":" in value or value[0] in "-!")):
            value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        prefix = "-" if self.is_negated else ""
        return f"{prefix}{self.key}:{value}" if self.key else f"{prefix}{value}"


@dataclass(frozen=True, slots=True)
class BrokenTerm:
    """A piece of the line that cannot be meant, with the reason in words."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Query:
    """A line as it was understood."""

    terms: tuple[Term, ...] = ()
    broken: tuple[BrokenTerm, ...] = ()

    def __str__(self) -> str:
        """Write the terms back as a line."""
        return " ".join(str(term) for term in self.terms)

    def without(self, *keys: str) -> "Query":
        """Drop every term with one of these keys."""
        return Query(tuple(term for term in self.terms if term.key not in keys))

    def only(self, *keys: str) -> "Query":
        """Keep only the terms with one of these keys."""
        return Query(tuple(term for term in self.terms if term.key in keys))

    def with_term(self, term: Term) -> "Query":
        """Add a term at the end."""
        return Query((*self.terms, term))

    @property
    def problem(self) -> str:
        """Everything that is wrong with the line, in one text; empty when nothing is."""
        return " ".join(piece.reason for piece in self.broken)


def parse(
    line: str,
    *,
    keys: Sequence[str],
    folded: Sequence[str] = (),
    fault: Callable[[str, str], str] = lambda key, value: "",
    has_colons: bool = False,
) -> Query:
    """Read a filter line. Never raises: what cannot be meant ends in `broken`.

    `folded` are the keys whose values are words of ours, in lower case. `fault(key, value)` says what is wrong with a
    value, "" when nothing is. `has_colons`: words have colons of their own (`nginx:1.27`), so what is no key is a word.
    """
    terms: list[Term] = []
    broken: list[BrokenTerm] = []
    for text, is_negated, key, value, is_closed in _pieces(line):
        if has_colons and key and key not in keys:
            key, value = None, f"{key}:{value}"
        reason = _general_fault(key, value, is_closed=is_closed, keys=keys) or (fault(key, value) if key else "")
        if reason:
            broken.append(BrokenTerm(text, reason))
        else:
            terms.append(Term(key or WORD, value.lower() if key in folded else value, is_negated))
    return Query(tuple(terms), tuple(broken))


def _general_fault(key: str | None, value: str, *, is_closed: bool, keys: Sequence[str]) -> str:
    if not is_closed:
        return _("A quotation mark is not closed.")
    if key is None:
        return "" if value else _("A minus or a pair of quotation marks stands alone: it excludes nothing.")
    if key not in keys:
        known = ", ".join(keys)
        whole = f'"{key}:{value}"'
        told = _("There is no filter “%(key)s”. Known are: %(known)s. To look for the text itself, write %(whole)s.")
        return told % {"key": key, "known": known, "whole": whole}
    return "" if value else _("“%(key)s:” needs a value.") % {"key": key}


def _pieces(line: str) -> Iterator[tuple[str, bool, str | None, str, bool]]:
    """Cut a line into (text, is_negated, key or None, value, quotes are closed)."""
    at, end = 0, len(line)
    while at < end:
        if line[at].isspace():
            at += 1
            continue
        start = at
        is_negated = line[at] in "-!"
        if is_negated:
            at += 1
        key: str | None = None
        value: list[str] = []
        is_closed = True
        while at < end and not line[at].isspace():
            character = line[at]
            if character == '"':
                quoted, at, is_closed = _quoted(line, at + 1)
                value.append(quoted)
                if key is None and len(value) == 1:
                    key = ""  # a quotation mark at the start: what follows is a word, whatever it holds
                continue
            if character == ":" and key is None and value:
                key, value = "".join(value).lower(), []
            else:
                value.append(character)
                if key is None and character == ":":
                    key = ""
            at += 1
        yield line[start:at], is_negated, key or None, "".join(value), is_closed


def _quoted(line: str, at: int) -> tuple[str, int, bool]:
    """Read up to the closing quotation mark: (text, position behind it, whether it was there)."""
    text: list[str] = []
    while at < len(line):
        if line[at] == "\\" and at + 1 < len(line) and line[at + 1] in '"\\':
            text.append(line[at + 1])
            at += 2
        elif line[at] == '"':
            return "".join(text), at + 1, True
        else:
            text.append(line[at])
            at += 1
    return "".join(text), at, False
