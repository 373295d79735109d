"""The browser's side of a socket: what goes out, in order, and not for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from apps.terminals.closes import BrowserGone, BrowserStalled, Ending

WRITE_DEADLINE_S = 15.0

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Browser:
    """Sends to one browser. Every method raises BrowserGone when it left, BrowserStalled when it takes nothing.

    The server's own `send` waits while the browser's connection is full: that is the back-pressure on which every
    stream here leans. It may wait `deadline_s` seconds, then the engine's side is not held up any longer.
    """

    def __init__(self, send: Send, *, deadline_s: float = WRITE_DEADLINE_S) -> None:
        self._asgi_send = send
        self._deadline_s = deadline_s
        self._is_open = True

    async def accept(self) -> None:
        """Open the socket."""
        await self._send({"type": "websocket.accept"})

    async def send_bytes(self, piece: bytes) -> None:
        """Send bytes as they are, in one message."""
        await self._send({"type": "websocket.send", "bytes": piece})

    async def send_text(self, message: str) -> None:
        """Send one JSON message."""
        await self._send({"type": "websocket.send", "text": message})

    async def close(self, ending: Ending) -> None:
        """Say the last words, then close. Nothing can be sent afterwards."""
        if ending.message is not None:
            await self.send_text(ending.message)
        await self._send({"type": "websocket.close", "code": ending.code})
        self._is_open = False

    async def _send(self, message: Mapping[str, Any]) -> None:
        if not self._is_open:
            raise BrowserGone
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._asgi_send(message)
        except TimeoutError as exc:
            self._is_open = False
            raise BrowserStalled from exc
        except OSError as exc:
            self._is_open = False
            raise BrowserGone from exc
