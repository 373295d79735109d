"""The engine for sockets and streams: performs Calls on an event loop, and keeps streams and hijacked sockets open.

Every request has a connection of its own, closed when its block is left or its task cancelled; so one AsyncEngine may
be used from several event loops, and nothing of a broken connection outlives it.
"""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from apps.engine import answers, attach
from apps.engine.api import container_streams, exec, system
from apps.engine.api.arguments import Moment
from apps.engine.call import Call, Reply, Request
from apps.engine.connection import Body, Connection
from apps.engine.dial import dial
from apps.engine.endpoint import Endpoint
from apps.engine.errors import ApiError, EngineError, EngineGone, ProtocolBroken, Reason, TimedOut, Unreachable
from apps.engine.events import EventStream
from apps.engine.hijack import UPGRADE_HEADERS, Attached, Hijacked, Via
from apps.engine.negotiation import EngineFacts, is_stale, negotiation
from apps.engine.operations import (
    CONTAINER_ATTACH,
    CONTAINER_ATTACH_WEBSOCKET,
    EXEC_START,
    HEAD_DEADLINE_S,
    SYSTEM_PING,
    SYSTEM_PING_HEAD,
    Answer,
    Kind,
    Operation,
)
from apps.engine.stream import EngineStream
from apps.engine.tls import tls_context
from apps.engine.types.events import Event
from apps.engine.version import ApiVersion
from apps.engine.wire.http1 import Head

T = TypeVar("T")

_LONGEST_ERROR_BYTES = 64 * 1024


