"""From the texts of the form to the container they describe."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.mounts import read_mounts
from apps.containers.creation.places import read_binds, read_ports
from apps.containers.creation.reading import read_value
from apps.containers.creation.texts import Fault
from apps.engine.types.container_create import SINCE, CreateSpec, create_spec, members_of
from apps.engine.version import ApiVersion

Values = Mapping[str, str]
"""Field name → its text; ticks are "on" or ""."""

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
_IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_./:@-]*", re.ASCII)
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", re.IGNORECASE | re.ASCII)
_SIGNAL = re.compile(r"(?:SIG)?[A-Z]+[0-9]?(?:[+-][0-9]{1,2})?|[1-9][0-9]?", re.IGNORECASE | re.ASCII)
_BUILT_IN = ("", "default", "bridge", "host", "none")
_ADDRESSES = {"dns": 0, "ipv4": 4, "ipv6": 6, "link_local": 0}


@dataclass(frozen=True, slots=True)
class Built:
    """The container (None when something is wrong), its name and platform, and what is wrong by field."""

    spec: CreateSpec | None
    name: str = ""
    platform: str = ""
    faults: dict[str, str] = field(default_factory=dict)


def build(values: Values, *, version: ApiVersion) -> Built:
    """Read the texts. Every fault is found, each at its field; with any of them there is no spec."""
    body: dict[str, Any] = {}
    endpoint: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for each in FIELDS.values():
        text = values.get(each.name, "").replace("\r\n", "\n")
        if not text.strip() or (text.strip() == each.default and not each.is_in(version)):
            continue
        if not each.is_in(version):
            faults[each.name] = unavailable(each, version)
            continue
        try:
            _add(each, text, body=body, endpoint=endpoint)
            _check(each, text)
        except Fault as fault:
            faults[each.name] = str(fault)
    if not values.get("image", "").strip():
        faults["image"] = _("Which image is it made of?")
    _link(values, body, endpoint=endpoint, version=version)
    _join(values, body, endpoint=endpoint, faults=faults)
    _check_together(values, body, faults=faults)
    faults = {**_too_new(body, version), **faults}
    if faults:
        return Built(None, faults=faults)
    return Built(_spec(body), values.get("name", "").strip(), values.get("platform", "").strip())


def unavailable(each: Field, version: ApiVersion) -> str:
    """Say why an engine spoken to in `version` does not have a field."""
    if version < each.since:
        return _("Needs API %(needs)s; this engine is spoken to in %(speaks)s.") % {
            "needs": each.since,
            "speaks": version,
        }
    return _("API %(speaks)s has it no more.") % {"speaks": version}


def _spec(body: dict[str, Any]) -> CreateSpec:
    try:
        return create_spec(body)
    except msgspec.ValidationError as exc:  # the table and the type do not agree: a mistake of ours
        raise TypeError(str(exc)) from exc


def _add(each: Field, text: str, *, body: dict[str, Any], endpoint: dict[str, Any]) -> None:
    if each.path.startswith("?"):
        return
    if each.kind is Kind.PORTS:
        ports = read_ports(text)
        _put(body, each.path, ports)
        body.setdefault("ExposedPorts", {}).update({port: {} for port in ports})
    elif each.kind is Kind.EXPOSE:
        body.setdefault("ExposedPorts", {}).update(read_value(each, text))
    elif each.kind is Kind.BINDS:
        binds, anonymous = read_binds(text)
        if binds:
            _put(body, each.path, binds)
        if anonymous:
            _put(body, "Volumes", anonymous)
    elif each.kind is Kind.MOUNTS:
        _put(body, each.path, read_mounts(text))
    elif each.path.startswith("@"):
        _put(endpoint, each.path[1:], read_value(each, text))
    else:
        _put(body, each.path, read_value(each, text))
        if each.kind is Kind.UNMASK:
            _put(body, "HostConfig.ReadonlyPaths", [])


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for name in outer:
        body = body.setdefault(name, {})
    body[last] = value


def _check(each: Field, text: str) -> None:
    text = text.strip()
    patterns = {
        "name": (_NAME, _("A name has letters, digits, _ . and -, at least two, and begins with a letter or digit.")),
        "image": (_IMAGE, _("An image is a name such as nginx:1.27, without spaces.")),
        "mac": (_MAC, _("A MAC address is written 02:42:ac:11:00:02.")),
        "stop_signal": (_SIGNAL, _("Write a name such as SIGTERM, or a number.")),
    }
    if each.name in patterns:
        pattern, words = patterns[each.name]
        if not pattern.fullmatch(text):
            raise Fault(words)
    if each.name in _ADDRESSES:
        for line in text.split("\n"):
            _check_address(line.strip(), _ADDRESSES[each.name])
    if each.name == "extra_hosts":
        for line in text.split("\n"):
            if ":" not in line.strip().strip(":"):
                raise Fault(_("“%(line)s”: write a name, a colon and an address.") % {"line": line.strip()})


def _check_address(text: str, family: int) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError as exc:
        raise Fault(_("“%(text)s” is no IP address.") % {"text": text}) from exc
    if family and address.version != family:
        raise Fault(_("This is no IPv%(family)d address.") % {"family": family})


def _is_own(network: str) -> bool:
    return network not in _BUILT_IN and not network.startswith("container:")


def _link(values: Values, body: dict[str, Any], *, endpoint: dict[str, Any], version: ApiVersion) -> None:
    """On a network of one's own, links belong to the container's place on it."""
    links = body.get("HostConfig", {}).get("Links")
    if links and _is_own(values.get("network", "").strip()) and version >= SINCE["NetworkingConfig.EndpointsConfig"]:
        endpoint["Links"] = links


def _join(values: Values, body: dict[str, Any], *, endpoint: dict[str, Any], faults: dict[str, str]) -> None:
    """Put what belongs to the chosen network there, and the rest that needs two fields."""
    network = values.get("network", "").strip()
    is_own = _is_own(network)
    if endpoint and not is_own:
        for each in FIELDS.values():
            if each.path.startswith("@") and values.get(each.name, "").strip():
                faults.setdefault(each.name, _("Only on a network of your own: name it under “Network”."))
    elif endpoint:
        body["NetworkingConfig"] = {"EndpointsConfig": {network: endpoint}}
    policy = body.get("HostConfig", {}).get("RestartPolicy")
    if policy and policy.get("MaximumRetryCount") and policy.get("Name") != "on-failure":
        faults.setdefault("restart_tries", _("Only with “on-failure”."))


def _check_together(values: Values, body: dict[str, Any], *, faults: dict[str, str]) -> None:
    host = body.get("HostConfig", {})
    if host.get("AutoRemove") and host.get("RestartPolicy", {}).get("Name", "no") not in ("", "no"):
        faults.setdefault("auto_remove", _("Not together with a restart policy."))
    if host.get("NanoCpus") and (host.get("CpuPeriod") or host.get("CpuQuota")):
        faults.setdefault("cpus", _("Either CPUs, or period and quota."))
    swap = host.get("MemorySwap", 0)
    if swap > 0 and host.get("Memory") and swap < host["Memory"]:
        faults.setdefault("memory_swap", _("It is memory and swap together: at least as much as the memory."))
    if values.get("health_off") and values.get("health_cmd", "").strip():
        faults.setdefault("health_off", _("Either a command or no health check."))


def _too_new(body: dict[str, Any], version: ApiVersion) -> dict[str, str]:
    """Find what a field's text says that is newer than the field itself."""
    faults: dict[str, str] = {}
    for member in members_of(body):
        since = SINCE.get(member)
        if since is None or since <= version:
            continue
        for each in FIELDS.values():
            if member.startswith(f"{each.path}[]"):
                words = _("“%(member)s” needs API %(needs)s; this engine is spoken to in %(speaks)s.")
                last = member.rpartition(".")[2]
                faults[each.name] = words % {"member": last, "needs": since, "speaks": version}
    return faults
