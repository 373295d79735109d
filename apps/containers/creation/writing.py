"""From a container that exists to the texts of the form: what `building` reads back to the same container."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.mounts import mount_line, row_line
from apps.engine.version import ApiVersion

_SHORT_ID = 12
_ZERO_MATTERS = ("stop_timeout", "swappiness")
_SILENT = frozenset(
    {
        "AttachStdin", "AttachStdout", "AttachStderr", "Volumes", "OnBuild", "ReadonlyPaths", "ContainerIDFile",
        "ConsoleSize", "Isolation", "HostConfig", "Healthcheck", "RestartPolicy", "LogConfig", "ArgsEscaped", "Shell",
    }
)  # fmt: skip
"""Members that the form holds elsewhere, or that mean nothing for a container (see left_out)."""
_USUAL_MASK = "/proc/kcore"


@dataclass(frozen=True, slots=True)
class Written:
    """Texts by field, and what of the container no field can hold, in words."""

    values: dict[str, str]
    lost: list[str]


class Unsayable(ValueError):
    """A value that its field has no words for."""


def write(inspected: dict[str, Any], *, version: ApiVersion) -> Written:
    """Return the form of a container, given its inspect as it came. Its name is not taken along."""
    config: dict[str, Any] = inspected.get("Config") or {}
    host: dict[str, Any] = inspected.get("HostConfig") or {}
    body = {**config, "HostConfig": host}
    mode = host.get("NetworkMode") or ""
    networks: dict[str, Any] = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    endpoint = networks.get(mode) or {}
    values: dict[str, str] = {}
    lost: list[str] = []
    for each in FIELDS.values():
        try:
            text = _text(each, _at(endpoint, each.path[1:]) if each.path.startswith("@") else _at(body, each.path))
            text = _adjusted(each, text, inspected=inspected, body=body)
        except (Unsayable, KeyError, TypeError, AttributeError) as exc:
            lost.append(f"{each.label} ({exc})" if str(exc) else str(each.label))
            continue
        if text and not each.is_in(version):
            if text not in (each.default, "host", "private"):
                lost.append(_("%(field)s (needs API %(needs)s)") % {"field": each.label, "needs": each.since})
        elif text:
            values[each.name] = text
    if endpoint.get("Links") and not values.get("links"):
        values["links"] = "\n".join(endpoint["Links"])
    lost += _unknown(config, prefix="") + _unknown(host, prefix="HostConfig.")
    lost += [_("network %(name)s") % {"name": name} for name in networks if name != mode and len(networks) > 1]
    return Written(values, lost)


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _adjusted(each: Field, text: str, *, inspected: dict[str, Any], body: dict[str, Any]) -> str:
    """Leave out what the engine made up, and add what stands elsewhere."""
    full_id = inspected.get("Id", "")
    host = body["HostConfig"]
    match each.name:
        case "hostname" if text == full_id[:_SHORT_ID] or _is_others_name(host):
            return ""
        case "network" if text == "default":
            return ""
        case "restart" if text == "no":
            return ""
        case "restart_tries" if (host.get("RestartPolicy") or {}).get("Name") != "on-failure":
            return ""
        case "swappiness" if text == "-1":
            return ""
        case "net_aliases":
            return "\n".join(line for line in text.split("\n") if line != full_id[:_SHORT_ID])
        case "binds":
            return "\n".join(line for line in (text, *sorted(body.get("Volumes") or {})) if line)
        case "expose":
            bound = {port for port, bindings in (host.get("PortBindings") or {}).items() if bindings}
            return "\n".join(line for line in text.split("\n") if line not in bound)
        case "links":
            return "\n".join(_link(line) for line in text.split("\n") if line)
    return text


def _is_others_name(host: dict[str, Any]) -> bool:
    """Whether the host name is that of the host or of another container: engines refuse to be told it again."""
    return host.get("UTSMode") == "host" or (host.get("NetworkMode") or "").startswith("container:")


def _link(line: str) -> str:
    """Write "/db:/web/database" of an inspect as "db:database"."""
    other, _colon, alias = line.partition(":")
    return f"{other.removeprefix('/')}:{alias.rpartition('/')[2]}"


def _unknown(members: dict[str, Any], *, prefix: str) -> list[str]:
    known = {each.path.removeprefix(prefix).split(".")[0] for each in FIELDS.values() if each.path.startswith(prefix)}
    return [
        f"{prefix}{name}"
        for name, value in members.items()
        if name not in known and name not in _SILENT and value not in (None, "", 0, False, [], {}, [0, 0])
    ]


def _lines(items: list[str]) -> str:
    for item in items:
        if "\n" in item or "\r" in item:
            raise Unsayable(_("a value of several lines"))
    return "\n".join(items)


def write_size(size: int) -> str:
    """Write bytes with the largest unit that fits without rest."""
    for unit, power in (("t", 40), ("g", 30), ("m", 20), ("k", 10)):
        if size > 0 and size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return str(size)


def write_duration(nanoseconds: int) -> str:
    """Write nanoseconds with the largest unit that fits without rest."""
    for unit, length in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if nanoseconds % length == 0:
            return f"{nanoseconds // length}{unit}"
    return f"{nanoseconds}ns"


def _ports(bindings: dict[str, list[dict[str, str]] | None]) -> str:
    lines = []
    for port, found in bindings.items():
        inside = port.removesuffix("/tcp")
        for binding in found or []:
            address, outside = binding.get("HostIp") or "", binding.get("HostPort") or ""
            address = f"[{address}]" if ":" in address else address
            head = f"{address}:{outside}:" if address else f"{outside}:" if outside else ""
            lines.append(f"{head}{inside}")
    return _lines(lines)


def _gpus(requests: list[dict[str, Any]]) -> str:
    lines = []
    for request in requests:
        parts = []
        wanted = request.get("Capabilities") or [[]]
        if len(wanted) > 1:
            raise Unsayable(_("several sets of capabilities"))
        if request.get("Driver"):
            parts.append(f"driver={request['Driver']}")
        if request.get("DeviceIDs"):
            parts.append("device=" + ",".join(request["DeviceIDs"]))
        elif request.get("Count"):
            parts.append("all" if request["Count"] == -1 else f"count={request['Count']}")
        if wanted[0] not in ([], ["gpu"]):
            parts.append("capabilities=" + ",".join(wanted[0]))
        parts += [f"{name}={value}" for name, value in (request.get("Options") or {}).items()]
        lines.append(row_line(parts))
    return _lines(lines)


def _health(test: list[str]) -> str:
    if not test or test == ["NONE"]:
        return ""
    if test[0] == "CMD":
        return json.dumps(test[1:], ensure_ascii=False)
    if test[0] != "CMD-SHELL" or len(test) != 2 or test[1].lstrip().startswith("["):
        raise Unsayable(test[0])
    return test[1]


def _masked(value: list[str] | None) -> str:
    if value and _USUAL_MASK not in value:
        raise Unsayable("HostConfig.MaskedPaths")
    return "" if value or value is None else "on"


def _text(each: Field, value: Any) -> str:
    kind = each.kind
    if kind is Kind.UNMASK:
        return _masked(value)
    if value is None:
        return ""
    match kind:
        case Kind.TICK:
            return "on" if value else ""
        case Kind.TRISTATE:
            return "true" if value else "false"
        case Kind.HEALTH_OFF:
            return "on" if value == ["NONE"] else ""
        case Kind.INTEGER:
            return str(value) if value or each.name in _ZERO_MATTERS else ""
        case Kind.SIZE:
            return write_size(value) if value else ""
        case Kind.DURATION:
            return write_duration(value) if value else ""
        case Kind.CPUS:
            return f"{(Decimal(value) / 10**9).normalize():f}" if value else ""
        case Kind.ARGV:
            return shlex.join([value] if isinstance(value, str) else value)
        case Kind.LINES | Kind.ENV | Kind.BINDS:
            return _lines(value)
        case Kind.PAIRS:
            return _lines([f"{name}={item}" for name, item in value.items()])
        case Kind.EXPOSE:
            return _lines(sorted(value))
        case Kind.TMPFS:
            return _lines([f"{path}:{options}" if options else path for path, options in value.items()])
        case Kind.PORTS:
            return _ports(value)
        case Kind.MOUNTS:
            return _lines([mount_line(mount) for mount in value])
        case Kind.DEVICES:
            return _lines([f"{d['PathOnHost']}:{d['PathInContainer']}:{d['CgroupPermissions']}" for d in value])
        case Kind.GPUS:
            return _gpus(value)
        case Kind.ULIMITS:
            return _lines([f"{limit['Name']}={limit['Soft']}:{limit['Hard']}" for limit in value])
        case Kind.WEIGHTS:
            return _lines([f"{each['Path']}:{each['Weight']}" for each in value])
        case Kind.BYTE_RATES | Kind.RATES:
            return _lines([f"{each['Path']}:{each['Rate']}" for each in value])
        case Kind.HEALTH:
            return _health(value)
        case _:
            return str(value)
