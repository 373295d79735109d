"""ContainerInspect: the whole record of one container."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from apps.engine.types import tolerance
from apps.engine.types.containers import SHORT_ID_LENGTH, EndpointSettings, MountPoint

_NEVER = "0001-01-01T00:00:00Z"


class HealthLog(Struct, rename="pascal"):
    """One run of the health check. `start` and `end` are RFC 3339."""

    start: str | None = None
    end: str | None = None
    exit_code: int | None = None
    output: str | None = None


class Health(Struct, rename="pascal"):
    """State of the health check (API 1.24): starting, healthy, unhealthy, none."""

    status: str | None = None
    failing_streak: int | None = None
    raw_log: list[HealthLog] | None = field(name="Log", default=None)

    @property
    def log(self) -> list[HealthLog]:
        """The last runs, oldest first."""
        return self.raw_log or []


class ContainerState(Struct, rename="pascal"):
    """What the container does. `started_at`, `finished_at` are RFC 3339, None when that never happened."""

    raw_status: str | None = field(name="Status", default=None)
    running: bool = False
    paused: bool = False
    restarting: bool = False
    oom_killed: bool = field(name="OOMKilled", default=False)
    dead: bool = False
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    raw_started_at: str | None = field(name="StartedAt", default=None)
    raw_finished_at: str | None = field(name="FinishedAt", default=None)
    health: Health | None = None

    @property
    def status(self) -> str:
        """created, running, paused, restarting, removing, exited or dead; derived for engines before 1.9."""
        if self.raw_status:
            return self.raw_status
        if self.paused:
            return "paused"
        if self.restarting:
            return "restarting"
        if self.running:
            return "running"
        if self.dead:
            return "dead"
        return "exited" if self.started_at else "created"

    @property
    def started_at(self) -> str | None:
        """When it was started last."""
        return _moment(self.raw_started_at)

    @property
    def finished_at(self) -> str | None:
        """When it ended last; still set while it runs again."""
        return _moment(self.raw_finished_at)


class ContainerConfig(Struct, rename="pascal"):
    """What was asked for at create, mostly."""

    hostname: str = ""
    domainname: str = ""
    user: str = ""
    tty: bool = False
    open_stdin: bool = False
    stdin_once: bool = False
    attach_stdin: bool = False
    attach_stdout: bool = False
    attach_stderr: bool = False
    image: str = ""
    working_dir: str = ""
    stop_signal: str = ""
    stop_timeout_s: int | None = field(name="StopTimeout", default=None)
    raw_cmd: list[str] | str | None = field(name="Cmd", default=None)
    raw_entrypoint: list[str] | str | None = field(name="Entrypoint", default=None)
    raw_env: list[str] | None = field(name="Env", default=None)
    raw_labels: dict[str, str] | None = field(name="Labels", default=None)
    raw_exposed_ports: dict[str, Any] | None = field(name="ExposedPorts", default=None)
    raw_volumes: dict[str, Any] | None = field(name="Volumes", default=None)
    healthcheck: dict[str, Any] | None = None

    @property
    def cmd(self) -> list[str]:
        """Arguments of the command, [] when there are none."""
        return _words(self.raw_cmd)

    @property
    def entrypoint(self) -> list[str]:
        """The entrypoint, [] when there is none."""
        return _words(self.raw_entrypoint)

    @property
    def env(self) -> list[str]:
        """The environment as KEY=value. Values may be secrets."""
        return self.raw_env or []

    @property
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return self.raw_labels or {}

    @property
    def exposed_ports(self) -> list[str]:
        """Declared ports such as 80/tcp."""
        return sorted(self.raw_exposed_ports or {})


class RestartPolicy(Struct, rename="pascal"):
    """When the engine restarts it: "", no, always, unless-stopped, on-failure."""

    name: str | None = None
    maximum_retry_count: int | None = None


class LogConfig(Struct, rename="pascal"):
    """The log driver and its options."""

    type: str | None = None
    config: dict[str, str] | None = None


class PortBinding(Struct, rename="pascal"):
    """A published port. `host_port` is a string on the wire."""

    host_ip: str | None = None
    host_port: str | None = None


class HostConfig(Struct, rename="pascal"):
    """Settings that depend on the host. Sizes in bytes, 0 and None mean unlimited; `nano_cpus` is 10⁹ for one CPU."""

    raw_binds: list[str] | None = field(name="Binds", default=None)
    raw_tmpfs: dict[str, str] | None = field(name="Tmpfs", default=None)
    raw_links: list[str] | None = field(name="Links", default=None)
    network_mode: str = ""
    privileged: bool = False
    readonly_rootfs: bool = False
    auto_remove: bool = False
    publish_all_ports: bool = False
    restart_policy: RestartPolicy | None = None
    log_config: LogConfig | None = None
    raw_port_bindings: dict[str, list[PortBinding] | None] | None = field(name="PortBindings", default=None)
    raw_cap_add: list[str] | None = field(name="CapAdd", default=None)
    raw_cap_drop: list[str] | None = field(name="CapDrop", default=None)
    raw_security_opt: list[str] | None = field(name="SecurityOpt", default=None)
    raw_dns: list[str] | None = field(name="Dns", default=None)
    raw_extra_hosts: list[str] | None = field(name="ExtraHosts", default=None)
    pid_mode: str = ""
    ipc_mode: str = ""
    uts_mode: str = field(name="UTSMode", default="")
    userns_mode: str = ""
    cgroup_parent: str = ""
    runtime: str = ""
    init: bool | None = None
    memory_bytes: int | None = field(name="Memory", default=None)
    memory_swap_bytes: int | None = field(name="MemorySwap", default=None)
    memory_reservation_bytes: int | None = field(name="MemoryReservation", default=None)
    shm_size_bytes: int | None = field(name="ShmSize", default=None)
    nano_cpus: int | None = None
    cpu_shares: int | None = None
    cpu_period: int | None = None
    cpu_quota: int | None = None
    cpuset_cpus: str | None = None
    cpuset_mems: str | None = None
    pids_limit: int | None = None
    blkio_weight: int | None = None
    oom_kill_disable: bool | None = None

    @property
    def binds(self) -> list[str]:
        """Bind mounts as src:dst[:options]."""
        return self.raw_binds or []

    @property
    def links(self) -> dict[str, str]:
        """Legacy links by their alias: the other container's name. Inspect writes `/other:/this/alias`."""
        pairs = (link.partition(":") for link in self.raw_links or [])
        return {alias.rpartition("/")[2]: other.removeprefix("/") for other, _colon, alias in pairs if alias}

    @property
    def tmpfs(self) -> dict[str, str]:
        """File systems in memory: their path → mount options."""
        return self.raw_tmpfs or {}

    @property
    def cap_add(self) -> list[str]:
        """Added capabilities."""
        return self.raw_cap_add or []

    @property
    def cap_drop(self) -> list[str]:
        """Dropped capabilities."""
        return self.raw_cap_drop or []


