"""Making containers."""

from __future__ import annotations

from apps.engine.call import Call
from apps.engine.operations import CONTAINER_CREATE
from apps.engine.types import tolerance
from apps.engine.types.container_create import SINCE, ContainerCreated, CreateSpec, create_body, members_of
from apps.engine.version import ApiVersion


def container_create(
    spec: CreateSpec, *, name: str | None = None, platform: str | None = None
) -> Call[ContainerCreated]:
    """Create a container; it does not start. Without `name` the engine makes one up. `platform` (API 1.41): os/arch.

    NotFound: no such image here, or none for the platform. Conflict: the name is taken. BadRequest, ServerFault:
    values that the engine does not take. What it takes may still fail at the start (an unknown network, a port in use).
    A member that is newer than the version spoken is VersionTooOld.
    """
    body = create_body(spec)
    return Call(
        CONTAINER_CREATE,
        query={"name": name or None, "platform": platform or None},
        body=body,
        sends=frozenset(members_of(body)),
        needs={**SINCE, "platform": ApiVersion(1, 41)},
        parse=lambda reply: tolerance.read(ContainerCreated, reply.body),
    )
