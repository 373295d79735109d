"""How far an activity is, as one figure, from what it tells of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_PARTS = 5000
_WHOLE = frozenset({"Pull complete", "Already exists", "Pushed", "Layer already exists", "Loaded layer"})
_SECOND_HALF = frozenset({"Extracting"})
_FIRST_HALF = frozenset({"Downloading"})
_TO_COME = frozenset({"Pulling fs layer", "Waiting", "Preparing"})


class Progress:
    """Counts layers and bars by size. A pulled layer is half done once it is here, whole once it is unpacked.

    How large a layer is that still waits nobody knows: it counts like the known ones on average.
    """

    def __init__(self) -> None:
        self._parts: dict[str, tuple[float, float]] = {}
        self._waiting: set[str] = set()
        self._items_done = 0

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a `layer`, `progress` or `step` message; others say nothing of how far it is."""
        match message:
            case {"type": "layer", "id": str(part), "status": str(status)}:
                self._layer(f"layer {part}", status, message)
            case {"type": "progress", "what": str(part)}:
                current, total = _number(message.get("current")), _number(message.get("total"))
                self._put(f"progress {part}", current, total)
            case {"type": "step", "number": int(number), "total": int(total)} if total:
                self._put("steps", float(number - 1), float(total))

    @property
    def percent(self) -> int | None:
        """0 to 100, None while nothing is known."""
        steps = self._parts.get("steps")
        if steps is not None:  # bytes say nothing of how long a step takes
            return int(100 * steps[0] / steps[1])
        sizes = [total for _, total in self._parts.values() if total]
        if not sizes:
            return None
        total = sum(sizes) * (1 + len(self._waiting) / len(sizes))
        return min(100, int(100 * sum(done for done, _ in self._parts.values()) / total))

    def _layer(self, part: str, status: str, message: Mapping[str, Any]) -> None:
        current, total = _number(message.get("current")), _number(message.get("total"))
        known = self._parts.get(part, (0.0, 0.0))[1]
        total = max(total, known)
        if status in _TO_COME and not total and len(self._waiting) < MOST_PARTS:
            self._waiting.add(part)
        else:
            self._waiting.discard(part)
        if status in _FIRST_HALF:
            self._put(part, current / 2, total)
        elif status in _SECOND_HALF:
            self._put(part, total / 2 + current / 2, total)
        elif status in ("Download complete", "Verifying Checksum"):
            self._put(part, total / 2, total)
        elif status in _WHOLE or status.startswith("Mounted from"):
            self._put(part, total, total)
        else:
            self._put(part, min(current, total), total)

    def _put(self, part: str, done: float, total: float) -> None:
        if part in self._parts or len(self._parts) < MOST_PARTS:
            self._parts[part] = (min(done, total), total)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0
