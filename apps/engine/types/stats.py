"""StatsSample: one line of `GET /containers/{id}/stats`, and the figures made of it.

Cgroup v1 and v2 differ: v2 has no percpu_usage and no max_usage, other keys in memory_stats.stats, and lower-case
operations in blkio. `networks` (per interface) came with API 1.21, `network` (their sum) was there before; both are
missing for the network modes none and host. A stopped container sends records of zeros, read 0001-01-01.
"""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types import tolerance

_NEVER = "0001-01-01"


class CpuUsage(Struct):
    """CPU time since the container's start, in nanoseconds."""

    total_usage: int = 0
    usage_in_usermode: int = 0
    usage_in_kernelmode: int = 0
    percpu_usage: list[int] | None = None


class ThrottlingData(Struct):
    """How often and how long (nanoseconds) a CPU limit held the container back."""

    periods: int = 0
    throttled_periods: int = 0
    throttled_time: int = 0


class CpuStats(Struct):
    """CPU counters; `system_cpu_usage` is the time of all CPUs of the host in nanoseconds, None when not read."""

    cpu_usage: CpuUsage = field(default_factory=CpuUsage)
    system_cpu_usage: int | None = None
    online_cpus: int | None = None
    throttling: ThrottlingData | None = field(name="throttling_data", default=None)

    @property
    def cpus(self) -> int | None:
        """CPUs of the host; `online_cpus` came with API 1.27, before it the list of CPUs is counted."""
        if self.online_cpus is not None and self.online_cpus > 0:
            return self.online_cpus
        return len(self.cpu_usage.percpu_usage or ()) or None


class MemoryStats(Struct):
    """Memory in bytes; `usage` holds the page cache too. Without a limit, `limit` is the host's memory."""

    usage: int | None = None
    max_usage: int | None = None
    limit: int | None = None
    failcnt: int | None = None
    stats: dict[str, int] | None = None


class InterfaceStats(Struct):
    """Counters of one network interface since the container's start."""

    rx_bytes: int = 0
    rx_packets: int = 0
    rx_errors: int = 0
    rx_dropped: int = 0
    tx_bytes: int = 0
    tx_packets: int = 0
    tx_errors: int = 0
    tx_dropped: int = 0


class BlkioEntry(Struct):
    """A counter of one operation on one block device."""

    major: int = 0
    minor: int = 0
    op: str = ""
    value: int = 0


class BlkioStats(Struct):
    """Block I/O; only the bytes are there on cgroup v2."""

    io_service_bytes_recursive: list[BlkioEntry] | None = None


class PidsStats(Struct):
    """Processes and threads (API 1.23). Without a limit, `limit` is None, 0 or 2⁶⁴-1."""

    current: int | None = None
    limit: int | None = None


class CpuMemory(Struct, frozen=True):
    """What is charted. None means: there is no value to plot.

    `cpu_percent` is per CPU: 100 is one CPU busy, `100 * cpus` all of them. Memory is without the inactive page cache,
    as `docker stats` shows it.
    """

    cpu_percent: float | None
    cpus: int | None
    memory_bytes: int | None
    memory_limit_bytes: int | None

    @property
    def memory_percent(self) -> float | None:
        """Memory in percent of its limit."""
        if self.memory_bytes is None or not self.memory_limit_bytes:
            return None
        return 100.0 * self.memory_bytes / self.memory_limit_bytes


class BlockIo(Struct, frozen=True):
    """Bytes read from and written to block devices since the container's start."""

    read_bytes: int
    written_bytes: int


class StatsSample(Struct):
    """One sample. `read` is RFC 3339; `id` and `name` came with API 1.21."""

    read: str = ""
    preread: str = ""
    id: str = ""
    raw_name: str = field(name="name", default="")
    cpu: CpuStats = field(name="cpu_stats", default_factory=CpuStats)
    previous_cpu: CpuStats = field(name="precpu_stats", default_factory=CpuStats)
    memory: MemoryStats = field(name="memory_stats", default_factory=MemoryStats)
    networks: dict[str, InterfaceStats] | None = None
    network: InterfaceStats | None = None
    blkio: BlkioStats | None = field(name="blkio_stats", default=None)
    pids_stats: PidsStats | None = None

    @property
    def name(self) -> str:
        """The container's name."""
        return self.raw_name.removeprefix("/")

    @property
    def is_empty(self) -> bool:
        """Whether this is the record of zeros of a container that does not run."""
        return not self.read or self.read.startswith(_NEVER)

    def cpu_memory(self, previous: StatsSample | None = None) -> CpuMemory:
        """Return CPU and memory. `previous` stands in where the sample holds no counters of the time before it."""
        if self.is_empty:
            return CpuMemory(None, None, None, None)
        before = self.previous_cpu
        if before.system_cpu_usage is None and previous is not None and not previous.is_empty:
            before = previous.cpu
        limit = self.memory.limit or None
        return CpuMemory(_cpu_percent(before, self.cpu), self.cpu.cpus, _memory_bytes(self.memory), limit)

    @property
    def interfaces(self) -> dict[str, InterfaceStats]:
        """Counters by interface; API 1.20 has but their sum, named "all". {} for network modes none and host."""
        if self.networks is not None:
            return self.networks
        return {"all": self.network} if self.network is not None else {}

    @property
    def received_bytes(self) -> int | None:
        """Bytes received on all interfaces, None without any."""
        return sum(row.rx_bytes for row in self.interfaces.values()) if self.interfaces else None

    @property
    def sent_bytes(self) -> int | None:
        """Bytes sent on all interfaces, None without any."""
        return sum(row.tx_bytes for row in self.interfaces.values()) if self.interfaces else None

    @property
    def block_io(self) -> BlockIo:
        """Bytes of block I/O over all devices."""
        entries = (self.blkio.io_service_bytes_recursive if self.blkio else None) or []
        sums = {"read": 0, "write": 0}
        for entry in entries:
            operation = entry.op.lower()
            if operation in sums:
                sums[operation] += entry.value
        return BlockIo(sums["read"], sums["write"])

    @property
    def pids(self) -> int | None:
        """Processes and threads, None when the engine does not tell."""
        return self.pids_stats.current if self.pids_stats and not self.is_empty else None

    @property
    def throttled_s(self) -> float:
        """Seconds that a CPU limit held the container back since its start."""
        return self.cpu.throttling.throttled_time / 1e9 if self.cpu.throttling else 0.0

    @property
    def throttled_percent(self) -> float | None:
        """Share of the enforcement periods in which it was held back, None when there were none (no CPU limit)."""
        throttling = self.cpu.throttling
        if throttling is None or throttling.periods <= 0:
            return None
        return 100.0 * throttling.throttled_periods / throttling.periods


def stats_of(line: bytes) -> StatsSample:
    """Read one JSON object. Raise ProtocolBroken when it is none."""
    return tolerance.read(StatsSample, line)


def _cpu_percent(before: CpuStats, now: CpuStats) -> float | None:
    if before.system_cpu_usage is None or now.system_cpu_usage is None or now.cpus is None:
        return None
    system = now.system_cpu_usage - before.system_cpu_usage
    used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
    if system <= 0 or used < 0:  # counters begin anew with each start of the container
        return None
    return 100.0 * now.cpus * used / system


def _memory_bytes(memory: MemoryStats) -> int | None:
    if memory.usage is None:
        return None
    details = memory.stats or {}
    inactive = details.get("total_inactive_file", details.get("inactive_file", 0))
    return memory.usage - inactive if inactive < memory.usage else memory.usage
