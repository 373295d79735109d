"""What /readyz tells. Asks the database, and pings each engine unless its breaker is open."""

from typing import Any

from django.db import DatabaseError

from apps.core.errors import Refusal
from apps.engine.api.system import ping
from apps.engine.errors import EngineError
from apps.hosts import connections
from apps.hosts.models import Host
from apps.hosts.selectors import host_list


def readiness(*, is_detailed: bool) -> dict[str, Any]:
    """Report `database` ("up" or "down") and `hosts`: slug → "up" or "down", or more with `is_detailed`."""
    try:
        hosts = host_list()
    except DatabaseError:
        return {"database": "down", "hosts": {}}
    return {"database": "up", "hosts": {host.slug: _host(host, is_detailed=is_detailed) for host in hosts}}


def _host(host: Host, *, is_detailed: bool) -> dict[str, str] | str:
    failure = ""
    try:
        connections.of(host).engine.run(ping())
    except (EngineError, Refusal) as exc:
        failure = str(exc)
    state = "down" if failure else "up"
    if not is_detailed:
        return state
    return {"state": state, "endpoint": host.endpoint or "environment", "detail": failure}
