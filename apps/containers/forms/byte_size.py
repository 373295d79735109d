"""Sizes as people write them for limits: powers of 1024, as the docker command line reads them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,6})?)\s*([bkmgt]?)(?:i?b)?", re.ASCII | re.IGNORECASE)
_MOST = (1 << 63) - 1


def size_text(size_bytes: int) -> str:
    """Write bytes so that reading them gives them back: `67108864` → `64m`."""
    for unit in ("t", "g", "m", "k"):
        if size_bytes and size_bytes % _UNITS[unit] == 0:
            return f"{size_bytes // _UNITS[unit]}{unit}"
    return str(size_bytes)


def size_bytes_of(text: str) -> int:
    """Read `512m`, `1.5g`, `1048576`. Raises ValidationError."""
    found = _SIZE.fullmatch(text.strip())
    size_bytes = int(float(found[1]) * _UNITS[found[2].lower()]) if found and "." in found[1] else 0
    if found and "." not in found[1]:
        size_bytes = int(found[1]) * _UNITS[found[2].lower()]
    if not found or size_bytes > _MOST:
        raise ValidationError(_("Write a size such as 512m, 2g or 1048576 (bytes)."))
    return size_bytes


class ByteSizeField(forms.CharField):
    """A size in bytes, None when it is left empty. `unlimited` accepts a word for -1."""

    def __init__(self, *, label: Any, help_text: Any = "", may_be_unlimited: bool = False) -> None:
        super().__init__(label=label, help_text=help_text, required=False, max_length=30)
        self.may_be_unlimited = may_be_unlimited

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return "unlimited" if value < 0 else size_text(value)
        return value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if self.may_be_unlimited and text.lower() in ("-1", "unlimited"):
            return -1
        return size_bytes_of(text)
