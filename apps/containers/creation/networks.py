"""Further networks of a container, a line each: name,alias=db,ip=10.0.0.5,driver-opt=key=value."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.mounts import row_line
from apps.containers.creation.reading import read_row
from apps.containers.creation.texts import Fault, each_line, read_integer, row_lines

Further = tuple[str, dict[str, Any]]
"""A network and the container's settings on it, as EndpointSpec has them."""

_LISTS = {"alias": "Aliases", "link": "Links"}
_ADDRESSES = {"ip": ("IPv4Address", 4), "ip6": ("IPv6Address", 6)}


_BUILT_IN = ("", "default", "bridge", "host", "none")


def is_own(network: str) -> bool:
    """Whether a network mode names a network that somebody made: only there are names and addresses of one's own."""
    return network not in _BUILT_IN and not network.startswith("container:")


def read_networks(text: str) -> list[Further]:
    """Read one network of each line, as `docker network connect` takes them. Raise Fault."""
    seen: set[str] = set()

    def read(line: str) -> Further:
        network, endpoint = _network(line)
        if network in seen:
            raise Fault(_("%(network)s stands twice.") % {"network": network})
        seen.add(network)
        return network, endpoint

    return each_line(row_lines(text), read)


def _network(line: str) -> Further:
    first, *options = read_row(line)
    network = first.strip().removeprefix("name=")
    if not network or network in ("host", "none", "default") or network.startswith("container:"):
        raise Fault(_("“%(line)s”: begin with the name of a network, then options after commas.") % {"line": line})
    endpoint: dict[str, Any] = {}
    for option in options:
        name, _equals, value = option.strip().partition("=")
        if not value:
            raise Fault(_("“%(line)s”: “%(name)s” has no value.") % {"line": line, "name": name})
        if name in _LISTS:
            endpoint.setdefault(_LISTS[name], []).append(value)
        elif name in _ADDRESSES:
            member, family = _ADDRESSES[name]
            check_address(value, family)
            endpoint.setdefault("IPAMConfig", {})[member] = value
        elif name == "link-local-ip":
            check_address(value, 0)
            endpoint.setdefault("IPAMConfig", {}).setdefault("LinkLocalIPs", []).append(value)
        elif name == "driver-opt":
            key, _equals, inner = value.partition("=")
            endpoint.setdefault("DriverOpts", {})[key] = inner
        elif name == "gw-priority":
            endpoint["GwPriority"] = read_integer(value, least=-(2**31), most=2**31 - 1)
        else:
            raise Fault(_("“%(line)s”: there is no option “%(name)s”.") % {"line": line, "name": name})
    return network, endpoint


def check_address(text: str, family: int) -> None:
    """Raise Fault for what is no IP address, or none of this family (4 or 6; 0 for either)."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError as exc:
        raise Fault(_("“%(text)s” is no IP address.") % {"text": text}) from exc
    if family and address.version != family:
        raise Fault(_("This is no IPv%(family)d address.") % {"family": family})


def network_line(network: str, endpoint: dict[str, Any]) -> str:
    """Write a network as a line that `read_networks` reads back."""
    pool = endpoint.get("IPAMConfig") or {}
    parts = [f"name={network}" if network.startswith("name=") or network != network.strip() else network]
    parts += [f"alias={alias}" for alias in endpoint.get("Aliases") or []]
    parts += [f"{name}={pool[member]}" for name, (member, _family) in _ADDRESSES.items() if pool.get(member)]
    parts += [f"link-local-ip={address}" for address in pool.get("LinkLocalIPs") or []]
    parts += [f"link={link}" for link in endpoint.get("Links") or []]
    parts += [f"gw-priority={endpoint['GwPriority']}"] if endpoint.get("GwPriority") else []
    parts += [f"driver-opt={key}={value}" for key, value in (endpoint.get("DriverOpts") or {}).items()]
    return row_line(parts)
