"""From the texts of the form to the container they describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from apps.containers.creation.field import Field
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.filling import Body, at, fill, put
from apps.containers.creation.networks import is_own, read_networks
from apps.containers.creation.texts import Fault, Line, WrongLines, row_lines, wrong_lines
from apps.engine.types.container_create import SINCE, CreateSpec, EndpointSpec, create_spec, members_of
from apps.engine.version import ApiVersion

Values = Mapping[str, str]
"""Field name → its text; ticks are "on" or ""."""


@dataclass(frozen=True, slots=True)
class Built:
    """The container (None when something is wrong), its name and platform, and what is wrong by field.

    Where `faults` tells of lines of a field, `wrong_lines` has the same line by line.
    `further_networks` are connected once it is made, before it starts.
    """

    spec: CreateSpec | None
    name: str = ""
    platform: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    wrong_lines: dict[str, WrongLines] = field(default_factory=dict)
    further_networks: tuple[tuple[str, EndpointSpec], ...] = ()


def build(values: Values, *, version: ApiVersion, carried: Mapping[str, Any] | None = None) -> Built:
    """Read the texts. Every fault is found, each at its field; with any of them there is no spec.

    `carried` are members as `writing.write` gives them: they are put back where the texts say nothing.
    """
    body: Body = {}
    endpoint: Body = {}
    faults: dict[str, str] = {}
    told: dict[str, Fault] = {}
    for each in FIELDS.values():
        text = values.get(each.name, "").replace("\r\n", "\n")
        if not text.strip() or (text.strip() == each.default and not each.is_in(version)):
            continue
        if not each.is_in(version):
            faults[each.name] = unavailable(each, version)
            continue
        try:
            fill(each, text, body=body, endpoint=endpoint)
        except Fault as fault:
            faults[each.name] = str(fault)
            told[each.name] = fault
    if not values.get("image", "").strip():
        faults["image"] = _("Which image is it made of?")
    for path, value in (carried or {}).items():
        place, name = (endpoint, path[1:]) if path.startswith("@") else (body, path)
        if at(place, name) is None:
            put(place, name, value)
    network = at(body, "HostConfig.NetworkMode") or ""
    _link(network, body, endpoint=endpoint, version=version)
    _join(network, values, body, endpoint=endpoint, faults=faults)
    _check_together(values, body, faults=faults)
    further: tuple[tuple[str, EndpointSpec], ...] = ()
    if "further_networks" not in faults:
        try:
            further = _further(network, values, version=version)
        except Fault as fault:
            told["further_networks"] = fault
    told = {**_too_new(body, values, version), **told}
    faults = {**{name: str(fault) for name, fault in told.items()}, **faults}
    if faults:
        wrong = {name: fault for name, fault in told.items() if isinstance(fault, WrongLines)}
        return Built(None, faults=faults, wrong_lines=wrong)
    name, platform = values.get("name", "").strip(), values.get("platform", "").strip()
    return Built(_spec(body), name, platform, further_networks=further)


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


def _link(network: str, body: Body, *, endpoint: Body, version: ApiVersion) -> None:
    """On a network of one's own, links belong to the container's place on it."""
    links = at(body, "HostConfig.Links")
    if links and is_own(network) and version >= SINCE["NetworkingConfig.EndpointsConfig"]:
        endpoint["Links"] = links


def _join(network: str, values: Values, body: Body, *, endpoint: Body, faults: dict[str, str]) -> None:
    """Put what belongs to the chosen network there, and the rest that needs two fields."""
    if endpoint and not is_own(network):
        for each in FIELDS.values():
            if each.path.startswith("@") and values.get(each.name, "").strip():
                faults.setdefault(each.name, _("Only on a network of your own: name it under “Network”."))
    elif endpoint:
        body["NetworkingConfig"] = {"EndpointsConfig": {network: endpoint}}
    policy = at(body, "HostConfig.RestartPolicy")
    if policy and policy.get("MaximumRetryCount") and policy.get("Name") != "on-failure":
        faults.setdefault("restart_tries", _("Only with “on-failure”."))


def _further(network: str, values: Values, *, version: ApiVersion) -> tuple[tuple[str, EndpointSpec], ...]:
    """Read the further networks, and refuse what cannot stand beside the first one. Raises Fault."""
    text = values.get("further_networks", "").replace("\r\n", "\n")
    if not text.strip():
        return ()
    found = read_networks(text)
    if network in ("host", "none") or network.startswith("container:") or values.get("network_off"):
        raise Fault(_("Not beside “%(network)s”.") % {"network": network or _("Without any network")})
    lines = row_lines(text)
    wrong: list[Line] = []
    for line, (name, endpoint) in zip(lines, found, strict=True):
        if name == (network or "bridge"):
            wrong.append(Line(line.number, _("%(name)s is the first network already.") % {"name": name}))
            continue
        for member in members_of({"NetworkingConfig": {"EndpointsConfig": {name: endpoint}}} if endpoint else {}):
            since = SINCE.get(member, version)
            if since > version:
                last = member.rpartition(".")[2]
                last = _("options") if last == "EndpointsConfig" else last
                wrong.append(Line(line.number, _newer(last, since, version)))
                break
    if wrong:
        raise wrong_lines(wrong, is_alone=len(lines) == 1)
    return tuple((name, msgspec.convert(endpoint, EndpointSpec)) for name, endpoint in found)


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


def _too_new(body: Body, values: Values, version: ApiVersion) -> dict[str, Fault]:
    """Find what a field's text says that is newer than the field itself."""
    newer = {member: SINCE[member] for member in members_of(body) if SINCE.get(member, version) > version}
    found: dict[str, Fault] = {}
    for each in FIELDS.values():
        ours = {member: since for member, since in newer.items() if member.startswith(f"{each.path}[]")}
        if not ours:
            continue
        lines = row_lines(values.get(each.name, ""))
        items = at(body, each.path)
        if len(lines) == len(items):
            wrong = [
                Line(line.number, _newer(member.rpartition(".")[2], since, version))
                for line, item in zip(lines, items, strict=True)
                for member, since in ours.items()
                if member in _members_at(each.path, item)
            ]
            found[each.name] = wrong_lines(wrong, is_alone=len(lines) == 1)
        else:  # no text stands for it: it was carried over
            member, since = next(iter(ours.items()))
            found[each.name] = Fault(_newer(member.rpartition(".")[2], since, version))
    return found


def _members_at(path: str, item: Any) -> set[str]:
    body: Body = {}
    put(body, path, [item])
    return set(members_of(body))


def _newer(member: str, since: ApiVersion, version: ApiVersion) -> str:
    words = _("“%(member)s” needs API %(needs)s; this engine is spoken to in %(speaks)s.")
    return words % {"member": member, "needs": since, "speaks": version}
