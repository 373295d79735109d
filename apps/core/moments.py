"""Moments as people write them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

_SPAN = re.compile(r"(?:\d{1,6}[wdhms])+", re.ASCII)
_PIECE = re.compile(r"(\d+)([wdhms])", re.ASCII)
_UNIX = re.compile(r"\d{9,11}(?:\.\d{1,9})?", re.ASCII)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}


def moment_read(text: str) -> float | None:
    """Unix seconds of an age (`7d`, `1h30m`), a unix time, or an ISO day or moment (UTC unless it says otherwise)."""
    if _SPAN.fullmatch(text):
        return time.time() - sum(int(count) * _SECONDS[unit] for count, unit in _PIECE.findall(text))
    if _UNIX.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
