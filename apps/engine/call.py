"""A call: one operation with its arguments, described without any I/O.

`apps.engine.api` makes Calls; `apps.engine.sync` and `apps.engine.aio` perform them. Both do the same four steps:

    request = call.request(version)          # refuses what the version does not know (VersionTooOld)
    … send request.method, request.target, request.headers, request.body; read status, headers, body …
    reply = Reply(status, headers, body, version)
    return answers.result_of(call, reply)    # raises ApiError, or parses
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from apps.engine.errors import ApiError, NotFound, VersionTooOld
from apps.engine.operations import DEADLINES_S, Operation
from apps.engine.version import ApiVersion

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

QueryValue = str | bytes | int | bool | tuple[str, ...] | Mapping[str, Sequence[str]] | None
"""None is left out, booleans become 1 and 0, a mapping becomes JSON (`filters`; an empty one is left out), a tuple is
the parameter several times; bytes travel as they are (paths of a container need not be UTF-8)."""

USER_AGENT = "dockerweb"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came. Names of `headers` are in lower case; `version` is the API version it was asked in."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    version: ApiVersion

    def header(self, name: str) -> str:
        """Return a header's value, "" when it is missing."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire. `target` begins with "/"; `body` is None when there is none.

    `headers` hold neither Host nor Content-Length: they belong to the connection that sends the request.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


def no_error_forgiven(error: ApiError) -> bool:
    """Say of every error that it is one."""
    return False


@dataclass(frozen=True, kw_only=True)
class _Options(Generic[T_co]):
    parse: Callable[[Reply], T_co]
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    body: Any = field(default=None, repr=False)  # a password may be in it, and in a header too
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    deadline_s: float | None = None
    needs: Mapping[str, ApiVersion] = field(default_factory=dict)
    drops: Mapping[str, ApiVersion] = field(default_factory=dict)
    ends: Mapping[str, ApiVersion] = field(default_factory=dict)
    forgives: Callable[[ApiError], bool] = no_error_forgiven
    sends: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Call(_Options[T_co]):
    """One operation with its arguments and the reading of its answer.

    `path`       values for the path template, unquoted: a leading "/" is cut, ids and names are quoted whole
    `query`      see QueryValue
    `body`       a JSON value (sent as application/json), bytes as they are, or None
    `headers`    extra request headers
    `parse`      makes the result out of a successful reply (304 included, which has no body)
    `deadline_s` seconds for the whole answer; None: by the operation's kind; math.inf: none
    `needs`      query or body members ("condition", "RestartPolicy", "filters.health") → the API version that brought
                 them; when one is given (not None) and the version spoken is older, `request` raises VersionTooOld
    `drops`      the same, but the member is silently left out: for what is a nicety, such as ConsoleSize
    `ends`       query members → the API version from which they are left out: it knows them no more
    `sends`      members within members that the body holds ("HostConfig.Init"), for `needs` to look at
    `forgives`   says of an ApiError whether it counts as success: removing what is gone
    """

    operation: Operation

    @property
    def total_deadline_s(self) -> float | None:
        """Seconds for the whole answer, None: as long as it takes."""
        if self.deadline_s is None:
            return DEADLINES_S[self.operation.kind]
        return None if self.deadline_s == float("inf") else self.deadline_s

    def request(self, version: ApiVersion | None) -> Request:
        """Return the request in an API version; None: without a version prefix (only for _ping and version)."""
        query: dict[str, QueryValue] = {name: value for name, value in self.query.items() if value is not None}
        body = self.body
        if version is not None:
            self._check(version, query)
            dropped = {name for name, since in self.drops.items() if version < since}
            dropped |= {name for name, until in self.ends.items() if version >= until}
            query = {name: _kept(name, value, dropped) for name, value in query.items() if name not in dropped}
            if isinstance(body, Mapping):
                body = {name: value for name, value in body.items() if name not in dropped}
        headers = {"User-Agent": USER_AGENT, **self.headers}
        encoded: bytes | None = None
        if isinstance(body, bytes):
            encoded = body
        elif body is not None:
            if isinstance(body, Mapping):
                body = {name: value for name, value in body.items() if value is not None}
            encoded = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return Request(self.operation.method, self.target(version, query), headers, encoded)

    def target(self, version: ApiVersion | None, query: Mapping[str, QueryValue]) -> str:
        """Return "/v1.41/containers/…?all=1". Raise NotFound for an id that no path can hold ("", "..")."""
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace("{" + name + "}", self._quoted(value))
        prefix = f"/v{version}" if version is not None else ""
        pairs = [(name, item) for name, value in query.items() for item in _texts(value)]
        text = urlencode(pairs, errors="replace")
        return f"{prefix}{path}?{text}" if text else f"{prefix}{path}"

    def _quoted(self, value: str) -> str:
        value = value.removeprefix("/")
        if value in ("", ".", ".."):  # "//" is answered by a redirect, dots are folded away on the way
            raise NotFound(404, f"No such object: {value!r}", operation=self.operation.id)
        return quote(value, safe="", errors="replace")

    def _check(self, version: ApiVersion, query: Mapping[str, QueryValue]) -> None:
        operation = self.operation
        if version < operation.since and operation.kind.value != "ping":
            raise VersionTooOld(operation.id, operation.since, version)
        body = self.body if isinstance(self.body, Mapping) else {}
        given = {name for name, value in (*query.items(), *body.items()) if value is not None} | self.sends
        for name, value in query.items():
            if isinstance(value, Mapping):
                given |= {f"{name}.{key}" for key in value}
        for name, since in self.needs.items():
            if version < since and name in given:
                raise VersionTooOld(operation.id, since, version, parameter=name)


def _kept(name: str, value: QueryValue, dropped: set[str]) -> QueryValue:
    if not isinstance(value, Mapping):
        return value
    return {key: item for key, item in value.items() if f"{name}.{key}" not in dropped}


def _texts(value: QueryValue) -> Sequence[str | bytes]:
    """What a parameter is written as, each time it is there."""
    if value is None or value == {}:
        return ()
    return value if isinstance(value, tuple) else (_text(value),)


def _text(value: str | bytes | int | Mapping[str, Sequence[str]]) -> str | bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Mapping):
        return json.dumps({name: list(values) for name, values in value.items()}, separators=(",", ":"))
    return str(value)
