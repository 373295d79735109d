"""Streams of JSON values, one per line (events, stats with LF; pull, push, build with CRLF)."""

from __future__ import annotations

from io import BytesIO


class LineTooLong(ValueError):
    """More bytes without a line end than any message of an engine has."""


class LineSplitter:
    """Turns bytes, cut anywhere, into whole lines."""

    def __init__(self, *, max_line_bytes: int = 16 * 1024 * 1024) -> None:
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._max_line_bytes = max_line_bytes

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that became whole by `piece`, without their ends and without empty ones. Raises LineTooLong."""
        return _lines(self.feed_whole(piece))

    def feed_whole(self, piece: bytes) -> bytes:
        """The lines that became whole by `piece`, as they came, all in one. Raises LineTooLong."""
        end = piece.rfind(b"\n") + 1
        whole = b""
        if end:
            whole = b"".join((*self._unread, memoryview(piece)[:end]))
            self._unread.clear()
            self._unread_bytes = 0
        self._unread.append(piece[end:])
        self._unread_bytes += len(piece) - end
        if self._unread_bytes > self._max_line_bytes:
            raise LineTooLong(f"A line of more than {self._max_line_bytes} bytes.")
        return whole

    def finish(self) -> list[bytes]:
        """What is left at the end of the stream: a last line that came without its line end, if there is one."""
        return _lines(self.finish_whole())

    def finish_whole(self) -> bytes:
        """The same as it came, b"" when there is nothing."""
        whole = b"".join(self._unread)
        self._unread.clear()
        self._unread_bytes = 0
        return whole


def _lines(whole: bytes) -> list[bytes]:
    # A BytesIO looks for line ends many times faster than split does.
    return [line for line in (piece.strip(b"\r\n \t") for piece in BytesIO(whole)) if line]
