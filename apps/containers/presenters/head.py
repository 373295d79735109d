"""A container in one line: what the head of each of its pages says, and which verbs make sense now."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from apps.containers.presenters.rows import PROJECT_HUES
from apps.engine.types.container_inspect import ContainerInspect

PROJECT_LABEL: Final = "com.docker.compose.project"
_ANONYMOUS_VOLUME_DIGITS = 64
_VERBS: Final[dict[str, frozenset[str]]] = {
    "running": frozenset({"stop", "restart", "kill", "pause"}),
    "paused": frozenset({"unpause", "kill"}),
    "restarting": frozenset({"stop", "restart", "kill"}),
    "created": frozenset({"start"}),
    "exited": frozenset({"start"}),
}
"""Which verbs make sense in a state; removing always does."""


@dataclass(frozen=True, slots=True)
class ContainerHead:
    """Who and how a container is. `state` is the engine's word, `tone` the colour's name, `words` what is read."""

    id: str
    short_id: str
    name: str
    image: str
    state: str
    health: str
    tone: str
    words: str
    project: str
    project_hue: int
    tty: bool
    is_running: bool
    verbs: frozenset[str]
    named_volumes: tuple[str, ...]
    anonymous_volume_count: int


def container_head(container: ContainerInspect) -> ContainerHead:
    """Dress the head of a container's page."""
    status = container.state.status
    health = container.health if status == "running" else ""
    project = container.labels.get(PROJECT_LABEL, "")
    volumes = [mount.name for mount in container.mounts if mount.type == "volume" and mount.name]
    return ContainerHead(
        id=container.id,
        short_id=container.short_id,
        name=container.name,
        image=container.config.image or container.image_id.removeprefix("sha256:")[:12],
        state=status,
        health=health,
        tone=state_tone(status, health=health, exit_code=container.state.exit_code),
        words=state_words(status, health=health, exit_code=container.state.exit_code),
        project=project,
        project_hue=zlib.crc32(project.encode()) % PROJECT_HUES,
        tty=container.is_tty,
        is_running=container.is_running,
        verbs=_VERBS.get(status, frozenset()),
        named_volumes=tuple(sorted(name for name in volumes if not _is_anonymous(name))),
        anonymous_volume_count=sum(map(_is_anonymous, volumes)),
    )


def state_tone(status: str, *, health: str, exit_code: int) -> str:
    """The `data-state` that colours it: failed for an exit code, unhealthy before running, else the state itself."""
    if status == "running" and health in {"unhealthy", "starting"}:
        return health
    if status in {"exited", "created"} and exit_code != 0:
        return "failed"
    return status


def state_words(status: str, *, health: str, exit_code: int) -> str:
    """What a person reads: `running · healthy`, `exited (137)`."""
    names = {
        "running": _("running"),
        "paused": _("paused"),
        "restarting": _("restarting"),
        "removing": _("removing"),
        "exited": _("exited"),
        "created": _("created"),
        "dead": _("dead"),
    }
    word = names.get(status, status)
    if status == "exited" or (status == "created" and exit_code):
        return f"{word} ({exit_code})"
    if health:
        return f"{word} · {health_words(health)}"
    return word


def health_words(health: str) -> str:
    """A health status in the reader's language."""
    return {"healthy": _("healthy"), "unhealthy": _("unhealthy"), "starting": _("health: starting")}.get(health, health)


def _is_anonymous(volume: str) -> bool:
    return len(volume) == _ANONYMOUS_VOLUME_DIGITS and all(digit in "0123456789abcdef" for digit in volume)
