"""Answers read piece by piece by blocking calls, and what goes up the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

from apps.engine import faults
from apps.engine.errors import EngineGone, TimedOut
from apps.engine.operations import Operation

PIECE_BYTES = 256 * 1024


class ByteSource(Protocol):
    """What an upload is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, b"" at the end."""
        ...


class ByteStream:
    """The body of a successful answer. `headers` have lower-case names."""

    def __init__(
        self, raw: BaseHTTPResponse, operation: Operation, *, headers: Mapping[str, str], deadline_s: float
    ) -> None:
        self._raw = raw
        self._operation = operation
        self._deadline_s = deadline_s
        self._is_at_end = False
        self.headers = headers
        sock = getattr(raw.connection, "sock", None)
        if sock is not None:
            sock.settimeout(deadline_s)  # a budget for everything that is still to come, see apps.engine.pools

    def read(self, size: int = PIECE_BYTES, /) -> bytes:
        """Return the next bytes, at most `size`; b"" at the end. Raise EngineGone when cut, TimedOut."""
        if self._is_at_end:
            return b""
        try:
            piece = self._raw.read(size)
        except (OSError, HTTPError) as exc:
            if is_timeout(exc):
                raise TimedOut(self._operation.id, self._deadline_s, is_change=False) from exc
            raise EngineGone(self._operation.id) from exc
        self._is_at_end = not piece
        return piece

    def close(self) -> None:
        """Give the connection back after the end; before it, close it."""
        if not self._is_at_end:
            self._raw.close()
        self._raw.release_conn()


def is_timeout(exc: BaseException) -> bool:
    """Whether time ran out, wherever in the layers below."""
    return is_of((TimeoutError, ReadTimeoutError), exc)


def is_of(kinds: type[BaseException] | tuple[type[BaseException], ...], exc: BaseException) -> bool:
    """Whether an exception is, or was made of, one of these."""
    return any(isinstance(cause, kinds) for cause in faults.causes(exc))
