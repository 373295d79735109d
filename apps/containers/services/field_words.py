"""Which field the engine's words are about. Patterns over what engines from 20.10 to 28.5 say; case does not count."""

from __future__ import annotations

import re
from collections.abc import Collection

from apps.engine.errors import gist

_FIELD_WORDS = (
    ("name", r"invalid container name|container name"),
    ("image", r"invalid reference format|no such image|repository name must be"),
    ("log_opts", r"log opt"),
    ("log_driver", r"log driver|logging driver|log-driver|logging plugin"),
    ("hostname", r"hostname"),
    ("memory_swap", r"memoryswap|memory-?swap"),
    ("memory_reservation", r"memory ?reservation|memory limit .*reservation"),
    ("swappiness", r"swappiness"),
    ("kernel_memory", r"kernel memory"),
    ("memory", r"memory"),
    ("cpuset", r"cpuset|requested cpus"),
    ("cpuset_mems", r"requested memory nodes"),
    ("cpu_rt_runtime", r"realtime|real-?time"),
    ("cpu_period", r"cpu cfs period|cpuperiod|cpu period"),
    ("cpu_quota", r"cpu cfs quota|cpuquota|cpu quota"),
    ("cpus", r"nanocpus|range of cpus|cpu cfs scheduler"),
    ("blkio_weight", r"blkio weight"),
    ("pids", r"pids limit"),
    ("shm_size", r"shm size"),
    ("oom_score", r"oom score|oom_score"),
    ("restart", r"restart policy|maximum retry count"),
    ("auto_remove", r"autoremove"),
    ("ipv4", r"user (specified|configured) (ip|subnet)|invalid ipv4"),
    ("ipv6", r"user (specified|configured) (ip|subnet)|invalid ipv6"),
    ("net_aliases", r"network-scoped alias|network alias"),
    ("network", r"network"),
    ("mac", r"mac address|mac-address"),
    ("extra_hosts", r"extra-?hosts?|add-host"),
    ("links", r"\blink"),
    ("ports", r"\bports?\b|hostport|containerport"),
    ("volume_driver", r"volume plugin|volume driver"),
    ("mounts", r"mount config|bind source path|\bmount|volume"),
    ("binds", r"volume|bind|mode:"),
    ("security_opt", r"security-opt|security options"),
    ("cap_add", r"capabilit"),
    ("sysctls", r"sysctl"),
    ("ulimits", r"ulimit"),
    ("storage_opt", r"storage-opt|storage opt"),
    ("runtime", r"runtime"),
    ("stop_signal", r"signal"),
    ("health_interval", r"healthcheck"),
    ("workdir", r"working directory|cannot mkdir"),
    ("env", r"environment variable"),
    ("platform", r"platform|operating system"),
    ("ipc", r"\bipc"),
    ("pid", r"pid mode"),
)

_START_WORDS = (
    ("ports", r"port is already allocated|bind: address already in use|userland proxy|failed to bind|bind host port"),
    ("ipv4", r"^(.*: )?address already in use$|not belong to any of this network's subnets|user specified ip"),
    ("ipv6", r"^(.*: )?address already in use$|not belong to any of this network's subnets|user specified ip"),
    ("network", r"network \S+ not found|could not find a network"),
    ("user", r"unable to find user|unable to find group|no matching entries in passwd"),
    ("workdir", r"\bchdir to cwd|mkdir .* not a directory"),
    ("devices", r"gathering device information"),
    ("device_rules", r"device cgroup rule"),
    ("gpus", r"device driver .* with capabilities"),
    ("command", r'exec: \\?"|executable file not found'),
    ("hostname", r"sethostname"),
    ("sysctls", r"\bsysctl"),
    ("tmpfs", r'error mounting \\?"tmpfs'),
    ("mounts", r"error mounting|mount source path|but it is not a (shared|slave|shared or slave) mount"),
    ("binds", r"error mounting|mount source path|but it is not a (shared|slave|shared or slave) mount"),
    ("memory", r"memory limit too low"),
)
"""What runtimes say at a start is long and names much; only what surely means a field counts here."""


def field_of(message: str, *, filled: Collection[str] = ()) -> str:
    """Return the name of the field that a refusal to create speaks of, "" when it names none.

    Several fields may be meant by the same words: one of `filled`, the fields with a text, goes before the others.
    """
    return _meant(_FIELD_WORDS, message, filled)


def field_of_start(message: str, *, filled: Collection[str] = ()) -> str:
    """Return the name of the field because of which a container did not start, "" when the words do not say."""
    return _meant(_START_WORDS, message, filled)


def _meant(words: tuple[tuple[str, str], ...], message: str, filled: Collection[str]) -> str:
    told = gist(message)
    meant = [name for name, pattern in words if re.search(pattern, told, re.IGNORECASE)]
    return next((name for name in meant if name in filled), meant[0] if meant else "")
