"""Versions of the Engine API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_PATTERN = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.\d+)*", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class ApiVersion:
    """An API version; compared by its numbers, so 1.9 < 1.10."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "1.41" or "v1.41" (a third number is dropped). Raise ValueError for anything else."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not an API version: {text!r}")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


FLOOR = ApiVersion(1, 20)
"""The oldest API version this client speaks (Engine 1.8)."""

CEILING = ApiVersion(1, 51)
"""The newest API version this client speaks (Engine 28.5)."""
