"""From the filter line to terms. Pure: knows neither containers nor pages.

    line  = term (space term)*
    term  = ["-" | "!"] [key ":"] value
    value = characters without space | '"' characters '"'        (\\" and \\\\ inside quotes)

A word without a key is looked for in name, image, project and id. Terms must all hold; several terms with the same key
and without a minus are alternatives (`status:paused status:exited`), except labels, which must all be there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

OWN_KEYS = ("name", "status", "health", "label", "image", "network", "volume", "project", "id")
ENGINE_KEYS = ("exited", "ancestor", "before", "since", "publish", "expose", "is-task")
"""What only the engine can tell: these terms are resolved by a call with its filters of the same names."""
KEYS = (*OWN_KEYS, *ENGINE_KEYS)
STATES = ("running", "restarting", "paused", "created", "exited", "dead", "removing")
HEALTHS = ("healthy", "unhealthy", "starting", "none")
WORD = ""
_EXIT_CODE = re.compile(r"\d{1,10}", re.ASCII)
_PORT = re.compile(r"\d{1,5}(-\d{1,5})?(/(tcp|udp|sctp))?", re.ASCII)
"""The key of a term that has none."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `key` is one of KEYS, or WORD."""

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


def parse(line: str) -> Query:
    """Read a filter line. Never raises: what cannot be meant ends in `broken`."""
    terms: list[Term] = []
    broken: list[BrokenTerm] = []
    for text, is_negated, key, value, is_closed in _pieces(line):
        reason = _fault(key, value, is_closed=is_closed)
        if reason:
            broken.append(BrokenTerm(text, reason))
        else:
            folded = value.lower() if key in ("status", "health", "is-task") else value
            terms.append(Term(key or WORD, folded, is_negated))
    return Query(tuple(terms), tuple(broken))


def _fault(key: str | None, value: str, *, is_closed: bool) -> str:
    if not is_closed:
        return _("A quotation mark is not closed.")
    if key is None:
        return "" if value else _("A minus or a pair of quotation marks stands alone: it excludes nothing.")
    if key not in KEYS:
        known = ", ".join(KEYS)
        whole = f'"{key}:{value}"'
        told = _("There is no filter “%(key)s”. Known are: %(known)s. To look for the text itself, write %(whole)s.")
        return told % {"key": key, "known": known, "whole": whole}
    if not value:
        return _("“%(key)s:” needs a value.") % {"key": key}
    if key == "status" and value.lower() not in STATES:
        return _("There is no status “%(value)s”. There are: %(known)s.") % {"value": value, "known": ", ".join(STATES)}
    if key == "health" and value.lower() not in HEALTHS:
        return _("There is no health “%(value)s”. There are: %(known)s.") % {
            "value": value,
            "known": ", ".join(HEALTHS),
        }
    return _engine_fault(key, value)


def _engine_fault(key: str, value: str) -> str:
    if key == "exited" and not _EXIT_CODE.fullmatch(value):
        return _("“exited:” needs an exit code, such as 0 or 137.")
    if key in ("publish", "expose") and not _PORT.fullmatch(value):
        return _("“%(key)s:” needs a port, such as 80, 53/udp or 8000-8010.") % {"key": key}
    if key == "is-task" and value.lower() not in ("true", "false"):
        return _("“is-task:” is true or false.")
    return ""


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