class AsyncEngine:
    """An engine at `endpoint`, spoken to in the newest common API version, or in the `pinned` one."""

    def __init__(self, endpoint: Endpoint, *, pinned: ApiVersion | None = None) -> None:
        self.endpoint = endpoint
        self.pinned = pinned
        self._facts: EngineFacts | None = None
        self._context: ssl.SSLContext | None = None
        self._is_closed = False

    # plain answers

    async def facts(self) -> EngineFacts:
        """Return what the engine says of itself; asked once, and again after the engine was replaced or away.

        Raise Unreachable, TimedOut, NoCommonVersion, ProtocolBroken.
        """
        if self._facts is None:
            self._facts = await self._negotiate()
        return self._facts

    async def run(self, call: Call[T]) -> T:
        """Perform a call and return its result.

        Raise ApiError for the engine's no, Unreachable, TimedOut (for a change: it may still be carried out),
        VersionTooOld, ProtocolBroken. Nothing is sent twice, except what the engine refused for its version prefix.
        """
        try:
            return await self._run(call)
        except ApiError as error:
            if not self._is_outdated_by(error):
                raise
        return await self._run(call)

    # streams

    @asynccontextmanager
    async def stream(self, call: Call[Any], *, body: Body | None = None) -> AsyncIterator[EngineStream]:
        """Open an answer that goes on, and give it once its status and headers are here.

        `body` is sent along, piece by piece; the head's deadline (the operation's) begins once all of it is taken. An
        engine that answers before that (a refusal) is listened to. Leaving the block closes the connection.
        Raise ApiError for the engine's no, and what `run` raises.
        """
        if body is not None:
            await self.facts()  # what is sent cannot be sent again, so a version that is out of date shows before
        async with self._opened(call.request, call.operation, body) as (connection, head, version):
            if call.operation.answer is Answer.TAR:
                connection.expect_bulk()
            elif call.operation.answer is Answer.JSON_LINES and call.operation.method == "POST":
                connection.expect_lines()
            yield EngineStream(connection, head, version=version)

    def events(
        self,
        since: Moment = None,
        until: Moment = None,
        filters: Mapping[str, Sequence[str]] | None = None,
        *,
        after: Event | None = None,
    ) -> EventStream:
        """Follow the engine's events: `async for event in engine.events()`.

        `since` and `until` are unix seconds with up to nine decimals, both inclusive; the engine remembers 256 events
        at most. `after` is the last event that was processed: the replay begins behind it.
        As `async with engine.events(…) as events` it is entered once the engine listens: list after that.
        """
        if after is not None and since is None and after.time_nano:
            since = after.since
        return EventStream(self.stream(system.events(since=since, until=until, filters=filters)), after)

    # hijacked sockets

    @asynccontextmanager
    async def attach(
        self,
        container_id: str,
        *,
        tty: bool | None,
        logs: bool = False,
        stdin: bool = True,
        stdin_once: bool = False,
        detach_keys: str | None = None,
        via: Via | None = None,
    ) -> AsyncIterator[Attached]:
        """Attach to a container's streams. `tty` and `stdin_once` are what inspect says of its Config.

        `via` None takes the WebSocket, and where the engine has none the hijacked attach. A container that does not
        run is attached to in silence, and speaks once it is started. Without `detach_keys` no key detaches.
        Raise ApiError (NotFound, Conflict when paused), and what `run` raises.
        """
        if via != "hijack":
            try:
                connection = await self._websocket(container_id, logs=logs, detach_keys=detach_keys)
            except EngineError as error:
                if via == "ws" or not attach.is_websocket_missing(error):
                    raise
            else:
                try:
                    yield attach.WebSocketAttached(connection, has_stdin=stdin, is_stdin_once=stdin_once)
                finally:
                    connection.close()
                return
        call = container_streams.container_attach(container_id, logs=logs, stdin=stdin, detach_keys=detach_keys)

        def request_in(version: ApiVersion) -> Request:
            request = _with_headers(call.request(version), UPGRADE_HEADERS)
            return request if detach_keys is not None else attach.without_detach_keys(request, version)

        async with self._opened(request_in, CONTAINER_ATTACH) as (connection, head, version):
            half_closes = stdin and stdin_once
            yield Hijacked(connection, head, version=version, tty=tty, has_stdin=stdin, may_half_close=half_closes)

    @asynccontextmanager
    async def exec_start(
        self, exec_id: str, *, tty: bool, console_size: tuple[int, int] | None = None
    ) -> AsyncIterator[Hijacked]:
        """Start an exec instance and hold its streams. `tty` must be that of its creation.

        `console_size` is (rows, columns), sent from API 1.42 on; below, resize after the first output. What fails
        once the socket is hijacked (no such binary) is said in the stream: ask ExecInspect for the exit code (126).
        Leaving the block does not end the process.
        """
        call = exec.exec_start(exec_id, tty=tty, console_size=console_size)

        def request_in(version: ApiVersion) -> Request:
            return _with_headers(call.request(version), UPGRADE_HEADERS)

        async with self._opened(request_in, EXEC_START) as (connection, head, version):
            yield Hijacked(connection, head, version=version, tty=tty, has_stdin=True, may_half_close=True)

    # life

    async def close(self) -> None:
        """Open nothing more. Streams that are open end with their own blocks."""
        self._is_closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    # how it is done

    async def _version(self) -> ApiVersion:
        return (await self.facts()).api_version

    async def _run(self, call: Call[T]) -> T:
        version = None if call.operation.kind is Kind.PING else await self._version()
        deadline_s = call.total_deadline_s
        reply = await self._reply(call.request(version), call.operation, version=version, deadline_s=deadline_s)
        if self._facts is not None and is_stale(self._facts, reply):
            self._facts = None
        return answers.result_of(call, reply)

    async def _negotiate(self) -> EngineFacts:
        steps = negotiation(self.pinned)
        request = next(steps)
        try:
            while True:
                operation = SYSTEM_PING_HEAD if request.method == "HEAD" else SYSTEM_PING
                reply = await self._reply(request, operation, version=None, deadline_s=5.0)
                request = steps.send(reply)
        except StopIteration as done:
            facts: EngineFacts = done.value
            return facts

    async def _reply(
        self, request: Request, operation: Operation, *, version: ApiVersion | None, deadline_s: float | None
    ) -> Reply:
        """Send a request and read the whole answer; the deadline begins when the connection stands."""
        connection = await self._dial(operation)
        deadline_s = math.inf if deadline_s is None else deadline_s
        try:
            async with asyncio.timeout(None if deadline_s == math.inf else deadline_s):
                await connection.send(request, operation=operation.id)
                head = await connection.head()
                body = await connection.read_all()
        except TimeoutError as exc:
            raise TimedOut(operation.id, deadline_s, is_change=operation.is_change) from exc
        except EngineGone as exc:
            self._facts = None
            raise Unreachable(self.endpoint, Reason.LOST, "the answer was cut", operation=operation.id) from exc
        except Unreachable:
            self._facts = None
            raise
        finally:
            connection.close()
        return Reply(head.status, head.headers, body, version or ApiVersion(1, 0))

    @asynccontextmanager
    async def _opened(
        self, request_in: Callable[[ApiVersion], Request], operation: Operation, sending: Body | None = None
    ) -> AsyncIterator[tuple[Connection, Head, ApiVersion]]:
        """Send the request in the version spoken, and hold the connection that was answered well."""
        connection, head, version = await self._accepted(request_in, operation, sending)
        try:
            yield connection, head, version
        finally:
            connection.close()

    async def _accepted(
        self, request_in: Callable[[ApiVersion], Request], operation: Operation, sending: Body | None = None
    ) -> tuple[Connection, Head, ApiVersion]:
        version = await self._version()
        try:
            return *await self._open_well(request_in(version), operation, version=version, sending=sending), version
        except ApiError as error:
            if not self._is_outdated_by(error) or sending is not None:
                raise
        version = await self._version()
        return *await self._open_well(request_in(version), operation, version=version, sending=sending), version

    async def _open_well(
        self, request: Request, operation: Operation, *, version: ApiVersion, sending: Body | None
    ) -> tuple[Connection, Head]:
        """Open, and raise the ApiError of an answer that is none of the good ones; the caller closes."""
        connection, head = await self._open(request, operation, sending)
        if head.status < 300:
            return connection, head
        body = b""
        try:
            async with asyncio.timeout(HEAD_DEADLINE_S):
                body = await connection.read_all(limit_bytes=_LONGEST_ERROR_BYTES)
        except (TimeoutError, EngineGone):
            pass  # the status says enough
        finally:
            connection.close()
        reply = Reply(head.status, head.headers, body, version)
        error = answers.error_of(operation, reply, sent=request.headers)
        raise error or ProtocolBroken(f"unexpected status {head.status}", operation=operation.id)

    def _is_outdated_by(self, error: ApiError) -> bool:
        """Say whether the engine refused the version we speak (it was replaced), so that asking again may help."""
        if not answers.is_version_refusal(error) or self.pinned is not None:
            return False
        self._facts = None
        return True

    async def _open(self, request: Request, operation: Operation, sending: Body | None) -> tuple[Connection, Head]:
        """Send a request and wait for its head alone; the caller closes the connection."""
        connection = await self._dial(operation)
        try:
            if sending is not None:
                await connection.send_with(request, sending, operation=operation.id)
            async with asyncio.timeout(operation.head_deadline_s):
                if sending is None:
                    await connection.send(request, operation=operation.id)
                return connection, await connection.head()
        except TimeoutError as exc:
            connection.close()
            is_change = operation is EXEC_START or sending is not None
            raise TimedOut(operation.id, operation.head_deadline_s, is_change=is_change) from exc
        except BaseException as exc:
            connection.close()
            if isinstance(exc, Unreachable):
                self._facts = None
            raise

    async def _dial(self, operation: Operation) -> Connection:
        if self._is_closed:
            raise Unreachable(self.endpoint, Reason.LOST, "this client was closed", operation=operation.id)
        try:
            if self.endpoint.tls is not None and self._context is None:
                self._context = tls_context(self.endpoint)
            return await dial(self.endpoint, context=self._context)
        except Unreachable as error:
            self._facts = None
            error.operation = operation.id
            raise

    async def _websocket(self, container_id: str, *, logs: bool, detach_keys: str | None) -> Connection:
        """Return a connection that is a container's WebSocket. Raise VersionTooOld below API 1.28."""
        operation = CONTAINER_ATTACH_WEBSOCKET
        newest = (await self.facts()).max_api
        handshake = attach.Handshake()
        call = container_streams.container_attach_ws(container_id, logs=logs, detach_keys=detach_keys)

        def request_in(version: ApiVersion) -> Request:
            version = attach.websocket_version(version, newest)
            request = _with_headers(call.request(version), handshake.headers)
            return request if detach_keys is not None else attach.without_detach_keys(request, version)

        connection, head, _ = await self._accepted(request_in, operation)
        try:
            handshake.check(head)
        except ProtocolBroken:
            connection.close()
            raise
        return connection


def _with_headers(request: Request, headers: Mapping[str, str]) -> Request:
    return replace(request, headers={**request.headers, **headers})
