"""CreateSpec: the body of ContainerCreate, as far as we ever send it.

What is not a member here cannot reach an engine: the JSON is made from these members, never from what somebody sent.
Members left at their defaults are not sent, so that the engine's own defaults hold. Names are those of the reference.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, convert, field, to_builtins

from apps.engine.version import ApiVersion


class _Part(Struct, rename="pascal", omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Omits what is not set; refuses what it does not know."""


class HealthcheckSpec(_Part):
    """The probe. Times in nanoseconds, 0: as the image says."""

    test: list[str] | None = None
    interval: int = 0
    timeout: int = 0
    retries: int = 0
    start_period: int = 0
    start_interval: int = 0


class PortBindingSpec(_Part):
    """Where a port is published; the port is text on the wire, "" lets the engine choose."""

    host_ip: str = ""
    host_port: str = ""


class RestartPolicySpec(_Part):
    """When the engine restarts the container."""

    name: str = ""
    maximum_retry_count: int = 0


class LogConfigSpec(_Part):
    """The log driver and its options."""

    type: str = ""
    config: dict[str, str] | None = None


class DeviceSpec(_Part):
    """A device node of the host."""

    path_on_host: str
    path_in_container: str
    cgroup_permissions: str


class UlimitSpec(_Part, omit_defaults=False):
    """An rlimit; -1 is unlimited."""

    name: str
    soft: int
    hard: int


class WeightSpec(_Part):
    """Relative block I/O weight of one device, 10 to 1000."""

    path: str
    weight: int


class RateSpec(_Part):
    """Bytes or operations per second of one device."""

    path: str
    rate: int


class DeviceRequestSpec(_Part):
    """Devices that a driver chooses, such as GPUs; `count` -1 is all of them."""

    driver: str = ""
    count: int = 0
    device_ids: list[str] | None = field(name="DeviceIDs", default=None)
    capabilities: list[list[str]] | None = None
    options: dict[str, str] | None = None


class BindOptionsSpec(_Part):
    """Options of a bind mount."""

    propagation: str = ""
    non_recursive: bool = False
    create_mountpoint: bool = False
    read_only_non_recursive: bool = False
    read_only_force_recursive: bool = False


class DriverConfigSpec(_Part):
    """A volume's driver."""

    name: str = ""
    options: dict[str, str] | None = None


class VolumeOptionsSpec(_Part):
    """Options of a volume that may be made along with the container."""

    no_copy: bool = False
    labels: dict[str, str] | None = None
    driver_config: DriverConfigSpec | None = None
    subpath: str = ""


class TmpfsOptionsSpec(_Part):
    """Size in bytes and permission bits of a tmpfs."""

    size_bytes: int = 0
    mode: int = 0
    options: list[list[str]] | None = None


class ImageOptionsSpec(_Part):
    """What is mounted of an image."""

    subpath: str = ""


class MountSpec(_Part):
    """A mount: bind, volume, tmpfs or image."""

    type: str
    target: str
    source: str = ""
    read_only: bool = False
    consistency: str = ""
    bind_options: BindOptionsSpec | None = None
    volume_options: VolumeOptionsSpec | None = None
    tmpfs_options: TmpfsOptionsSpec | None = None
    image_options: ImageOptionsSpec | None = None


