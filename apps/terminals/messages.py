"""The text messages of our sockets: JSON objects with a `type`. Bytes never travel as text."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.core.problems import Problem

SMALLEST_SIDE = 1
LARGEST_SIDE = 1000
LONGEST_CONTROL_CHARS = 16 * 1024
MOST_WATCHED = 50

PONG = '{"type":"pong"}'
LIVE = '{"type":"live"}'
RESYNC = '{"type":"resync"}'
LOST = '{"type":"lost"}'


@dataclass(frozen=True, slots=True)
class Resize:
    """The terminal's size in characters, each side within 1..1000."""

    cols: int
    rows: int


@dataclass(frozen=True, slots=True)
class Ack:
    """The browser has drawn so many more bytes."""

    byte_count: int


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life; answered by PONG."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Ids of the containers whose samples are wanted from now on, at most MOST_WATCHED."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """The activity is to end."""


@dataclass(frozen=True, slots=True)
class Tell:
    """This page can show that the activity has ended, if no other page of the same person has."""

    id: uuid.UUID


Control = Resize | Ack | Ping | Watch | Cancel | Tell


def parse_control(text: str) -> Control | None:
    """What the browser asks for; None for everything that is no control message we know."""
    if len(text) > LONGEST_CONTROL_CHARS:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    match message:
        case {"type": "resize", "cols": int(cols), "rows": int(rows)}:
            return Resize(clamp(cols), clamp(rows))
        case {"type": "ack", "bytes": int(byte_count)} if byte_count >= 0:
            return Ack(byte_count)
        case {"type": "ping"}:
            return Ping()
        case {"type": "watch", "ids": list(ids)}:
            wanted = dict.fromkeys(one for one in ids if isinstance(one, str))
            return Watch(tuple(wanted)[:MOST_WATCHED])
        case {"type": "cancel"}:
            return Cancel()
        case {"type": "tell", "id": str(activity_id)}:
            return _tell(activity_id)
    return None


def _tell(activity_id: str) -> Tell | None:
    try:
        return Tell(uuid.UUID(activity_id))
    except ValueError:
        return None


def clamp(side: int) -> int:
    """A terminal's side as engines can take it."""
    return min(LARGEST_SIDE, max(SMALLEST_SIDE, side))


def ready(facts: Mapping[str, object]) -> str:
    """The first message: the stream stands, and this is what it is."""
    return _text({"type": "ready", **facts})


def exit_message(exit_code: int) -> str:
    """The process ended."""
    return _text({"type": "exit", "code": exit_code})


def end(reason: str, *, exit_code: int | None = None) -> str:
    """The stream ended for a reason that is no failure; with the exit code of the container where it is known."""
    return _text({"type": "end", "reason": reason} | ({} if exit_code is None else {"code": exit_code}))


def problem(found: Problem) -> str:
    """A failure in words."""
    return _text(found.as_message())


def sample(values: Mapping[str, object]) -> str:
    """One sample of one container."""
    return _text({"type": "sample", **values})


def samples(values: Sequence[Mapping[str, object]]) -> str:
    """The newest samples of several containers."""
    return _text({"type": "samples", "samples": list(values)})


def of(kind: str, values: Mapping[str, object]) -> str:
    """A message of a kind that one socket alone has."""
    return _text({"type": kind, **values})


def _text(message: Mapping[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"))
