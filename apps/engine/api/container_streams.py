"""Containers: logs, statistics and attach. Calls for the async engine, which opens them as streams."""

from __future__ import annotations

import re

from apps.engine.answers import body
from apps.engine.api.arguments import Moment, unix_time
from apps.engine.call import Call
from apps.engine.errors import BadRequest
from apps.engine.operations import (
    CONTAINER_ATTACH,
    CONTAINER_ATTACH_WEBSOCKET,
    CONTAINER_LOGS,
    CONTAINER_STATS,
)
from apps.engine.types.stats import StatsSample, stats_of
from apps.engine.version import ApiVersion

_DETACH_KEYS = ApiVersion(1, 22)
_TAIL = re.compile(r"all|\d{1,9}", re.ASCII)


def container_logs(
    container_id: str,
    *,
    follow: bool = False,
    stdout: bool = True,
    stderr: bool = True,
    since: Moment = None,
    until: Moment = None,
    timestamps: bool = False,
    tail: int | str | None = None,
    details: bool = False,
) -> Call[bytes]:
    """Return the log: frames, or raw bytes when the container has a terminal (everything on stdout then).

    `since` and `until` are unix seconds with up to nine decimals, both inclusive; `tail` counts stored records of at
    most 16 KiB ("all", or a number; 0 with `follow` means from now on). `timestamps` puts RFC 3339 with nine decimals
    and a space before each record. `follow` ends with the container and does not survive its restart.
    BadRequest: neither stream, or a moment that is no unix time. NotImplementedByEngine: the driver cannot be read.
    """
    if tail is not None and not _TAIL.fullmatch(str(tail)):
        raise BadRequest(400, f"tail is neither a number nor all: {tail!r}", operation=CONTAINER_LOGS.id)
    return Call(
        CONTAINER_LOGS,
        path={"id": container_id},
        query={
            "stdout": stdout,
            "stderr": stderr,
            "follow": follow or None,
            "timestamps": timestamps or None,
            "details": details or None,
            "since": unix_time(since, operation=CONTAINER_LOGS, name="since"),
            "until": unix_time(until, operation=CONTAINER_LOGS, name="until"),
            "tail": None if tail is None else str(tail),
        },
        needs={"until": ApiVersion(1, 35), "details": ApiVersion(1, 23)},
        parse=body,
    )


def container_stats(container_id: str) -> Call[StatsSample]:
    """Stream one sample a second as JSON lines (`stats_of` reads one).

    A stopped container sends empty samples and real ones again after its start; the stream ends with its removal.
    The first sample has no CPU figure.
    """
    return Call(
        CONTAINER_STATS, path={"id": container_id}, query={"stream": True}, parse=lambda reply: stats_of(reply.body)
    )


def container_stats_once(container_id: str, *, one_shot: bool = False) -> Call[StatsSample]:
    """Return one sample. It takes 1 to 2 s, in which the engine measures twice, so that there is a CPU figure.

    `one_shot` (API 1.41, otherwise not sent) measures once: sooner, and without a CPU figure of its own.
    """
    return Call(
        CONTAINER_STATS,
        path={"id": container_id},
        query={"stream": False, "one-shot": one_shot or None},
        drops={"one-shot": ApiVersion(1, 41)},
        deadline_s=10.0,
        parse=lambda reply: stats_of(reply.body or b"{}"),  # Podman says nothing at all of a stopped one
    )


def container_attach(
    container_id: str,
    *,
    stdin: bool = True,
    stdout: bool = True,
    stderr: bool = True,
    stream: bool = True,
    logs: bool = False,
    detach_keys: str | None = None,
) -> Call[bytes]:
    """Attach by a hijacked connection: frames, or raw bytes when the container has a terminal.

    A stopped container is attached to in silence and delivers once it is started. `logs` replays the log first, up to
    the last newline. `detach_keys` (API 1.22), such as "ctrl-x,x"; without it ctrl-p ctrl-q detaches and a lone ctrl-p
    is held back. Conflict: it is paused. BadRequest: bad keys.
    """
    return Call(
        CONTAINER_ATTACH,
        path={"id": container_id},
        query={
            "stream": stream,
            "stdin": stdin,
            "stdout": stdout,
            "stderr": stderr,
            "logs": logs or None,
            "detachKeys": detach_keys,
        },
        needs={"detachKeys": _DETACH_KEYS},
        parse=body,
    )


def container_attach_ws(container_id: str, *, logs: bool = False, detach_keys: str | None = None) -> Call[bytes]:
    """Attach by a websocket: never framed, stdout and stderr mixed. Ask for API 1.28 at least: text frames below.

    All three streams are named always: from API 1.42 on they are off by default.
    """
    return Call(
        CONTAINER_ATTACH_WEBSOCKET,
        path={"id": container_id},
        query={
            "stream": True,
            "stdin": True,
            "stdout": True,
            "stderr": True,
            "logs": logs or None,
            "detachKeys": detach_keys,
        },
        needs={"detachKeys": _DETACH_KEYS},
        parse=body,
    )
