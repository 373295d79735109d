"""What the address of a folder's page asks: a filter, an order, a page of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.containers.paths import quoted

SORTS = ("name", "size", "owner", "modified")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of a folder's list."""

    q: str = ""
    sort: str = "name"
    is_reversed: bool = False
    shows_hidden: bool = True
    page: int = 1
    takes_kept: bool = False
    """A list that was read a moment ago will do."""

    @property
    def sort_word(self) -> str:
        """The order as an address has it: "-size"."""
        return ("-" if self.is_reversed else "") + self.sort

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        """Read an address; what is odd there counts as not said."""
        sort = query.get("sort", "")
        page = query.get("page", "")
        return cls(
            q=query.get("q", "")[:255],
            sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "name",
            is_reversed=sort.startswith("-"),
            shows_hidden=query.get("hidden") != "0",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 and int(page) else 1,
            takes_kept=query.get("kept") == "1",
        )


def query_of(path: str, asked: Asked, **changed: str) -> str:
    """The address that asks the same of a folder but for what is `changed`."""
    present = {
        "q": asked.q,
        "sort": asked.sort_word,
        "hidden": "" if asked.shows_hidden else "0",
        "page": str(asked.page),
        "kept": "1" if asked.takes_kept else "",
    }
    usual = {"sort": "name", "page": "1"}
    rest = {name: value for name, value in (present | changed).items() if value and usual.get(name) != value}
    return f"?path={quoted(path)}" + (f"&{urlencode(rest)}" if rest else "")
