"""The form as a service of a compose file. Pure: texts in, text out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.mounts import read_mounts
from apps.containers.creation.networks import is_own, read_networks
from apps.containers.creation.reading import read_argv, read_gpus, read_pairs, read_value
from apps.containers.creation.texts import entries, env_entries, unquoted


def compose_service(values: Mapping[str, str]) -> str:
    """Return a compose file with this one service. Raise Fault for a text that cannot be read."""
    texts = {name: text.replace("\r\n", "\n") for name, text in values.items() if text.strip()}
    service: dict[str, Any] = {}
    unsaid: list[str] = []
    for each in FIELDS.values():
        text = texts.get(each.name, "")
        if text and each.compose:
            _put(service, each.compose, _value(each, text, texts))
        elif text and each.name not in _ELSEWHERE:
            unsaid.append(str(each.label))
    volumes = _mounts(service, texts, unsaid)
    networks = _networks(service, texts)
    if texts.get("further_networks") and not networks:
        unsaid.append(str(FIELDS["further_networks"].label))
    if texts.get("gpus"):
        _put(service, "deploy.resources.reservations.devices", [_gpu(request) for request in read_gpus(texts["gpus"])])
    name = texts.get("name", "").strip() or "app"
    document: dict[str, Any] = {"services": {name: service}}
    if volumes:
        document["volumes"] = volumes
    if networks:
        document["networks"] = {network: {"external": True} for network in networks}
    lines = _yaml(document, 0)
    if unsaid:
        lines.insert(0, "# " + _("not in a compose file: %(fields)s") % {"fields": ", ".join(unsaid)})
    return "\n".join(lines) + "\n"


_ELSEWHERE = frozenset(
    {
        "mounts", "net_aliases", "ipv4", "ipv6", "link_local", "net_options", "gw_priority", "further_networks", "gpus",
        "restart_tries",
    }
)  # fmt: skip


def _put(service: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for name in outer:
        service = service.setdefault(name, {})
    service[last] = value


def _value(each: Field, text: str, texts: Mapping[str, str]) -> Any:
    match each.kind:
        case Kind.TICK | Kind.HEALTH_OFF:
            return True
        case Kind.TRISTATE:
            return text == "true"
        case Kind.INTEGER if each.name != "stop_timeout":
            return read_value(each, text)
        case Kind.INTEGER:
            return f"{text.strip()}s"
        case Kind.ARGV:
            return read_argv(text)
        case Kind.ENV:
            return env_entries(text)
        case Kind.PAIRS | Kind.HEALTH:
            return read_value(each, text)
        case Kind.ULIMITS:
            return {limit["Name"]: {"soft": limit["Soft"], "hard": limit["Hard"]} for limit in read_value(each, text)}
        case _ if each.kind.is_list:
            return entries(text)
        case _ if each.name == "restart" and texts.get("restart_tries", "").strip():
            return f"{text.strip()}:{texts['restart_tries'].strip()}"
    plain = unquoted(text.strip())
    return text.strip() if plain is None else plain


def _mounts(service: dict[str, Any], texts: Mapping[str, str], unsaid: list[str]) -> dict[str, dict[str, Any]]:
    """Add the mounts in their long form; return the named volumes that all of them use, as compose declares them."""
    named = [line.split(":")[0] for line in entries(texts.get("binds", "")) if ":" in line and line[0] != "/"]
    # Made when it is missing, as docker run does; without a name compose would put the project's before it.
    volumes: dict[str, dict[str, Any]] = {name: {"name": name} for name in named}
    for mount in read_mounts(texts.get("mounts", "")):
        entry = {"type": mount["Type"], "source": mount.get("Source"), "target": mount["Target"]}
        entry["read_only"] = mount.get("ReadOnly")
        entry["consistency"] = mount.get("Consistency")
        options = mount.get("VolumeOptions", {})
        entry["volume"] = {"nocopy": options.get("NoCopy"), "subpath": options.get("Subpath")}
        driver = options.get("DriverConfig", {})
        if mount["Type"] == "volume" and mount.get("Source"):
            declared = volumes.setdefault(mount["Source"], {"name": mount["Source"]})
            said = {"driver": driver.get("Name"), "driver_opts": driver.get("Options"), "labels": options.get("Labels")}
            declared.update(_said(said))
        elif driver or options.get("Labels"):
            unsaid.append(str(FIELDS["mounts"].label))
        entry["bind"] = _bind(mount.get("BindOptions", {}))
        sizes = mount.get("TmpfsOptions", {})
        entry["tmpfs"] = {"size": sizes.get("SizeBytes"), "mode": sizes.get("Mode")}
        flat = {name: _said(value) if isinstance(value, dict) else value for name, value in entry.items()}
        service.setdefault("volumes", []).append(_said(flat))
    return volumes


def _bind(options: dict[str, Any]) -> dict[str, Any]:
    recursive = {"NonRecursive": "disabled", "ReadOnlyNonRecursive": "writable", "ReadOnlyForceRecursive": "readonly"}
    return {
        "propagation": options.get("Propagation"),
        "create_host_path": options.get("CreateMountpoint"),
        "recursive": next((word for name, word in recursive.items() if options.get(name)), None),
    }


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _networks(service: dict[str, Any], texts: Mapping[str, str]) -> list[str]:
    """Write networks of one's own as compose does; return their names. Beside a built-in one it knows no other."""
    network = texts.get("network", "").strip()
    if not is_own(network):
        return []
    service.pop("network_mode", None)
    pool = {
        member: texts[name].strip()
        for name, member in (("ipv4", "IPv4Address"), ("ipv6", "IPv6Address"))
        if name in texts
    }
    first = {
        "Aliases": entries(texts.get("net_aliases", "")),
        "IPAMConfig": {**pool, "LinkLocalIPs": entries(texts.get("link_local", ""))},
        "DriverOpts": read_pairs(texts.get("net_options", "")),
        "GwPriority": read_value(FIELDS["gw_priority"], texts["gw_priority"]) if "gw_priority" in texts else 0,
    }
    further = read_networks(texts.get("further_networks", ""))
    service["networks"] = {name: _endpoint(settings) for name, settings in [(network, first), *further]}
    return list(service["networks"])


