"""Engine: performs calls and waits for their answers. For views and services.

Streams that go on for long belong to `aio`. What is opened here are bounded ones, taken as fast as they come.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from apps.engine import answers, faults
from apps.engine.byte_stream import ByteSource, ByteStream, is_of, is_timeout
from apps.engine.call import Call, Reply, Request
from apps.engine.endpoint import Endpoint
from apps.engine.errors import ApiError, ProtocolBroken, TimedOut
from apps.engine.negotiation import EngineFacts, is_stale, negotiation
from apps.engine.operations import CONNECT_DEADLINE_S, DEADLINES_S, HEAD_DEADLINE_S, SYSTEM_PING, Kind, Operation
from apps.engine.pools import ConnectFailed, pooled_session
from apps.engine.version import FLOOR, ApiVersion

T = TypeVar("T")
Answer = TypeVar("Answer")

POOL_SIZE = 16
_LONGEST_BODY = 256 * 1024 * 1024
_PIECE = 1024 * 1024
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}
_SEND_DEADLINE_S = 30.0
"""Seconds that the engine may leave a piece of an upload untaken."""


class Engine:
    """One engine, reached by blocking calls. Threads may share it.

    The API version is negotiated with the first call, and again after the connection was lost, after an answer of
    another engine version, and when the engine refuses the version. `pinned` fixes it.

    A change is sent once, whatever happens. A GET or HEAD whose connection breaks before the answer is complete, as a
    pooled connection does that outlived an engine, is sent once more.
    """

    def __init__(self, endpoint: Endpoint, *, pinned: ApiVersion | None = None, pool_size: int = POOL_SIZE) -> None:
        self.endpoint = endpoint
        self.pinned = pinned
        self._pool_size = pool_size
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._base_url = ""
        self._facts: EngineFacts | None = None

    def run(self, call: Call[T]) -> T:
        """Perform a call and return what its parser makes of the answer.

        Raise Unreachable, TimedOut (when the whole answer is not there within the call's deadline), VersionTooOld,
        NoCommonVersion, ProtocolBroken, or the ApiError that the engine answered.
        """
        return self._in_spoken_version(lambda facts: self._perform(call, facts))

    def upload(self, call: Call[T], source: ByteSource, *, size_bytes: int, deadline_s: float) -> T:
        """Perform a call whose body is read from `source`, exactly `size_bytes` of it. Raise as `run` does.

        `deadline_s` is for the answer once everything was sent; an engine that takes nothing for 30 s is lost.
        """
        self.facts()  # what is sent cannot be sent again, so a version that is out of date shows before
        return self._perform(call, self.facts(), source=source, size_bytes=size_bytes, deadline_s=deadline_s)

    @contextmanager
    def stream(self, call: Call[Any], *, deadline_s: float) -> Iterator[ByteStream]:
        """Open an answer for reading piece by piece; all of it within `deadline_s` of its head. Raise as `run` does.

        Leaving the block before the end closes the connection, which tells the engine to stop.
        """
        opened = self._in_spoken_version(lambda facts: self._opened_stream(call, facts, deadline_s=deadline_s))
        try:
            yield opened
        finally:
            opened.close()

    def facts(self) -> EngineFacts:
        """Return what the engine says of itself; asked once and kept. Raise as `run` does."""
        facts = self._facts
        if facts is None:
            facts = self._facts = self._negotiated()
        return facts

    @property
    def version(self) -> ApiVersion:
        """The API version spoken with the engine; negotiated if need be. Raise as `run` does."""
        return self.facts().api_version

    def close(self) -> None:
        """Close idle connections. The engine can be used again: it connects anew."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def _in_spoken_version(self, perform: Callable[[EngineFacts], Answer]) -> Answer:
        facts = self.facts()
        try:
            return perform(facts)
        except ApiError as error:
            if not answers.is_version_refusal(error):
                raise
            self._facts = None
            fresh = self.facts()
            if fresh.api_version == facts.api_version:
                raise
        return perform(fresh)  # the refused request was not looked at, so this is no repetition

    def _perform(
        self,
        call: Call[T],
        facts: EngineFacts,
        *,
        source: ByteSource | None = None,
        size_bytes: int = 0,
        deadline_s: float | None = None,
    ) -> T:
        request = call.request(facts.api_version)
        deadline_s = call.total_deadline_s if deadline_s is None else deadline_s
        reply = self._exchange(
            request,
            call.operation,
            version=facts.api_version,
            deadline_s=deadline_s,
            source=source,
            size_bytes=size_bytes,
        )
        if is_stale(facts, reply):
            self._facts = None
        return answers.result_of(call, reply)

    def _opened_stream(self, call: Call[Any], facts: EngineFacts, *, deadline_s: float) -> ByteStream:
        request, operation = call.request(facts.api_version), call.operation
        response = self._tried(
            lambda: self._sent(request, deadline_s=HEAD_DEADLINE_S), operation, deadline_s=HEAD_DEADLINE_S
        )
        if response.status_code < 300:
            return ByteStream(response.raw, operation, headers=_lower(response), deadline_s=deadline_s)
        reply = self._tried(
            lambda: Reply(response.status_code, _lower(response), _body(response.raw), facts.api_version),
            operation,
            deadline_s=HEAD_DEADLINE_S,
            may_repeat=False,
        )
        error = answers.error_of(operation, reply, sent=request.headers)
        raise error or ProtocolBroken(f"unexpected status {reply.status}", operation=operation.id)

    def _negotiated(self) -> EngineFacts:
        steps = negotiation(self.pinned)
        request = next(steps)
        while True:
            reply = self._exchange(request, SYSTEM_PING, version=FLOOR, deadline_s=DEADLINES_S[Kind.PING])
            try:
                request = steps.send(reply)
            except StopIteration as done:
                facts: EngineFacts = done.value
                return facts

    def _exchange(
        self,
        request: Request,
        operation: Operation,
        *,
        version: ApiVersion,
        deadline_s: float | None,
        source: ByteSource | None = None,
        size_bytes: int = 0,
    ) -> Reply:
        def exchanged() -> Reply:
            response = self._sent(request, deadline_s=deadline_s, source=source, size_bytes=size_bytes)
            return Reply(response.status_code, _lower(response), _body(response.raw), version)

        return self._tried(exchanged, operation, deadline_s=deadline_s)

    def _tried(
        self, ask: Callable[[], Answer], operation: Operation, *, deadline_s: float | None, may_repeat: bool = True
    ) -> Answer:
        """Ask, once more where that is harmless, and give the failures of sockets their names."""
        try:
            try:
                return ask()
            except (OSError, HTTPError) as exc:
                if not (may_repeat and operation.is_repeatable) or is_timeout(exc) or is_of(ConnectFailed, exc):
                    raise
                return ask()
        except (OSError, HTTPError) as exc:  # requests' exceptions are OSErrors
            is_connected = not is_of(ConnectFailed, exc)
            if is_connected and is_timeout(exc):
                raise TimedOut(operation.id, deadline_s or 0.0, is_change=operation.is_change) from exc
            self._facts = None
            raise faults.unreachable(self.endpoint, exc, operation=operation.id, is_connected=is_connected) from exc

    def _sent(
        self,
        request: Request,
        *,
        deadline_s: float | None,
        source: ByteSource | None = None,
        size_bytes: int = 0,
    ) -> requests.Response:
        session = self._opened()
        prepared = requests.PreparedRequest()  # filled by hand: what is to be quoted is quoted already
        prepared.method, prepared.url, prepared.body = request.method, self._base_url + request.target, request.body
        prepared.prepare_headers({"Host": self.endpoint.authority, **_HEADERS, **request.headers})
        if source is not None:
            prepared.body = source  # type: ignore[assignment]  # http.client reads it piece by piece
            prepared.headers["Content-Length"] = str(size_bytes)
        elif request.body is not None or request.method == "POST":
            prepared.headers["Content-Length"] = str(len(request.body or b""))
        connect_s = CONNECT_DEADLINE_S if source is None else _SEND_DEADLINE_S
        timeout: tuple[float, float] | tuple[float, None]
        timeout = (connect_s, None) if deadline_s is None else (connect_s, deadline_s)
        adapter = session.get_adapter(self._base_url)  # without the session's redirects, cookies and hooks
        return adapter.send(prepared, stream=True, timeout=timeout)

    def _opened(self) -> requests.Session:
        with self._lock:
            if self._session is None:
                self._session, self._base_url = pooled_session(self.endpoint, pool_size=self._pool_size)
            return self._session


def _body(raw: BaseHTTPResponse) -> bytes:
    """Read to the end, which gives the connection back to its pool; after a failure it is closed instead."""
    pieces: list[bytes] = []
    length = 0
    try:
        while piece := raw.read(_PIECE):
            pieces.append(piece)
            length += len(piece)
            if length > _LONGEST_BODY:
                raise ProtocolBroken(f"the answer is longer than {_LONGEST_BODY} bytes")
    except BaseException:
        raw.close()
        raise
    raw.release_conn()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _lower(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
