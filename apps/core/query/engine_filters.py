"""The terms of a query that only the engine can resolve, as its filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.core.query.language import Term

MOST_TERMS = 20


@dataclass(frozen=True, slots=True)
class EngineFilters:
    """Filters by key: what must fit `wanted`, and must fit none of `unwanted`. `problem`: why it cannot be asked."""

    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unwanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which things the engine chose by filters of its own. `problem`: why it could not; then it chose none.

    `included` None: any.
    """

    included: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    problem: str = ""

    def takes(self, full_id: str) -> bool:
        """Whether the thing is among the chosen."""
        return (self.included is None or full_id in self.included) and full_id not in self.excluded


ANY = EngineChoice()


def engine_filters(terms: Sequence[Term], *, named: Callable[[str], str | None], missing: str) -> EngineFilters:
    """Read terms that the engine resolves. What `before` and `since` name is looked up by `named`, so that no prefix
    reaches the engine; `missing` says of a name (`%s`) that nothing bears it. Of terms there may be 20: each that is
    negated is a call of its own.
    """
    terms = list(dict.fromkeys(terms))
    if len(terms) > MOST_TERMS:
        return EngineFilters(problem=_("The engine is asked for at most %(most)d conditions.") % {"most": MOST_TERMS})
    sides: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for term in terms:
        value: str | None = term.value
        if term.key in ("before", "since"):
            value = named(term.value)
        if value is None:
            return EngineFilters(problem=missing % term.value)
        sides[term.is_negated].setdefault(term.key, []).append(value)
    return EngineFilters(*sides)
