"""What can go wrong between us and an engine.

EngineError
├── InvalidEndpoint            an address nobody can connect to (also a ValueError)
├── Unreachable                no connection, or it broke before the answer was complete
├── TimedOut                   connected, but the answer did not come in time
├── VersionTooOld              the engine is older than the operation or parameter
├── NoCommonVersion            no API version that both sides speak
├── ProtocolBroken             the other side does not talk like an engine
├── EngineGone                 a stream ended without its last chunk
└── ApiError                   the engine answered, and said no
    ├── BadRequest             400
    ├── Unauthorized           401
    ├── Forbidden              403
    ├── NotFound               404
    │   └── Ambiguous          a prefix that names several objects (400 or 500 on the wire)
    ├── Conflict               409 (and what older engines answer in its place)
    ├── NotImplementedByEngine 501
    └── ServerFault            any other 5xx

Nothing here knows of the web; words for people are made from these by the web side. `str(error)` is one sentence.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.engine.endpoint import Endpoint
    from apps.engine.version import ApiVersion


class EngineError(Exception):
    """The base of everything that this client raises on purpose.

    `operation` is the operationId (`ContainerStop`) or None when no operation was under way.
    """

    operation: str | None = None


class InvalidEndpoint(EngineError, ValueError):
    """An engine address that cannot be used; the message says why."""


class Reason(StrEnum):
    """Why an engine could not be reached."""

    NO_SOCKET = "no_socket"
    PERMISSION = "permission"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    DNS = "dns"
    LOST = "lost"


_REASONS = {
    Reason.NO_SOCKET: "the socket does not exist",
    Reason.PERMISSION: "access to the socket is denied",
    Reason.REFUSED: "the connection is refused",
    Reason.TIMEOUT: "the connection takes too long",
    Reason.TLS: "the TLS handshake failed",
    Reason.DNS: "the host name cannot be resolved",
    Reason.LOST: "the connection broke",
}

_HINTS = {
    Reason.NO_SOCKET: "Start the engine, or correct the path of its socket. In a container, mount the socket's folder.",
    Reason.PERMISSION: "Let the user that runs this program use the socket: usually by membership of the group docker.",
    Reason.REFUSED: "Start the engine, or correct the host and port.",
    Reason.TIMEOUT: "Check that the engine is running, and that no firewall stands between.",
    Reason.TLS: "Check the certificates (ca.pem, cert.pem, key.pem) and that the engine expects TLS on this port.",
    Reason.DNS: "Correct the host name of the engine, or the name service of this machine.",
    Reason.LOST: "The engine may have been restarted; try again.",
}


class Unreachable(EngineError):
    """No connection to the engine, or it was lost before the whole answer had come.

    With `Reason.LOST` a change may have been carried out: look before repeating it.
    """

    def __init__(self, endpoint: Endpoint, reason: Reason, detail: str = "", *, operation: str | None = None) -> None:
        self.endpoint = endpoint
        self.reason = reason
        self.detail = detail
        self.operation = operation
        tail = f" ({detail})" if detail else ""
        super().__init__(f"The engine at {endpoint} cannot be reached: {_REASONS[reason]}{tail}.")

    @property
    def hint(self) -> str:
        """One sentence of what a person can do about it."""
        return _HINTS[self.reason]


class TimedOut(EngineError):
    """The answer was not complete after `after_s` seconds.

    A timeout cancels nothing: with `is_change` the engine may still carry the operation out.
    """

    def __init__(self, operation: str, after_s: float, *, is_change: bool = False) -> None:
        self.operation = operation
        self.after_s = after_s
        self.is_change = is_change
        tail = " It may still be carried out." if is_change else ""
        super().__init__(f"{operation} was not answered within {after_s:g} seconds.{tail}")


class VersionTooOld(EngineError):
    """The operation, or a parameter of it, needs a newer API version than the one spoken."""

    def __init__(self, operation: str, needs: ApiVersion, speaks: ApiVersion, *, parameter: str | None = None) -> None:
        self.operation = operation
        self.needs = needs
        self.speaks = speaks
        self.parameter = parameter
        what = f"{parameter} of {operation}" if parameter else operation
        super().__init__(f"{what} needs API {needs}, the engine is spoken to in API {speaks}.")


class NoCommonVersion(EngineError):
    """`ours` and `theirs` are ranges of API versions ("1.20-1.51") without a common one."""

    def __init__(self, ours: str, theirs: str) -> None:
        self.ours = ours
        self.theirs = theirs
        super().__init__(f"This client speaks API {ours}, the engine API {theirs}: there is no common version.")


class ProtocolBroken(EngineError):
    """The answer is not what an engine sends."""

    def __init__(self, detail: str, *, operation: str | None = None) -> None:
        self.detail = detail
        self.operation = operation
        super().__init__(f"The engine's answer cannot be understood: {detail}.")


class EngineGone(EngineError):
    """A stream was cut: it ended without the mark of a proper end (the engine died or was restarted)."""

    def __init__(self, operation: str | None = None) -> None:
        self.operation = operation
        super().__init__("The engine went away in the middle of a stream.")


_GIST_CHARS = 2000


def gist(message: str) -> str:
    """The beginning and the end of an engine's words: all that patterns are looked for in.

    Engines repeat what was typed, what a build ran, and what a registry said, however long that is.
    """
    return message if len(message) <= 2 * _GIST_CHARS else f"{message[:_GIST_CHARS]}…{message[-_GIST_CHARS:]}"


class ApiError(EngineError):
    """An error status of the engine; `message` holds the engine's own words."""

    def __init__(self, status: int, message: str, *, operation: str | None = None) -> None:
        self.status = status
        self.message = message
        self.operation = operation
        super().__init__(message)


class BadRequest(ApiError):
    """400: the engine does not accept the request."""


class Unauthorized(ApiError):
    """401: credentials are missing or wrong."""


class Forbidden(ApiError):
    """403: the engine (or a plug-in of it) does not allow this."""


class NotFound(ApiError):
    """404: no such object."""


class Ambiguous(NotFound):
    """A prefix names several objects: 500 up to engine 23, 400 later. To us it names none."""


class Conflict(ApiError):
    """409: the object's state, or its name, is in the way."""


class NotImplementedByEngine(ApiError):
    """501: the engine cannot do this, such as reading logs of a driver that cannot be read."""


class ServerFault(ApiError):
    """Another 5xx. Engines up to 20.10 answer so to many mistakes of a client: show `message`, do not cry wolf."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    501: NotImplementedByEngine,
}


def api_error_type(status: int) -> type[ApiError]:
    """Return the leaf of the tree for an HTTP status from 400 on."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ServerFault if status >= 500 else ApiError
