"""From the inspect of a container to the body of ContainerCreate that makes it again."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from apps.containers.creation.image_defaults import own_config
from apps.containers.creation.networks import Further

Body = dict[str, Any]

_SHORT_ID = 12
_ANONYMOUS = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ON_NETWORKS = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority")
_WITHOUT_NETWORKS = ("host", "none")


@dataclass(frozen=True, slots=True)
class Again:
    """The body, the settings on its first network, the networks it is connected to afterwards."""

    body: Body
    endpoint: Body
    further: list[Further]


def again(inspected: Body, *, image: Body | None, is_same: bool) -> Again:
    """Undo what the engine added of itself. `image` is the config of its image: what it gives is left out.

    `is_same`: it takes the place of the container, so it keeps its anonymous volumes. Otherwise it gets new ones; that
    holds for those that a replaced container kept by their name, too.
    """
    config: Body = {**(inspected.get("Config") or {})}
    host: Body = {**(inspected.get("HostConfig") or {})}
    full_id = inspected.get("Id") or ""
    if config.get("Hostname") == full_id[:_SHORT_ID] or _is_others_name(host):
        config.pop("Hostname", None)
    volumes = set(config.get("Volumes") or {})
    binds = [line for line in host.get("Binds") or [] if ":" in line]
    loose = {line for line in host.get("Binds") or [] if ":" not in line}
    if is_same:
        host["Mounts"] = [_named(mount, inspected) for mount in host.get("Mounts") or []]
        binds += _kept(volumes | loose, inspected, binds=binds, mounts=host["Mounts"])
    else:
        loose |= {line.split(":")[1] for line in binds if _ANONYMOUS.fullmatch(line.split(":")[0])}
        binds = [line for line in binds if not _ANONYMOUS.fullmatch(line.split(":")[0])]
        host["Mounts"] = [_nameless(mount) for mount in host.get("Mounts") or []]
    config["Volumes"] = {path: {} for path in sorted(volumes | loose)}
    host["Binds"] = binds
    config = own_config(config, image)
    bound = {port for port, bindings in (host.get("PortBindings") or {}).items() if bindings}
    config["ExposedPorts"] = {port: {} for port in config.get("ExposedPorts") or {} if port not in bound}
    policy = host.get("RestartPolicy") or {}
    if policy.get("Name") != "on-failure":
        host["RestartPolicy"] = {"Name": policy.get("Name")}
    host["Ulimits"] = [{**limit, "Name": _limit_name(limit.get("Name") or "")} for limit in host.get("Ulimits") or []]
    if host.get("MemorySwap") and host["MemorySwap"] == 2 * (host.get("Memory") or 0):
        host.pop("MemorySwap")  # engines set it so where only the memory is limited
    endpoint, further = _networks(inspected, host)
    host["Links"] = sorted(_link(line) for line in [*(host.get("Links") or []), *endpoint.pop("Links", [])])
    return Again({**config, "HostConfig": host}, endpoint, further)


def _is_others_name(host: Body) -> bool:
    """Whether the host name is that of the host or of another container: engines refuse to be told it again."""
    return host.get("UTSMode") == "host" or (host.get("NetworkMode") or "").startswith("container:")


def _limit_name(name: str) -> str:
    """Write Podman's "RLIMIT_NOFILE" as it wants to be told it: "nofile"."""
    return name.removeprefix("RLIMIT_").lower() if name.startswith("RLIMIT_") else name


def _link(line: str) -> str:
    """Write "/db:/web/database" of an inspect as "db:database"."""
    other, _colon, alias = line.partition(":")
    return f"{other.removeprefix('/')}:{alias.rpartition('/')[2]}"


def _volumes_by_path(inspected: Body) -> dict[str, Body]:
    mounts = inspected.get("Mounts") or []
    return {mount.get("Destination", ""): mount for mount in mounts if mount.get("Name")}


def _named(mount: Body, inspected: Body) -> Body:
    found = _volumes_by_path(inspected).get(posixpath.normpath(mount.get("Target") or "/"))
    if mount.get("Type") != "volume" or mount.get("Source") or found is None:
        return mount
    return {**mount, "Source": found["Name"]}


def _nameless(mount: Body) -> Body:
    is_anonymous = mount.get("Type") == "volume" and _ANONYMOUS.fullmatch(mount.get("Source") or "")
    return {name: value for name, value in mount.items() if name != "Source"} if is_anonymous else mount


def _kept(paths: set[str], inspected: Body, *, binds: list[str], mounts: list[Body]) -> list[str]:
    """Return lines for the anonymous volumes at these paths, by the names that they have."""
    found = _volumes_by_path(inspected)
    taken = {posixpath.normpath(line.split(":")[1]) for line in binds}
    taken |= {posixpath.normpath(mount.get("Target") or "/") for mount in mounts}
    lines = []
    for path in sorted({posixpath.normpath(path) for path in paths} - taken):
        if path in found:
            lines.append(f"{found[path]['Name']}:{path}" + ("" if found[path].get("RW", True) else ":ro"))
    return lines


def _networks(inspected: Body, host: Body) -> tuple[Body, list[Further]]:
    """Return the settings on the first network and the others. Where it left its first network, another one is."""
    mode = host.get("NetworkMode") or "default"
    found = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    networks: dict[str, Body] = {name: settings or {} for name, settings in found.items()}
    main = "bridge" if mode == "default" else mode
    if main not in networks:  # it may be named by its id
        main = next((name for name, each in networks.items() if (each.get("NetworkID") or "").startswith(mode)), main)
    if main not in networks and networks and mode not in _WITHOUT_NETWORKS and not mode.startswith("container:"):
        main = host["NetworkMode"] = min(networks)
    if host.get("NetworkMode") == "default":
        host.pop("NetworkMode")
    further = [(name, _settings(each, inspected)) for name, each in sorted(networks.items()) if name != main]
    return _settings(networks.get(main, {}), inspected), further


def _settings(endpoint: Body, inspected: Body) -> Body:
    """Return what was wished of an endpoint."""
    settings = {name: endpoint[name] for name in _ON_NETWORKS if endpoint.get(name)}
    aliases = _aliases(settings.pop("Aliases", []), inspected)
    pool = {name: value for name, value in settings.pop("IPAMConfig", {}).items() if value}
    return {**settings, **({"Aliases": aliases} if aliases else {}), **({"IPAMConfig": pool} if pool else {})}


def _aliases(aliases: list[str], inspected: Body) -> list[str]:
    """Leave out what engines add, up to API 1.44: the short id and, behind it, the host name.

    Kept, the host name of today would stay a name of the container when it has another one.
    """
    short_id = (inspected.get("Id") or "")[:_SHORT_ID]
    hostname = (inspected.get("Config") or {}).get("Hostname")
    if short_id in aliases[:-1] and aliases[-1] == hostname:
        aliases = aliases[:-1]
    return [alias for alias in aliases if alias != short_id]
