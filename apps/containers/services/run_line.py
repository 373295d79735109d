"""The form as a `docker run` line, and a `docker run` line as the form. Pure: texts in, texts out."""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.mounts import row_line
from apps.containers.creation.reading import (
    LONGEST_LINE,
    read_argv,
    read_pairs,
    read_value,
    written_pair,
    written_shell,
)
from apps.containers.creation.texts import (
    Fault,
    entries,
    env_entries,
    row_entries,
    unquoted,
    written_entry,
    written_env,
    written_row,
)
from apps.containers.services.pasted_line import pasted

_TICKS = frozenset({Kind.TICK, Kind.TRISTATE, Kind.HEALTH_OFF})
_ROWS = frozenset({Kind.MOUNTS, Kind.GPUS})
_WITHOUT_FLAG = frozenset({"image", "command", "restart_tries", "entrypoint", "unmask"})
_TAKE_A_VALUE = frozenset(
    [
        "--attach",
        "-a",
        "--cidfile",
        "--env-file",
        "--label-file",
        "--detach-keys",
        "--isolation",
        "--cpu-count",
        "--cpu-percent",
        "--io-maxbandwidth",
        "--io-maxiops",
        "--pull",
        "--ip-range",
    ]
)
"""Options with a value that no field stands for."""
_TAKE_NO_VALUE = frozenset(["--sig-proxy", "--disable-content-trust", "--quiet", "-q", "--help", "--rmi"])
_PROGRAMS = ("docker", "podman", "nerdctl")
_GLOBAL_VALUES = frozenset({"-H", "--host", "-c", "--context", "--config", "-l", "--log-level"})
"""Options before `run` that have a value."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """`argv` of the command, `lines` of it as one would write it, and the labels of fields that it cannot say."""

    argv: list[str]
    lines: list[list[str]]
    unsaid: list[str]

    @property
    def text(self) -> str:
        """The command as text for a shell, an option on each line."""
        return " \\\n  ".join(shlex.join(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Texts by field, whether it starts at once, and what no field can hold. `problem`: it is no such line.

    `unexpanded` is what a shell would have put something else for; it stands in the texts as it is.
    """

    values: dict[str, str] = field(default_factory=dict)
    is_started: bool = True
    unknown: list[str] = field(default_factory=list)
    unexpanded: list[str] = field(default_factory=list)
    problem: str = ""


def run_line(values: Mapping[str, str], *, is_started: bool) -> RunLine:
    """Return the line that makes the container these texts describe. Raise Fault for a command nobody can read."""
    options: list[list[str]] = []
    unsaid: list[str] = []
    for each in FIELDS.values():
        text = values.get(each.name, "").replace("\r\n", "\n")
        if not text.strip() or each.name in _WITHOUT_FLAG:
            continue
        if each.flag and _is_sayable(each, text):
            options += _options(each, text, values)
        else:
            unsaid.append(str(each.label))
    if values.get("unmask"):
        options.append(["--security-opt", "systempaths=unconfined"])
    command = read_argv(values.get("command", ""))
    if values.get("entrypoint", "").strip():
        entrypoint = read_argv(values["entrypoint"])
        options.append(["--entrypoint", entrypoint[0] if entrypoint else ""])
        if not entrypoint and not command:  # the image's command without its entrypoint
            unsaid.append(str(FIELDS["entrypoint"].label))
        command = [*entrypoint[1:], *command]
    head = ["docker", "run", "-d"] if is_started else ["docker", "create"]
    tail = [values.get("image", "").strip() or "IMAGE", *command]
    lines = [head, *options, tail]
    return RunLine([word for line in lines for word in line], lines, unsaid)


def _is_sayable(each: Field, text: str) -> bool:
    """Whether an option can say it: names of pairs end at their first "=", and health checks run in a shell."""
    if each.kind is Kind.PAIRS:
        return all(name and "=" not in name for name in read_pairs(text))
    return each.kind is not Kind.HEALTH or read_value(each, text)[0] == "CMD-SHELL"


