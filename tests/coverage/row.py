"""One line of the table, and short ways of writing many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ITSELF = ""
"""The parameter of a row that stands for the operation as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A parameter: either it is somewhere (`where` in words, `at` a URL name or the route of a socket), with `tests`
    (paths with `::test_name`, from the project's root), or there is a `reason` why no screen has it.
    """

    operation: str
    parameter: str = ITSELF
    where: str = ""
    at: str = ""
    tests: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A page or a socket on which an operation is performed, and the tests that show it."""

    operation: str
    at: str
    tests: tuple[str, ...]

    def itself(self, where: str, *, names: Iterable[str] = ("id",)) -> list[Row]:
        """Rows of the operation and of what its path names: those are in the page's own address."""
        named = [self.has(name, "in the address of the page") for name in names]
        return [self.has(ITSELF, where), *named]

    def has(self, parameter: str, where: str, *, at: str = "", tests: tuple[str, ...] = ()) -> Row:
        """The row of a parameter that is on screen: here, or `at` another place and with `tests` of its own."""
        return Row(
            operation=self.operation, parameter=parameter, where=where, at=at or self.at, tests=tests or self.tests
        )

    def lacks(self, reason: str, *parameters: str) -> list[Row]:
        """Rows of parameters that no screen has."""
        return lacking(self.operation, reason, *parameters)


def lacking(operation: str, reason: str, *parameters: str) -> list[Row]:
    """Rows of parameters (or ITSELF) that no screen has."""
    return [Row(operation=operation, parameter=name, reason=reason) for name in parameters]