class NetworkSettings(Struct, rename="pascal"):
    """Networks and ports. The flat addresses exist up to API 1.51, `networks` from 1.21."""

    raw_networks: dict[str, EndpointSettings | None] | None = field(name="Networks", default=None)
    raw_ports: dict[str, list[PortBinding] | None] | None = field(name="Ports", default=None)
    ip_address: str | None = field(name="IPAddress", default=None)
    ip_prefix_len: int | None = field(name="IPPrefixLen", default=None)
    gateway: str | None = None
    mac_address: str | None = None
    global_ipv6_address: str | None = field(name="GlobalIPv6Address", default=None)


class ContainerInspect(Struct, rename="pascal"):
    """One container. `raw` is the answer as it came, for who wants to show all of it; `created` is RFC 3339."""

    id: str = ""
    raw_name: str = field(name="Name", default="")
    created: str = ""
    path: str = ""
    raw_args: list[str] | None = field(name="Args", default=None)
    state: ContainerState = field(default_factory=ContainerState)
    image_id: str = field(name="Image", default="")
    restart_count: int = 0
    driver: str = ""
    platform: str = ""
    raw_exec_ids: list[str] | None = field(name="ExecIDs", default=None)
    host_config: HostConfig = field(default_factory=HostConfig)
    config: ContainerConfig = field(default_factory=ContainerConfig)
    network_settings: NetworkSettings = field(default_factory=NetworkSettings)
    raw_mounts: list[MountPoint] | None = field(name="Mounts", default=None)
    size_rw: int | None = None
    size_root_fs: int | None = None
    raw: bytes = field(name="-raw", default=b"")

    @property
    def name(self) -> str:
        """The name without its leading slash, the short id when there is none."""
        return self.raw_name.removeprefix("/") or self.short_id

    @property
    def short_id(self) -> str:
        """The first 12 characters of the id."""
        return self.id[:SHORT_ID_LENGTH]

    @property
    def args(self) -> list[str]:
        """Arguments of `path`."""
        return self.raw_args or []

    @property
    def exec_ids(self) -> list[str]:
        """Exec instances that run."""
        return self.raw_exec_ids or []

    @property
    def mounts(self) -> list[MountPoint]:
        """Mounts, [] when there are none."""
        return self.raw_mounts or []

    @property
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return self.config.labels

    @property
    def is_tty(self) -> bool:
        """Whether it has a terminal: then its streams are raw, otherwise they are framed."""
        return self.config.tty

    @property
    def is_running(self) -> bool:
        """Whether its processes exist; paused and restarting ones count."""
        return self.state.status in ("running", "paused", "restarting")

    @property
    def health(self) -> str:
        """starting, healthy or unhealthy; "" without a health check."""
        status = self.state.health.status if self.state.health else None
        return status if status not in (None, "none") else ""

    @property
    def networks(self) -> dict[str, EndpointSettings]:
        """Networks by name. On API 1.20 the one network is made of the flat addresses, under its mode's name."""
        settings = self.network_settings
        if settings.raw_networks is not None:
            return {name: found or EndpointSettings() for name, found in settings.raw_networks.items()}
        if not settings.ip_address:
            return {}
        mode = self.host_config.network_mode
        flat = EndpointSettings(
            ip_address=settings.ip_address,
            ip_prefix_len=settings.ip_prefix_len,
            gateway=settings.gateway,
            mac_address=settings.mac_address,
            global_ipv6_address=settings.global_ipv6_address,
        )
        return {"bridge" if mode in ("", "default") else mode: flat}

    @property
    def ports(self) -> dict[str, list[PortBinding]]:
        """Ports such as 80/tcp → where they are published ([]: only exposed)."""
        return {port: bindings or [] for port, bindings in (self.network_settings.raw_ports or {}).items()}


def container_inspect_of(body: bytes) -> ContainerInspect:
    """Read the answer of ContainerInspect. Raise ProtocolBroken when it is no JSON object."""
    found = tolerance.read(ContainerInspect, body)
    found.raw = body
    return found


def _moment(text: str | None) -> str | None:
    return None if not text or text == _NEVER else text


def _words(value: list[str] | str | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
