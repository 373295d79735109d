"""Lines, sizes, times and numbers, as people write them. Every function raises Fault with a sentence for the field."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _

_SIZE = re.compile(r"(-?\d{1,19}(?:\.\d{1,9})?)\s*([kmgtp]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_PART = re.compile(r"(\d{1,20}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


class Fault(ValueError):
    """A text that cannot be meant; the message says why, to the person who wrote it."""


def entries(text: str) -> list[str]:
    """Return the lines that say something, without what surrounds them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def env_entries(text: str) -> list[str]:
    """Return NAME=value of the lines of an env file: comments and empty lines are left out, values stay as they are."""
    found = []
    for line in text.split("\n"):
        line = line.lstrip()
        if line.strip() and not line.startswith("#"):
            found.append(line if "=" in line else line.strip())
    return found


def read_size(text: str) -> int:
    """Read bytes from 512m, 1.5g, 100000."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Fault(_("“%(text)s” is no size. Write 512m, 2g or a number of bytes.") % {"text": text})
    size = int(Decimal(match[1]) * _UNITS[match[2].lower()])
    if abs(size) >= 2**63:
        raise Fault(_("“%(text)s” is too large.") % {"text": text})
    return size


def read_duration(text: str) -> int:
    """Read nanoseconds from 1m30s, 500ms, or a number of seconds."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text) * 10**9
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Fault(_("“%(text)s” is no time. Write 30s, 1m30s or 500ms.") % {"text": text})
    length = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in parts)
    if length >= 2**63:
        raise Fault(_("“%(text)s” is too long.") % {"text": text})
    return length


def read_integer(text: str, *, least: int | None, most: int | None) -> int:
    """Read a whole number within its bounds."""
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise Fault(_("“%(text)s” is no whole number.") % {"text": text})
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        raise Fault(_("It is a number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number
