"""Event: one line of `GET /events`."""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types import tolerance

_NANO = 1_000_000_000


class Actor(Struct, rename="pascal"):
    """What an event happened to, and its attributes: for containers the LABELS plus a few extra keys."""

    id: str | None = field(name="ID", default=None)
    attributes: dict[str, str] | None = None


class _WireEvent(Struct):
    type: str | None = field(name="Type", default=None)
    action: str | None = field(name="Action", default=None)
    actor: Actor | None = field(name="Actor", default=None)
    scope: str | None = None
    time: int | None = None
    time_nano: int | None = field(name="timeNano", default=None)
    status: str | None = None
    id: str | None = None
    origin: str | None = field(name="from", default=None)


class Event(Struct, frozen=True):
    """Something that happened on an engine.

    `action` is the kind alone (`exec_start`, `health_status`), `action_detail` the text after its ": ".
    `time_nano` is unix nanoseconds; 0 when the engine does not tell. `raw` is the line as it came.

    `attributes` of containers are their labels plus extras, and a label wins over an extra of its name: never take an
    exit code from them. Only `image` and `name` cannot be spoofed.
    """

    type: str
    action: str
    action_detail: str
    actor_id: str
    attributes: dict[str, str]
    time_nano: int
    scope: str
    raw: bytes

    @property
    def name(self) -> str:
        """The container's name (other objects: theirs, when the engine says it)."""
        return self.attributes.get("name", "")

    @property
    def image(self) -> str:
        """The container's image reference."""
        return self.attributes.get("image", "")

    @property
    def since(self) -> str:
        """The moment of this event as the engine takes it for `since`: "seconds.nanoseconds", inclusive."""
        return f"{self.time_nano // _NANO}.{self.time_nano % _NANO:09d}"


def event_of(line: bytes) -> Event:
    """Read one JSON object. Raise ProtocolBroken when it is none.

    Lines of engines before API 1.22 hold only status, id, from and time: they speak of containers, and of images when
    there is no `from`.
    """
    wire = tolerance.read(_WireEvent, line)
    actor = wire.actor or Actor()
    action, _, detail = (wire.action or wire.status or "").partition(": ")
    attributes = dict(actor.attributes or {})
    if wire.origin and not attributes:
        attributes["image"] = wire.origin
    kind = wire.type or ("container" if wire.origin else "image" if wire.status else "")
    nano = wire.time_nano if wire.time_nano else (wire.time or 0) * _NANO
    return Event(
        type=kind,
        action=action,
        action_detail=detail,
        actor_id=actor.id or wire.id or "",
        attributes=attributes,
        time_nano=nano,
        scope=wire.scope or "",
        raw=bytes(line),
    )
