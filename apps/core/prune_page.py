"""A prune's page in words: what would go, and what is asked. Each app fills it, templates/core/prune.html shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column: text, a link with `url`, a state with `tone`, a moment with `at` (ISO 8601)."""

    text: str
    url: str = ""
    tone: str = ""
    at: str = ""
    note: str = ""
    is_mono: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go to."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunePage:
    """All words of the page. `losing` and `losing_words`: what stays, but loses something. `rows` may be empty."""

    title: str
    crumb: str
    of: Link
    """The list that it takes from."""
    url: str
    lead: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    count_words: str
    gain_words: str = ""
    losing: Sequence[Link] = ()
    losing_words: str = ""
    ask_title: str
    ask_detail: str
    do_words: str
    nothing_title: str
    nothing_words: str
    back_words: str
    beside_words: str = ""
    beside: Link | None = None
    """What is not taken here, and where it is."""

    @property
    def table(self) -> list[list[tuple[str, Cell]]]:
        """Each row's cells with their headings."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]
