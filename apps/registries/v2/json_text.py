"""JSON of strangers: only what can be shown and reckoned with."""

from __future__ import annotations

import json
from typing import Any

_MOST_CHARS = 19
"""A longer number does not fit into 64 bits."""


def json_in(body: bytes) -> Any:
    """Read JSON; None when it is none, or nothing that a page could hold.

    Python takes halves of surrogate pairs, which cannot be written as UTF-8, and integers of thousands of digits, which
    can neither be shown nor be reckoned with: those become floats, as other languages read them.
    """
    try:
        read = json.loads(body, parse_int=_integer)
        json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return read


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_CHARS else float(digits)
