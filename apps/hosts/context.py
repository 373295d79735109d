"""What every page says of its host: name, connection, counts. Never asks an engine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from apps.hosts import connections, snapshots
from apps.hosts.models import LOCAL_SLUG, Host
from apps.hosts.selectors import host_list


@dataclass(frozen=True, slots=True)
class HostHead:
    """A host as the frame shows it. Empty versions mean that the engine has not been asked yet.

    `state` is up, down or unknown; `since` and `detail` tell of a failure; `hint` says what to do about it.
    """

    slug: str
    name: str
    endpoint: str
    state: str
    since: datetime | None
    detail: str
    hint: str
    engine_version: str
    api_version: str
    container_count: int | None


def host_head(host: Host) -> HostHead:
    """What is known of a host without asking it."""
    connection = connections.of(host)
    facts = connection.known_facts
    failure, failed_at = connection.guard.failure, connection.guard.failed_at
    last = snapshots.of(host).last
    return HostHead(
        slug=host.slug,
        name=host.name,
        endpoint=str(connection.endpoint),
        state=str(connection.state),
        since=datetime.fromtimestamp(failed_at, UTC) if failed_at else None,
        detail=str(failure) if failure else "",
        hint=failure.hint if failure else "",
        engine_version=facts.engine_version if facts else "",
        api_version=str(facts.api_version) if facts else "",
        container_count=len(last.containers) if last else None,
    )


def hosts(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `hosts` (all), `host` and `connection` (the page's own, else the local one), `counts`."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.is_anonymous:
        return {}
    heads = [host_head(host) for host in host_list()]
    match = request.resolver_match
    slug = match.kwargs.get("host_slug") if match else None
    by_slug = {head.slug: head for head in heads}
    shown = by_slug.get(slug or LOCAL_SLUG) or (heads[0] if heads else None)
    return {
        "hosts": heads,
        "host": shown,
        "connection": shown,
        "counts": {"containers": shown.container_count if shown else None},
    }
