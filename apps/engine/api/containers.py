"""Containers: what can be read, and the changes of state. Every function is pure and returns a Call.

What streams (logs, stats, attach) is written in `container_streams` and can be imported from here as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from apps.engine.answers import body, is_being_removed, nothing, was_needed
from apps.engine.api.container_streams import (
    container_attach,
    container_attach_ws,
    container_logs,
    container_stats,
    container_stats_once,
)
from apps.engine.call import Call, Reply
from apps.engine.errors import ApiError, NotFound
from apps.engine.operations import (
    CONTAINER_CHANGES,
    CONTAINER_DELETE,
    CONTAINER_EXPORT,
    CONTAINER_INSPECT,
    CONTAINER_KILL,
    CONTAINER_LIST,
    CONTAINER_PAUSE,
    CONTAINER_PRUNE,
    CONTAINER_RENAME,
    CONTAINER_RESIZE,
    CONTAINER_RESTART,
    CONTAINER_START,
    CONTAINER_STOP,
    CONTAINER_TOP,
    CONTAINER_UNPAUSE,
    CONTAINER_UPDATE,
    CONTAINER_WAIT,
    PRUNE_DEADLINE_S,
)
from apps.engine.types import tolerance
from apps.engine.types.container_brief import ContainerBrief, container_briefs_of
from apps.engine.types.container_inspect import ContainerInspect, container_inspect_of
from apps.engine.types.containers import ContainerSummary
from apps.engine.types.processes import (
    ContainersPruned,
    ContainerTop,
    ContainerUpdated,
    ContainerWait,
    FilesystemChange,
)
from apps.engine.version import ApiVersion

__all__ = [
    "container_attach",
    "container_attach_ws",
    "container_changes",
    "container_export",
    "container_inspect",
    "container_kill",
    "container_list",
    "container_list_brief",
    "container_logs",
    "container_pause",
    "container_prune",
    "container_remove",
    "container_rename",
    "container_resize",
    "container_restart",
    "container_start",
    "container_stats",
    "container_stats_once",
    "container_stop",
    "container_top",
    "container_unpause",
    "container_update",
    "container_wait",
    "within_screen",
]

_GRACE_S = 10
"""Seconds a container has to end by itself when neither the call nor the container says otherwise."""

_PATIENCE_S = 60.0
"""Seconds for a change beyond the grace that it waits for."""

_FILTERS = {
    "filters.ancestor": ApiVersion(1, 21),
    "filters.before": ApiVersion(1, 22),
    "filters.since": ApiVersion(1, 22),
    "filters.isolation": ApiVersion(1, 22),
    "filters.volume": ApiVersion(1, 23),
    "filters.network": ApiVersion(1, 24),
    "filters.health": ApiVersion(1, 25),
    "filters.is-task": ApiVersion(1, 25),
    "filters.publish": ApiVersion(1, 28),
    "filters.expose": ApiVersion(1, 28),
}

WaitCondition = Literal["not-running", "next-exit", "removed"]


def container_list(
    *,
    is_all: bool = False,
    limit: int | None = None,
    size: bool = False,
    filters: Mapping[str, Sequence[str]] | None = None,
) -> Call[list[ContainerSummary]]:
    """List containers, newest first: the running ones, with `is_all` every one.

    `size` has the engine measure their file systems, which is slow. `filters`: values of one key are alternatives
    (labels: all must fit), keys are all to be met; `exited` sees nothing without `is_all`, `status` implies it.
    """
    return Call(
        CONTAINER_LIST,
        query={"all": is_all or None, "limit": limit, "size": size or None, "filters": filters},
        needs=_FILTERS,
        parse=lambda reply: tolerance.read_list(ContainerSummary, reply.body),
    )


def container_list_brief() -> Call[list[ContainerBrief]]:
    """List every container, running or not, reading only what sorting and counting thousands of them takes."""
    return Call(CONTAINER_LIST, query={"all": True}, parse=lambda reply: container_briefs_of(reply.body))


def container_inspect(
    container_id: str, *, size: bool = False, deadline_s: float | None = None
) -> Call[ContainerInspect]:
    """Return one container by full id, unique prefix or name. `size` (API 1.21) adds sizes, which is slow.

    NotFound: no such container; Ambiguous (a NotFound): the prefix fits several.
    """
    return Call(
        CONTAINER_INSPECT,
        path={"id": container_id},
        query={"size": size or None},
        needs={"size": ApiVersion(1, 21)},
        deadline_s=deadline_s,
        parse=lambda reply: container_inspect_of(reply.body),
    )


def container_top(container_id: str, *, ps_args: str | None = None) -> Call[ContainerTop]:
    """List processes. Conflict: it does not run. Each call makes an event, so it is not for polling."""
    return Call(
        CONTAINER_TOP,
        path={"id": container_id},
        query={"ps_args": ps_args},
        parse=lambda reply: tolerance.read(ContainerTop, reply.body),
    )


def container_changes(container_id: str) -> Call[list[FilesystemChange]]:
    """List paths that differ from the image; the engine says null when there are none."""
    return Call(
        CONTAINER_CHANGES,
        path={"id": container_id},
        parse=lambda reply: tolerance.read_list(FilesystemChange, reply.body),
    )


def container_start(container_id: str) -> Call[bool]:
    """Start a container. False (304): it ran already.

    BadRequest and ServerFault: the command or the host is at fault, `State.Error` and the exit code (126, 127, 128) of
    an inspect say how. NotFound may also mean a missing network. Conflict: it is paused or being removed.
    """
    return Call(CONTAINER_START, path={"id": container_id}, parse=was_needed)


def container_stop(container_id: str, *, timeout_s: int | None = None, signal: str | None = None) -> Call[bool]:
    """Stop a container; the engine kills it once `timeout_s` has passed. False (304): it was stopped already.

    Without `timeout_s` the container's own StopTimeout counts, else 10 s; -1 waits for ever. `signal` needs API 1.42.
    The answer comes when it has stopped: the deadline is the grace plus 60 s.
    """
    return Call(
        CONTAINER_STOP,
        path={"id": container_id},
        query={"t": timeout_s, "signal": signal},
        needs={"signal": ApiVersion(1, 42)},
        deadline_s=_deadline_s(timeout_s),
        parse=was_needed,
    )


def container_restart(container_id: str, *, timeout_s: int | None = None, signal: str | None = None) -> Call[None]:
    """Stop, as `container_stop` does, and start; a stopped container is started."""
    return Call(
        CONTAINER_RESTART,
        path={"id": container_id},
        query={"t": timeout_s, "signal": signal},
        needs={"signal": ApiVersion(1, 42)},
        deadline_s=_deadline_s(timeout_s),
        parse=nothing,
    )


def container_kill(container_id: str, *, signal: str | None = None) -> Call[None]:
    """Send a signal ("TERM", "SIGHUP", "9"); by default KILL, which waits for the end.

    Conflict: it does not run. BadRequest: no such signal.
    """
    return Call(CONTAINER_KILL, path={"id": container_id}, query={"signal": signal}, parse=nothing)


def container_pause(container_id: str) -> Call[None]:
    """Freeze all processes. Conflict: it is paused already or does not run."""
    return Call(CONTAINER_PAUSE, path={"id": container_id}, parse=nothing)


def container_unpause(container_id: str) -> Call[None]:
    """Thaw all processes. Conflict: it is not paused (the engine answers 500)."""
    return Call(CONTAINER_UNPAUSE, path={"id": container_id}, parse=nothing)


def container_remove(
    container_id: str, *, force: bool = False, volumes: bool = False, link: bool = False
) -> Call[None]:
    """Remove a container; `force` kills it first, `volumes` takes its anonymous volumes along.

    That it is gone, or being removed by somebody else, is success. Conflict: it runs or is paused.
    """
    return Call(
        CONTAINER_DELETE,
        path={"id": container_id},
        query={"force": force or None, "v": volumes or None, "link": link or None},
        forgives=_is_gone,
        parse=nothing,
    )


def container_rename(container_id: str, *, name: str) -> Call[None]:
    """Give a container another name. Conflict: the name is taken. BadRequest: it is invalid, or its own."""
    return Call(CONTAINER_RENAME, path={"id": container_id}, query={"name": name}, parse=nothing)


def container_resize(container_id: str, *, rows: int, columns: int) -> Call[None]:
    """Set the size of the terminal, in characters. Conflict: it does not run. Sizes are kept within 1 to 1000."""
    return Call(
        CONTAINER_RESIZE,
        path={"id": container_id},
        query={"h": within_screen(rows), "w": within_screen(columns)},
        deadline_s=5.0,
        parse=nothing,
    )


def container_wait(
    container_id: str, *, condition: WaitCondition | None = None, deadline_s: float = math.inf
) -> Call[ContainerWait]:
    """Wait for the end and return the exit code.

    `condition` (API 1.30; the engine's default is not-running): a created container is "not running" and answers 0 at
    once; `next-exit` waits for an exit to come; `removed` for the removal. From API 1.30 on the head of the answer
    comes at once and the rest at the end. `deadline_s` None or infinite: however long that takes.
    """
    return Call(
        CONTAINER_WAIT,
        path={"id": container_id},
        query={"condition": condition},
        needs={"condition": ApiVersion(1, 30)},
        deadline_s=deadline_s,
        parse=_wait_of,
    )


def container_update(container_id: str, *, settings: Mapping[str, Any]) -> Call[ContainerUpdated]:
    """Change resource limits and the restart policy (API 1.22) by their names in the reference.

    Conflict: limits clash, such as Memory above MemorySwap. None values are not sent.
    """
    return Call(
        CONTAINER_UPDATE,
        path={"id": container_id},
        body=dict(settings),
        needs={
            "RestartPolicy": ApiVersion(1, 23),
            "NanoCpus": ApiVersion(1, 28),
            "PidsLimit": ApiVersion(1, 40),
        },
        parse=lambda reply: tolerance.read(ContainerUpdated, reply.body),
    )


def container_prune(*, filters: Mapping[str, Sequence[str]] | None = None) -> Call[ContainersPruned]:
    """Remove every container that does not run (API 1.25): what was never started, has ended, or is dead.

    `filters`: `until` (API 1.28: created before this unix time), `label` (1.29: all must fit), `label!` (1.29: what has
    all of these is kept). Conflict: another prune runs. A day is given: full hosts take their time.
    """
    return Call(
        CONTAINER_PRUNE,
        query={"filters": filters},
        needs={
            "filters.until": ApiVersion(1, 28),
            "filters.label": ApiVersion(1, 29),
            "filters.label!": ApiVersion(1, 29),
        },
        deadline_s=PRUNE_DEADLINE_S,
        parse=lambda reply: tolerance.read(ContainersPruned, reply.body),
    )


def container_export(container_id: str) -> Call[bytes]:
    """Return the file system as tar, as a stream; volumes are not in it. What fails midway only cuts the tar short."""
    return Call(CONTAINER_EXPORT, path={"id": container_id}, parse=body)


def within_screen(cells: int) -> int:
    """Return a terminal's height or width as the engine should see it: 20.10 takes 0 and 70000 as they come."""
    return max(1, min(1000, cells))


def _deadline_s(timeout_s: int | None) -> float:
    if timeout_s is not None and timeout_s < 0:
        return math.inf
    return (_GRACE_S if timeout_s is None else timeout_s) + _PATIENCE_S


def _is_gone(error: ApiError) -> bool:
    return (isinstance(error, NotFound) and error.status == 404) or is_being_removed(error)


def _wait_of(reply: Reply) -> ContainerWait:
    return tolerance.read(ContainerWait, reply.body)
