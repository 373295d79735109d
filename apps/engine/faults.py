"""From the operating system's (or a library's) complaint about a connection to our error."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from apps.engine.endpoint import Endpoint
from apps.engine.errors import Reason, Unreachable

_REFUSED = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}
_TIMEOUT = {errno.ETIMEDOUT, errno.EAGAIN}


def unreachable(
    endpoint: Endpoint, exc: BaseException, *, operation: str | None = None, is_connected: bool = False
) -> Unreachable:
    """Return the Unreachable that `exc` stands for, whatever a library wrapped round it.

    `is_connected`: the connection had stood, so what is not plainly something else means that it was lost.
    """
    reason, cause = reason_of(exc, is_connected=is_connected)
    return Unreachable(endpoint, reason, _words(cause), operation=operation)


def reason_of(exc: BaseException, *, is_connected: bool = False) -> tuple[Reason, BaseException]:
    """Return why a connection failed, and the innermost exception that says so."""
    for cause in causes(exc):
        reason = _reason(cause)
        if reason is not None and not (is_connected and reason is not Reason.TLS):
            return reason, cause
    return Reason.LOST, exc


def _reason(exc: BaseException) -> Reason | None:
    if isinstance(exc, socket.gaierror):
        return Reason.DNS
    if isinstance(exc, ssl.SSLError | ssl.CertificateError):
        return Reason.TLS
    if isinstance(exc, TimeoutError):
        return Reason.TIMEOUT
    if isinstance(exc, FileNotFoundError | NotADirectoryError):
        return Reason.NO_SOCKET
    if isinstance(exc, PermissionError):
        return Reason.PERMISSION
    if isinstance(exc, OSError) and exc.errno in _REFUSED:
        return Reason.REFUSED
    if isinstance(exc, OSError) and exc.errno in _TIMEOUT:
        return Reason.TIMEOUT
    return None


def causes(exc: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all it was made of, the innermost first."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [exc]
    while waiting:
        current = waiting.pop()
        if any(current is other for other in seen):
            continue
        seen.append(current)
        inner = [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
        waiting.extend(item for item in inner if isinstance(item, BaseException))
    yield from reversed(seen)


def _words(exc: BaseException) -> str:
    if isinstance(exc, OSError) and exc.strerror:
        return str(exc.strerror)
    return str(exc)
