"""What makes a list this one, and what a reader asked of it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union
from urllib.parse import urlencode

from apps.core.query.language import Query, Term

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

R = TypeVar("R")
Words = Union[str, "_StrPromise"]

PER_PAGE = 50
LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class ChipKind:
    """Rows of one kind: those that meet `term`. `is_steady`: its chip stands there though it has no row."""

    term: Term
    word: Words
    is_steady: bool = False


@dataclass(frozen=True, slots=True)
class ListKind(Generic[R]):
    """What makes a list this one.

    `name` is its app's, and what JSON calls the rows. `tests` are the conditions of a query that are decided here,
    `sorts` what `in_order` sorts by (the usual first), `columns` the heads by key, `counted` counts rows by chip.
    `is_all`: what the list takes in unless `?all=` says otherwise.
    """

    name: str
    word: Words
    parse: Callable[[str], Query]
    tests: Callable[[Query], Sequence[Callable[[R], bool]]]
    sorts: Collection[str]
    in_order: Callable[[Iterable[R], str], list[R]]
    columns: Mapping[str, Words]
    chips: Mapping[str, ChipKind]
    counted: Callable[[Iterable[R]], dict[str, int]]
    is_all: bool = True

    @property
    def usual_sort(self) -> str:
        """How it is sorted when nobody says."""
        return next(iter(self.sorts))

    def request(self, given: Mapping[str, str]) -> "ListRequest":
        """Read `q`, `sort`, `page` and `all`. What makes no sense is taken as not given."""
        line = given.get("q", "").strip()[:LONGEST_LINE]
        sort = given.get("sort", "")
        page = given.get("page", "1")
        return ListRequest(
            kind=self,
            line=line,
            query=self.parse(line),
            sort=sort if sort.removeprefix("-") in self.sorts else self.usual_sort,
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
            is_all={"0": False, "1": True}.get(given.get("all", ""), self.is_all),
        )


@dataclass(frozen=True, slots=True)
class ListRequest:
    """`line` as it was typed, `query` as it was understood; `sort` a key of the list's, perhaps after a minus."""

    kind: ListKind[Any]
    line: str
    query: Query
    sort: str
    page: int
    is_all: bool

    @property
    def chip_query(self) -> Query:
        """The terms that the chips write."""
        return self.query.only(*self._chip_keys)

    @property
    def rest_query(self) -> Query:
        """All other terms."""
        return self.query.without(*self._chip_keys)

    @property
    def _chip_keys(self) -> set[str]:
        return {chip.term.key for chip in self.kind.chips.values()}

    @property
    def chip(self) -> str:
        """The chip that the query amounts to, "" when it is none or several."""
        chosen = self.chip_query.terms
        return next((key for key, chip in self.kind.chips.items() if chosen == (chip.term,)), "")

    def with_chip(self, chip: str) -> "ListRequest":
        """The same request for one chip; "" for all rows."""
        query = self.rest_query.with_term(self.kind.chips[chip].term) if chip else self.rest_query
        return replace(self, line=str(query), query=query, page=1)

    def sorted_by(self, key: str) -> "ListRequest":
        """The same request sorted by a key: turned round when it is sorted by that key already."""
        return replace(self, sort=f"-{key}" if self.sort == key else key, page=1)

    def on_page(self, page: int) -> "ListRequest":
        """The same request on another page."""
        return replace(self, page=page)

    @property
    def address(self) -> str:
        """The request as a query string with its question mark; what is usual is left out."""
        pairs = [("q", self.line)] if self.line else []
        if self.sort != self.kind.usual_sort:
            pairs.append(("sort", self.sort))
        if self.is_all != self.kind.is_all:
            pairs.append(("all", str(int(self.is_all))))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + urlencode(pairs)
