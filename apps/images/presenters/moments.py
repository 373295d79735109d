"""When images were made, as they say themselves."""

from datetime import UTC, datetime


def moment_of(seconds: float) -> str:
    """Unix seconds as a text for programs; "" for what no calendar holds: an image may say the year 0, or 10000."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
