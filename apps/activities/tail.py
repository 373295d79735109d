"""The last that an activity of this process said: who watches it live need not read it from the disk again."""

from __future__ import annotations

from collections import deque

MOST_BYTES = 2 * 1024 * 1024
"""Who is further behind reads from the disk."""


class Tail:
    """Lines with their places in the whole output. Only on the event loop."""

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._held_bytes = 0
        self.end = 0

    def add(self, lines: list[bytes], *, end: int) -> None:
        """Take lines, each with its newline, that end at this place of the output."""
        self._lines.extend(lines)
        self._held_bytes += sum(map(len, lines))
        while self._held_bytes > MOST_BYTES:
            self._held_bytes -= len(self._lines.popleft())
        self.end = end

    def since(self, position: int) -> list[str] | None:
        """The lines from this place on, without their newlines; None when it lies too far back."""
        if position < self.end - self._held_bytes:
            return None
        found: list[str] = []
        start = self.end
        for line in reversed(self._lines):
            if start <= position:
                break
            start -= len(line)
            found.append(str(memoryview(line)[:-1], "utf-8", "replace"))
        found.reverse()
        return found if start == position else None
