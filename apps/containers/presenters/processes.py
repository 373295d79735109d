"""Processes, dressed: the host's rows as they came, the container's own read out of /proc."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from apps.containers.services.own_processes import OwnList
from apps.containers.services.processes import ProcessList
from apps.hosts.errands import LISTING

CLOCK_TICKS: Final = 100
"""Per second: USER_HZ, the same on every architecture that Linux containers run on."""
_STAT = re.compile(rb"\A\d+ \((.{0,64}?)\) ([A-Za-z])((?: -?\d+){20,})\nName:\t", re.DOTALL)
"""`stat` up to the beginning of `status`. A name may hold brackets and line ends, but not twenty numbers."""

_STATUS_LINE = re.compile(rb"^(Uid|VmRSS|Threads):\s*(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OwnProcess:
    """A process by the container's own numbers. `state` is the kernel's letter; times in seconds, memory in bytes.

    `start_ticks` (since the host's start) tells it from a later process of the same number.
    """

    pid: int
    parent: int
    user: str
    uid: int
    state: str
    cpu_s: float
    memory_bytes: int | None
    threads: int
    elapsed_s: int | None
    start_ticks: int
    command: str


def processes_json(found: ProcessList) -> dict[str, Any]:
    """`titles` and `rows` (one text per column) of the host's ps, and its arguments (None: the engine's choice)."""
    width = len(found.top.titles)
    rows = [(row + [""] * width)[:width] for row in found.top.processes]
    return {"titles": found.top.titles, "rows": rows, "ps_args": found.ps_args}


def own_processes_json(found: OwnList) -> dict[str, Any]:
    """`{"processes": […]}`, by number."""
    users = user_names(found.passwd)
    first_word = found.uptime.split(b" ")[0]
    uptime_s = float(first_word) if re.fullmatch(rb"[0-9.]+", first_word) else None
    read = (own_process(pid, part, users=users, uptime_s=uptime_s) for pid, part in found.parts)
    shown = [each for each in read if each is not None and LISTING not in each.command]
    return {"processes": [asdict(each) for each in sorted(shown, key=lambda each: each.pid)]}


def own_process(pid: int, part: bytes, *, users: dict[int, str], uptime_s: float | None) -> OwnProcess | None:
    """Read `stat`, `status` and `cmdline`, one after the other; None for a process that ended meanwhile.

    A program chooses its own name and command line, so each is looked for only where it stands.
    """
    stat = _STAT.match(part)
    if stat is None:
        return None
    name, state, numbers = stat[1], stat[2], stat[3].split()
    status, _last, after = part[stat.end() :].partition(b"\nnonvoluntary_ctxt_switches:")
    _count, _newline, command_line = after.partition(b"\n")
    facts: dict[bytes, int] = {}
    for line in _STATUS_LINE.finditer(status):
        facts.setdefault(line[1], int(line[2]))
    command = _text(command_line.rstrip(b"\0").replace(b"\0", b" ")) or f"[{_text(name)}]"
    uid, start_ticks = facts.get(b"Uid", 0), int(numbers[18])
    memory_kib = facts.get(b"VmRSS")
    return OwnProcess(
        pid=pid,
        parent=int(numbers[0]),
        user=users.get(uid, str(uid)),
        uid=uid,
        state=_text(state),
        cpu_s=(int(numbers[10]) + int(numbers[11])) / CLOCK_TICKS,
        memory_bytes=None if memory_kib is None else memory_kib * 1024,
        threads=facts.get(b"Threads", 1),
        elapsed_s=None if uptime_s is None else max(0, int(uptime_s - start_ticks / CLOCK_TICKS)),
        start_ticks=start_ticks,
        command=command,
    )


def user_names(passwd: bytes) -> dict[int, str]:
    """Names by number, as /etc/passwd says them."""
    names: dict[int, str] = {}
    for line in passwd.decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isascii() and fields[2].isdigit():
            names.setdefault(int(fields[2]), fields[0])
    return names


def _text(raw: bytes) -> str:
    """What can be shown on one line."""
    text = raw.decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
