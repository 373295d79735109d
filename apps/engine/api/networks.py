"""Networks, as far as making containers needs them."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from apps.engine.call import Call
from apps.engine.operations import NETWORK_CONNECT, NETWORK_DISCONNECT, NETWORK_INSPECT, NETWORK_LIST
from apps.engine.types import tolerance
from apps.engine.types.container_create import SINCE, EndpointSpec, members_of
from apps.engine.types.images import NetworkSummary
from apps.engine.types.networks import NetworkInspect, network_inspect_of
from apps.engine.version import ApiVersion

_IN_CREATE = "NetworkingConfig.EndpointsConfig"
_SINCE = {"EndpointConfig": ApiVersion(1, 22)} | {
    name.replace(f"{_IN_CREATE}.*", "EndpointConfig"): since
    for name, since in SINCE.items()
    if name.startswith(f"{_IN_CREATE}.*")
}


def network_list() -> Call[list[NetworkSummary]]:
    """List networks (API 1.21)."""
    return Call(NETWORK_LIST, parse=lambda reply: tolerance.read_list(NetworkSummary, reply.body))


def network_inspect(network_id: str) -> Call[NetworkInspect]:
    """Return one network by id, prefix or name (API 1.21). NotFound: none; BadRequest: several have this name."""
    return Call(NETWORK_INSPECT, path={"id": network_id}, parse=lambda reply: network_inspect_of(reply.body))


def network_connect(network_id: str, *, container_id: str, endpoint: EndpointSpec | None = None) -> Call[None]:
    """Connect a container to a network (API 1.21), with addresses and names of its own from API 1.22 on.

    A container that does not run is connected when it starts: an address that cannot be had is said then. NotFound: no
    such network or container. Forbidden: it is connected already, or to a network that admits no other. A member of
    `endpoint` that is newer than the version spoken is VersionTooOld.
    """
    settings: dict[str, Any] = to_builtins(endpoint) if endpoint is not None else {}
    body = {"Container": container_id, "EndpointConfig": settings or None}
    return Call(
        NETWORK_CONNECT,
        path={"id": network_id},
        body=body,
        sends=frozenset(members_of({"EndpointConfig": settings} if settings else {})),
        needs=_SINCE,
        parse=lambda reply: None,
    )


def network_disconnect(network_id: str, *, container_id: str, force: bool = False) -> Call[None]:
    """Take a container off a network (API 1.21). `force` (API 1.22) also when the engine lost its trace.

    NotFound: no such network. ServerFault: the container is not on it (engine 20.10).
    """
    return Call(
        NETWORK_DISCONNECT,
        path={"id": network_id},
        body={"Container": container_id, "Force": True if force else None},
        needs={"Force": ApiVersion(1, 22)},
        parse=lambda reply: None,
    )
