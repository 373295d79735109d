"""ContainerBrief: a row of `GET /containers/json` of which only the cheap half is read at once.

A page that lists thousands of containers shows fifty: ports, labels, mounts and networks stay JSON until they are asked
for. Such a row keeps the whole answer alive that it was cut from.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from apps.engine.errors import ProtocolBroken
from apps.engine.types import tolerance
from apps.engine.types.containers import (
    SHORT_ID_LENGTH,
    ContainerSummary,
    MountPoint,
    Port,
    SummaryHealth,
    exit_code_of,
    state_of,
)

T = TypeVar("T", bound=Struct)

_HEALTH_BY_STATUS = {"(healthy)": "healthy", "(unhealthy)": "unhealthy", "(health: starting)": "starting"}


class ContainerBrief(Struct, rename="pascal", gc=False):
    """A container as lists show it; the properties mean what they mean in ContainerSummary."""

    id: str = ""
    raw_names: list[str] | None = field(name="Names", default=None)
    image: str = ""
    image_id: str = field(name="ImageID", default="")
    command: str = ""
    created: int = 0
    raw_state: str | None = field(name="State", default=None)
    status: str = ""
    ports_json: Raw = field(name="Ports", default=Raw(b"null"))
    labels_json: Raw = field(name="Labels", default=Raw(b"null"))
    mounts_json: Raw = field(name="Mounts", default=Raw(b"null"))
    network_settings_json: Raw = field(name="NetworkSettings", default=Raw(b"null"))
    raw_health: SummaryHealth | None = field(name="Health", default=None)

    @property
    def short_id(self) -> str:
        """The first 12 characters of the id."""
        return self.id[:SHORT_ID_LENGTH]

    @property
    def names(self) -> list[str]:
        """All names without their leading slash; names of legacy links ("other/alias") come after its own."""
        return sorted((name.removeprefix("/") for name in self.raw_names or ()), key=lambda name: "/" in name)

    @property
    def name(self) -> str:
        """The container's own name, its short id when it has none (while it is being removed)."""
        names = self.names
        return names[0] if names and names[0] else self.short_id

    @property
    def state(self) -> str:
        """created, running, paused, restarting, removing, exited or dead; "" when it cannot be told."""
        return self.raw_state or state_of(self.status)

    @property
    def health(self) -> str:
        """starting, healthy or unhealthy; "" without a health check or while it does not run."""
        if self.raw_health is not None and self.raw_health.status not in (None, "none"):
            return self.raw_health.status or ""
        status = self.status
        return _HEALTH_BY_STATUS.get(status[status.rfind("(") :], "") if status.endswith(")") else ""

    @property
    def exit_code(self) -> int | None:
        """The exit code of an exited container, None otherwise."""
        return exit_code_of(self.status)

    @property
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return {name: text for name, text in _members(self.labels_json).items() if isinstance(text, str)}

    @property
    def ports(self) -> list[Port]:
        """Ports, [] when there are none."""
        return _items(Port, self.ports_json)

    @property
    def mounts(self) -> list[MountPoint]:
        """Mounts, [] when there are none or the engine is too old to tell (API < 1.23)."""
        return _items(MountPoint, self.mounts_json)

    @property
    def network_names(self) -> list[str]:
        """Networks, [] when there are none or the engine is too old to tell (API < 1.22)."""
        networks = _members(self.network_settings_json).get("Networks")
        return list(networks) if isinstance(networks, dict) else []


_briefs = msgspec.json.Decoder(list[ContainerBrief] | None)


def container_briefs_of(body: bytes) -> list[ContainerBrief]:
    """Read a list of containers; what does not fit is dropped field by field, as `tolerance` does."""
    try:
        return _briefs.decode(body) or []
    except (msgspec.DecodeError, UnicodeDecodeError):
        summaries = tolerance.read_list(ContainerSummary, body)
        return _briefs.decode(msgspec.json.encode(summaries)) or []


def _members(raw: Raw) -> dict[str, Any]:
    try:
        members = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return members if isinstance(members, dict) else {}


def _items(kind: type[T], raw: Raw) -> list[T]:
    try:
        return tolerance.read_list(kind, bytes(raw))
    except ProtocolBroken:
        return []
