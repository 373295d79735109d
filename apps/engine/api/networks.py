"""Networks, as far as making containers needs them."""

from __future__ import annotations

from apps.engine.call import Call
from apps.engine.operations import NETWORK_LIST
from apps.engine.types import tolerance
from apps.engine.types.images import NetworkSummary


def network_list() -> Call[list[NetworkSummary]]:
    """List networks (API 1.21)."""
    return Call(NETWORK_LIST, parse=lambda reply: tolerance.read_list(NetworkSummary, reply.body))
