"""What a re-creation may carry: ticks."""

from collections.abc import Mapping

from apps.containers.services.recreating import Options

_YES = {"1", "true", "on", "yes"}


def is_ticked(posted: Mapping[str, str], name: str) -> bool:
    """Whether a tick was sent."""
    return posted.get(name, "").lower() in _YES


def recreate_options(posted: Mapping[str, str]) -> Options:
    """Read the fields `keep` and `anyway`."""
    return Options(is_kept=is_ticked(posted, "keep"), is_anyway=is_ticked(posted, "anyway"))
