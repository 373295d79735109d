"""A container as a row of the list."""

import re
import time
import zlib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.containers.listed import Listed
from apps.core.query.language import Term
from apps.core.templatetags.ui import age_words
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.containers import Port
from apps.hosts import labels as known_labels

PROJECT_HUES = 8
PORTS_SHOWN = 3
_HTTPS_PORTS = {443, 8443, 9443}
_ANONYMOUS_VOLUME = re.compile(r"[0-9a-f]{64}")
_DURATION = re.compile(r"(\d+|an?|Less than a) (second|minute|hour|day|week|month|year)s?\b")
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_629_800,
    "year": 31_557_600,
}


_STATE_WORDS = {
    "running": gettext_noop("running"),
    "restarting": gettext_noop("restarting"),
    "paused": gettext_noop("paused"),
    "created": gettext_noop("created"),
    "removing": gettext_noop("removing"),
    "dead": gettext_noop("dead"),
}
_HEALTH_WORDS = {
    "healthy": gettext_noop("healthy"),
    "unhealthy": gettext_noop("unhealthy"),
    "starting": gettext_noop("starting"),
}


@dataclass(frozen=True, slots=True)
class PortLink:
    """A port as the list writes it; `href` is empty where a browser cannot open it."""

    text: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """What a row shows. `tone` is the colour of the state; `since` a moment, right to the unit the engine tells."""

    id: str
    short_id: str
    name: str
    image: str
    state: str
    state_word: str
    tone: str
    health: str
    health_word: str
    project: str
    project_query: str
    project_hue: int
    ports: tuple[PortLink, ...]
    ports_more: str
    ports_more_count: int
    since: str
    since_words: str
    status: str
    team: str
    anonymous_volumes: int
    is_active: bool
    is_startable: bool


def container_row(row: Listed, *, taken_at: float, link_host: str) -> ContainerRow:
    """Dress one row. `link_host` is the name under which a browser reaches the host's published ports."""
    summary = row.summary
    ports = port_links(summary.ports, link_host=link_host)
    tone = state_tone(row)
    since = since_of(summary, taken_at=taken_at)
    return ContainerRow(
        id=summary.id,
        short_id=summary.short_id,
        name=row.name,
        image=short_image(summary.image),
        state=row.state,
        state_word=state_word(row),
        tone=tone,
        health="" if row.health == "none" else row.health,
        health_word=health_word(row.health),
        project=row.project,
        project_query="?" + urlencode({"q": str(Term("project", row.project))}) if row.project else "",
        project_hue=zlib.crc32(row.project.encode()) % PROJECT_HUES,
        ports=ports[:PORTS_SHOWN],
        ports_more=", ".join(port.text for port in ports[PORTS_SHOWN:]),
        ports_more_count=max(0, len(ports) - PORTS_SHOWN),
        since=datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        since_words=age_words(time.time() - since),
        status=summary.status,
        team=row.labels.get(known_labels.TEAM, ""),
        anonymous_volumes=anonymous_volumes(summary),
        is_active=row.is_active,
        is_startable=row.state in ("created", "exited", "dead"),
    )


def row_key(row: Listed, *, taken_at: float, link_host: str) -> tuple[Hashable, ...]:
    """Everything that a row's look depends on, cheaply: two rows with the same key look the same."""
    summary = row.summary
    since = since_of(summary, taken_at=taken_at)
    return (
        summary.id,
        row.name,
        summary.image,
        row.state,
        row.health,
        summary.status,
        bytes(summary.labels_json),
        bytes(summary.ports_json),
        bytes(summary.mounts_json),
        since,
        age_words(time.time() - since),
        link_host,
    )


def state_word(row: Listed) -> str:
    """The state in one word, with the exit code of what has ended."""
    if row.state == "exited":
        code = row.summary.exit_code
        return _("exited") if code is None else _("exited (%(code)s)") % {"code": code}
    return _(_STATE_WORDS.get(row.state, row.state or gettext_noop("unknown")))


