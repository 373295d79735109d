"""The rows that a request chose, as one page tells them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.listing.request import PER_PAGE, ListKind, ListRequest, Words
from apps.core.problems import Problem, problem_of
from apps.core.query.engine_filters import ANY, EngineChoice


class Row(Protocol):
    """What the engine's filters must know of a row."""

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Row)


class Taken(Protocol):
    """When a host's list was taken (seconds since the epoch, None: never), and why the engine did not confirm it."""

    @property
    def host_slug(self) -> str: ...
    @property
    def taken_at(self) -> float | None: ...
    @property
    def failure(self) -> Exception | None: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What the engine chose: by the terms of the chips, and by all others."""

    by_chip: EngineChoice = ANY
    by_rest: EngineChoice = ANY


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of rows with its count, as a link that filters by it."""

    key: str
    word: Words
    count: int
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head; `href` is empty where the list cannot be sorted by it. `order` is what aria-sort says."""

    key: str
    word: Words
    href: str = ""
    order: str = "none"


@dataclass(frozen=True, slots=True)
class ListPage(Generic[R]):
    """The rows of one page of the list at `base`. `total` there are, `found` were chosen; `counts` tells how many of
    the `counted` that meet the rest of the query belong to each chip.
    """

    asked: ListRequest
    base: str
    taken: Taken
    rows: Sequence[R]
    number: int
    page_count: int
    found: int
    total: int
    counted: int
    counts: Mapping[str, int]
    filter_problem: str

    @property
    def kind(self) -> ListKind[Any]:
        """Which list it is."""
        return self.asked.kind

    @property
    def first(self) -> int:
        """The number of its first row."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + len(self.rows) - 1

    @property
    def previous_href(self) -> str:
        """The page before it."""
        return self.asked.on_page(self.number - 1).address if self.number > 1 else ""

    @property
    def next_href(self) -> str:
        """The page after it."""
        return self.asked.on_page(self.number + 1).address if self.number < self.page_count else ""

    @property
    def other_all_href(self) -> str:
        """The same with all there are, or without again."""
        return replace(self.asked, is_all=not self.asked.is_all, page=1).address

    @property
    def chips(self) -> list[Chip]:
        """First the one of all, which takes away what the others wrote."""
        on = self.asked.chip
        is_all = not self.asked.chip_query.terms
        return [
            Chip("", _("All"), self.counted, self.asked.with_chip("").address, is_all),
            *(
                Chip(key, chip.word, self.counts[key], self.asked.with_chip(key).address, key == on)
                for key, chip in self.kind.chips.items()
                if self.counts[key] or key == on or chip.is_steady
            ),
        ]

    @property
    def headings(self) -> list[Heading]:
        """The heads of the columns."""
        sort = self.asked.sort.removeprefix("-")
        order = "descending" if self.asked.sort != sort else "ascending"
        return [
            Heading(key, word, self.asked.sorted_by(key).address, order if key == sort else "none")
            if key in self.kind.sorts
            else Heading(key, word)
            for key, word in self.kind.columns.items()
        ]

    @property
    def taken_on(self) -> datetime | None:
        """When the list was taken, None when nothing was ever known."""
        return datetime.fromtimestamp(self.taken.taken_at, UTC) if self.taken.taken_at else None

    @property
    def problem(self) -> Problem | None:
        """Why the engine did not confirm the list."""
        return problem_of(self.taken.failure) if self.taken.failure else None

    def as_json(self, row_json: Callable[[R], dict[str, Any]]) -> dict[str, Any]:
        """The same for programs."""
        return {
            "host": self.taken.host_slug,
            self.kind.name: [row_json(row) for row in self.rows],
            "page": self.number,
            "pages": self.page_count,
            "found": self.found,
            "total": self.total,
            "counts": self.counts,
            "taken_at": self.taken.taken_at or 0.0,
            "is_stale": self.taken.failure is not None,
        }


def list_page(
    asked: ListRequest, rows: Sequence[R], *, taken: Taken, total: int | None = None, choices: Choices | None = None
) -> ListPage[R]:
    """Filter, count, sort and cut. The chips count what meets the rest of the query.

    `rows` are those that the request takes in, of `total`.
    """
    choices = choices or Choices()
    rest = _met(rows, choices.by_rest, asked.kind.tests(asked.rest_query))
    chosen = _met(rest, choices.by_chip, asked.kind.tests(asked.chip_query))
    page_count = max(1, -(-len(chosen) // PER_PAGE))
    number = min(asked.page, page_count)
    problems = (asked.query.problem, choices.by_chip.problem, choices.by_rest.problem)
    return ListPage(
        asked=asked,
        base=reverse(f"{asked.kind.name}:list", args=[taken.host_slug]),
        taken=taken,
        rows=asked.kind.in_order(chosen, asked.sort)[(number - 1) * PER_PAGE : number * PER_PAGE],
        number=number,
        page_count=page_count,
        found=len(chosen),
        total=len(rows) if total is None else total,
        counted=len(rest),
        counts=asked.kind.counted(rest),
        filter_problem=" ".join(dict.fromkeys(filter(None, problems))),
    )


def _met(rows: Sequence[R], choice: EngineChoice, tests: Sequence[Callable[[R], bool]]) -> Sequence[R]:
    if choice != ANY:
        rows = [row for row in rows if choice.takes(row.id)]
    return [row for row in rows if all(test(row) for test in tests)] if tests else rows
