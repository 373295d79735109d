"""What a container may use at most, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.templatetags.ui import size
from apps.engine.types.container_inspect import HostConfig

_NANO = 1_000_000_000
_DEFAULT_CPU_PERIOD_US = 100_000


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is so."""

    name: str
    words: str


def limits_of(host_config: HostConfig) -> tuple[Fact, ...]:
    """The limits that are set. Empty: it may use all that the host has."""
    facts = (
        (_("Memory"), _size(host_config.memory_bytes)),
        (_("Memory reserved"), _size(host_config.memory_reservation_bytes)),
        (_("Memory and swap"), _swap(host_config)),
        (_("CPUs"), cpu_words(host_config)),
        (_("CPU shares"), str(host_config.cpu_shares or "")),
        (_("On CPUs"), host_config.cpuset_cpus or ""),
        (_("Processes"), str(host_config.pids_limit) if (host_config.pids_limit or 0) > 0 else ""),
        (_("Block I/O weight"), str(host_config.blkio_weight or "")),
        (_("Out-of-memory kill"), _("off") if host_config.oom_kill_disable else ""),
    )
    return tuple(Fact(name, words) for name, words in facts if words)


def cpu_words(host_config: HostConfig) -> str:
    """How many CPUs it may use, from NanoCpus or from quota over period; "" when that is not limited."""
    if host_config.nano_cpus:
        cpus = host_config.nano_cpus / _NANO
    elif (host_config.cpu_quota or 0) > 0:
        cpus = (host_config.cpu_quota or 0) / (host_config.cpu_period or _DEFAULT_CPU_PERIOD_US)
    else:
        return ""
    return ngettext("%(cpus)s CPU", "%(cpus)s CPUs", 1 if cpus == 1 else 2) % {"cpus": f"{cpus:.3g}"}


def _size(limit_bytes: int | None) -> str:
    """Write a limit, also in the unit in which limits are given: 32m are 33.6 MB."""
    if not limit_bytes:
        return ""
    for unit, length in (("GiB", 1 << 30), ("MiB", 1 << 20)):
        if limit_bytes % length == 0:
            return f"{size(limit_bytes)} ({limit_bytes // length} {unit})"
    return size(limit_bytes)


def _swap(host_config: HostConfig) -> str:
    swap = host_config.memory_swap_bytes or 0
    if swap < 0:
        return _("swap without limit")
    return _size(swap) if swap != (host_config.memory_bytes or 0) * 2 else ""