def _options(each: Field, text: str, values: Mapping[str, str]) -> list[list[str]]:
    flag = next((short for short in each.aliases if len(short) == 2 and short not in ("-c",)), each.flag)
    if each.kind in _TICKS:
        return [[flag if text != "false" else f"{flag}=false"]]
    if each.name == "restart":
        tries = values.get("restart_tries", "").strip()
        return [[flag, f"{text.strip()}:{tries}" if tries and text.strip() == "on-failure" else text.strip()]]
    if each.kind is Kind.ENV:
        return [[flag, line] for line in env_entries(text)]
    if each.kind is Kind.PAIRS:
        return [[flag, f"{name}={value}"] for name, value in read_pairs(text).items()]
    if each.kind in _ROWS:
        return [[flag, line] for line in row_entries(text)]
    if each.kind.is_list:
        return [[flag, line] for line in entries(text)]
    if each.kind is Kind.HEALTH:
        return [[flag, read_value(each, text)[1]]]
    plain = unquoted(text.strip())
    return [[flag, text.strip() if plain is None else plain]]


_BY_FLAG: dict[str, Field] = {
    flag: each for each in FIELDS.values() if each.flag for flag in (each.flag, *each.aliases)
}
_SHORT_TICKS = {flag[1] for flag, each in _BY_FLAG.items() if len(flag) == 2 and each.kind in _TICKS} | {"d"}


def read_run_line(text: str) -> ReadLine:
    """Read a `docker run` or `docker create` command as a shell would; nothing is expanded or looked up."""
    text = text.strip().replace("\r\n", "\n")
    if len(text) > LONGEST_LINE:
        return ReadLine(problem=_("It is longer than %(most)d characters.") % {"most": LONGEST_LINE})
    line = pasted(text)
    try:
        words = deque(read_argv(line.text))
    except Fault as fault:
        return ReadLine(problem=str(fault))
    while words and (words[0] == "sudo" or re.fullmatch(r"[A-Z_][A-Z0-9_]*=.*", words[0], re.DOTALL)):
        words.popleft()
    before: list[str] = []
    if words and words[0].rpartition("/")[2] in _PROGRAMS:
        words.popleft()
        before = _global_options(words)
    if words and words[0] == "container":
        words.popleft()
    if not words or words[0] not in ("run", "create"):
        return ReadLine(problem=_("This is no docker run line. It begins with “docker run” or “docker create”."))
    verb = words.popleft()
    read = _Reader(words, is_started=verb == "run").read()
    return replace(read, unknown=[*before, *read.unknown, *line.others], unexpanded=line.unexpanded)


def _global_options(words: deque[str]) -> list[str]:
    """Take the options between `docker` and `run` away; they say which engine is meant, here the page does."""
    found = []
    while words and words[0].startswith("-"):
        option = words.popleft()
        if option in _GLOBAL_VALUES and words:
            option = f"{option} {words.popleft()}"
        found.append(option)
    return found


