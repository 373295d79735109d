"""What every socket does: refuse, accept, serve, and leave nothing behind.

Channels hands its handlers one message at a time, and does not tell a consumer of the end when a handler raised. So
the consumers here run themselves: one task serves, one listens, whichever ends first decides how the socket ends, and
both are gone before the socket is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from channels.consumer import AsyncConsumer
from django.utils.translation import gettext as _

from apps.accounts.actor import Actor
from apps.core.errors import Refusal
from apps.core.problems import is_expected, problem_of
from apps.engine.errors import EngineGone
from apps.terminals import closes, messages, sessions
from apps.terminals.browser import WRITE_DEADLINE_S, Browser, Send
from apps.terminals.closes import BrowserGone, Ending
from apps.terminals.flow import InputStalled, OutputStalled
from apps.terminals.messages import Control, Ping

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class SocketConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels is untyped
    """The base of all sockets. A subclass says in `serve` what happens while the socket is open."""

    write_deadline_s: ClassVar[float] = WRITE_DEADLINE_S

    scope: Mapping[str, Any]
    browser: Browser

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Run the socket from its first message to its end. Never raises, except when it is cancelled."""
        self.scope = scope
        self.browser = Browser(send, deadline_s=self.write_deadline_s)
        if (await receive())["type"] != "websocket.connect":
            return
        try:
            if self.actor.is_anonymous:
                await self.browser.close(Ending(4401))  # before accept: a plain 403
                return
            await self.browser.accept()
            ending = await self._live(receive)
            if ending is not None:
                await self.browser.close(ending)
        except BrowserGone as exc:
            log.debug("socket left: %r", exc)
        except Exception:  # the outermost edge of the socket: there is nobody left to tell
            log.exception("%s could not be closed", type(self).__name__)
        finally:
            await self.released()

    @property
    def actor(self) -> Actor:
        """Who opened the socket."""
        actor: Actor = self.scope["actor"]
        return actor

    @property
    def host_slug(self) -> str:
        """The host in the address."""
        return str(self.scope["url_route"]["kwargs"]["host_slug"])

    @property
    def ref(self) -> str:
        """The container in the address, as it was named."""
        return str(self.scope["url_route"]["kwargs"]["ref"])

    @property
    def query_string(self) -> bytes:
        """The query of the address, undecoded."""
        query_string: bytes = self.scope.get("query_string", b"")
        return query_string

    async def serve(self) -> Ending:
        """Do what the socket is for, and say how it ended. Cancelled when the browser leaves."""
        raise NotImplementedError

    async def heard_bytes(self, piece: bytes) -> None:
        """Take a binary message. May wait: the browser is not listened to meanwhile."""

    async def heard(self, control: Control) -> None:
        """Take a control message."""

    async def released(self) -> None:
        """Wait for what has to be finished after the socket is closed."""

    async def ready(self, facts: Mapping[str, object]) -> None:
        """Send the first message."""
        await self.browser.send_text(messages.ready(facts))

    async def _live(self, receive: Receive) -> Ending | None:
        """Serve and listen until either ends. None: there is nobody left to say anything to."""
        try:
            with sessions.entered(self.actor) as session:
                serving = asyncio.create_task(self.serve(), name=f"{type(self).__name__} serves")
                listening = asyncio.create_task(self._listen(receive), name=f"{type(self).__name__} listens")
                try:
                    ends: set[asyncio.Future[Any]] = {serving, listening, session.stopping}
                    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                    if serving.done():
                        return await serving
                    if listening.done():
                        await listening
                        return None
                    return closes.restarting()
                finally:
                    serving.cancel()
                    listening.cancel()
                    await asyncio.gather(serving, listening, return_exceptions=True)
        except BrowserGone as exc:
            log.debug("socket left: %r", exc)
            return None
        except EngineGone:
            return closes.ended("engine_gone")
        except OutputStalled:
            return closes.ended("stalled")
        except InputStalled:
            return closes.refused(problem_of(_input_stalled()))
        except Exception as exc:  # the outermost edge of what served
            if not is_expected(exc):
                log.exception("%s failed", type(self).__name__)
            return closes.refused(problem_of(exc))

    async def _listen(self, receive: Receive) -> None:
        """Hear the browser until it leaves."""
        pong: asyncio.Task[None] | None = None
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                piece, text = message.get("bytes"), message.get("text")
                if piece is not None:
                    await self.heard_bytes(piece)
                elif text is not None and (control := messages.parse_control(text)) is not None:
                    if not isinstance(control, Ping):
                        await self.heard(control)
                    elif pong is None or pong.done():  # apart from here: a full line must not hold up what is typed
                        pong = asyncio.create_task(self._pong(), name="pong")
        finally:
            if pong is not None:
                pong.cancel()
                await asyncio.gather(pong, return_exceptions=True)

    async def _pong(self) -> None:
        try:
            await self.browser.send_text(messages.PONG)
        except BrowserGone:
            return


def _input_stalled() -> Refusal:
    return Refusal(
        _("The container does not read what is typed."),
        _("More than 2 MiB of input is waiting for it."),
        hint=_("Connect again once its program reads its input."),
        status=413,
    )
