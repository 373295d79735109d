"""A socket that became the container's own: `POST attach` and `POST exec/start` with `Upgrade: tcp`."""

from __future__ import annotations

from typing import Literal, Protocol

from apps.engine.connection import Connection
from apps.engine.stream import CONTENT_TYPE_IS_EXACT_SINCE
from apps.engine.version import ApiVersion
from apps.engine.wire import frames
from apps.engine.wire.http1 import Head

UPGRADE_HEADERS = {"Connection": "Upgrade", "Upgrade": "tcp"}
"""With them the engine answers 101, without 200: both are understood."""

Via = Literal["ws", "hijack"]


class Attached(Protocol):
    """Both ways of a container's or an exec instance's streams.

    `via`             how it is done
    `is_multiplexed`  whether `read` returns frames (wire.frames) or the plain bytes of a terminal
    """

    @property
    def via(self) -> Via: ...

    @property
    def is_multiplexed(self) -> bool: ...

    async def read(self) -> bytes:
        """Return the next bytes, b"" at the end. Raise EngineGone when the engine left in the middle."""
        ...

    async def write(self, keys: bytes) -> None:
        """Send bytes to stdin; waits while the process does not take them. After the end: nothing happens."""
        ...

    async def close_stdin(self) -> bool:
        """Let the process read the end of its input. False where that cannot be done without ending the session."""
        ...


class Hijacked:
    """A hijacked connection.

    Its end is simply an end: nothing on the wire tells a finished process from an engine that stopped. Ask (inspect)
    what became of the container or exec instance.
    """

    via: Via = "hijack"

    def __init__(
        self,
        connection: Connection,
        head: Head,
        *,
        version: ApiVersion,
        tty: bool | None,
        has_stdin: bool,
        may_half_close: bool,
    ) -> None:
        self._connection = connection
        self._has_stdin = has_stdin
        self._may_half_close = may_half_close
        self.status = head.status
        self.is_multiplexed = frames.is_multiplexed(
            head.content_type, tty=tty, is_header_exact=version >= CONTENT_TYPE_IS_EXACT_SINCE
        )

    async def read(self) -> bytes:
        return await self._connection.read()

    async def write(self, keys: bytes) -> None:
        if self._has_stdin:
            await self._connection.write(keys)

    async def close_stdin(self) -> bool:
        """Half-close the socket.

        Not done for a container without StdinOnce: the engine would end the whole session at once, and the process
        would not see an end of its input. Not possible over TLS (asyncio cannot send half a goodbye). Then False.
        """
        return self._may_half_close and self._connection.write_eof()
