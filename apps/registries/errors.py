"""What a registry, or the way to it, has against a request."""

from __future__ import annotations

from enum import StrEnum

from apps.core.errors import Refusal


class Why(StrEnum):
    """The kind of a failure, for what hangs on it."""

    UNREACHABLE = "unreachable"
    WANTS_CREDENTIALS = "wants_credentials"
    WRONG_CREDENTIALS = "wrong_credentials"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"
    TOO_MANY = "too_many"
    BUSY = "busy"
    STRANGE = "strange"


_STATUSES = {Why.UNKNOWN: 404, Why.FORBIDDEN: 403, Why.NOT_OFFERED: 409, Why.TOO_MANY: 503, Why.BUSY: 503}


class RegistryFailure(Refusal):
    """A registry did not give what was asked for; `why` tells the kinds apart."""

    def __init__(self, why: Why, title: str, detail: str = "", *, hint: str = "") -> None:
        super().__init__(title, detail, hint=hint, status=_STATUSES.get(why, 502))
        self.why = why
