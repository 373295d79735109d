"""From the text of one field to its place in the body of ContainerCreate."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.mounts import read_mounts
from apps.containers.creation.networks import check_address, read_networks
from apps.containers.creation.places import read_binds, read_ports
from apps.containers.creation.reading import read_value
from apps.containers.creation.texts import Fault, each_line, entry_lines

Body = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
_IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_./:@-]*", re.ASCII)
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", re.IGNORECASE | re.ASCII)
_SIGNAL = re.compile(r"(?:SIG)?[A-Z]+[0-9]?(?:[+-][0-9]{1,2})?|[1-9][0-9]?", re.IGNORECASE | re.ASCII)
_ADDRESSES = {"dns": 0, "ipv4": 4, "ipv6": 6, "link_local": 0}


def fill(each: Field, text: str, *, body: Body, endpoint: Body) -> None:
    """Put what a text says into the body, or into the settings of the chosen network. Raise Fault."""
    if each.kind is Kind.NETWORKS:
        read_networks(text)
    elif not each.path.startswith("?"):
        _add(each, text, body=body, endpoint=endpoint)
    _check(each, text)


def put(body: Body, path: str, value: Any) -> None:
    """Set a member by its path, "HostConfig.Memory"."""
    *outer, last = path.split(".")
    for name in outer:
        body = body.setdefault(name, {})
    body[last] = value


def at(body: Any, path: str) -> Any:
    """Return a member by its path, None when it is not there."""
    for name in path.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _add(each: Field, text: str, *, body: Body, endpoint: Body) -> None:
    if each.kind is Kind.PORTS:
        ports = read_ports(text)
        put(body, each.path, ports)
        body.setdefault("ExposedPorts", {}).update({port: {} for port in ports})
    elif each.kind is Kind.EXPOSE:
        body.setdefault("ExposedPorts", {}).update(read_value(each, text))
    elif each.kind is Kind.BINDS:
        binds, anonymous = read_binds(text)
        if binds:
            put(body, each.path, binds)
        if anonymous:
            put(body, "Volumes", anonymous)
    elif each.kind is Kind.MOUNTS:
        put(body, each.path, read_mounts(text))
    elif each.path.startswith("@"):
        put(endpoint, each.path[1:], read_value(each, text))
    else:
        put(body, each.path, read_value(each, text))
        if each.kind is Kind.UNMASK:
            put(body, "HostConfig.ReadonlyPaths", [])


def _check(each: Field, whole: str) -> None:
    text = whole.strip()
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
        family = _ADDRESSES[each.name]
        each_line(entry_lines(whole), lambda line: check_address(line, family))
    if each.name == "extra_hosts":
        each_line(entry_lines(whole), _check_host)


def _check_host(line: str) -> None:
    if ":" not in line.strip(":"):
        raise Fault(_("“%(line)s”: write a name, a colon and an address.") % {"line": line})
