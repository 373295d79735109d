"""The terms of a query that only the engine can resolve, as its filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from apps.containers.query.language import ENGINE_KEYS, Query


class Named(Protocol):
    """A container as the list knows it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class EngineFilters:
    """Filters by key: what must fit `wanted`, and must fit none of `unwanted`. `problem`: why it cannot be asked."""

    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unwanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the engine need not be asked."""
        return not (self.wanted or self.unwanted or self.problem)


def engine_filters(query: Query, containers: Iterable[Named]) -> EngineFilters:
    """Read the terms. A container named by `before` or `since` is looked up, so that no prefix reaches the engine."""
    sides: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for term in query.only(*ENGINE_KEYS).terms:
        value = term.value
        if term.key in ("before", "since"):
            value = next((one.id for one in containers if value in (one.id, one.id[:12], one.name)), "")
            if not value:
                return EngineFilters(problem=_("There is no container “%s”.") % term.value)
        sides[term.is_negated].setdefault(term.key, []).append(value)
    return EngineFilters(*sides)
