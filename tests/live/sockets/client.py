"""A browser's side of a socket, for tests: the session's cookie, the page's Origin, and patience."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live.server import Server

PATIENCE_S = 60.0

Message = dict[str, Any]
_signing_in = threading.Lock()


class Client:
    """One socket. What comes is kept: `received` bytes, `messages` in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.received = bytearray()
        self.messages: list[Message] = []
        self.close_code: int | None = None

    @classmethod
    async def open(
        cls,
        server: Server,
        path: str,
        query: list[tuple[str, str]] | dict[str, str] | None = None,
        *,
        user: str = "ada",
        origin: str | None = None,
        max_queue: int | None = 16,
    ) -> Self:
        """Open `/ws/hosts/local/<path>`, or `/ws<path>` where it begins with a slash.

        Raises InvalidStatus when the handshake is refused.
        """
        cookie = await asyncio.to_thread(_cookie, server, user)
        question = f"?{urlencode(query)}" if query else ""
        connection = await connect(
            f"{server.ws_url}/ws{path if path.startswith('/') else f'/hosts/local/{path}'}{question}",
            additional_headers={"Cookie": cookie},
            origin=websockets.Origin(origin or server.origin),
            compression=None,
            max_size=None,
            max_queue=max_queue,
            open_timeout=PATIENCE_S,
            close_timeout=5,
            ping_interval=None,
            proxy=None,
        )
        return cls(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.connection.close()

    async def step(self) -> bool:
        """Take one message; False once the socket is closed."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await self.connection.recv()
        except ConnectionClosed:
            self.close_code = self.connection.close_code
            return False
        except TimeoutError as exc:
            raise AssertionError(f"nothing more came; so far {self}") from exc
        if isinstance(message, bytes):
            self.received += message
        else:
            self.messages.append(json.loads(message))
        return True

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Take messages until it is so."""
        while not is_so():
            assert await self.step(), f"closed too soon: {self}"

    async def until_said(self, kind: str) -> Message:
        """Take messages until one of this type has come; that one."""
        await self.until(lambda: self.said(kind) is not None)
        found = self.said(kind)
        assert found is not None
        return found

    async def until_bytes(self, wanted: bytes) -> None:
        """Take messages until these bytes have come."""
        await self.until(lambda: wanted in self.received)

    async def to_the_end(self) -> int:
        """Take everything; the close code."""
        while await self.step():
            pass
        assert self.close_code is not None
        return self.close_code

    def said(self, kind: str) -> Message | None:
        """The last message of this type."""
        return next((message for message in reversed(self.messages) if message.get("type") == kind), None)

    async def type(self, keys: bytes | str) -> None:
        """Send keystrokes."""
        await self.connection.send(keys.encode() if isinstance(keys, str) else keys)

    async def tell(self, **message: object) -> None:
        """Send a control message."""
        await self.connection.send(json.dumps(message))

    async def vanish(self) -> None:
        """Break the connection without a word, as a killed browser does."""
        self.connection.transport.abort()
        await self.connection.wait_closed()

    def __repr__(self) -> str:
        return f"<close {self.close_code}, {self.messages}, {bytes(self.received[-300:])!r}>"


def _cookie(server: Server, user: str) -> str:
    with _signing_in:
        return server.session_cookie(user)


async def refused_status(server: Server, path: str, *, user: str = "ada", origin: str | None = None) -> int | None:
    """The HTTP status with which a handshake is refused; None when it is not."""
    try:
        client = await Client.open(server, path, user=user, origin=origin)
    except InvalidStatus as refusal:
        return refusal.response.status_code
    await client.connection.close()
    return None


async def wait_until(is_so: Callable[[], bool], *, what: str) -> None:
    """Look again and again, off the event loop, until it is so."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_S
    while not await asyncio.to_thread(is_so):
        assert loop.time() < give_up_at, f"{what}: not so after {PATIENCE_S:g} s"
        await asyncio.sleep(0.05)
