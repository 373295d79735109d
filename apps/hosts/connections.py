"""One blocking and one async engine per host and process, guarded by a breaker and a bulkhead.

Nothing but `apps.hosts.gate` and the feeds behind it takes an engine from here: no engine without a decision.
"""

import asyncio
import threading
import time
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.byte_stream import ByteSource, ByteStream
from apps.engine.call import Call
from apps.engine.connection import Body
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Unreachable
from apps.engine.negotiation import EngineFacts
from apps.engine.operations import Kind
from apps.engine.stream import EngineStream
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from apps.hosts.breaker import SHORT_CALLS, Breaker, BreakerState
from apps.hosts.models import Host

T = TypeVar("T")

CHANGES_AT_ONCE = 16
"""Changes under way to one engine at once. They may rightly take long, so they have room of their own."""
WAIT_FOR_ROOM_S = 1.0


class Guard:
    """The breaker and the bulkheads of one host, shared by its blocking and its async engine."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.failure: Unreachable | None = None
        self.failed_at: float | None = None
        self.has_answered = False
        self._short = threading.BoundedSemaphore(SHORT_CALLS)
        self._changes = threading.BoundedSemaphore(CHANGES_AT_ONCE)

    @contextmanager
    def entered(self, kind: Kind) -> Iterator[None]:
        """Hold a place for one call. Raises Unreachable at once while the breaker is open, Unavailable without room."""
        if self.breaker.state is BreakerState.OPEN:
            raise self._known_failure()
        room = self._changes if kind is Kind.CHANGE else self._short
        if not room.acquire(timeout=WAIT_FOR_ROOM_S):
            raise _too_busy()
        try:
            with self.watched():
                yield
        finally:
            room.release()

    @asynccontextmanager
    async def entered_async(self, kind: Kind) -> AsyncIterator[None]:
        """Do as `entered` does, without blocking the event loop while there is no room."""
        if self.breaker.state is BreakerState.OPEN:
            raise self._known_failure()
        room = self._changes if kind is Kind.CHANGE else self._short
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + WAIT_FOR_ROOM_S
        while not room.acquire(blocking=False):
            if loop.time() >= give_up_at:
                raise _too_busy()
            await asyncio.sleep(0.02)
        try:
            with self.watched():
                yield
        finally:
            room.release()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Tell the breaker how a call (or the opening of a stream) went."""
        if not self.breaker.admits():
            raise self._known_failure()
        try:
            yield
        except Unreachable as exc:
            self.failure = exc
            self.failed_at = self.failed_at or time.time()
            self.breaker.failed()
            raise
        except BaseException:
            self.answered()
            raise
        self.answered()

    def answered(self) -> None:
        """The engine is there: whatever kept calls from it is over."""
        self.has_answered = True
        self.failure = None
        self.failed_at = None
        self.breaker.succeeded()

    def _known_failure(self) -> Exception:
        known = self.failure
        if known is None:  # another caller is just trying the engine out, and it was reachable until now
            return _too_busy()
        return Unreachable(known.endpoint, known.reason, known.detail)


def _too_busy() -> Unavailable:
    return Unavailable(
        _("The engine is busy"),
        _("Too many requests to this engine are waiting for its answer."),
        hint=_("Try again in a moment."),
    )


class GuardedEngine(Engine):
    """An Engine whose calls pass a guard."""

    def __init__(self, endpoint: Endpoint, *, pinned: ApiVersion | None, guard: Guard) -> None:
        super().__init__(endpoint, pinned=pinned)
        self._guard = guard

    def run(self, call: Call[T]) -> T:
        """Perform the call if the guard lets it pass."""
        with self._guard.entered(call.operation.kind):
            return super().run(call)

    def upload(self, call: Call[T], source: ByteSource, *, size_bytes: int, deadline_s: float) -> T:
        """Upload if the guard lets it pass."""
        with self._guard.entered(call.operation.kind):
            return super().upload(call, source, size_bytes=size_bytes, deadline_s=deadline_s)

    @contextmanager
    def stream(self, call: Call[Any], *, deadline_s: float) -> Iterator[ByteStream]:
        """Open a stream if the guard lets it pass; it takes no room of short calls while it is read."""
        with self._guard.entered(call.operation.kind):
            stream = super().stream(call, deadline_s=deadline_s)
            opened = stream.__enter__()
        try:
            yield opened
        finally:
            stream.__exit__(None, None, None)


class GuardedAsyncEngine(AsyncEngine):
    """An AsyncEngine whose short calls pass a guard. Streams are not held back: their openers pause by themselves."""

    def __init__(self, endpoint: Endpoint, *, pinned: ApiVersion | None, guard: Guard) -> None:
        super().__init__(endpoint, pinned=pinned)
        self._guard = guard

    async def run(self, call: Call[T]) -> T:
        """Perform the call if the guard lets it pass."""
        async with self._guard.entered_async(call.operation.kind):
            return await super().run(call)

    @asynccontextmanager
    async def stream(self, call: Call[Any], *, body: Body | None = None) -> AsyncIterator[EngineStream]:
        """Open a stream. That it opens ends the pause of the breaker: a feed that came back brings its lists along."""
        async with super().stream(call, body=body) as opened:
            self._guard.answered()
            yield opened


class ConnectionState(StrEnum):
    """What we know of a host without asking it."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


class Connection:
    """Everything this process holds towards one host."""

    def __init__(self, endpoint: Endpoint, *, pinned: ApiVersion | None) -> None:
        self.endpoint = endpoint
        self.pinned = pinned
        self.guard = Guard()
        self.engine: Engine = GuardedEngine(endpoint, pinned=pinned, guard=self.guard)
        self._facts: EngineFacts | None = None
        self._async_engines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncEngine] = (
            weakref.WeakKeyDictionary()
        )

    @property
    def state(self) -> ConnectionState:
        """Whether the engine answered when it was asked last."""
        if self.guard.failure is not None:
            return ConnectionState.DOWN
        return ConnectionState.UP if self.guard.has_answered else ConnectionState.UNKNOWN

    @property
    def known_facts(self) -> EngineFacts | None:
        """What the engine said of itself when it was asked last; None before that."""
        return self._facts

    def learn_facts(self) -> EngineFacts:
        """What the engine said of itself; it is asked only if it may be another one than before."""
        self._facts = self.engine.facts()
        return self._facts

    def async_engine(self) -> AsyncEngine:
        """The async engine of the running event loop (a server has one; tests have many)."""
        loop = asyncio.get_running_loop()
        engine = self._async_engines.get(loop)
        if engine is None:
            engine = GuardedAsyncEngine(self.endpoint, pinned=self.pinned, guard=self.guard)
            self._async_engines[loop] = engine
        return engine


_connections: dict[str, Connection] = {}
_connections_lock = threading.Lock()


def of(host: Host) -> Connection:
    """This process's connection to the host; a new one when its address or pinned version was changed."""
    endpoint, pinned = host.address, host.pinned_version
    with _connections_lock:
        connection = _connections.get(host.slug)
        if connection is None or connection.endpoint != endpoint or connection.pinned != pinned:
            connection = _connections[host.slug] = Connection(endpoint, pinned=pinned)
        return connection


def forget() -> None:
    """Drop every connection (between tests)."""
    with _connections_lock:
        for connection in _connections.values():
            connection.engine.close()
        _connections.clear()