class _Reader:
    def __init__(self, words: Iterable[str], *, is_started: bool) -> None:
        self._words = deque(words)
        self._is_started = is_started
        self._values: dict[str, str] = {}
        self._unknown: list[str] = []

    def read(self) -> ReadLine:
        while self._words and self._words[0].startswith("-") and self._words[0] != "-":
            word = self._words.popleft()
            if word == "--":
                break
            if word.startswith("--"):
                name, equals, value = word.partition("=")
                self._option(name, value if equals else None)
            else:
                self._short(word[1:])
        if not self._words:
            return ReadLine(self._values, self._is_started, self._unknown, problem=_("The line names no image."))
        self._values["image"] = self._words.popleft()
        if self._words:
            self._values["command"] = shlex.join(self._words)
        return ReadLine(self._values, self._is_started, self._unknown)

    def _short(self, letters: str) -> None:
        at = 0
        while at < len(letters):
            flag, at = f"-{letters[at]}", at + 1
            if flag[1] in _SHORT_TICKS and letters.startswith("=", at):
                self._option(flag, letters[at + 1 :])
                return
            if flag[1] in _SHORT_TICKS:
                self._option(flag, None)
            elif flag in _BY_FLAG or flag in _TAKE_A_VALUE:
                self._option(flag, letters[at:].removeprefix("=") if letters[at:] else None)
                return
            else:
                self._unknown.append(flag)

    def _option(self, flag: str, value: str | None) -> None:
        if flag in ("-d", "--detach"):
            return
        each = _BY_FLAG.get(flag)
        if each is None:
            if value is None and self._words and (flag in _TAKE_A_VALUE or self._is_value_next(flag)):
                value = self._words.popleft()
            self._unknown.append(flag if value is None else f"{flag}={value}")
        elif each.kind in _TICKS:
            self._tick(each, value)
        elif value is None and not self._words:
            self._unknown.append(flag)
        else:
            self._set(each, self._words.popleft() if value is None else value)

    def _is_value_next(self, flag: str) -> bool:
        """Whether the word after an option that nobody knows is its value: options follow it, so it is no image."""
        if flag in _TAKE_NO_VALUE or len(self._words) < 2 or self._words[0].startswith("-"):
            return False
        after = self._words[1].partition("=")[0]
        return after in _BY_FLAG or after in _TAKE_A_VALUE or after in ("-d", "--detach")

    def _tick(self, each: Field, value: str | None) -> None:
        is_on = value is None or value.lower() in ("1", "t", "true")
        if each.kind is Kind.TRISTATE:
            self._values[each.name] = "true" if is_on else "false"
        elif is_on:
            self._values[each.name] = "on"
        else:
            self._values.pop(each.name, None)

    def _set(self, each: Field, value: str) -> None:
        if each.name == "restart":
            name, colon, tries = value.partition(":")
            self._values["restart"] = name
            if colon:
                self._values["restart_tries"] = tries
        elif each.name == "entrypoint":
            self._values["entrypoint"] = shlex.quote(value)
        elif each.name == "security_opt" and value == "systempaths=unconfined":
            self._values["unmask"] = "on"
        elif each.name == "network":
            self._network(value)
        elif each.kind.is_list:
            before = self._values.get(each.name)
            line = _line(each, value)
            self._values[each.name] = line if before is None else f"{before}\n{line}"
        else:
            self._values[each.name] = _line(each, value)

    def _network(self, value: str) -> None:
        """Read `--network net` and `--network name=net,alias=db,ip=…,driver-opt=k=v`; the first is the main one."""
        parts = value.split(",") if "=" in value else [f"name={value}"]
        network = next((part[len("name=") :] for part in parts if part.startswith("name=")), "")
        options = [part for part in parts if not part.startswith("name=")]
        if not network:
            self._unknown.append(f"--network {value}")
            return
        is_first = "network" not in self._values
        known = []
        for option in options:
            name, _equals, inner = option.partition("=")
            if name not in _OF_A_NETWORK or (name == "mac-address" and not is_first):
                self._unknown.append(f"--network {option}")
            elif is_first:
                self._set(FIELDS[_OF_A_NETWORK[name]], inner)
            else:
                known.append(option)
        if is_first:
            self._values["network"] = network
        else:
            before = [self._values[name] for name in ("further_networks",) if name in self._values]
            self._values["further_networks"] = "\n".join([*before, row_line([network, *known])])


_OF_A_NETWORK = {
    "alias": "net_aliases",
    "ip": "ipv4",
    "ip6": "ipv6",
    "link-local-ip": "link_local",
    "driver-opt": "net_options",
    "mac-address": "mac",
    "gw-priority": "gw_priority",
}


def _line(each: Field, value: str) -> str:
    """Write an option's value as the field takes it."""
    if each.kind is Kind.ENV:
        return written_env(value)
    if each.kind is Kind.PAIRS:
        name, _equals, inner = value.partition("=")
        return written_pair(name, inner)
    if each.kind in _ROWS:
        return written_row(value)
    if each.kind is Kind.HEALTH:
        return written_shell(value)
    return written_entry(value) if value else ""
