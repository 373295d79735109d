"""Mounts as `docker run --mount` writes them: type=volume,source=cache,target=/cache,readonly."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.reading import read_row
from apps.containers.creation.texts import Fault, each_line, read_size, row_lines, written_row

_SOURCE = ("source", "src")
_TARGET = ("target", "destination", "dst")
_YES = ("", "1", "true")
_RECURSIVE: dict[str, dict[str, bool]] = {
    "enabled": {},
    "disabled": {"NonRecursive": True},
    "writable": {"ReadOnlyNonRecursive": True},
    "readonly": {"ReadOnlyForceRecursive": True},
}
_TYPES = ("bind", "volume", "tmpfs")


_READ_ONLY = ("ReadOnlyNonRecursive", "ReadOnlyForceRecursive")


def read_mounts(text: str) -> list[dict[str, Any]]:
    """Read one mount of each line, as the engine takes them. Raise Fault."""
    return each_line(row_lines(text), _mount)


def _mount(line: str) -> dict[str, Any]:
    mount: dict[str, Any] = {"Type": "volume", "Target": ""}
    for part in read_row(line):
        name, _equals, value = part.strip().partition("=")
        if name == "type":
            mount["Type"] = value
        elif name in _SOURCE:
            mount["Source"] = value
        elif name in _TARGET:
            mount["Target"] = value
        elif name in ("readonly", "ro"):
            mount["ReadOnly"] = value in _YES
        elif name == "consistency":
            mount["Consistency"] = value
        elif not _option(mount, name, value):
            raise Fault(_("“%(line)s”: there is no option “%(name)s”.") % {"line": line, "name": name})
    if mount["Type"] not in _TYPES:
        raise Fault(_("“%(line)s”: the type is bind, volume or tmpfs.") % {"line": line})
    if not mount["Target"].startswith("/"):
        raise Fault(_("“%(line)s”: target= is a path in the container and begins with /.") % {"line": line})
    if mount["Type"] == "bind" and not mount.get("Source", "").startswith("/"):
        raise Fault(_("“%(line)s”: source= is a folder of the host and begins with /.") % {"line": line})
    return mount


def _option(mount: dict[str, Any], name: str, value: str) -> bool:
    bind = mount.get("BindOptions", {})
    volume = mount.get("VolumeOptions", {})
    tmpfs = mount.get("TmpfsOptions", {})
    key, _equals, inner = value.partition("=")
    match name:
        case "bind-propagation":
            mount["BindOptions"] = {**bind, "Propagation": value}
        case "bind-nonrecursive":
            mount["BindOptions"] = {**bind, "NonRecursive": value in _YES}
        case "bind-recursive" if value in _RECURSIVE:
            mount["BindOptions"] = {**bind, **_RECURSIVE[value]}
        case "volume-subpath":
            mount["VolumeOptions"] = {**volume, "Subpath": value}
        case "bind-create-src":
            mount["BindOptions"] = {**bind, "CreateMountpoint": value in _YES}
        case "volume-nocopy":
            mount["VolumeOptions"] = {**volume, "NoCopy": value in _YES}
        case "volume-label":
            mount["VolumeOptions"] = {**volume, "Labels": {**volume.get("Labels", {}), key: inner}}
        case "volume-driver":
            mount["VolumeOptions"] = {**volume, "DriverConfig": {**volume.get("DriverConfig", {}), "Name": value}}
        case "volume-opt":
            driver = volume.get("DriverConfig", {})
            options = {**driver.get("Options", {}), key: inner}
            mount["VolumeOptions"] = {**volume, "DriverConfig": {**driver, "Options": options}}
        case "tmpfs-size":
            mount["TmpfsOptions"] = {**tmpfs, "SizeBytes": read_size(value)}
        case "tmpfs-mode":
            if not value or not set(value) <= set("01234567") or len(value) > 5:
                raise Fault(_("“%(value)s” is no mode. Write 1777.") % {"value": value})
            mount["TmpfsOptions"] = {**tmpfs, "Mode": int(value, 8)}
        case _:
            return False
    return True


def mount_line(mount: dict[str, Any]) -> str:
    """Write a mount as a line that `read_mounts` reads back. Raise KeyError for what no line can say."""
    known = {"Type", "Source", "Target", "ReadOnly", "Consistency", "BindOptions", "VolumeOptions", "TmpfsOptions"}
    left = {name for name, value in mount.items() if value and name not in known}
    if left or mount.get("Type") not in _TYPES:
        raise KeyError(", ".join(sorted(left)) or mount.get("Type"))
    parts = [f"type={mount['Type']}"]
    if mount.get("Source"):
        parts.append(f"source={mount['Source']}")
    parts.append(f"target={mount['Target']}")
    if mount.get("ReadOnly"):
        parts.append("readonly")
    if mount.get("Consistency"):
        parts.append(f"consistency={mount['Consistency']}")
    parts += _written(mount, "BindOptions", {"Propagation", "NonRecursive", "CreateMountpoint", *_READ_ONLY})
    parts += _written(mount, "VolumeOptions", {"NoCopy", "Labels", "DriverConfig", "Subpath"})
    parts += _written(mount, "TmpfsOptions", {"SizeBytes", "Mode"})
    return row_line(parts)


def _written(mount: dict[str, Any], member: str, known: set[str]) -> list[str]:
    options = mount.get(member) or {}
    left = {name for name, value in options.items() if value and name not in known}
    if left:
        raise KeyError(", ".join(sorted(left)))
    driver = options.get("DriverConfig") or {}
    said = [
        ("bind-propagation={}", options.get("Propagation")),
        ("bind-nonrecursive", options.get("NonRecursive")),
        ("bind-recursive=writable", options.get("ReadOnlyNonRecursive")),
        ("bind-recursive=readonly", options.get("ReadOnlyForceRecursive")),
        ("volume-subpath={}", options.get("Subpath")),
        ("bind-create-src", options.get("CreateMountpoint")),
        ("volume-nocopy", options.get("NoCopy")),
        ("volume-driver={}", driver.get("Name")),
        ("tmpfs-size={}", options.get("SizeBytes")),
        ("tmpfs-mode={:o}", options.get("Mode")),
    ]
    parts = [words.format(value) for words, value in said if value]
    parts += [f"volume-label={key}={value}" for key, value in (options.get("Labels") or {}).items()]
    return parts + [f"volume-opt={key}={value}" for key, value in (driver.get("Options") or {}).items()]


def row_line(parts: list[str]) -> str:
    """Write comma-separated values as a line, with quotes around those that hold commas."""
    line = io.StringIO()
    csv.writer(line).writerow(parts)
    return written_row(line.getvalue().removesuffix("\r\n"))
