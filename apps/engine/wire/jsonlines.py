"""Streams of JSON values, one per line (events, stats with LF; pull, push, build with CRLF)."""

from __future__ import annotations


class LineTooLong(ValueError):
    """More bytes without a line end than any message of an engine has."""


class LineSplitter:
    """Turns bytes, cut anywhere, into whole lines without their line ends; empty lines are left out."""

    def __init__(self, *, max_line_bytes: int = 16 * 1024 * 1024) -> None:
        self._unread = bytearray()
        self._max_line_bytes = max_line_bytes

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that became whole by `piece`. Raises LineTooLong."""
        unread = self._unread
        searched = len(unread)
        unread += piece
        end = unread.rfind(b"\n", searched)
        if end < 0:
            if len(unread) > self._max_line_bytes:
                raise LineTooLong(f"A line of more than {self._max_line_bytes} bytes.")
            return []
        whole = bytes(unread[:end])
        del unread[: end + 1]
        return _lines(whole)

    def finish(self) -> list[bytes]:
        """What is left at the end of the stream: a last line that came without its line end, if there is one."""
        whole = bytes(self._unread)
        self._unread.clear()
        return _lines(whole)


def _lines(whole: bytes) -> list[bytes]:
    return [line for line in (piece.strip(b"\r\n \t") for piece in whole.split(b"\n")) if line]
