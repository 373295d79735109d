"""Arguments that the engine would misread rather than refuse."""

from __future__ import annotations

import re

from apps.engine.errors import BadRequest
from apps.engine.operations import Operation

_UNIX_TIME = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)

Moment = str | int | None
"""Unix seconds, as an integer or as "seconds.nanoseconds"; the fraction is read from the left: ".7" is 700 ms."""


def unix_time(moment: Moment, *, operation: Operation, name: str) -> str | None:
    """Return `moment` as the engine takes it: digits only. Raise BadRequest for RFC 3339, durations and the like.

    Engines answer 500 to those; nanoseconds as one integer would mean the far future.
    """
    if moment is None:
        return None
    text = str(moment)
    if not _UNIX_TIME.fullmatch(text):
        raise BadRequest(400, f"{name} is no unix time: {text!r}", operation=operation.id)
    return text


def after(nanoseconds: int) -> str:
    """Return the unix time of a `timeNano`, as `since` and `until` take it (both inclusive)."""
    return f"{nanoseconds // 1_000_000_000}.{nanoseconds % 1_000_000_000:09d}"
