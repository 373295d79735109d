"""Networks as the engine describes them."""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types import tolerance


class NetworkPool(Struct, rename="pascal"):
    """A range of addresses of a network, such as 172.20.0.0/16; "" where nothing was said."""

    subnet: str = ""
    ip_range: str = field(name="IPRange", default="")
    gateway: str = ""


class NetworkIpam(Struct, rename="pascal"):
    """Who gives addresses out, and which."""

    driver: str = ""
    raw_config: list[NetworkPool] | None = field(name="Config", default=None)

    @property
    def pools(self) -> list[NetworkPool]:
        """Ranges of addresses, [] when there are none."""
        return self.raw_config or []


class NetworkMember(Struct, rename="pascal"):
    """A container on a network. Addresses have their prefix length: 172.20.0.2/16; "" when there is none."""

    name: str = ""
    endpoint_id: str = field(name="EndpointID", default="")
    mac_address: str = ""
    ipv4_address: str = field(name="IPv4Address", default="")
    ipv6_address: str = field(name="IPv6Address", default="")


class NetworkInspect(Struct, rename="pascal"):
    """One network. `containers` are those that run, by full id; `raw` is the answer as it came."""

    id: str = ""
    name: str = ""
    driver: str = ""
    scope: str = ""
    created: str = ""
    internal: bool = False
    attachable: bool = False
    enable_ipv6: bool = field(name="EnableIPv6", default=False)
    ipam: NetworkIpam = field(name="IPAM", default_factory=NetworkIpam)
    raw_containers: dict[str, NetworkMember] | None = field(name="Containers", default=None)
    raw_options: dict[str, str] | None = field(name="Options", default=None)
    raw_labels: dict[str, str] | None = field(name="Labels", default=None)
    raw: bytes = field(name="-raw", default=b"")

    @property
    def containers(self) -> dict[str, NetworkMember]:
        """Running containers by full id, {} when there are none."""
        return self.raw_containers or {}

    @property
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return self.raw_labels or {}


def network_inspect_of(body: bytes) -> NetworkInspect:
    """Read the answer of NetworkInspect. Raise ProtocolBroken when it is no JSON object."""
    found = tolerance.read(NetworkInspect, body)
    found.raw = body
    return found
