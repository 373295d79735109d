"""The order of a list's rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

R = TypeVar("R")


def sorter(keys: Mapping[str, Callable[[R], Any]]) -> Callable[[Iterable[R], str], list[R]]:
    """What sorts rows by one of the keys, with "-" before it for the other way round; by the first if it is unknown."""
    usual = next(iter(keys.values()))

    def sorted_rows(rows: Iterable[R], sort: str) -> list[R]:
        return sorted(rows, key=keys.get(sort.removeprefix("-"), usual), reverse=sort.startswith("-"))

    return sorted_rows
