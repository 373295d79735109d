"""Ports and volumes, as `docker run` takes them. Every function raises Fault with a sentence for the field."""

from __future__ import annotations

import ipaddress
import re

from django.utils.translation import gettext as _

from apps.containers.creation.texts import Fault, each_line, entry_lines

_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
_BIND_OPTIONS = frozenset(
    [
        "ro", "rw", "z", "Z", "nocopy", "copy", "shared", "rshared", "slave", "rslave", "private", "rprivate", "cached",
        "delegated", "consistent",
    ]
)  # fmt: skip
_PROTOCOLS = ("tcp", "udp", "sctp")


def read_ports(text: str) -> dict[str, list[dict[str, str]]]:
    """Read `docker run --publish` lines: {"80/tcp": [{"HostIp": …, "HostPort": …}]}."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for published in each_line(entry_lines(text), _published):
        for port, binding in published:
            bindings.setdefault(port, []).append(binding)
    return bindings


def _published(line: str) -> list[tuple[str, dict[str, str]]]:
    rest, _slash, protocol = line.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise Fault(_("“%(line)s”: the protocol is tcp, udp or sctp.") % {"line": line})
    head, _colon, inside = rest.rpartition(":")
    address, colon, outside = head.rpartition(":")
    if not colon and head and not _PORT.fullmatch(head):
        raise Fault(_("“%(line)s” is no port. Write 8080:80 or 127.0.0.1:8080:80.") % {"line": line})
    address = address.strip("[]")
    if address:
        _check_address(address, line)
    first, last = _range(inside, line)
    if not outside:
        return [(f"{port}/{protocol}", _binding(address, "")) for port in range(first, last + 1)]
    from_, to = (0, 0) if outside == "0" and first == last else _range(outside, line)
    if first == last and from_ != to:
        return [(f"{first}/{protocol}", _binding(address, f"{from_}-{to}"))]
    if to - from_ != last - first:
        raise Fault(_("“%(line)s”: the two ranges are not equally long.") % {"line": line})
    return [(f"{port}/{protocol}", _binding(address, str(from_ + port - first))) for port in range(first, last + 1)]


def _binding(address: str, port: str) -> dict[str, str]:
    return {"HostIp": address, "HostPort": port}


def _range(text: str, line: str) -> tuple[int, int]:
    match = _PORT.fullmatch(text)
    if match is None:
        raise Fault(_("“%(line)s” is no port. Write 8080:80 or 127.0.0.1:8080:80.") % {"line": line})
    first = int(match[1])
    last = int(match[2] or first)
    if not 0 < first <= last <= 65535:
        raise Fault(_("“%(line)s”: ports are from 1 to 65535.") % {"line": line})
    return first, last


def _check_address(text: str, line: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError as exc:
        raise Fault(_("“%(line)s”: “%(text)s” is no IP address.") % {"line": line, "text": text}) from exc


def read_exposed(text: str) -> dict[str, dict[str, str]]:
    """Read `--expose` lines: {"80/tcp": {}}."""
    return {port: {} for ports in each_line(entry_lines(text), _exposed) for port in ports}


def _exposed(line: str) -> list[str]:
    ports, _slash, protocol = line.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise Fault(_("“%(line)s”: the protocol is tcp, udp or sctp.") % {"line": line})
    first, last = _range(ports, line)
    return [f"{port}/{protocol}" for port in range(first, last + 1)]


def read_binds(text: str) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Read `--volume` lines: those with a source as the engine takes them, and the paths of anonymous volumes."""
    binds: list[str] = []
    anonymous: dict[str, dict[str, str]] = {}
    targets: set[str] = set()  # an anonymous volume may stand beside a mount at its path, which goes before it

    def read(line: str) -> None:
        target, is_anonymous = _bound(line)
        if is_anonymous:
            anonymous[line] = {}
            return
        if target in targets:
            raise Fault(_("%(target)s is mounted twice.") % {"target": target})
        targets.add(target)
        binds.append(line)

    each_line(entry_lines(text), read)
    return binds, anonymous


def _bound(line: str) -> tuple[str, bool]:
    """The path in the container, and whether the line names nothing else."""
    parts = line.split(":")
    if len(parts) > 3 or not all(parts):
        raise Fault(_("“%(line)s” is no mount. Write volume:/path or /folder:/path:ro.") % {"line": line})
    source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", line)
    if source and not source.startswith("/") and not _VOLUME.fullmatch(source):
        raise Fault(
            _("“%(line)s”: the source is the name of a volume, or a folder of the host that begins with /.")
            % {"line": line}
        )
    options = set(parts[2].split(",")) if len(parts) == 3 else set()
    if not options <= _BIND_OPTIONS:
        strange = ", ".join(sorted(options - _BIND_OPTIONS))
        raise Fault(_("“%(line)s”: there is no option “%(strange)s”.") % {"line": line, "strange": strange})
    if not target.startswith("/") or target.rstrip("/") == "":
        raise Fault(_("“%(line)s”: the path in the container begins with / and is not / itself.") % {"line": line})
    return target, not source
