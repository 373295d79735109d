"""Engine: performs calls and waits for their answers. For views and services; streams belong to `aio`."""

from __future__ import annotations

import threading
from typing import TypeVar

import requests
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

from apps.engine import answers, faults
from apps.engine.call import Call, Reply, Request
from apps.engine.endpoint import Endpoint
from apps.engine.errors import ApiError, ProtocolBroken, TimedOut
from apps.engine.negotiation import EngineFacts, is_stale, negotiation
from apps.engine.operations import CONNECT_DEADLINE_S, DEADLINES_S, SYSTEM_PING, Kind, Operation
from apps.engine.pools import ConnectFailed, pooled_session
from apps.engine.version import FLOOR, ApiVersion

T = TypeVar("T")

POOL_SIZE = 16
_LONGEST_BODY = 256 * 1024 * 1024
_PIECE = 1024 * 1024
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


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
        facts = self.facts()
        try:
            return self._perform(call, facts)
        except ApiError as error:
            if not answers.is_version_refusal(error):
                raise
            self._facts = None
            fresh = self.facts()
            if fresh.api_version == facts.api_version:
                raise
        return self._perform(call, fresh)  # the refused request was not looked at, so this is no repetition

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

    def _perform(self, call: Call[T], facts: EngineFacts) -> T:
        request = call.request(facts.api_version)
        reply = self._exchange(request, call.operation, version=facts.api_version, deadline_s=call.total_deadline_s)
        if is_stale(facts, reply):
            self._facts = None
        return answers.result_of(call, reply)

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
        self, request: Request, operation: Operation, *, version: ApiVersion, deadline_s: float | None
    ) -> Reply:
        try:
            try:
                return self._sent(request, version, deadline_s=deadline_s)
            except (OSError, HTTPError) as exc:
                if not operation.is_repeatable or _is_timeout(exc) or _of(ConnectFailed, exc):
                    raise
                return self._sent(request, version, deadline_s=deadline_s)
        except (OSError, HTTPError) as exc:  # requests' exceptions are OSErrors
            is_connected = not _of(ConnectFailed, exc)
            if is_connected and _is_timeout(exc):
                raise TimedOut(operation.id, deadline_s or 0.0, is_change=operation.is_change) from exc
            self._facts = None
            raise faults.unreachable(self.endpoint, exc, operation=operation.id, is_connected=is_connected) from exc

    def _sent(self, request: Request, version: ApiVersion, *, deadline_s: float | None) -> Reply:
        session = self._opened()
        prepared = requests.PreparedRequest()  # filled by hand: what is to be quoted is quoted already
        prepared.method, prepared.url, prepared.body = request.method, self._base_url + request.target, request.body
        prepared.prepare_headers({"Host": self.endpoint.authority, **_HEADERS, **request.headers})
        if request.body is not None or request.method == "POST":
            prepared.headers["Content-Length"] = str(len(request.body or b""))
        timeout: tuple[float, float] | tuple[float, None]
        timeout = (CONNECT_DEADLINE_S, None) if deadline_s is None else (CONNECT_DEADLINE_S, deadline_s)
        adapter = session.get_adapter(self._base_url)  # without the session's redirects, cookies and hooks
        response = adapter.send(prepared, stream=True, timeout=timeout)
        received = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, received, _body(response.raw), version)

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


def _is_timeout(exc: BaseException) -> bool:
    return _of((TimeoutError, ReadTimeoutError), exc)


def _of(kinds: type[BaseException] | tuple[type[BaseException], ...], exc: BaseException) -> bool:
    return any(isinstance(cause, kinds) for cause in faults.causes(exc))
