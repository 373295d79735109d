"""The last that an activity of this process said: who watches it live need not read it from the disk again."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from itertools import islice

MOST_BYTES = 2 * 1024 * 1024
"""Who is further behind reads from the disk."""
PIECE_BYTES = 256 * 1024
"""What is handed out at once: who reads slowly holds no more than that."""


class Tail:
    """Lines with their places in the whole output. Only on the event loop."""

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._starts: deque[int] = deque()
        self._held_bytes = 0
        self.end = 0

    def add(self, lines: list[bytes], *, end: int) -> None:
        """Take lines, each with its newline, that end at this place of the output."""
        start = end - sum(map(len, lines))
        for line in lines:
            self._lines.append(line)
            self._starts.append(start)
            start += len(line)
            self._held_bytes += len(line)
        while self._held_bytes > MOST_BYTES:
            self._held_bytes -= len(self._lines.popleft())
            self._starts.popleft()
        self.end = end

    def since(self, position: int) -> tuple[list[str], int] | None:
        """Lines from this place on, without their newlines, and the place behind them.

        None when the place is not one that it knows; no lines when there are none yet.
        """
        if position == self.end:
            return [], position
        first = bisect_left(self._starts, position)
        if first == len(self._starts) or self._starts[first] != position:
            return None
        found: list[str] = []
        most = position + PIECE_BYTES
        for line in islice(self._lines, first, None):
            if found and position + len(line) > most:
                break
            found.append(str(memoryview(line)[:-1], "utf-8", "replace"))
            position += len(line)
        return found, position