class HostSpec(_Part):
    """Settings that depend on the host. Sizes in bytes."""

    binds: list[str] | None = None
    links: list[str] | None = None
    pid_mode: str = ""
    port_bindings: dict[str, list[PortBindingSpec]] | None = None
    publish_all_ports: bool = False
    privileged: bool = False
    readonly_rootfs: bool = False
    dns: list[str] | None = None
    dns_search: list[str] | None = None
    dns_options: list[str] | None = None
    extra_hosts: list[str] | None = None
    volumes_from: list[str] | None = None
    cap_add: list[str] | None = None
    cap_drop: list[str] | None = None
    group_add: list[str] | None = None
    restart_policy: RestartPolicySpec | None = None
    network_mode: str = ""
    security_opt: list[str] | None = None
    log_config: LogConfigSpec | None = None
    ipc_mode: str = ""
    memory: int = 0
    memory_swap: int = 0
    memory_reservation: int = 0
    memory_swappiness: int | None = None
    kernel_memory: int = 0
    kernel_memory_tcp: int = field(name="KernelMemoryTCP", default=0)
    cpu_shares: int = 0
    cpu_period: int = 0
    cpu_quota: int = 0
    cpu_realtime_period: int = 0
    cpu_realtime_runtime: int = 0
    nano_cpus: int = 0
    cpuset_cpus: str = ""
    cpuset_mems: str = ""
    pids_limit: int | None = None
    blkio_weight: int = 0
    blkio_weight_device: list[WeightSpec] | None = None
    blkio_device_read_bps: list[RateSpec] | None = None
    blkio_device_write_bps: list[RateSpec] | None = None
    blkio_device_read_i_ops: list[RateSpec] | None = field(name="BlkioDeviceReadIOps", default=None)
    blkio_device_write_i_ops: list[RateSpec] | None = field(name="BlkioDeviceWriteIOps", default=None)
    oom_kill_disable: bool = False
    oom_score_adj: int = 0
    cgroup_parent: str = ""
    cgroup: str = ""
    cgroupns_mode: str = ""
    devices: list[DeviceSpec] | None = None
    device_cgroup_rules: list[str] | None = None
    device_requests: list[DeviceRequestSpec] | None = None
    ulimits: list[UlimitSpec] | None = None
    volume_driver: str = ""
    shm_size: int = 0
    tmpfs: dict[str, str] | None = None
    userns_mode: str = ""
    uts_mode: str = field(name="UTSMode", default="")
    sysctls: dict[str, str] | None = None
    storage_opt: dict[str, str] | None = None
    runtime: str = ""
    auto_remove: bool = False
    init: bool | None = None
    mounts: list[MountSpec] | None = None
    masked_paths: list[str] | None = None
    readonly_paths: list[str] | None = None
    annotations: dict[str, str] | None = None


class AddressSpec(_Part):
    """Static addresses, for networks with a subnet of their own."""

    ipv4_address: str = field(name="IPv4Address", default="")
    ipv6_address: str = field(name="IPv6Address", default="")
    link_local_ips: list[str] | None = field(name="LinkLocalIPs", default=None)


class EndpointSpec(_Part):
    """The container on one network."""

    ipam_config: AddressSpec | None = field(name="IPAMConfig", default=None)
    links: list[str] | None = None
    aliases: list[str] | None = None
    driver_opts: dict[str, str] | None = None
    gw_priority: int = 0


class NetworkingSpec(_Part):
    """Networks by name; engines below API 1.44 take one."""

    endpoints_config: dict[str, EndpointSpec] | None = None


class CreateSpec(_Part):
    """A container to be. An empty `image` is left to the caller: engines take it and fail at the start."""

    image: str
    hostname: str = ""
    domainname: str = ""
    user: str = ""
    tty: bool = False
    open_stdin: bool = False
    stdin_once: bool = False
    env: list[str] | None = None
    cmd: list[str] | None = None
    entrypoint: list[str] | None = None
    labels: dict[str, str] | None = None
    volumes: dict[str, dict[str, str]] | None = None
    working_dir: str = ""
    network_disabled: bool = False
    mac_address: str = ""
    exposed_ports: dict[str, dict[str, str]] | None = None
    stop_signal: str = ""
    stop_timeout: int | None = None
    healthcheck: HealthcheckSpec | None = None
    host_config: HostSpec | None = None
    networking_config: NetworkingSpec | None = None


class ContainerCreated(Struct, rename="pascal"):
    """The answer of ContainerCreate: the full id, and what the engine would have liked otherwise."""

    id: str = ""
    raw_warnings: list[str] | None = field(name="Warnings", default=None)

    @property
    def warnings(self) -> list[str]:
        """Warnings, [] when there are none."""
        return self.raw_warnings or []