def health_word(health: str) -> str:
    """The health in one word; nothing where there is no check."""
    return "" if health == "none" else _(_HEALTH_WORDS.get(health, health))


def state_tone(row: Listed) -> str:
    """The state that gives the colour: an unhealthy running container and a failed one have their own."""
    if row.state == "running" and row.health == "unhealthy":
        return "unhealthy"
    if row.state == "exited" and row.summary.exit_code not in (None, 0):
        return "failed"
    return row.state or "unknown"


def short_image(image: str) -> str:
    """The image as people name it: a digest is cut to 12 digits."""
    name, separator, digest = image.partition("@sha256:")
    if separator:
        return f"{name}@{digest[:12]}"
    return image[7:19] if image.startswith("sha256:") else image


def anonymous_volumes(summary: ContainerBrief) -> int:
    """How many volumes would go with the container because nobody named them."""
    return sum(
        1 for mount in summary.mounts if mount.type == "volume" and _ANONYMOUS_VOLUME.fullmatch(mount.name or "")
    )


def since_of(summary: ContainerBrief, *, taken_at: float) -> int:
    """When the container came into its state, in unix seconds.

    The list tells it in words only ("Up 3 hours"), so it is right to that unit; created ones are exact.
    """
    match = _DURATION.search(summary.status)
    if match is None or summary.raw_state == "created":
        return summary.created
    amount, unit = match.groups()
    seconds = _SECONDS[unit]
    count = 0 if amount.startswith("Less") else int(amount) if amount.isdigit() else 1
    grain = min(seconds, 60) if seconds > 1 else 1
    return max(summary.created, int(taken_at - count * seconds) // grain * grain)


def port_links(ports: Iterable[Port], *, link_host: str) -> tuple[PortLink, ...]:
    """The published ports, each once though it is bound for IPv4 and IPv6, then those that are only exposed."""
    published: dict[tuple[int, int, str], list[str]] = {}
    exposed: set[tuple[int, str]] = set()
    for port in ports:
        kind, inner = port.type or "tcp", port.private_port or 0
        if port.public_port:
            published.setdefault((port.public_port, inner, kind), []).append(port.ip or "")
        else:
            exposed.add((inner, kind))
    links = []
    for (public, inner, kind), addresses in sorted(published.items()):
        suffix = "" if kind == "tcp" else f"/{kind}"
        scheme = "https" if public in _HTTPS_PORTS or inner in _HTTPS_PORTS else "http"
        title = ", ".join(f"{_bracketed(address)}:{public}" for address in sorted(set(addresses)))
        href = f"{scheme}://{_bracketed(link_host)}:{public}/" if kind == "tcp" and link_host else ""
        links.append(PortLink(f"{public}→{inner}{suffix}", title, href))
    for inner, kind in sorted(exposed - {(inner, kind) for _public, inner, kind in published}):
        links.append(PortLink(f"{inner}/{kind}", _("exposed, not published")))
    return tuple(links)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def row_json(row: Listed, *, taken_at: float) -> dict[str, Any]:
    """The same facts for programs, in the engine's own words and whole units."""
    summary = row.summary
    return {
        "id": summary.id,
        "name": row.name,
        "names": summary.names,
        "image": summary.image,
        "image_id": summary.image_id,
        "command": summary.command,
        "state": row.state,
        "status": summary.status,
        "health": "" if row.health == "none" else row.health,
        "exit_code": summary.exit_code,
        "created": summary.created,
        "since": since_of(summary, taken_at=taken_at),
        "project": row.project,
        "team": row.labels.get(known_labels.TEAM, ""),
        "labels": dict(row.labels),
        "networks": list(row.network_names),
        "ports": [
            {"ip": port.ip, "public": port.public_port, "private": port.private_port, "type": port.type}
            for port in summary.ports
        ],
        "mounts": [
            {"type": mount.type, "name": mount.name, "source": mount.source, "destination": mount.destination}
            for mount in summary.mounts
        ],
    }
