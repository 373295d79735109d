"""The terms of a query that only the engine can resolve, as its filters."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _

from apps.containers.query.language import ENGINE_KEYS, Query
from apps.core.query.engine_filters import EngineFilters


class Named(Protocol):
    """A container as the list knows it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


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
