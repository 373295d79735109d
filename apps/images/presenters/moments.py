"""When images were made, as they say themselves."""

from datetime import UTC, datetime

_NEVER_S = datetime(1, 1, 1, tzinfo=UTC).timestamp()
_NEVER = "0001-01-01T00:00:00"
"""What engines say of an image that does not tell when it was made."""


def moment_of(seconds: float) -> str:
    """Unix seconds as a text for programs; "" for what no calendar holds: an image may say the year 0, or 10000."""
    if seconds == _NEVER_S:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""


def known_moment(text: str) -> str:
    """An engine's moment as it is, "" for the one that means that it is not known."""
    return "" if text.startswith(_NEVER) else text
