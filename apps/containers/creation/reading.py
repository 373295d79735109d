"""From the text of a field to what the engine takes. Every function raises Fault with a sentence for the field."""

from __future__ import annotations

import csv
import ipaddress
import json
import re
import shlex
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.fields import Field, Kind

_SIZE = re.compile(r"(-?\d{1,18}(?:\.\d{1,9})?)\s*([kmgtp]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_PART = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
_BIND_OPTIONS = frozenset(
    "ro rw z Z nocopy copy shared rshared slave rslave private rprivate cached delegated consistent".split()
)
_PROTOCOLS = ("tcp", "udp", "sctp")


class Fault(ValueError):
    """A text that cannot be meant; the message says why, to the person who wrote it."""


def entries(text: str) -> list[str]:
    """Return the lines that say something, without what surrounds them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def env_entries(text: str) -> list[str]:
    """Return NAME=value of the lines of an env file: comments and empty lines are left out, values stay as they are."""
    found = []
    for line in text.split("\n"):
        line = line.lstrip()
        if line.strip() and not line.startswith("#"):
            found.append(line if "=" in line else line.strip())
    return found


def read_size(text: str) -> int:
    """Read bytes from 512m, 1.5g, 100000."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Fault(_("“%(text)s” is no size. Write 512m, 2g or a number of bytes.") % {"text": text})
    size = int(Decimal(match[1]) * _UNITS[match[2].lower()])
    if abs(size) >= 2**63:
        raise Fault(_("“%(text)s” is too large.") % {"text": text})
    return size


def read_duration(text: str) -> int:
    """Read nanoseconds from 1m30s, 500ms, or a number of seconds."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text) * 10**9
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Fault(_("“%(text)s” is no time. Write 30s, 1m30s or 500ms.") % {"text": text})
    length = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in parts)
    if length >= 2**63:
        raise Fault(_("“%(text)s” is too long.") % {"text": text})
    return length


def read_integer(text: str, *, least: int | None, most: int | None) -> int:
    """Read a whole number within its bounds."""
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise Fault(_("“%(text)s” is no whole number.") % {"text": text})
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        raise Fault(_("It is a number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number


def read_ports(text: str) -> dict[str, list[dict[str, str]]]:
    """Read `docker run --publish` lines: {"80/tcp": [{"HostIp": …, "HostPort": …}]}."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for line in entries(text):
        for port, binding in _published(line):
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
    from_, to = _range(outside, line)
    if first == last and from_ != to:
        return [(f"{first}/{protocol}", _binding(address, f"{from_}-{to}"))]
    if to - from_ != last - first:
        raise Fault(_("“%(line)s”: the two ranges are not equally long.") % {"line": line})
    return [
        (f"{port}/{protocol}", _binding(address, str(from_ + port - first))) for port in range(first, last + 1)
    ]


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
    exposed: dict[str, dict[str, str]] = {}
    for line in entries(text):
        ports, _slash, protocol = line.partition("/")
        protocol = protocol.lower() or "tcp"
        if protocol not in _PROTOCOLS:
            raise Fault(_("“%(line)s”: the protocol is tcp, udp or sctp.") % {"line": line})
        first, last = _range(ports, line)
        exposed |= {f"{port}/{protocol}": {} for port in range(first, last + 1)}
    return exposed


def read_binds(text: str) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Read `--volume` lines: those with a source as the engine takes them, and the paths of anonymous volumes."""
    binds: list[str] = []
    anonymous: dict[str, dict[str, str]] = {}
    targets: set[str] = set()
    for line in entries(text):
        parts = line.split(":")
        if len(parts) == 1:
            target = line
            anonymous[line] = {}
        elif len(parts) in (2, 3) and all(parts):
            source, target = parts[0], parts[1]
            if not source.startswith("/") and not _VOLUME.fullmatch(source):
                raise Fault(
                    _("“%(line)s”: the source is the name of a volume, or a folder of the host that begins with /.")
                    % {"line": line}
                )
            options = set(parts[2].split(",")) if len(parts) == 3 else set()
            if not options <= _BIND_OPTIONS:
                strange = ", ".join(sorted(options - _BIND_OPTIONS))
                raise Fault(_("“%(line)s”: there is no option “%(strange)s”.") % {"line": line, "strange": strange})
            binds.append(line)
        else:
            raise Fault(_("“%(line)s” is no mount. Write volume:/path or /folder:/path:ro.") % {"line": line})
        if not target.startswith("/") or target.rstrip("/") == "":
            raise Fault(_("“%(line)s”: the path in the container begins with / and is not / itself.") % {"line": line})
        if target in targets:
            raise Fault(_("%(target)s is mounted twice.") % {"target": target})
        targets.add(target)
    return binds, anonymous


def read_pairs(text: str) -> dict[str, str]:
    """Read name=value lines; a name alone has the value ""."""
    pairs: dict[str, str] = {}
    for raw_line in text.split("\n"):
        line = raw_line.lstrip()
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not name.strip():
            raise Fault(_("“%(line)s” has no name. Write name=value.") % {"line": line})
        pairs[name.strip()] = value if equals else ""
    return pairs


def read_env(text: str) -> list[str]:
    """Read the lines of an env file."""
    found = env_entries(text)
    for line in found:
        name = line.partition("=")[0]
        if not name or any(character.isspace() for character in name):
            raise Fault(_("“%(line)s” is no variable. Write NAME=value.") % {"line": line[:80]})
    return found


def read_argv(text: str) -> list[str]:
    """Read words as a shell does; nothing is expanded."""
    try:
        return shlex.split(text)
    except ValueError as exc:
        raise Fault(_("A quote is not closed, or the last character is a backslash.")) from exc


def read_row(line: str) -> list[str]:
    """Read one line of comma-separated values, with quotes around those that hold commas."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error as exc:
        raise Fault(_("“%(line)s” is not closed by a quote.") % {"line": line}) from exc


def _devices(text: str) -> list[dict[str, str]]:
    devices = []
    for line in entries(text):
        parts = line.split(":")
        host, inside, rights = (*parts, "", "")[:3]
        if len(parts) == 2 and not inside.startswith("/"):
            inside, rights = "", inside
        rights = rights or "rwm"
        if len(parts) > 3 or not host.startswith("/") or not set(rights) <= set("rwm"):
            raise Fault(_("“%(line)s” is no device. Write /dev/name:/dev/name:rwm.") % {"line": line})
        devices.append({"PathOnHost": host, "PathInContainer": inside or host, "CgroupPermissions": rights})
    return devices


def _ulimits(text: str) -> list[dict[str, Any]]:
    limits = []
    for line in entries(text):
        name, _equals, values = line.partition("=")
        soft, _colon, hard = values.partition(":")
        if not name.strip():
            raise Fault(_("“%(line)s” is no limit. Write nofile=1024:4096.") % {"line": line})
        first = read_integer(soft.strip(), least=-1, most=None)
        last = read_integer(hard.strip(), least=-1, most=None) if hard else first
        if last != -1 and (first > last or first == -1):
            raise Fault(_("“%(line)s”: the soft limit is above the hard one.") % {"line": line})
        limits.append({"Name": name.strip(), "Soft": first, "Hard": last})
    return limits


def _of_devices(text: str, member: str, read: Callable[[str], int]) -> list[dict[str, Any]]:
    found = []
    for line in entries(text):
        path, _colon, value = line.rpartition(":")
        if not path.startswith("/"):
            raise Fault(_("“%(line)s”: write the device, a colon and the value.") % {"line": line})
        found.append({"Path": path, member: read(value)})
    return found


def read_gpus(text: str) -> list[dict[str, Any]]:
    """Read `--gpus` lines: all, a number, or a list of driver=, count=, device=, capabilities= and name=value."""
    requests = []
    for line in entries(text):
        request: dict[str, Any] = {}
        options: dict[str, str] = {}
        for part in read_row(line):
            name, equals, value = part.partition("=")
            if not equals or name == "count":
                request["Count"] = -1 if (value or name) == "all" else read_integer(value or name, least=-1, most=10**6)
            elif name == "driver":
                request["Driver"] = value
            elif name == "device":
                request["DeviceIDs"] = value.split(",")
            elif name == "capabilities":
                request["Capabilities"] = [value.split(",")]
            else:
                options[name] = value
        wanted = request.get("Capabilities", [[]])[0]
        if "gpu" not in wanted and request.get("Driver") != "cdi":
            request["Capabilities"] = [["gpu", *wanted]]
        if "Count" not in request and "DeviceIDs" not in request:
            request["Count"] = 1
        if options:
            request["Options"] = options
        requests.append(request)
    return requests


def _health(text: str) -> list[str]:
    if not text.lstrip().startswith("["):
        return ["CMD-SHELL", text]
    try:
        words = json.loads(text)
    except ValueError as exc:
        raise Fault(_('Write a shell command, or a list such as ["prog", "argument"].')) from exc
    if not words or not all(isinstance(word, str) for word in words):
        raise Fault(_('Write a shell command, or a list such as ["prog", "argument"].'))
    return ["CMD", *words]


def _tmpfs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in entries(text):
        path, _colon, options = line.partition(":")
        if not path.startswith("/") or path in found:
            raise Fault(_("“%(line)s”: write a path, and options after a colon.") % {"line": line})
        found[path] = options
    return found


def _cpus(text: str) -> int:
    try:
        number = Decimal(text)
    except InvalidOperation as exc:
        raise Fault(_("“%(text)s” is no number of CPUs. Write 1.5.") % {"text": text}) from exc
    if not number.is_finite() or not 0 <= number < 100_000:
        raise Fault(_("“%(text)s” is no number of CPUs. Write 1.5.") % {"text": text})
    return int(number * 10**9)


def _size_of(field: Field, text: str) -> int:
    size = read_size(text)
    if field.least is not None and size < field.least:
        raise Fault(_("It is not negative.") if field.least == 0 else _("It is a size, or -1 for no limit."))
    return size


def _choice(field: Field, text: str) -> str:
    if text not in field.choices:
        raise Fault(_("It is one of: %(choices)s.") % {"choices": ", ".join(field.choices)})
    return text


def _weight(text: str) -> int:
    return read_integer(text, least=10, most=1000)


def _rate(text: str) -> int:
    return read_integer(text, least=0, most=2**53)


def read_value(field: Field, text: str) -> Any:
    """Return what a field's text, which is not empty, stands for in JSON. Raise Fault.

    Mounts, binds and ports are read by functions of their own.
    """
    match field.kind:
        case Kind.CHOICE:
            return _choice(field, text.strip())
        case Kind.TICK:
            return True
        case Kind.UNMASK:
            return []
        case Kind.HEALTH_OFF:
            return ["NONE"]
        case Kind.TRISTATE:
            return text == "true"
        case Kind.INTEGER:
            return read_integer(text.strip(), least=field.least, most=field.most)
        case Kind.SIZE:
            return _size_of(field, text)
        case Kind.CPUS:
            return _cpus(text.strip())
        case Kind.DURATION:
            return read_duration(text)
        case Kind.ARGV:
            return read_argv(text)
        case Kind.LINES:
            return entries(text)
        case Kind.PAIRS:
            return read_pairs(text)
        case Kind.ENV:
            return read_env(text)
        case Kind.EXPOSE:
            return read_exposed(text)
        case Kind.TMPFS:
            return _tmpfs(text)
        case Kind.DEVICES:
            return _devices(text)
        case Kind.GPUS:
            return read_gpus(text)
        case Kind.ULIMITS:
            return _ulimits(text)
        case Kind.WEIGHTS:
            return _of_devices(text, "Weight", _weight)
        case Kind.BYTE_RATES:
            return _of_devices(text, "Rate", read_size)
        case Kind.RATES:
            return _of_devices(text, "Rate", _rate)
        case Kind.HEALTH:
            return _health(text)
        case _:
            return text.strip()
