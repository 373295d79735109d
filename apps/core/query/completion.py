"""What could come next in a filter line."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from apps.core.query.language import Term

MOST = 12


def completed(piece: str, *, keys: Sequence[str], values: Callable[[str, str], Iterable[str]]) -> list[str]:
    """Up to 12 whole terms that the last, unfinished `piece` of a line can become; the commonest first.

    `values(key, begun)` are those that a key has, as often as they stand in the list.
    """
    sign = piece[:1] if piece[:1] in ("-", "!") else ""
    key, colon, value = piece[len(sign) :].partition(":")
    key = key.lower()
    if not colon:
        return [f"{sign}{known}:" for known in keys if known.startswith(key)]
    if key not in keys:
        return []
    wanted = value.strip('"').lower()
    counted = Counter(found for found in values(key, value) if found)
    starting = [found for found, _count in counted.most_common() if found.lower().startswith(wanted)]
    holding = [found for found, _count in counted.most_common() if wanted in found.lower() and found not in starting]
    return [sign + str(Term(key, found)) for found in (*starting, *holding)][:MOST]


def label_values(begun: str, labels: Iterable[Mapping[str, str]]) -> Iterable[str]:
    """The names of labels, or the values of the one whose name is written already."""
    wanted, has_value, _value = begun.partition("=")
    wanted = wanted.strip('"')
    if has_value:
        return (f"{wanted}={each[wanted]}" for each in labels if wanted in each)
    return (name for each in labels for name in each)
