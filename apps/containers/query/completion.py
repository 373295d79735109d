"""What could come next in the filter line."""

from collections.abc import Iterable, Sequence

from apps.containers.listed import Listed
from apps.containers.query.language import HEALTHS, KEYS, STATES
from apps.core.query.completion import completed, label_values


def suggestions(piece: str, rows: Sequence[Listed]) -> list[str]:
    """Up to 12 whole terms that the last, unfinished `piece` of a line can become; the commonest first."""
    return completed(piece, keys=KEYS, values=lambda key, begun: _values(key, begun, rows))


def _values(key: str, begun: str, rows: Sequence[Listed]) -> Iterable[str]:
    match key:
        case "status":
            return (*STATES, *(row.state for row in rows))
        case "health":
            return (*HEALTHS, *(row.health for row in rows))
        case "name" | "before" | "since":
            return (row.name for row in rows)
        case "image" | "ancestor":
            return (row.summary.image for row in rows)
        case "is-task":
            return ("true", "false")
        case "limit":
            return ("10", "20", "50", "100")
        case "exited" | "publish" | "expose":
            return ()
        case "project":
            return (row.project for row in rows)
        case "network":
            return (name for row in rows for name in row.network_names)
        case "volume":
            return (name for row in rows for name in row.volume_names)
        case "label":
            return label_values(begun, (row.labels for row in rows))
        case _:
            return (row.summary.short_id for row in rows)
