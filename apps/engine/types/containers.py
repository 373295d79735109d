"""ContainerSummary: a row of `GET /containers/json`, and the pieces that inspect answers share with it."""

from __future__ import annotations

import re

from msgspec import Struct, field

SHORT_ID_LENGTH = 12

_EXIT_CODE = re.compile(r"^Exited \((-?\d+)\)")
_HEALTH = re.compile(r"\((?:health: )?(starting|healthy|unhealthy)\)")
_STATES_BY_STATUS = (
    ("(Paused)", "paused"),
    ("Restarting", "restarting"),
    ("Removal In Progress", "removing"),
    ("Up", "running"),
    ("Exited", "exited"),
    ("Created", "created"),
    ("Dead", "dead"),
)


class Port(Struct, rename="pascal", gc=False):
    """A port: `public_port` None when it is only exposed. The same port may come twice, for IPv4 and IPv6."""

    ip: str | None = field(name="IP", default=None)
    private_port: int | None = None
    public_port: int | None = None
    type: str | None = None


class MountPoint(Struct, rename="pascal", gc=False):
    """A mount: `type` is bind, volume, tmpfs, npipe, image or cluster; `name` is set for volumes."""

    type: str | None = None
    name: str | None = None
    source: str | None = None
    destination: str | None = None
    driver: str | None = None
    mode: str | None = None
    is_writable: bool | None = field(name="RW", default=None)
    propagation: str | None = None


class EndpointSettings(Struct, rename="pascal", gc=False):
    """A container's place in one network. Addresses are "" while it does not run."""

    network_id: str | None = field(name="NetworkID", default=None)
    endpoint_id: str | None = field(name="EndpointID", default=None)
    gateway: str | None = None
    ip_address: str | None = field(name="IPAddress", default=None)
    ip_prefix_len: int | None = field(name="IPPrefixLen", default=None)
    ipv6_gateway: str | None = field(name="IPv6Gateway", default=None)
    global_ipv6_address: str | None = field(name="GlobalIPv6Address", default=None)
    global_ipv6_prefix_len: int | None = field(name="GlobalIPv6PrefixLen", default=None)
    mac_address: str | None = None
    raw_aliases: list[str] | None = field(name="Aliases", default=None)
    raw_dns_names: list[str] | None = field(name="DNSNames", default=None)

    @property
    def aliases(self) -> list[str]:
        """Names of the container in this network."""
        return self.raw_dns_names or self.raw_aliases or []


class SummaryHostConfig(Struct, rename="pascal", gc=False):
    """The little of HostConfig that summaries hold."""

    network_mode: str | None = None


class SummaryNetworkSettings(Struct, rename="pascal", gc=False):
    """The networks of a summary, by name."""

    networks: dict[str, EndpointSettings | None] | None = None


class SummaryHealth(Struct, rename="pascal", gc=False):
    """The health of a summary (API 1.52)."""

    status: str | None = None
    failing_streak: int | None = None


class ContainerSummary(Struct, rename="pascal", gc=False):
    """A container as lists show it. `raw_…` fields may be None; the properties of the same name never are.

    `created` is in unix seconds; `size_rw`, `size_root_fs` are bytes, only with `size=True`.
    """

    id: str = ""
    raw_names: list[str] | None = field(name="Names", default=None)
    image: str = ""
    image_id: str = field(name="ImageID", default="")
    command: str = ""
    created: int = 0
    raw_ports: list[Port] | None = field(name="Ports", default=None)
    size_rw: int | None = None
    size_root_fs: int | None = None
    raw_labels: dict[str, str] | None = field(name="Labels", default=None)
    raw_state: str | None = field(name="State", default=None)
    status: str = ""
    host_config: SummaryHostConfig | None = None
    network_settings: SummaryNetworkSettings | None = None
    raw_mounts: list[MountPoint] | None = field(name="Mounts", default=None)
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
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return self.raw_labels or {}

    @property
    def ports(self) -> list[Port]:
        """Ports, [] when there are none."""
        return self.raw_ports or []

    @property
    def mounts(self) -> list[MountPoint]:
        """Mounts, [] when there are none or the engine is too old to tell (API < 1.23)."""
        return self.raw_mounts or []

    @property
    def networks(self) -> dict[str, EndpointSettings]:
        """Networks by name, {} when there are none or the engine is too old to tell (API < 1.22)."""
        found = (self.network_settings.networks if self.network_settings else None) or {}
        return {name: settings or EndpointSettings() for name, settings in found.items()}

    @property
    def state(self) -> str:
        """created, running, paused, restarting, removing, exited or dead; "" when it cannot be told.

        Before API 1.23 there is only the human `status`, from which it is read.
        """
        return self.raw_state or state_of(self.status)

    @property
    def is_running(self) -> bool:
        """Whether its processes exist; paused and restarting ones count."""
        return self.state in ("running", "paused", "restarting")

    @property
    def health(self) -> str:
        """starting, healthy or unhealthy; "" without a health check or while it does not run."""
        if self.raw_health is not None and self.raw_health.status not in (None, "none"):
            return self.raw_health.status or ""
        match = _HEALTH.search(self.status)
        return match[1] if match else ""

    @property
    def exit_code(self) -> int | None:
        """The exit code of an exited container, None otherwise."""
        return exit_code_of(self.status)


def state_of(status: str) -> str:
    """Read the state out of the words for people ("Up 3 hours (Paused)"); "" when it cannot be told."""
    return next((state for mark, state in _STATES_BY_STATUS if mark in status), "")


def exit_code_of(status: str) -> int | None:
    """Read the exit code out of "Exited (137) 2 hours ago", None for what has not exited."""
    match = _EXIT_CODE.match(status)
    return int(match[1]) if match else None
