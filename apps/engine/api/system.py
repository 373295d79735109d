"""The engine itself: ping, version, info, disk usage, events; and its check of credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.engine.api.arguments import Moment, unix_time
from apps.engine.call import Call, Reply
from apps.engine.operations import (
    SYSTEM_AUTH,
    SYSTEM_DATA_USAGE,
    SYSTEM_EVENTS,
    SYSTEM_INFO,
    SYSTEM_PING,
    SYSTEM_VERSION,
)
from apps.engine.types import tolerance
from apps.engine.types.disk_usage import DiskUsage
from apps.engine.types.events import Event, event_of
from apps.engine.types.system import AuthAnswer, Ping, SystemInfo, SystemVersion
from apps.engine.version import ApiVersion

_FILTERS = {
    "filters.label": ApiVersion(1, 21),
    "filters.type": ApiVersion(1, 22),
    "filters.volume": ApiVersion(1, 22),
    "filters.network": ApiVersion(1, 22),
    "filters.daemon": ApiVersion(1, 24),
    "filters.plugin": ApiVersion(1, 24),
    "filters.scope": ApiVersion(1, 30),
    "filters.config": ApiVersion(1, 33),
    "filters.node": ApiVersion(1, 33),
    "filters.secret": ApiVersion(1, 33),
    "filters.service": ApiVersion(1, 33),
}
_AUTH_DEADLINE_S = 30.0
"""The engine itself waits some 15 s for a registry that does not answer, and tries it by https and by http."""


def ping() -> Call[Ping]:
    """Ask whether the engine answers, and what it is. Every version has the GET; HEAD came with 1.40."""
    return Call(SYSTEM_PING, parse=_ping_of)


def version() -> Call[SystemVersion]:
    """Return versions of the engine and of its API."""
    return Call(SYSTEM_VERSION, parse=lambda reply: tolerance.read(SystemVersion, reply.body))


def info() -> Call[SystemInfo]:
    """Return what the engine says of itself and of its host."""
    return Call(SYSTEM_INFO, parse=lambda reply: tolerance.read(SystemInfo, reply.body))


def system_data_usage() -> Call[DiskUsage]:
    """Measure what images and containers take on the disk (API 1.25): slow, so keep the answer.

    Engines up to 20.10 measure one at a time: another call meanwhile is a ServerFault ("a disk usage operation is
    already running").
    """
    return Call(SYSTEM_DATA_USAGE, deadline_s=120.0, parse=lambda reply: tolerance.read(DiskUsage, reply.body))


def system_auth(
    server_address: str, *, username: str = "", password: str = "", identity_token: str = ""
) -> Call[AuthAnswer]:
    """Have the engine show credentials to a registry (host, host:port or Docker Hub's https://index.docker.io/v1/).

    It changes nothing, whatever its method says: the engine keeps no credentials. A refusal comes as 401, or as 500
    with the registry's words (up to 20.10 always); an unreachable registry as 500 too. Tokens need API 1.23.
    """
    return Call(
        SYSTEM_AUTH,
        body={
            "username": username or None,
            "password": password or None,
            "identitytoken": identity_token or None,
            "serveraddress": server_address,
        },
        needs={"identitytoken": ApiVersion(1, 23)},
        deadline_s=_AUTH_DEADLINE_S,
        parse=lambda reply: tolerance.read(AuthAnswer, reply.body),
    )


def events(
    *, since: Moment = None, until: Moment = None, filters: Mapping[str, Sequence[str]] | None = None
) -> Call[Event]:
    """Stream what happens, as JSON lines (`event_of` reads one).

    `since` and `until` are unix seconds with up to nine decimals, both inclusive. The engine remembers 256 events, and
    none after its own restart: after any reconnect list again. It drops events for a reader that does not keep up.
    Filters that the version does not know (`type` below 1.22) are not sent: look at `Event.type` all the same.
    """
    return Call(
        SYSTEM_EVENTS,
        query={
            "since": unix_time(since, operation=SYSTEM_EVENTS, name="since"),
            "until": unix_time(until, operation=SYSTEM_EVENTS, name="until"),
            "filters": filters,
        },
        drops=_FILTERS,
        parse=lambda reply: event_of(reply.body),
    )


def _ping_of(reply: Reply) -> Ping:
    return Ping(
        api_version=reply.header("api-version"),
        os_type=reply.header("ostype"),
        is_experimental=reply.header("docker-experimental") == "true",
        builder_version=reply.header("builder-version"),
        swarm=reply.header("swarm"),
        server=reply.header("server"),
    )
