"""What the address of a socket asks for, checked: what an engine would not take never reaches it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput
from apps.terminals.messages import Resize, clamp

MOST_FIELDS = 200
LONGEST_FIELD_CHARS = 4096
_FALSE = frozenset({"", "0", "no", "false", "none"})
_MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
_TAIL = re.compile(r"all|[0-9]{1,9}", re.ASCII)
_SIDE = re.compile(r"[0-9]{1,9}", re.ASCII)
_DETACH_KEYS = re.compile(r"(?:[a-zA-Z]|ctrl-[a-zA-Z@\[\\\]^_])(?:,(?:[a-zA-Z]|ctrl-[a-zA-Z@\[\\\]^_]))*", re.ASCII)
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*=.*", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class AttachWish:
    """Attach to a container's own process. Without `detach_keys` no keys detach."""

    logs: bool
    stdin: bool
    stdout: bool
    stderr: bool
    detach_keys: str | None


@dataclass(frozen=True, slots=True)
class ExecWish:
    """Run a command in a container. An empty `command` means the best shell there is."""

    command: tuple[str, ...]
    user: str | None
    workdir: str | None
    env: tuple[str, ...]
    tty: bool
    privileged: bool
    size: Resize | None


@dataclass(frozen=True, slots=True)
class LogsWish:
    """Logs, with the Engine's own parameters. `since` and `until` are `seconds[.fraction]` as text."""

    stdout: bool
    stderr: bool
    follow: bool
    since: str | None
    until: str | None
    timestamps: bool
    tail: str | None
    details: bool


@dataclass(frozen=True, slots=True)
class EventsWish:
    """Events of the engine, of the past too when `since` or `until` is given (`seconds[.fraction]` as text)."""

    since: str | None
    until: str | None
    filters: Mapping[str, tuple[str, ...]]

    @property
    def is_replay(self) -> bool:
        """Whether the engine's memory of the past is asked for."""
        return self.since is not None or self.until is not None


class Query:
    """The fields of a query string. Raises InvalidInput, with the field's name, for what cannot be meant."""

    def __init__(self, query_string: bytes) -> None:
        try:
            self._fields = parse_qs(
                query_string.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
            )
        except ValueError as exc:
            raise InvalidInput(_("The address of this stream cannot be read.")) from exc

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no, read as the Engine reads its own: empty, 0, no, false and none mean no."""
        values = self._fields.get(name)
        return default if values is None else values[0].strip().lower() not in _FALSE

    def has(self, name: str) -> bool:
        """Whether the field was given at all."""
        return name in self._fields

    def text(self, name: str) -> str | None:
        """One line of text; None when it is missing or empty."""
        values = self.texts(name)
        return values[0] if values and values[0] else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a repeatable field, in order."""
        values = self._fields.get(name, [])
        if any(len(value) > LONGEST_FIELD_CHARS or "\0" in value for value in values):
            raise _invalid(name)
        return tuple(values)

    def matching(self, name: str, pattern: re.Pattern[str]) -> str | None:
        """A value of exactly this form; None when it is missing or empty."""
        value = self.text(name)
        if value is not None and not pattern.fullmatch(value):
            raise _invalid(name)
        return value


def parse_attach(query_string: bytes) -> AttachWish:
    """Read the query of an attach socket: everything on, no replay, unless it says otherwise."""
    query = Query(query_string)
    wish = AttachWish(
        logs=query.flag("logs", default=False),
        stdin=query.flag("stdin", default=True),
        stdout=query.flag("stdout", default=True),
        stderr=query.flag("stderr", default=True),
        detach_keys=query.matching("detach_keys", _DETACH_KEYS),
    )
    if not (wish.stdin or wish.stdout or wish.stderr):
        raise _invalid("stdout")
    return wish


def parse_exec(query_string: bytes) -> ExecWish:
    """Read the query of an exec socket: a TTY unless it says otherwise."""
    query = Query(query_string)
    command = query.texts("cmd")
    if command and not command[0]:
        raise _invalid("cmd")
    env = query.texts("env")
    if not all(_ENVIRONMENT.fullmatch(line) for line in env):
        raise _invalid("env")
    cols, rows = query.matching("cols", _SIDE), query.matching("rows", _SIDE)
    return ExecWish(
        command=command,
        user=query.text("user"),
        workdir=query.text("workdir"),
        env=env,
        tty=query.flag("tty", default=True),
        privileged=query.flag("privileged", default=False),
        size=Resize(clamp(int(cols)), clamp(int(rows))) if cols and rows else None,
    )


def parse_logs(query_string: bytes) -> LogsWish:
    """Read the query of a logs socket. Without a word about stdout and stderr both are meant."""
    query = Query(query_string)
    is_silent = not query.has("stdout") and not query.has("stderr")
    wish = LogsWish(
        stdout=query.flag("stdout", default=is_silent),
        stderr=query.flag("stderr", default=is_silent),
        follow=query.flag("follow", default=False),
        since=query.matching("since", _MOMENT),
        until=query.matching("until", _MOMENT),
        timestamps=query.flag("timestamps", default=False),
        tail=query.matching("tail", _TAIL),
        details=query.flag("details", default=False),
    )
    if not (wish.stdout or wish.stderr):
        raise _invalid("stdout")
    return wish


def parse_events(query_string: bytes) -> EventsWish:
    """Read the query of an events socket."""
    query = Query(query_string)
    wish = EventsWish(
        since=query.matching("since", _MOMENT),
        until=query.matching("until", _MOMENT),
        filters=_filters(query.text("filters")),
    )
    if wish.since and wish.until and float(wish.since) > float(wish.until):
        raise _invalid("until")
    return wish


def _filters(text: str | None) -> Mapping[str, tuple[str, ...]]:
    """Both forms the Engine takes: {"type":["container"]} and the old {"type":{"container":true}}."""
    if text is None:
        return {}
    try:
        filters = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise _invalid("filters") from exc
    if not isinstance(filters, dict):
        raise _invalid("filters")
    read: dict[str, tuple[str, ...]] = {}
    for name, values in filters.items():
        if not isinstance(values, list | dict) or not all(isinstance(value, str) for value in values):
            raise _invalid("filters")
        if values:
            read[name] = tuple(values)
    return read


def _invalid(name: str) -> InvalidInput:
    return InvalidInput(
        _("The address of this stream cannot be read."),
        _("Its field “%(field)s” has a value that cannot be meant.") % {"field": name},
        field=name,
    )