def _endpoint(settings: dict[str, Any]) -> dict[str, Any]:
    pool = settings.get("IPAMConfig", {})
    said = {
        "aliases": settings.get("Aliases"),
        "link_local_ips": pool.get("LinkLocalIPs"),
        "ipv4_address": pool.get("IPv4Address"),
        "ipv6_address": pool.get("IPv6Address"),
        "driver_opts": settings.get("DriverOpts"),
        "gw_priority": settings.get("GwPriority"),
    }
    return {name: value for name, value in said.items() if value}


def _gpu(request: dict[str, Any]) -> dict[str, Any]:
    count = request.get("Count")
    said = {
        "driver": request.get("Driver"),
        "count": "all" if count == -1 else count,
        "device_ids": request.get("DeviceIDs"),
        "capabilities": (request.get("Capabilities") or [["gpu"]])[0],
        "options": request.get("Options"),
    }
    return {name: value for name, value in said.items() if value}


def _yaml(value: Any, depth: int) -> list[str]:
    """Write mappings and lists as blocks and scalars as JSON, which every YAML reader takes."""
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for name, item in value.items():
            key = name if name.replace("_", "").replace("-", "").isalpha() and name.isascii() else json.dumps(name)
            key = (
                json.dumps(name)
                if name.lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
                else key
            )
            if isinstance(item, dict | list) and item:
                lines += [f"{pad}{key}:", *_yaml(item, depth + 1)]
            else:
                lines.append(f"{pad}{key}: {_scalar(item)}")
    else:
        for item in value:
            if isinstance(item, dict) and item:
                first, *rest = _yaml(item, depth + 1)
                lines += [f"{pad}- {first.lstrip()}", *rest]
            else:
                lines.append(f"{pad}- {_scalar(item)}")
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value.replace("$", "$$"), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
