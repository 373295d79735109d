"""What every list of a host's things shares: how true it is, and what the engine's own filters chose of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.core.errors import Unavailable
from apps.core.query.engine_filters import ANY, EngineChoice, EngineFilters
from apps.engine.errors import ApiError, EngineGone, ServerFault, TimedOut, Unreachable, VersionTooOld
from apps.hosts.models import Host

Failure = Unreachable | TimedOut | EngineGone | ServerFault | Unavailable
PASSING_FAILURES = (Unreachable, TimedOut, EngineGone, ServerFault, Unavailable)
"""Failures during which the list kept last is better than none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostList:
    """Things of a host. With a `failure` they are what was known at `taken_at` (seconds since the epoch).

    `taken_at` is None when nothing was ever known.
    """

    host: Host
    taken_at: float | None
    failure: Failure | None = None

    @property
    def host_slug(self) -> str:
        """The host's name in addresses."""
        return self.host.slug


def engine_choice(
    filters: EngineFilters, fitting: Callable[[Mapping[str, Sequence[str]]], frozenset[str]]
) -> EngineChoice:
    """Have the engine choose: `fitting` asks it for the ids of what meets some of its filters.

    One call for all that is wanted, and one more for each value that is not. A refusal becomes the choice's problem.
    """
    if filters.problem:
        return EngineChoice(frozenset(), problem=filters.problem)
    if not filters.wanted and not filters.unwanted:
        return ANY
    try:
        included = fitting(filters.wanted) if filters.wanted else None
        unwanted = (fitting({key: [value]}) for key, values in filters.unwanted.items() for value in values)
        return EngineChoice(included, frozenset[str]().union(*unwanted))
    except (ApiError, VersionTooOld, *PASSING_FAILURES) as failure:
        return EngineChoice(frozenset(), problem=str(failure))
