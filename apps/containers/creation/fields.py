"""The fields of the create form: one row each. Form, run line, compose file and duplicate are all made from this.

A field's text is written as the `docker run` option of the same meaning takes it; options that may be repeated have a
line each. `path` is where the value stands in the JSON of ContainerCreate; a path that begins with "@" stands in the
settings of the network that was chosen. `version` says from which API version on the engine has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Union

from django.utils.translation import gettext_lazy as _

from apps.engine.types.container_create import SINCE, UNTIL
from apps.engine.version import FLOOR, ApiVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Kind(StrEnum):
    """How a field is written, and what is made of it."""

    TEXT = "text"
    CHOICE = "choice"
    TICK = "tick"
    TRISTATE = "tristate"
    INTEGER = "integer"
    SIZE = "size"
    CPUS = "cpus"
    DURATION = "duration"
    ARGV = "argv"
    LINES = "lines"
    PAIRS = "pairs"
    ENV = "env"
    PORTS = "ports"
    EXPOSE = "expose"
    BINDS = "binds"
    MOUNTS = "mounts"
    TMPFS = "tmpfs"
    DEVICES = "devices"
    GPUS = "gpus"
    ULIMITS = "ulimits"
    WEIGHTS = "weights"
    BYTE_RATES = "byte_rates"
    RATES = "rates"
    HEALTH = "health"
    HEALTH_OFF = "health_off"
    UNMASK = "unmask"

    @property
    def is_list(self) -> bool:
        """Whether the text has a line for each entry."""
        return self in _MANY


_MANY = frozenset(
    {
        Kind.LINES, Kind.PAIRS, Kind.ENV, Kind.PORTS, Kind.EXPOSE, Kind.BINDS, Kind.MOUNTS, Kind.TMPFS, Kind.DEVICES,
        Kind.GPUS, Kind.ULIMITS, Kind.WEIGHTS, Kind.BYTE_RATES, Kind.RATES,
    }
)  # fmt: skip

PLATFORM_SINCE = ApiVersion(1, 41)

Words = Union[str, "_StrPromise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row. `flag` is the option of docker run ("" for none), `compose` the key of a compose service."""

    name: str
    kind: Kind
    path: str
    label: Words
    flag: str = ""
    aliases: tuple[str, ...] = ()
    compose: str = ""
    help: Words = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: str = ""
    """What engines set when nothing is said: a duplicate leaves it unsaid where the engine would not know the field."""

    @property
    def reference(self) -> str:
        """The member's name in the reference."""
        return self.path.replace("@", "NetworkingConfig.EndpointsConfig.*.")

    @property
    def since(self) -> ApiVersion:
        """The API version that brought it."""
        if self.path.startswith("@"):
            return max(ApiVersion(1, 22), SINCE.get(self.reference, FLOOR))
        if self.path == "?platform":
            return PLATFORM_SINCE
        return SINCE.get(self.path, SINCE.get(self.path.split(".")[0], FLOOR))

    def is_in(self, version: ApiVersion) -> bool:
        """Whether an engine spoken to in this version has it."""
        until = UNTIL.get(self.path)
        return self.since <= version and (until is None or version < until)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together."""

    name: str
    label: Words
    fields: tuple[Field, ...]


BASIC = Group(
    "basic",
    _("Container"),
    (
        Field(name="image", kind=Kind.TEXT, path="Image", label=_("Image"), compose="image", example="nginx:1.27",
              help=_("A name with tag, or an id. One that is not here can be pulled.")),
        Field(name="name", kind=Kind.TEXT, path="?name", label=_("Name"), flag="--name", compose="container_name",
              example="web", help=_("Empty: the engine makes one up.")),
        Field(name="command", kind=Kind.ARGV, path="Cmd", label=_("Command"), compose="command",
              example="nginx -g 'daemon off;'", help=_("Empty: what the image says. Quotes group words, as in a shell.")),
        Field(name="ports", kind=Kind.PORTS, path="HostConfig.PortBindings", label=_("Ports"), flag="--publish",
              aliases=("-p",), compose="ports", example="8080:80",
              help=_("One a line: host:container, 127.0.0.1:8080:80, 53:53/udp, 8000-8009:8000-8009, or 80 for any free port.")),
        Field(name="env", kind=Kind.ENV, path="Env", label=_("Environment"), flag="--env", aliases=("-e",),
              compose="environment", example="TZ=Europe/Berlin",
              help=_("NAME=value, one a line; an env file can be pasted. A name alone takes away what the image sets.")),
        Field(name="binds", kind=Kind.BINDS, path="HostConfig.Binds", label=_("Volumes and folders"), flag="--volume",
              aliases=("-v",), compose="volumes", example="site:/usr/share/nginx/html:ro",
              help=_("One a line: volume:/path, /folder/of/the/host:/path, with :ro read-only; /path alone for an anonymous volume. A folder that is missing is made.")),
        Field(name="restart", kind=Kind.CHOICE, path="HostConfig.RestartPolicy.Name", label=_("Restart"),
              flag="--restart", compose="restart", choices=("no", "always", "unless-stopped", "on-failure"), default="no",
              help=_("When the engine starts it again by itself.")),
        Field(name="restart_tries", kind=Kind.INTEGER, path="HostConfig.RestartPolicy.MaximumRetryCount",
              label=_("Attempts"), least=0, most=2**31 - 1, help=_("For on-failure; empty: without end.")),
    ),
)  # fmt: skip

PROCESS = Group(
    "process",
    _("Process"),
    (
        Field(name="entrypoint", kind=Kind.ARGV, path="Entrypoint", label=_("Entrypoint"), flag="--entrypoint",
              compose="entrypoint", example="/bin/sh -c", help=_("Empty: what the image says. '' takes the image's away.")),
        Field(name="workdir", kind=Kind.TEXT, path="WorkingDir", label=_("Working directory"), flag="--workdir",
              aliases=("-w",), compose="working_dir", example="/srv"),
        Field(name="user", kind=Kind.TEXT, path="User", label=_("User"), flag="--user", aliases=("-u",), compose="user",
              example="1000:1000"),
        Field(name="groups", kind=Kind.LINES, path="HostConfig.GroupAdd", label=_("Further groups"), flag="--group-add",
              compose="group_add", example="audio"),
        Field(name="tty", kind=Kind.TICK, path="Tty", label=_("Terminal"), flag="--tty", aliases=("-t",), compose="tty",
              help=_("For shells and full-screen programs.")),
        Field(name="stdin", kind=Kind.TICK, path="OpenStdin", label=_("Keep standard input open"), flag="--interactive",
              aliases=("-i",), compose="stdin_open"),
        Field(name="stdin_once", kind=Kind.TICK, path="StdinOnce", label=_("Close standard input after the first client")),
        Field(name="init", kind=Kind.TRISTATE, path="HostConfig.Init", label=_("Init process"), flag="--init",
              compose="init", help=_("A small init reaps zombies and passes signals on.")),
        Field(name="stop_signal", kind=Kind.TEXT, path="StopSignal", label=_("Stop signal"), flag="--stop-signal",
              compose="stop_signal", example="SIGTERM"),
        Field(name="stop_timeout", kind=Kind.INTEGER, path="StopTimeout", label=_("Seconds to stop"),
              flag="--stop-timeout", compose="stop_grace_period", example="10", least=-1, most=2**31 - 1),
        Field(name="auto_remove", kind=Kind.TICK, path="HostConfig.AutoRemove", label=_("Remove it when it ends"),
              flag="--rm", help=_("Not together with a restart policy.")),
        Field(name="platform", kind=Kind.TEXT, path="?platform", label=_("Platform"), flag="--platform",
              compose="platform", example="linux/amd64"),
        Field(name="runtime", kind=Kind.TEXT, path="HostConfig.Runtime", label=_("Runtime"), flag="--runtime",
              compose="runtime", example="runc", default="runc"),
    ),
)  # fmt: skip

NETWORK = Group(
    "network",
    _("Network"),
    (
        Field(name="network", kind=Kind.TEXT, path="HostConfig.NetworkMode", label=_("Network"), flag="--network",
              aliases=("--net",), compose="network_mode", example="bridge", default="default",
              help=_("A network, bridge, host, none, or container:<name>.")),
        Field(name="net_aliases", kind=Kind.LINES, path="@Aliases", label=_("Aliases"), flag="--network-alias",
              aliases=("--net-alias",), example="db"),
        Field(name="ipv4", kind=Kind.TEXT, path="@IPAMConfig.IPv4Address", label=_("IPv4 address"), flag="--ip",
              example="172.20.0.10"),
        Field(name="ipv6", kind=Kind.TEXT, path="@IPAMConfig.IPv6Address", label=_("IPv6 address"), flag="--ip6",
              example="2001:db8::10"),
        Field(name="link_local", kind=Kind.LINES, path="@IPAMConfig.LinkLocalIPs", label=_("Link-local addresses"),
              flag="--link-local-ip", example="169.254.10.1"),
        Field(name="net_options", kind=Kind.PAIRS, path="@DriverOpts", label=_("Driver options of the network"),
              example="key=value"),
        Field(name="mac", kind=Kind.TEXT, path="MacAddress", label=_("MAC address"), flag="--mac-address",
              compose="mac_address", example="02:42:ac:11:00:02"),
        Field(name="hostname", kind=Kind.TEXT, path="Hostname", label=_("Host name"), flag="--hostname", aliases=("-h",),
              compose="hostname"),
        Field(name="domainname", kind=Kind.TEXT, path="Domainname", label=_("Domain name"), flag="--domainname",
              compose="domainname"),
        Field(name="dns", kind=Kind.LINES, path="HostConfig.Dns", label=_("DNS servers"), flag="--dns", compose="dns",
              example="1.1.1.1"),
        Field(name="dns_search", kind=Kind.LINES, path="HostConfig.DnsSearch", label=_("DNS search domains"),
              flag="--dns-search", compose="dns_search"),
        Field(name="dns_options", kind=Kind.LINES, path="HostConfig.DnsOptions", label=_("DNS options"),
              flag="--dns-option", aliases=("--dns-opt",), compose="dns_opt", example="ndots:2"),
        Field(name="extra_hosts", kind=Kind.LINES, path="HostConfig.ExtraHosts", label=_("Further hosts"),
              flag="--add-host", compose="extra_hosts", example="db:10.0.0.5"),
        Field(name="links", kind=Kind.LINES, path="HostConfig.Links", label=_("Links"), flag="--link", compose="links",
              example="db:database", help=_("The old way; on a network of your own containers know each other by name.")),
        Field(name="expose", kind=Kind.EXPOSE, path="ExposedPorts", label=_("Exposed ports"), flag="--expose",
              compose="expose", example="8080/tcp"),
        Field(name="publish_all", kind=Kind.TICK, path="HostConfig.PublishAllPorts", label=_("Publish all exposed ports"),
              flag="--publish-all", aliases=("-P",), help=_("Each on a free port of the host.")),
        Field(name="network_off", kind=Kind.TICK, path="NetworkDisabled", label=_("Without any network")),
    ),
)  # fmt: skip

STORAGE = Group(
    "storage",
    _("Storage"),
    (
        Field(name="mounts", kind=Kind.MOUNTS, path="HostConfig.Mounts", label=_("Mounts"), flag="--mount",
              example="type=volume,source=cache,target=/cache,volume-nocopy",
              help=_("type=bind, volume or tmpfs, as docker run --mount takes them. A folder of the host must exist.")),
        Field(name="tmpfs", kind=Kind.TMPFS, path="HostConfig.Tmpfs", label=_("Temporary file systems"), flag="--tmpfs",
              compose="tmpfs", example="/run:size=64m,mode=1777"),
        Field(name="volumes_from", kind=Kind.LINES, path="HostConfig.VolumesFrom", label=_("Volumes of other containers"),
              flag="--volumes-from", compose="volumes_from", example="other:ro"),
        Field(name="volume_driver", kind=Kind.TEXT, path="HostConfig.VolumeDriver", label=_("Volume driver"),
              flag="--volume-driver", example="local"),
        Field(name="storage_opt", kind=Kind.PAIRS, path="HostConfig.StorageOpt", label=_("Storage options"),
              flag="--storage-opt", compose="storage_opt", example="size=10G"),
        Field(name="shm_size", kind=Kind.SIZE, path="HostConfig.ShmSize", label=_("Size of /dev/shm"), flag="--shm-size",
              compose="shm_size", example="64m", least=0, default="64m"),
        Field(name="read_only", kind=Kind.TICK, path="HostConfig.ReadonlyRootfs", label=_("Root file system read-only"),
              flag="--read-only", compose="read_only"),
    ),
)  # fmt: skip

LIMITS = Group(
    "limits",
    _("Limits"),
    (
        Field(name="memory", kind=Kind.SIZE, path="HostConfig.Memory", label=_("Memory"), flag="--memory",
              aliases=("-m",), compose="mem_limit", example="512m", least=0, help=_("At least 6m.")),
        Field(name="memory_reservation", kind=Kind.SIZE, path="HostConfig.MemoryReservation",
              label=_("Memory reservation"), flag="--memory-reservation", compose="mem_reservation", example="256m", least=0),
        Field(name="memory_swap", kind=Kind.SIZE, path="HostConfig.MemorySwap", label=_("Memory and swap together"),
              flag="--memory-swap", compose="memswap_limit", example="1g", least=-1, help=_("-1: no limit.")),
        Field(name="swappiness", kind=Kind.INTEGER, path="HostConfig.MemorySwappiness", label=_("Swappiness"),
              flag="--memory-swappiness", compose="mem_swappiness", example="60", least=-1, most=100),
        Field(name="kernel_memory", kind=Kind.SIZE, path="HostConfig.KernelMemory", label=_("Kernel memory"),
              flag="--kernel-memory", example="64m", least=0),
        Field(name="kernel_memory_tcp", kind=Kind.SIZE, path="HostConfig.KernelMemoryTCP",
              label=_("Kernel memory of TCP buffers"), example="16m", least=0),
        Field(name="cpus", kind=Kind.CPUS, path="HostConfig.NanoCpus", label=_("CPUs"), flag="--cpus", compose="cpus",
              example="1.5"),
        Field(name="cpu_shares", kind=Kind.INTEGER, path="HostConfig.CpuShares", label=_("CPU shares"),
              flag="--cpu-shares", aliases=("-c",), compose="cpu_shares", example="1024", least=0, most=262144),
        Field(name="cpu_period", kind=Kind.INTEGER, path="HostConfig.CpuPeriod", label=_("CPU period, µs"),
              flag="--cpu-period", compose="cpu_period", example="100000", least=0, most=1_000_000),
        Field(name="cpu_quota", kind=Kind.INTEGER, path="HostConfig.CpuQuota", label=_("CPU quota, µs"),
              flag="--cpu-quota", compose="cpu_quota", example="50000", least=-1, most=2**53),
        Field(name="cpu_rt_period", kind=Kind.INTEGER, path="HostConfig.CpuRealtimePeriod",
              label=_("Real-time period, µs"), flag="--cpu-rt-period", compose="cpu_rt_period", least=0, most=2**53),
        Field(name="cpu_rt_runtime", kind=Kind.INTEGER, path="HostConfig.CpuRealtimeRuntime",
              label=_("Real-time runtime, µs"), flag="--cpu-rt-runtime", compose="cpu_rt_runtime", least=0, most=2**53),
        Field(name="cpuset", kind=Kind.TEXT, path="HostConfig.CpusetCpus", label=_("On these CPUs"),
              flag="--cpuset-cpus", compose="cpuset", example="0-3"),
        Field(name="cpuset_mems", kind=Kind.TEXT, path="HostConfig.CpusetMems", label=_("On these memory nodes"),
              flag="--cpuset-mems", example="0"),
        Field(name="pids", kind=Kind.INTEGER, path="HostConfig.PidsLimit", label=_("Processes"), flag="--pids-limit",
              compose="pids_limit", example="256", least=-1, most=2**53),
        Field(name="ulimits", kind=Kind.ULIMITS, path="HostConfig.Ulimits", label=_("Ulimits"), flag="--ulimit",
              compose="ulimits", example="nofile=1024:4096"),
        Field(name="blkio_weight", kind=Kind.INTEGER, path="HostConfig.BlkioWeight", label=_("Block I/O weight"),
              flag="--blkio-weight", compose="blkio_config.weight", example="500", least=0, most=1000),
        Field(name="blkio_weights", kind=Kind.WEIGHTS, path="HostConfig.BlkioWeightDevice",
              label=_("Block I/O weight of a device"), flag="--blkio-weight-device", example="/dev/sda:200"),
        Field(name="read_bps", kind=Kind.BYTE_RATES, path="HostConfig.BlkioDeviceReadBps",
              label=_("Bytes read per second"), flag="--device-read-bps", example="/dev/sda:10m"),
        Field(name="write_bps", kind=Kind.BYTE_RATES, path="HostConfig.BlkioDeviceWriteBps",
              label=_("Bytes written per second"), flag="--device-write-bps", example="/dev/sda:10m"),
        Field(name="read_iops", kind=Kind.RATES, path="HostConfig.BlkioDeviceReadIOps", label=_("Reads per second"),
              flag="--device-read-iops", example="/dev/sda:1000"),
        Field(name="write_iops", kind=Kind.RATES, path="HostConfig.BlkioDeviceWriteIOps", label=_("Writes per second"),
              flag="--device-write-iops", example="/dev/sda:1000"),
        Field(name="oom_off", kind=Kind.TICK, path="HostConfig.OomKillDisable", label=_("Do not kill it without memory"),
              flag="--oom-kill-disable", compose="oom_kill_disable", help=_("Only with a memory limit.")),
        Field(name="oom_score", kind=Kind.INTEGER, path="HostConfig.OomScoreAdj", label=_("OOM score"),
              flag="--oom-score-adj", compose="oom_score_adj", example="0", least=-1000, most=1000),
        Field(name="cgroup_parent", kind=Kind.TEXT, path="HostConfig.CgroupParent", label=_("Parent cgroup"),
              flag="--cgroup-parent", compose="cgroup_parent"),
    ),
)  # fmt: skip

SECURITY = Group(
    "security",
    _("Security and devices"),
    (
        Field(name="privileged", kind=Kind.TICK, path="HostConfig.Privileged", label=_("Privileged"),
              flag="--privileged", compose="privileged", help=_("All rights of the host's root. Rarely needed.")),
        Field(name="cap_add", kind=Kind.LINES, path="HostConfig.CapAdd", label=_("Capabilities added"), flag="--cap-add",
              compose="cap_add", example="NET_ADMIN"),
        Field(name="cap_drop", kind=Kind.LINES, path="HostConfig.CapDrop", label=_("Capabilities dropped"),
              flag="--cap-drop", compose="cap_drop", example="ALL"),
        Field(name="security_opt", kind=Kind.LINES, path="HostConfig.SecurityOpt", label=_("Security options"),
              flag="--security-opt", compose="security_opt", example="no-new-privileges"),
        Field(name="unmask", kind=Kind.UNMASK, path="HostConfig.MaskedPaths", label=_("Show the hidden system paths"),
              help=_("/proc and /sys as the host has them (systempaths=unconfined).")),
        Field(name="devices", kind=Kind.DEVICES, path="HostConfig.Devices", label=_("Devices"), flag="--device",
              compose="devices", example="/dev/ttyUSB0:/dev/ttyUSB0:rwm"),
        Field(name="device_rules", kind=Kind.LINES, path="HostConfig.DeviceCgroupRules", label=_("Device rules"),
              flag="--device-cgroup-rule", compose="device_cgroup_rules", example="c 13:* rwm"),
        Field(name="gpus", kind=Kind.GPUS, path="HostConfig.DeviceRequests", label=_("GPUs"), flag="--gpus",
              example="all", help=_("all, a number, or device=0, driver=…, capabilities=… with commas between.")),
        Field(name="sysctls", kind=Kind.PAIRS, path="HostConfig.Sysctls", label=_("Kernel parameters"), flag="--sysctl",
              compose="sysctls", example="net.core.somaxconn=1024"),
        Field(name="userns", kind=Kind.TEXT, path="HostConfig.UsernsMode", label=_("User namespace"), flag="--userns",
              compose="userns_mode", example="host"),
        Field(name="ipc", kind=Kind.TEXT, path="HostConfig.IpcMode", label=_("IPC namespace"), flag="--ipc",
              compose="ipc", example="private"),
        Field(name="pid", kind=Kind.TEXT, path="HostConfig.PidMode", label=_("PID namespace"), flag="--pid",
              compose="pid", example="host"),
        Field(name="uts", kind=Kind.TEXT, path="HostConfig.UTSMode", label=_("UTS namespace"), flag="--uts",
              compose="uts", example="host"),
        Field(name="cgroupns", kind=Kind.TEXT, path="HostConfig.CgroupnsMode", label=_("Cgroup namespace"),
              flag="--cgroupns", compose="cgroup", example="private"),
        Field(name="cgroup", kind=Kind.TEXT, path="HostConfig.Cgroup", label=_("Cgroup of another container"),
              example="container:web"),
    ),
)  # fmt: skip

LABELS = Group(
    "labels",
    _("Labels"),
    (
        Field(name="labels", kind=Kind.PAIRS, path="Labels", label=_("Labels"), flag="--label", aliases=("-l",),
              compose="labels", example="team=shop", help=_("name=value, one a line.")),
    ),
)  # fmt: skip

HEALTH = Group(
    "health",
    _("Health check"),
    (
        Field(name="health_cmd", kind=Kind.HEALTH, path="Healthcheck.Test", label=_("Command"), flag="--health-cmd",
              compose="healthcheck.test", example="wget -q -O /dev/null http://localhost/ || exit 1",
              help=_('A shell command; ["prog", "argument"] runs without a shell. Empty: what the image says.')),
        Field(name="health_off", kind=Kind.HEALTH_OFF, path="Healthcheck.Test", label=_("No health check"),
              flag="--no-healthcheck", compose="healthcheck.disable"),
        Field(name="health_interval", kind=Kind.DURATION, path="Healthcheck.Interval", label=_("Interval"),
              flag="--health-interval", compose="healthcheck.interval", example="30s"),
        Field(name="health_timeout", kind=Kind.DURATION, path="Healthcheck.Timeout", label=_("Time limit"),
              flag="--health-timeout", compose="healthcheck.timeout", example="30s"),
        Field(name="health_retries", kind=Kind.INTEGER, path="Healthcheck.Retries", label=_("Failures until unhealthy"),
              flag="--health-retries", compose="healthcheck.retries", example="3", least=0, most=2**31 - 1),
        Field(name="health_start", kind=Kind.DURATION, path="Healthcheck.StartPeriod", label=_("Grace at the start"),
              flag="--health-start-period", compose="healthcheck.start_period", example="0s"),
    ),
)  # fmt: skip

LOGGING = Group(
    "logging",
    _("Log"),
    (
        Field(name="log_driver", kind=Kind.TEXT, path="HostConfig.LogConfig.Type", label=_("Log driver"),
              flag="--log-driver", compose="logging.driver", example="json-file"),
        Field(name="log_opts", kind=Kind.PAIRS, path="HostConfig.LogConfig.Config", label=_("Options"), flag="--log-opt",
              compose="logging.options", example="max-size=10m"),
    ),
)  # fmt: skip

EXPERT = (PROCESS, NETWORK, STORAGE, LIMITS, SECURITY, LABELS, HEALTH, LOGGING)
GROUPS = (BASIC, *EXPERT)
FIELDS: dict[str, Field] = {field.name: field for group in GROUPS for field in group.fields}
