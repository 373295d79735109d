"""One image, as its page says it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.engine.types.images import ImageInspect, ImageSummary
from apps.images.naming import in_order, short_id
from apps.images.presenters.history import MASK, LayerRow, instruction, layer_rows
from apps.images.presenters.moments import known_moment
from apps.images.presenters.rows import User, users_of
from apps.images.selectors import ImageFacts

_NANO: Final = 1_000_000_000
_NOP: Final = "#(nop)"


@dataclass(frozen=True, slots=True)
class ImageHead:
    """Which image it is: `name` its first name, or its short id where it bears none."""

    id: str
    short_id: str
    name: str
    names: tuple[str, ...]
    size_bytes: int
    created: str
    platform: str
    run: str

    @property
    def is_dangling(self) -> bool:
        """Whether it bears no name."""
        return not self.names


@dataclass(frozen=True, slots=True)
class Child:
    """An image that is built upon this one."""

    id: str
    short_id: str
    name: str


@dataclass(frozen=True, slots=True)
class HealthTest:
    """How a container of the image is asked whether it is well; lengths in seconds, None: the engine's own."""

    test: str
    interval_s: float | None
    timeout_s: float | None
    start_s: float | None
    retries: int | None


@dataclass(frozen=True, slots=True)
class ImageDetail:
    """Everything on the summary page. `env_names` without values: those have a right of their own."""

    digests: tuple[str, ...]
    author: str
    comment: str
    made_by: str
    made_in: str
    parent: str
    parent_short: str
    last_tagged: str
    os_version: str
    command: str
    entrypoint: str
    user: str
    workdir: str
    stop_signal: str
    ports: tuple[str, ...]
    volumes: tuple[str, ...]
    env_names: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    health: HealthTest | None
    layers: tuple[str, ...]
    users: tuple[User, ...]
    children: tuple[Child, ...]
    shared_bytes: int | None
    unique_bytes: int | None
    history: tuple[LayerRow, ...]


def image_head(image: ImageInspect) -> ImageHead:
    """Dress the head of an image's pages."""
    names = tuple(in_order(image.tags))
    platform = "/".join(part for part in (image.os, image.architecture, image.variant) if part)
    return ImageHead(
        id=image.id,
        short_id=short_id(image.id),
        name=names[0] if names else short_id(image.id),
        names=names,
        size_bytes=image.size,
        created=known_moment(image.created),
        platform=platform,
        run=names[0] if names else image.id,
    )


def image_detail(facts: ImageFacts, *, shows_env: bool) -> ImageDetail:
    """Dress the summary. `shows_env`: values of ENV in the history are shown."""
    image, config = facts.image, facts.image.config
    shared = facts.sharing.shared.get(image.id) if facts.sharing else None
    return ImageDetail(
        digests=tuple(image.digests),
        author=image.author,
        comment=image.comment,
        made_by=image.docker_version,
        made_in=image.container,
        parent=image.parent,
        parent_short=short_id(image.parent),
        last_tagged=image.last_tagged,
        os_version=image.os_version,
        command=shlex.join(config.cmd),
        entrypoint=shlex.join(config.entrypoint),
        user=config.user,
        workdir=config.working_dir,
        stop_signal=config.stop_signal,
        ports=tuple(config.exposed_ports),
        volumes=tuple(sorted(config.raw_volumes or {})),
        env_names=tuple(entry.partition("=")[0] for entry in config.env),
        labels=tuple(sorted(config.labels.items())),
        health=_health(config.healthcheck),
        layers=tuple(image.layers),
        users=users_of(facts.users),
        children=children_of(facts.children),
        shared_bytes=shared,
        unique_bytes=None if shared is None else max(0, image.size - shared),
        history=tuple(layer_rows(facts.history, shows_env=shows_env)),
    )


def children_of(images: Sequence[ImageSummary]) -> tuple[Child, ...]:
    """Images built upon another, as links."""
    return tuple(
        Child(one.id, short_id(one.id), in_order(one.tags)[0] if one.tags else short_id(one.id)) for one in images
    )


def _health(given: Mapping[str, Any] | None) -> HealthTest | None:
    test = (given or {}).get("Test")
    if not given or not isinstance(test, list) or not test:
        return None
    kind, words = str(test[0]), [str(word) for word in test[1:]]
    shown = _("off") if kind == "NONE" else " ".join(words) if kind == "CMD-SHELL" else shlex.join(words)

    def seconds(name: str) -> float | None:
        value = given.get(name)
        return value / _NANO if isinstance(value, int) and value > 0 else None

    retries = given.get("Retries")
    return HealthTest(
        shown,
        seconds("Interval"),
        seconds("Timeout"),
        seconds("StartPeriod"),
        retries if isinstance(retries, int) and retries else None,
    )


def env_pairs(image: ImageInspect) -> list[tuple[str, str]]:
    """The environment with its values."""
    return [(name, value) for name, _equals, value in (entry.partition("=") for entry in image.config.env)]


def image_record(image: ImageInspect, *, shows_env: bool) -> dict[str, Any]:
    """Inspect's answer as it came; unless `shows_env`, no value of the environment is left in it."""
    record: dict[str, Any] = json.loads(image.raw)
    if shows_env:
        return record
    return {
        name: _masked(value) if name in ("Config", "ContainerConfig") and isinstance(value, dict) else value
        for name, value in record.items()
    }


def _masked(config: Mapping[str, Any]) -> dict[str, Any]:
    masked = dict(config)
    env = config.get("Env")
    if env:
        masked["Env"] = [_masked_entry(entry) for entry in env] if isinstance(env, list) else MASK
    cmd = config.get("Cmd")
    if isinstance(cmd, list) and any(_NOP in str(word) or str(word).startswith("|") for word in cmd):
        # The step that the builder ran last: an ENV line or build arguments may be in it.
        masked["Cmd"] = [" ".join(instruction(" ".join(map(str, cmd)), shows_env=False)).strip()]
    return masked


def _masked_entry(entry: object) -> str:
    if not isinstance(entry, str):
        return MASK
    name, equals, _value = entry.partition("=")
    return f"{name}{equals}{MASK}" if equals else name


def history_json(rows: Sequence[LayerRow]) -> list[dict[str, Any]]:
    """The steps for programs, the newest first."""
    return [
        {
            "id": row.id,
            "created": row.created,
            "instruction": f"{row.keyword} {row.words}".strip(),
            "size": row.size_bytes,
            "tags": list(row.tags),
            "comment": row.comment,
        }
        for row in rows
    ]
