"""What a build is asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec import field as member


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """The parameters of ImageBuild; what is empty or None is not sent. Sizes in bytes, CPU times in microseconds.

    `remote` is the address of a Git repository, of a tar or of a Dockerfile: then no context is sent. Of `build_args`
    a value of None is taken from the engine's own environment. Made for the classic builder: what only BuildKit or
    Windows reads (version, session, buildid, outputs, isolation, securityopt) is left out.
    """

    dockerfile: str = ""
    tags: tuple[str, ...] = ()
    remote: str = ""
    quiet: bool = False
    no_cache: bool = False
    pull: bool = False
    remove: bool = True
    force_remove: bool = False
    memory: int | None = None
    memory_swap: int | None = None
    cpu_shares: int | None = None
    cpuset_cpus: str = ""
    cpuset_mems: str = ""
    cpu_period: int | None = None
    cpu_quota: int | None = None
    cgroup_parent: str = ""
    ulimits: tuple[dict[str, Any], ...] = ()
    build_args: dict[str, str | None] = field(default_factory=dict)
    shm_size: int | None = None
    labels: dict[str, str] = field(default_factory=dict)
    cache_from: tuple[str, ...] = ()
    network_mode: str = ""
    squash: bool = False
    extra_hosts: tuple[str, ...] = ()
    target: str = ""
    platform: str = ""

    def query(self) -> dict[str, str | int | bool | tuple[str, ...] | None]:
        """Return the parameters as the engine takes them."""
        return {
            "dockerfile": self.dockerfile or None,
            "t": self.tags or None,
            "remote": self.remote or None,
            "q": self.quiet or None,
            "nocache": self.no_cache or None,
            "pull": self.pull or None,
            "rm": self.remove,
            "forcerm": self.force_remove or None,
            "memory": self.memory,
            "memswap": self.memory_swap,
            "cpushares": self.cpu_shares,
            "cpusetcpus": self.cpuset_cpus or None,
            "cpusetmems": self.cpuset_mems or None,
            "cpuperiod": self.cpu_period,
            "cpuquota": self.cpu_quota,
            "cgroupparent": self.cgroup_parent or None,
            "ulimits": _json(list(self.ulimits)),
            "buildargs": _json(self.build_args),
            "shmsize": self.shm_size,
            "labels": _json(self.labels),
            "cachefrom": _json(list(self.cache_from)),
            "networkmode": self.network_mode or None,
            "squash": self.squash or None,
            "extrahosts": self.extra_hosts or None,
            "target": self.target or None,
            "platform": self.platform or None,
        }


def _json(value: list[Any] | dict[str, Any]) -> str | None:
    return json.dumps(value, separators=(",", ":")) if value else None


class BuildPruned(Struct, rename="pascal"):
    """What BuildPrune removed; `space_reclaimed` in bytes."""

    raw_caches_deleted: list[str] | None = member(name="CachesDeleted", default=None)
    space_reclaimed: int = 0

    @property
    def caches_deleted(self) -> list[str]:
        """Ids of cache records."""
        return self.raw_caches_deleted or []
