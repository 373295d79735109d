"""From a container that exists to the texts of the form: what `building` reads back to the same container."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from apps.containers.creation.again import Again, Body, again
from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.filling import at, fill, put
from apps.containers.creation.mounts import mount_line, row_line
from apps.containers.creation.networks import is_own, network_line, read_networks
from apps.containers.creation.reading import written_argv, written_pair, written_shell
from apps.containers.creation.strangers import sifted, strange_endpoints
from apps.containers.creation.texts import Fault, written_entry, written_env
from apps.engine.types.container_create import SINCE, create_body, create_spec
from apps.engine.version import ApiVersion

_READ_ONLY_SAID_SINCE = ApiVersion(1, 44)
_ZERO_MATTERS = ("stop_timeout", "swappiness")
_USUAL = {"cgroupns": ("host", "private")}
"""What engines set of themselves in fields that older versions do not have."""
_MASKS = ("HostConfig.MaskedPaths", "HostConfig.ReadonlyPaths")
_HIDDEN = {"/proc/kcore", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"}
_ALSO_HIDDEN = {
    "/proc/asound", "/proc/acpi", "/proc/keys", "/proc/latency_stats", "/proc/timer_stats", "/proc/interrupts",
    "/sys/devices/virtual/powercap",
}  # fmt: skip
_OF_A_CPU = "/sys/devices/system/cpu/cpu"
_PROTECTED = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
"""Paths that engines hide, and protect from writing, of themselves; newer ones hide more."""


@dataclass(frozen=True, slots=True)
class Written:
    """Texts by field.

    `carried` are members that no field has words for, by their path: `build(…, carried=…)` puts them back unchanged;
    `carried_words` name them. `lost` names what the container has and nothing can bring back.
    """

    values: dict[str, str]
    lost: list[str]
    carried: dict[str, Any] = field(default_factory=dict)
    carried_words: list[str] = field(default_factory=list)


class Unsayable(ValueError):
    """A value that its field has no words for."""


def write(
    inspected: dict[str, Any], *, version: ApiVersion, image: dict[str, Any] | None = None, is_same: bool = False
) -> Written:
    """Return the form of a container, given its inspect as it came.

    `image` is the `Config` of the image it was made of: what it gives is left out, so that a newer image gives it anew.
    `is_same`: the container is to be replaced; its name and its anonymous volumes are kept. A duplicate has neither.
    """
    wished = again(inspected, image=image, is_same=is_same)
    body, strange = sifted(wished.body)
    if version < _READ_ONLY_SAID_SINCE:
        _leave_read_only_to_engine(body)
    wished = replace(wished, body=body)
    written = Written({}, [])
    if wished.endpoint and not is_own(at(body, "HostConfig.NetworkMode") or ""):
        names = ", ".join(sorted(wished.endpoint))
        written.lost.append(_("settings of a network that is not one's own: %(names)s") % {"names": names})
        wished = replace(wished, endpoint={})
    for each in FIELDS.values():
        value = _wish(each, wished)
        try:
            text = _text(each, value)
            if text:
                _check(each, text, value)
        except (Unsayable, Fault, KeyError, TypeError, AttributeError) as exc:
            why = str(exc) if isinstance(exc, Unsayable) else ""
            _carry(
                written, each.path, value, words=f"{each.label} ({why})" if why else str(each.label), version=version
            )
            continue
        if text and each.is_in(version):
            written.values[each.name] = text
        elif text and text not in (each.default, *_USUAL.get(each.name, ())):
            written.lost.append(_("%(field)s (needs API %(needs)s)") % {"field": each.label, "needs": each.since})
    if is_same and inspected.get("Name"):
        written.values["name"] = inspected["Name"].removeprefix("/")
    for path, is_usual in zip(_MASKS, (_is_usually_hidden, _is_usually_protected), strict=True):
        paths = at(body, path)
        if paths is not None and not is_usual(paths) and not _is_unmasked(body):
            _carry(written, path, paths, words=path, version=version)
    written.lost.extend([*strange, *strange_endpoints(inspected)])
    return written


def _leave_read_only_to_engine(body: Body) -> None:
    """Unsay what newer engines add to the read-only mounts of older clients, and add again."""
    host = body.get("HostConfig") or {}
    for mount in host.get("Mounts") or []:
        if mount.get("ReadOnly") and (mount.get("BindOptions") or {}).get("ReadOnlyNonRecursive"):
            mount["BindOptions"] = {**mount["BindOptions"], "ReadOnlyNonRecursive": False}


def _is_unmasked(body: Body) -> bool:
    return all(at(body, path) == [] for path in _MASKS)


def _is_usually_hidden(paths: list[str]) -> bool:
    known = _HIDDEN | _ALSO_HIDDEN
    return set(paths) >= _HIDDEN and all(each in known or each.startswith(_OF_A_CPU) for each in paths)


def _is_usually_protected(paths: list[str]) -> bool:
    return set(paths) == _PROTECTED


def _wish(each: Field, wished: Again) -> Any:
    if each.path.startswith("@"):
        return at(wished.endpoint, each.path[1:])
    if each.kind is Kind.NETWORKS:
        return wished.further
    if each.kind is Kind.BINDS:
        return [*(at(wished.body, each.path) or []), *(wished.body.get("Volumes") or {})]
    if each.kind is Kind.UNMASK:
        return [] if _is_unmasked(wished.body) else None
    if each.kind is Kind.ARGV:
        words = at(wished.body, each.path)
        return [words] if isinstance(words, str) else words
    return at(wished.body, each.path)


def _check(each: Field, text: str, value: Any) -> None:
    """Raise Unsayable where the text would not be read as the value, and Fault where it would not be read at all."""
    body: Body = {}
    endpoint: Body = {}
    fill(each, text, body=body, endpoint=endpoint)
    if each.kind is Kind.NETWORKS and read_networks(text) != value:
        raise Unsayable
    if each.path.startswith("?"):
        return
    found = at(endpoint, each.path[1:]) if each.path.startswith("@") else at(body, each.path)
    if each.kind is Kind.BINDS:
        found = [*(found or []), *body.get("Volumes", {})]
    elif each.kind is Kind.PORTS:
        value = {port: bindings for port, bindings in value.items() if bindings}
    if _plain_json(each.path, found) != _plain_json(each.path, value):
        raise Unsayable


def _plain_json(path: str, value: Any) -> Any:
    """Return a member without what says nothing: engines add empty members, and leave others away."""
    try:
        return _without_empty(at(create_body(create_spec(_body_of(path, value))), _in_body(path)))
    except msgspec.ValidationError as exc:
        raise Unsayable from exc


def _in_body(path: str) -> str:
    return f"NetworkingConfig.EndpointsConfig.any.{path[1:]}" if path.startswith("@") else path


def _body_of(path: str, value: Any) -> Body:
    body: Body = {"Image": ""}
    put(body, _in_body(path), value)
    return body


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = {name: _without_empty(item) for name, item in value.items()}
        return {name: item for name, item in pairs.items() if not name.isalpha() or item not in (None, {}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def _carry(written: Written, path: str, value: Any, *, words: str, version: ApiVersion) -> None:
    if not path.startswith("?") and SINCE.get(path, version) <= version:
        try:
            create_spec(_body_of(path, value))
        except msgspec.ValidationError:
            pass
        else:
            written.carried[path] = value
            written.carried_words.append(words)
            return
    written.lost.append(words)


def _lines(items: list[str]) -> str:
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
    if test[0] != "CMD-SHELL" or len(test) != 2:
        raise Unsayable(test[0])
    return written_shell(test[1])


def _plain(value: str) -> str:
    return written_entry(value) if value else ""


def _text(each: Field, value: Any) -> str:
    kind = each.kind
    if value is None:
        return ""
    match kind:
        case Kind.UNMASK:
            return "on"
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
            return written_argv(value)
        case Kind.ENV:
            return _lines([written_env(entry) for entry in value])
        case Kind.LINES | Kind.BINDS:
            return _lines([written_entry(item) for item in value])
        case Kind.PAIRS:
            return _lines([written_pair(name, item) for name, item in value.items()])
        case Kind.EXPOSE:
            return _lines(sorted(value))
        case Kind.TMPFS:
            return _lines([written_entry(f"{path}:{options}" if options else path) for path, options in value.items()])
        case Kind.PORTS:
            return _ports(value)
        case Kind.MOUNTS:
            return _lines([mount_line(mount) for mount in value])
        case Kind.NETWORKS:
            return _lines([network_line(network, endpoint) for network, endpoint in value])
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
            return _plain(str(value))
