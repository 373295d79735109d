"""Reading what a reader asked of the list."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from apps.containers.listed import DEFAULT_SORT, SORT_KEYS
from apps.containers.query.language import Query, Term, parse

PER_PAGE = 50
LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class ListRequest:
    """`line` as it was typed, `query` as it was understood; `sort` a key of SORT_KEYS, perhaps after a minus."""

    line: str
    query: Query
    sort: str
    page: int
    is_all: bool

    @property
    def chip(self) -> str:
        """The chip that the query amounts to: a state, "unhealthy", or "" when it is none or several."""
        chosen = [term for term in self.query.terms if term.key in ("status", "health")]
        if len(chosen) != 1 or chosen[0].is_negated:
            return ""
        term = chosen[0]
        if term.key == "health":
            return term.value if term.value == "unhealthy" else ""
        return term.value

    def with_chip(self, chip: str) -> "ListRequest":
        """The same request for one chip; "" for all states."""
        query = self.query.without("status", "health")
        if chip:
            query = query.with_term(Term("health" if chip == "unhealthy" else "status", chip))
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
        if not self.is_all:
            pairs.append(("all", "0"))
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
        is_all=given.get("all", "1") != "0",
    )
