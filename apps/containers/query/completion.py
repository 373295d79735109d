"""What could come next in the filter line."""

from collections import Counter
from collections.abc import Iterable, Sequence

from apps.containers.listed import Listed
from apps.containers.query.language import HEALTHS, KEYS, STATES, Term

MOST = 12


def suggestions(piece: str, rows: Sequence[Listed]) -> list[str]:
    """Up to 12 whole terms that the last, unfinished `piece` of a line can become; the commonest first."""
    sign = piece[:1] if piece[:1] in ("-", "!") else ""
    key, colon, value = piece[len(sign) :].partition(":")
    key = key.lower()
    if not colon:
        return [f"{sign}{known}:" for known in KEYS if known.startswith(key)]
    if key not in KEYS:
        return []
    wanted = value.strip('"').lower()
    counted = Counter(found for found in _values(key, value, rows) if found)
    starting = [found for found, _count in counted.most_common() if found.lower().startswith(wanted)]
    holding = [found for found, _count in counted.most_common() if wanted in found.lower() and found not in starting]
    return [sign + str(Term(key, found)) for found in (*starting, *holding)][:MOST]


def _values(key: str, value: str, rows: Sequence[Listed]) -> Iterable[str]:
    match key:
        case "status":
            return (*STATES, *(row.state for row in rows))
        case "health":
            return (*HEALTHS, *(row.health for row in rows))
        case "name":
            return (row.name for row in rows)
        case "image":
            return (row.summary.image for row in rows)
        case "ancestor":
            return (row.summary.image for row in rows)
        case "before" | "since":
            return (row.name for row in rows)
        case "is-task":
            return ("true", "false")
        case "exited" | "publish" | "expose":
            return ()
        case "project":
            return (row.project for row in rows)
        case "network":
            return (name for row in rows for name in row.network_names)
        case "volume":
            return (name for row in rows for name in row.volume_names)
        case "label" if "=" in value:
            wanted = value.partition("=")[0].strip('"')
            return (f"{wanted}={row.labels[wanted]}" for row in rows if wanted in row.labels)
        case "label":
            return (name for row in rows for name in row.labels)
        case _:
            return (row.summary.short_id for row in rows)
