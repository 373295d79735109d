"""What an engine does of itself, so that a line for people need not say it.

Two kinds. What the engine confirms in its info (runtime, log driver, cgroup namespace) is simply left out. What engines
do unless they were configured otherwise, which none of them tells (the size of /dev/shm, the IPC namespace), is left
out too, and the page names it. The form itself keeps all of it: what is made again is always the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.creation.texts import Fault, read_size
from apps.core.errors import Refusal
from apps.engine.api.system import info
from apps.engine.errors import EngineError
from apps.engine.types.system import SystemInfo
from apps.engine.version import ApiVersion
from apps.hosts.gate import OpenedEngine, open_engine

KEPT_S = 300.0
_TOLD = ("runtime", "log_driver", "cgroupns")
_PRIVATE_SINCE = ApiVersion(1, 40)
_USUAL_SHM = 64 << 20

_kept: dict[tuple[str, str], tuple[float, SystemInfo | None]] = {}
"""The last info by host and address, with the monotonic time it was asked at."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Names of fields whose texts need not be said: as the engine `confirmed`, and as engines `usually` do."""

    confirmed: frozenset[str] = field(default_factory=frozenset)
    usually: frozenset[str] = field(default_factory=frozenset)


def usual_of(actor: Actor, host_slug: str, values: Mapping[str, str]) -> Usual:
    """Look which of these texts say what a host's engine does anyway. Raises what the gate raises.

    The engine is asked only when it matters, and its answer is good for some minutes; when it gives none, all is said.
    """
    with open_engine(actor, host_slug, Action.HOST_VIEW) as opened:
        try:
            told = _told(opened) if any(values.get(name) for name in _TOLD) else SystemInfo()
            return Usual(confirmed(values, told), usually(values, opened.engine.version))
        except (EngineError, Refusal):
            return Usual()


def _told(opened: OpenedEngine) -> SystemInfo:
    key = (opened.host.slug, opened.host.endpoint)
    asked_at, told = _kept.get(key, (0.0, None))
    if told is None or time.monotonic() - asked_at > KEPT_S:
        told = opened.engine.run(info())
        _kept[key] = (time.monotonic(), told)
    return told


def confirmed(values: Mapping[str, str], told: SystemInfo) -> frozenset[str]:
    """Return the fields that say what the engine tells it does anyway."""
    defaults = {"restart": "no", "runtime": told.default_runtime, "log_driver": told.logging_driver}
    if not values.get("privileged"):  # those have another cgroup namespace, by the version of the host's cgroups
        defaults["cgroupns"] = _cgroup_namespace(told)
    return frozenset(name for name, text in defaults.items() if text and values.get(name, "").strip() == text)


def _cgroup_namespace(told: SystemInfo) -> str:
    if "name=cgroupns" in told.security_options:
        return "private"
    return "host" if told.cgroup_version == "1" else ""


def usually(values: Mapping[str, str], version: ApiVersion) -> frozenset[str]:
    """Return the fields that say what engines do unless they were configured otherwise."""
    found = {"ipc"} if values.get("ipc", "").strip() == "private" and version >= _PRIVATE_SINCE else set()
    try:
        if read_size(values.get("shm_size", "")) == _USUAL_SHM:
            found.add("shm_size")
    except Fault:
        pass
    return frozenset(found)
