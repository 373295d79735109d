"""What a registry has, asked through the engine."""

from __future__ import annotations

from apps.engine.call import Call
from apps.engine.operations import DISTRIBUTION_INSPECT
from apps.engine.registry_auth import AUTH
from apps.engine.types import tolerance
from apps.engine.types.images import DistributionInspect


def distribution_inspect(name: str, *, registry_auth: str = "") -> Call[DistributionInspect]:
    """Return the digest and the platforms that a registry has under a name (API 1.30). Nothing is pulled.

    `registry_auth` is an X-Registry-Auth, "" none. ServerFault: the registry was not reached or asks for credentials;
    NotFound, Forbidden, Unauthorized: it has no such name, or not for us. A whole image id is a ServerFault.
    """
    return Call(
        DISTRIBUTION_INSPECT,
        path={"name": name},
        headers={AUTH: registry_auth} if registry_auth else {},
        deadline_s=45.0,
        parse=lambda reply: tolerance.read(DistributionInspect, reply.body),
    )
