"""The terms of a query that only the engine can resolve, as its filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


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
