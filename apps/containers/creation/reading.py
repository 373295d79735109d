"""From the text of a field to what the engine takes. Every function raises Fault with a sentence for the field."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.places import read_exposed
from apps.containers.creation.texts import (
    Fault,
    Line,
    each_line,
    entries,
    entry_lines,
    env_entries,
    has_control,
    needs_quotes,
    quoted,
    read_duration,
    read_integer,
    read_size,
    row_lines,
    unquoted,
)

LONGEST_LINE = 200_000
"""Characters that are read as a shell would: shlex takes four times as long for what is twice as long."""
_QUOTED_NAME = re.compile(r'("(?:[^"\\]|\\.)*")=')


def read_pairs(text: str) -> dict[str, str]:
    """Read name=value lines; a name alone has the value "".

    A line in double quotes is a JSON string; where the name holds "=" or blanks at its ends, both have quotes of their
    own: "a=b"="c".
    """
    lines = (Line(number, line.lstrip()) for number, line in enumerate(text.split("\n"), 1))
    return dict(each_line((line for line in lines if line.text), _pair))


def _pair(line: str) -> tuple[str, str]:
    pair = _quoted_pair(line.rstrip())
    if pair is not None:
        return pair
    name, _equals, value = line.partition("=")
    if not name.strip():
        raise Fault(_("“%(line)s” has no name. Write name=value.") % {"line": line[:80]})
    return name.strip(), value


def _quoted_pair(line: str) -> tuple[str, str] | None:
    whole = unquoted(line)
    if whole is not None:
        name, _equals, value = whole.partition("=")
        return (name, value) if name else None
    match = _QUOTED_NAME.match(line)
    name_alone = unquoted(match[1]) if match else None
    if match is None or name_alone is None:
        return None
    value = line[match.end() :]
    plain = unquoted(value)
    return name_alone, value if plain is None else plain


def written_pair(name: str, value: str) -> str:
    """Write a name and its value as a line that `read_pairs` reads back."""
    line = f"{name}={value}"
    if "=" in name or not name or (name != name.strip() and not has_control(line)):
        return f"{quoted(name)}={quoted(value)}"
    return quoted(line) if has_control(line) or line.startswith('"') or name != name.strip() else line


def read_env(text: str) -> list[str]:
    """Read the lines of an env file."""
    return env_entries(text)


def read_argv(text: str) -> list[str]:
    """Read words as a shell does; nothing is expanded. A JSON list of strings is taken as it is."""
    words = _word_list(text)
    if words is not None:
        return words
    if len(text) > LONGEST_LINE:
        raise Fault(_("It is longer than %(most)d characters.") % {"most": LONGEST_LINE})
    try:
        return shlex.split(text)
    except ValueError as exc:
        raise Fault(_("A quote is not closed, or the last character is a backslash.")) from exc


def _word_list(text: str) -> list[str] | None:
    """Read ["prog", "argument"]; None for anything else: `[ -f x ]` is a command."""
    if not text.lstrip().startswith("["):
        return None
    try:
        words = json.loads(text)
        is_words = isinstance(words, list) and all(isinstance(word, str) for word in words)
        return list(words) if is_words and "".join(words).encode() is not None else None
    except (ValueError, RecursionError):
        return None


def written_argv(words: list[str]) -> str:
    """Write words as one would type them, so that `read_argv` reads them back."""
    if not words or any(has_control(word.replace("\n", "")) for word in words):
        return json.dumps(words, ensure_ascii=False)
    return shlex.join(words)


def read_row(line: str) -> list[str]:
    """Read one line of comma-separated values, with quotes around those that hold commas."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error as exc:
        raise Fault(_("“%(line)s” is not closed by a quote.") % {"line": line}) from exc


def _device(line: str) -> dict[str, str]:
    parts = line.split(":")
    host, inside, rights = (*parts, "", "")[:3]
    if len(parts) == 2 and not inside.startswith("/"):
        inside, rights = "", inside
    rights = rights or "rwm"
    if len(parts) > 3 or not host.startswith("/") or not set(rights) <= set("rwm"):
        raise Fault(_("“%(line)s” is no device. Write /dev/name:/dev/name:rwm.") % {"line": line})
    return {"PathOnHost": host, "PathInContainer": inside or host, "CgroupPermissions": rights}


def _ulimit(line: str) -> dict[str, Any]:
    name, _equals, values = line.partition("=")
    soft, _colon, hard = values.partition(":")
    if not name.strip():
        raise Fault(_("“%(line)s” is no limit. Write nofile=1024:4096.") % {"line": line})
    first = read_integer(soft.strip(), least=-1, most=None)
    last = read_integer(hard.strip(), least=-1, most=None) if hard else first
    if last != -1 and (first > last or first == -1):
        raise Fault(_("“%(line)s”: the soft limit is above the hard one.") % {"line": line})
    return {"Name": name.strip(), "Soft": first, "Hard": last}


def _of_devices(text: str, member: str, read: Callable[[str], int]) -> list[dict[str, Any]]:
    def of_device(line: str) -> dict[str, Any]:
        path, _colon, value = line.rpartition(":")
        if not path.startswith("/"):
            raise Fault(_("“%(line)s”: write the device, a colon and the value.") % {"line": line})
        return {"Path": path, member: read(value)}

    return each_line(entry_lines(text), of_device)


def read_gpus(text: str) -> list[dict[str, Any]]:
    """Read `--gpus` lines: all, a number, or a list of driver=, count=, device=, capabilities= and name=value."""
    return each_line(row_lines(text), _gpus)


def _gpus(line: str) -> dict[str, Any]:
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
    return request


def _health(text: str) -> list[str]:
    if not text.lstrip().startswith("["):
        plain = unquoted(text.strip())
        return ["CMD-SHELL", text if plain is None else plain]
    words = _word_list(text)
    if words is None:
        raise Fault(_('Write a shell command, or a list such as ["prog", "argument"].'))
    return ["CMD", *words]


def written_shell(command: str) -> str:
    """Write the shell command of a health check so that it is read back as one."""
    is_odd = command.startswith("[") or needs_quotes(command)
    return quoted(command) if is_odd else command


def _tmpfs(text: str) -> dict[str, str]:
    seen: set[str] = set()

    def read(line: str) -> tuple[str, str]:
        path, _colon, options = line.partition(":")
        if not path.startswith("/"):
            raise Fault(_("“%(line)s”: write a path, and options after a colon.") % {"line": line})
        if path in seen:
            raise Fault(_("%(target)s is mounted twice.") % {"target": path})
        seen.add(path)
        return path, options

    return dict(each_line(entry_lines(text), read))


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
            return each_line(entry_lines(text), _device)
        case Kind.GPUS:
            return read_gpus(text)
        case Kind.ULIMITS:
            return each_line(entry_lines(text), _ulimit)
        case Kind.WEIGHTS:
            return _of_devices(text, "Weight", _weight)
        case Kind.BYTE_RATES:
            return _of_devices(text, "Rate", read_size)
        case Kind.RATES:
            return _of_devices(text, "Rate", _rate)
        case Kind.HEALTH:
            return _health(text)
        case _:
            plain = unquoted(text.strip())
            return text.strip() if plain is None else plain
