"""From a reply to a result or an error.

Bodies of errors are JSON `{"message": …}` or plain text, depending on the version in the request's path (< 1.24 and
hijacked answers: text). The Content-Type alone tells, and for hijacked answers not even that: JSON is tried first.
Statuses are those of the engine except where engines up to 23, and Podman, answer 500 to what is the caller's mistake,
and where a 404 is about the operation itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from apps.engine.call import Call, Reply
from apps.engine.errors import (
    Ambiguous,
    ApiError,
    Conflict,
    NotFound,
    NotImplementedByEngine,
    ProtocolBroken,
    api_error_type,
)
from apps.engine.operations import Operation
from apps.engine.registry_auth import hidden

T = TypeVar("T")

_LONGEST_MESSAGE = 4000
_VERSION_REFUSED = re.compile(r"client version \S+ is too (?:old|new)", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"multiple ids found with provided prefix|more than one result for", re.IGNORECASE)
_WRONG_STATE = re.compile(
    r"is not paused|is already paused|is not running|is restarting, wait until"
    r"|container state improper|name is already in use|image is in use by a container",  # Podman's
    re.IGNORECASE,
)
_GONE = re.compile(r": no such container$")
"""What Podman answers by 500 where a container goes away under a call."""
_NO_SUCH_OPERATION = re.compile(r"Not Found|Path \S+ is not supported")
"""What Podman answers to what it does not have; of what it has, a 404 names the object."""
_BEING_REMOVED = re.compile(r"removal of container \S+ is already in progress", re.IGNORECASE)


def result_of(call: Call[T], reply: Reply) -> T:
    """Return what the call's parser makes of a success (2xx, 304); raise the ApiError of anything else.

    Raise ProtocolBroken for a redirect (engines send them for malformed paths only) and for a body that the parser
    cannot read.
    """
    error = error_of(call.operation, reply, sent=call.headers)
    if error is not None and not call.forgives(error):
        raise error
    return call.parse(reply)


def error_of(operation: Operation, reply: Reply, *, sent: Mapping[str, str]) -> ApiError | None:
    """Return the error a reply stands for, None for success: 1xx (upgrades), 2xx and 304 (nothing to do).

    Secrets that went along in the headers that were `sent` are not in its words.
    """
    status = reply.status
    if 100 <= status < 300 or status == 304:
        return None
    if status < 400:
        raise ProtocolBroken(f"unexpected redirect, status {status}", operation=operation.id)
    message = hidden(message_of(reply), sent)
    kind = api_error_type(status)
    if status in (400, 404, 500) and _AMBIGUOUS.search(message):
        kind = Ambiguous
    elif status == 500 and _WRONG_STATE.search(message):
        kind = Conflict
    elif status == 500 and _GONE.search(message):
        kind = NotFound
    elif status == 404 and _NO_SUCH_OPERATION.fullmatch(message):
        kind = NotImplementedByEngine
    return kind(status, message, operation=operation.id)


def message_of(reply: Reply) -> str:
    """Return the engine's own words, whatever form they came in; a plain sentence when there are none."""
    text = reply.body.decode("utf-8", "replace").strip()
    if text.startswith("{") and not reply.header("content-type").startswith("text/plain"):
        try:
            decoded = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            decoded = None
        message = decoded.get("message") if isinstance(decoded, dict) else None
        if isinstance(message, str) and message.strip():
            text = message.strip()
    if not text:
        return f"The engine gave no reason (status {reply.status})."
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def is_version_refusal(error: ApiError) -> bool:
    """Whether the engine refused the version prefix: it did nothing, and negotiating again may help."""
    return error.status == 400 and _VERSION_REFUSED.search(error.message) is not None


def is_being_removed(error: ApiError) -> bool:
    """Whether another request removes the container just now: 409, on engines 1.13 to 17.07 400."""
    return _BEING_REMOVED.search(error.message) is not None


def nothing(reply: Reply) -> None:
    """Parse an answer whose body does not matter (204, 304, 200 without a body)."""


def was_needed(reply: Reply) -> bool:
    """Parse an answer that is 304 when there was nothing to do."""
    return reply.status != 304


def body(reply: Reply) -> bytes:
    """Return the body as it is."""
    return reply.body
