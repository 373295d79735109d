"""What an engine says of a container and CreateSpec has no member for: newer engines know more than we do."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from apps.engine.types.container_create import CreateSpec

_SILENT = frozenset(
    {
        "AttachStdin", "AttachStdout", "AttachStderr", "OnBuild", "Shell", "ArgsEscaped", "VolumeDriver",
        "HostConfig.ContainerIDFile", "HostConfig.ConsoleSize", "HostConfig.Isolation",
    }
)  # fmt: skip
"""Members that mean nothing for a container (see left_out), or repeat another one (the driver, up to API 1.20)."""
_SAYS_NOTHING: tuple[Any, ...] = (None, "", 0, [], {})
_ANSWERS = frozenset(
    {
        "IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority", "NetworkID", "EndpointID", "Gateway", "IPAddress",
        "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "MacAddress", "DNSNames",
    }
)  # fmt: skip
"""Members of a network's settings that are wishes of ours, or answers of the engine."""


def sifted(body: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what CreateSpec has members for, and the paths of the other members that say something."""
    strange: list[str] = []
    found: dict[str, Any] = _sifted(body, msgspec.inspect.type_info(CreateSpec), "", strange)
    return found, list(dict.fromkeys(strange))


def strange_endpoints(inspected: dict[str, Any]) -> list[str]:
    """Return members of the networks' settings that we cannot ask for."""
    networks = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    return [
        f"{network}: {name}"
        for network, endpoint in networks.items()
        for name, value in (endpoint or {}).items()
        if name not in _ANSWERS and value not in _SAYS_NOTHING
    ]


@cache
def _members(struct: type) -> dict[str, msgspec.inspect.Type]:
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)
    return {each.encode_name: each.type for each in info.fields}


def _sifted(value: Any, kind: msgspec.inspect.Type, path: str, strange: list[str]) -> Any:
    if isinstance(kind, msgspec.inspect.UnionType):
        kind = next(each for each in kind.types if not isinstance(each, msgspec.inspect.NoneType))
    if isinstance(kind, msgspec.inspect.ListType) and isinstance(value, list):
        return [_sifted(item, kind.item_type, f"{path}[]", strange) for item in value]
    if not isinstance(kind, msgspec.inspect.StructType) or not isinstance(value, dict):
        return value
    members = _members(kind.cls)
    found = {}
    for name, item in value.items():
        inner = f"{path}.{name}" if path else name
        if name in members:
            found[name] = _sifted(item, members[name], inner, strange)
        elif inner not in _SILENT and item not in _SAYS_NOTHING:
            strange.append(inner)
    return found
