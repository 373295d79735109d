"""Answers that go on: logs, stats, events, downloads, progress."""

from __future__ import annotations

from collections.abc import AsyncIterator

from apps.engine.connection import Connection
from apps.engine.version import ApiVersion
from apps.engine.wire import frames
from apps.engine.wire.http1 import Head, Headers

CONTENT_TYPE_IS_EXACT_SINCE = ApiVersion(1, 42)
"""From here on the Content-Type tells a multiplexed stream from a raw one."""


class EngineStream:
    """The body of a successful answer, as it comes.

    `async for chunk in stream` yields bytes in pieces as large as they were at hand, cut anywhere; it ends when the
    engine ended the body properly, and raises EngineGone when the connection broke before that. There is no deadline:
    the engine may be silent for hours.
    """

    def __init__(self, connection: Connection, head: Head, *, version: ApiVersion) -> None:
        self._connection = connection
        self.status: int = head.status
        self.headers: Headers = head.headers
        self.version = version

    @property
    def content_type(self) -> str:
        """The Content-Type, "" when there is none (logs below API 1.42)."""
        return self.headers.get("content-type", "")

    def is_multiplexed(self, *, tty: bool | None) -> bool:
        """Say whether the chunks are frames (see wire.frames); `tty` of the container, None when it is not known."""
        return frames.is_multiplexed(
            self.content_type, tty=tty, is_header_exact=self.version >= CONTENT_TYPE_IS_EXACT_SINCE
        )

    @property
    def waiting_bytes(self) -> int:
        """Bytes that have come and were not taken yet; bounded (connection.LIMIT_BYTES, or BULK_LIMIT_BYTES)."""
        return self._connection.waiting_bytes

    async def read(self) -> bytes:
        """Return the next chunk, b"" at the proper end. Raise EngineGone."""
        return await self._connection.read()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._connection.read():
            yield chunk
