"""Reading what a reader asked of the list."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from apps.core.query.language import Query, Term
from apps.images.listed import DEFAULT_SORT, SORT_KEYS
from apps.images.query import parse

PER_PAGE = 50
LONGEST_LINE = 2000
_CHIP_TERMS = {"used": Term("used", "true"), "unused": Term("used", "false"), "dangling": Term("dangling", "true")}


@dataclass(frozen=True, slots=True)
class ListRequest:
    """`line` as it was typed, `query` as it was understood; `sort` a key of SORT_KEYS, perhaps after a minus.

    `is_all`: with the intermediate layers of builds.
    """

    line: str
    query: Query
    sort: str
    page: int
    is_all: bool

    @property
    def chip(self) -> str:
        """The chip that the query amounts to, "" when it is none or several."""
        chosen = self.query.only("used", "dangling").terms
        return next((chip for chip, term in _CHIP_TERMS.items() if chosen == (term,)), "")

    def with_chip(self, chip: str) -> "ListRequest":
        """The same request for one chip; "" for all images."""
        query = self.query.without("used", "dangling")
        if chip:
            query = query.with_term(_CHIP_TERMS[chip])
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
        if self.sort != DEFAULT_SORT:
            pairs.append(("sort", self.sort))
        if self.is_all:
            pairs.append(("all", "1"))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + urlencode(pairs)


def list_request(given: Mapping[str, str]) -> ListRequest:
    """Read `q`, `sort`, `page` and `all`. What makes no sense is taken as not given."""
    line = given.get("q", "").strip()[:LONGEST_LINE]
    sort = given.get("sort", DEFAULT_SORT)
    page = given.get("page", "1")
    return ListRequest(
        line=line,
        query=parse(line),
        sort=sort if sort.removeprefix("-") in SORT_KEYS else DEFAULT_SORT,
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        is_all=given.get("all", "0") == "1",
    )
