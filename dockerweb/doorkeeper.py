"""Stands before every socket: who opens it, from which page, how many there are, and whether she may still hold it.

A caller that is refused before the handshake gets HTTP 403. A signed-in one is told why: the socket is accepted, gets a
`problem` message and closes with 4000 + status. Consumers find the caller in `scope["actor"]`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts import standing
from apps.accounts.sockets import Caller, TooSlow, caller_of
from apps.accounts.standing import Verdict
from apps.core.problems import Problem
from dockerweb.asgi_types import ASGIApplication, Event, Receive, Scope, Send
from dockerweb.origin import is_own_origin

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
SERVICE_RESTART = 1012
ENDS_WITHIN_S = 5.0
"""How long a consumer may take to end once its socket is taken away."""


class Doorkeeper:
    """ASGI middleware for `websocket` scopes."""

    def __init__(self, application: ASGIApplication) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins, hosts = settings.ORIGINS, settings.ALLOWED_HOSTS
        if not is_own_origin(scope["headers"], scheme=scope["scheme"], allowed_hosts=hosts, origins=origins):
            await _refuse(send, 4403)
            return
        try:
            caller = await caller_of(scope["headers"])
        except TooSlow:
            await _accept_and_close(receive, send, code=TRY_AGAIN_LATER, problem=None)
            return
        if caller.actor.is_anonymous:
            await _refuse(send, 4401)
            return
        too_many = _too_many(caller)
        if too_many is not None:
            await _accept_and_close(receive, send, code=too_many.close_code, problem=too_many)
            return
        held = HeldSocket(caller, receive=receive, send=send)
        scope = {**scope, "actor": caller.actor, "path": _below_prefix(scope["path"])}
        await held.run(self.application, scope)


class HeldSocket:
    """One open socket, which can be taken away from outside while its consumer runs."""

    def __init__(self, caller: Caller, *, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._caller = caller
        self._verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._is_closed = False

    async def run(self, application: ASGIApplication, scope: Scope) -> None:
        """Run the consumer until it ends by itself, or has been told that its socket is gone."""
        watched = standing.watch(self._caller, self._fall)
        consumer = asyncio.create_task(_ending(application(scope, self.receive, self.send)))
        try:
            await _first_of(consumer, self._verdict)
            if not consumer.done():
                await self._take_away(consumer)
            await consumer
        except asyncio.CancelledError:
            if not consumer.cancelled():
                consumer.cancel()
                await asyncio.gather(consumer, return_exceptions=True)
                raise
        finally:
            standing.unwatch(watched)
            self._verdict.cancel()

    def _fall(self, verdict: Verdict) -> None:
        if not self._verdict.done():
            self._verdict.set_result(verdict)

    async def _take_away(self, consumer: asyncio.Task[None]) -> None:
        """Tell the browser why and close; the consumer sees a disconnect, and is cancelled if it does not end."""
        closing = asyncio.create_task(self._close(self._verdict.result()))
        await asyncio.wait({consumer}, timeout=ENDS_WITHIN_S)
        if not consumer.done():
            log.warning("a socket's consumer did not end; cancelled")
            consumer.cancel()
        await asyncio.wait({closing}, timeout=0.1)
        closing.cancel()
        await asyncio.gather(closing, consumer, return_exceptions=True)

    async def _close(self, verdict: Verdict) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        code, message = _words_for(verdict)
        await self._send({"type": "websocket.send", "text": json.dumps(message), "bytes": None})
        await self._send({"type": "websocket.close", "code": code, "reason": ""})

    async def receive(self) -> Event:
        """The next event for the consumer: from the browser, or the disconnect that we decided on."""
        if self._verdict.done():
            return {"type": "websocket.disconnect", "code": 1008, "reason": ""}
        incoming = asyncio.ensure_future(self._receive())
        try:
            await _first_of(incoming, self._verdict)
        finally:
            if not incoming.done():
                incoming.cancel()
        if incoming.done() and not incoming.cancelled():
            return incoming.result()
        return {"type": "websocket.disconnect", "code": 1008, "reason": ""}

    async def send(self, event: Event) -> None:
        """Carry on what the consumer sends; after the end, nothing."""
        if self._is_closed:
            return
        if event["type"] == "websocket.close":
            self._is_closed = True
        await self._send(event)


def _words_for(verdict: Verdict) -> tuple[int, dict[str, object]]:
    if verdict is Verdict.CHANGED:  # the browser comes back by itself and is judged anew
        return SERVICE_RESTART, {"type": "end", "reason": "rights changed"}
    problem = Problem(401, _("You are not signed in any more."), "", _("Sign in again."))
    return problem.close_code, problem.as_message()


def _too_many(caller: Caller) -> Problem | None:
    if standing.watched_count(caller.actor.user_id) >= settings.SOCKETS_PER_USER:
        detail = _("Your account holds %(count)d connections open.") % {"count": settings.SOCKETS_PER_USER}
        return Problem(429, _("Too many pages are open."), detail, _("Close some of them."))
    if standing.watched_count() >= settings.SOCKETS_AT_ONCE:
        return Problem(429, _("Too many people are here."), "", _("Try again in a moment."))
    return None


def _below_prefix(path: str) -> str:
    prefix = settings.PREFIX
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


async def _refuse(send: Send, code: int) -> None:
    """Refuse the handshake: the browser sees HTTP 403, a test the code."""
    await send({"type": "websocket.close", "code": code, "reason": ""})


async def _accept_and_close(receive: Receive, send: Send, *, code: int, problem: Problem | None) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    if problem is not None:
        await send({"type": "websocket.send", "text": json.dumps(problem.as_message()), "bytes": None})
    await send({"type": "websocket.close", "code": code, "reason": ""})


async def _ending(running: Awaitable[None]) -> None:
    await running


async def _first_of(one: asyncio.Future[Any], other: asyncio.Future[Any]) -> None:
    await asyncio.wait({one, other}, return_when=asyncio.FIRST_COMPLETED)