_EXACT_NAMES = ("HostConfig.PortBindings", "HostConfig.Annotations", "Labels", "Volumes", "ExposedPorts")
"""Maps whose keys are somebody's words, not members."""

SINCE: dict[str, ApiVersion] = {
    name: ApiVersion.parse(version)
    for version, names in {
        "1.21": "StopSignal HostConfig.DnsOptions HostConfig.VolumeDriver HostConfig.OomScoreAdj "
        "HostConfig.MemoryReservation HostConfig.KernelMemory",
        "1.22": "HostConfig.ShmSize HostConfig.Tmpfs HostConfig.BlkioWeightDevice HostConfig.BlkioDeviceReadBps "
        "HostConfig.BlkioDeviceWriteBps HostConfig.BlkioDeviceReadIOps HostConfig.BlkioDeviceWriteIOps "
        "NetworkingConfig.EndpointsConfig",
        "1.23": "HostConfig.UsernsMode HostConfig.PidsLimit",
        "1.24": "Healthcheck HostConfig.Sysctls HostConfig.StorageOpt HostConfig.Runtime "
        "NetworkingConfig.EndpointsConfig.*.IPAMConfig.LinkLocalIPs",
        "1.25": "StopTimeout HostConfig.AutoRemove HostConfig.Init HostConfig.Mounts HostConfig.Cgroup "
        "HostConfig.CpuRealtimePeriod HostConfig.CpuRealtimeRuntime HostConfig.NanoCpus",
        "1.28": "HostConfig.DeviceCgroupRules HostConfig.Mounts[].Consistency",
        "1.29": "Healthcheck.StartPeriod",
        "1.32": "NetworkingConfig.EndpointsConfig.*.DriverOpts",
        "1.38": "HostConfig.MaskedPaths HostConfig.ReadonlyPaths",
        "1.40": "HostConfig.DeviceRequests HostConfig.KernelMemoryTCP HostConfig.Mounts[].BindOptions.NonRecursive",
        "1.41": "HostConfig.CgroupnsMode",
        "1.42": "HostConfig.Mounts[].BindOptions.CreateMountpoint",
        "1.43": "HostConfig.Annotations",
        "1.44": "Healthcheck.StartInterval HostConfig.Mounts[].BindOptions.ReadOnlyNonRecursive "
        "HostConfig.Mounts[].BindOptions.ReadOnlyForceRecursive",
        "1.45": "HostConfig.Mounts[].VolumeOptions.Subpath",
        "1.46": "HostConfig.Mounts[].TmpfsOptions.Options",
        "1.48": "HostConfig.Mounts[].ImageOptions NetworkingConfig.EndpointsConfig.*.GwPriority",
    }.items()
    for name in names.split()
}
"""Member, as the reference writes it → the API version that brought it. What is not here is as old as our floor."""

UNTIL: dict[str, ApiVersion] = {"HostConfig.KernelMemory": ApiVersion(1, 42)}
"""Member → the API version that has it no more."""


def create_body(spec: CreateSpec) -> dict[str, Any]:
    """Return the JSON of a spec: its members and nothing else."""
    body: dict[str, Any] = to_builtins(spec)
    return body


def create_spec(body: dict[str, Any]) -> CreateSpec:
    """Read a spec from its JSON. Raise msgspec.ValidationError for any member that CreateSpec does not have."""
    return convert(body, CreateSpec)


def members_of(body: dict[str, Any]) -> set[str]:
    """Return the members that a body holds, as the reference writes them: `HostConfig.Mounts[].Target`."""
    found: set[str] = set()
    _walk(body, "", found)
    return found


def _walk(value: Any, path: str, found: set[str]) -> None:
    if path:
        found.add(path.removesuffix("[]"))
    if isinstance(value, dict) and path not in _EXACT_NAMES:
        for name, item in value.items():
            inner = "*" if path == "NetworkingConfig.EndpointsConfig" else name
            _walk(item, f"{path}.{inner}" if path else inner, found)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                _walk(item, f"{path}[]", found)
