"""Exec instances: create, start, look at, resize."""

from __future__ import annotations

from collections.abc import Sequence

from apps.engine.answers import body, nothing
from apps.engine.api.containers import within_screen
from apps.engine.call import Call
from apps.engine.operations import CONTAINER_EXEC, EXEC_INSPECT, EXEC_RESIZE, EXEC_START
from apps.engine.types import tolerance
from apps.engine.types.exec import ExecCreated, ExecInspect
from apps.engine.version import ApiVersion

ConsoleSize = tuple[int, int]
"""(rows, columns) in characters."""

_CONSOLE_SIZE = ApiVersion(1, 42)


def exec_create(
    container_id: str,
    *,
    cmd: Sequence[str],
    tty: bool = False,
    stdin: bool = True,
    stdout: bool = True,
    stderr: bool = True,
    user: str | None = None,
    env: Sequence[str] | None = None,
    working_dir: str | None = None,
    privileged: bool = False,
    detach_keys: str | None = None,
    console_size: ConsoleSize | None = None,
) -> Call[str]:
    """Make an exec instance and return its id. Nothing runs yet; user, folder and program are checked at the start.

    `cmd` is an argument list: a single string would be refused or taken as one word. `user` is "user[:group]".
    `privileged` needs API 1.21, `detach_keys` 1.22, `env` 1.25, `working_dir` 1.35; `console_size` is sent from 1.42
    on and left out before (then resize after the start). Conflict: the container does not run, or is paused.
    """
    return Call(
        CONTAINER_EXEC,
        path={"id": container_id},
        body={
            "AttachStdin": stdin,
            "AttachStdout": stdout,
            "AttachStderr": stderr,
            "Tty": tty,
            "Cmd": list(cmd),
            "User": user or None,
            "Env": list(env) if env else None,
            "WorkingDir": working_dir or None,
            "Privileged": privileged or None,
            "DetachKeys": detach_keys,
            "ConsoleSize": _cells(console_size) if tty else None,
        },
        needs={
            "Privileged": ApiVersion(1, 21),
            "DetachKeys": ApiVersion(1, 22),
            "Env": ApiVersion(1, 25),
            "WorkingDir": ApiVersion(1, 35),
        },
        drops={"ConsoleSize": _CONSOLE_SIZE},
        parse=lambda reply: tolerance.read(ExecCreated, reply.body).id,
    )


def exec_start(
    exec_id: str, *, tty: bool = False, detach: bool = False, console_size: ConsoleSize | None = None
) -> Call[bytes]:
    """Start an exec instance by a hijacked connection; `tty` must be that of its create.

    A program that cannot be started is told in the stream, by plain text and its end, and by exit code 126 or 127 of
    `exec_inspect`. With `detach` (through `Engine.run`) it comes as BadRequest. NotFound: its container has stopped.
    """
    return Call(
        EXEC_START,
        path={"id": exec_id},
        body={"Detach": detach, "Tty": tty, "ConsoleSize": _cells(console_size) if tty and not detach else None},
        drops={"ConsoleSize": _CONSOLE_SIZE},
        deadline_s=60.0 if detach else None,
        parse=body,
    )


def exec_inspect(exec_id: str) -> Call[ExecInspect]:
    """Return an exec instance. Finished ones are kept for some minutes only; with their container they are gone."""
    return Call(EXEC_INSPECT, path={"id": exec_id}, parse=lambda reply: tolerance.read(ExecInspect, reply.body))


def exec_resize(exec_id: str, *, rows: int, columns: int) -> Call[None]:
    """Set the size of the terminal, in characters (kept within 1 to 1000).

    Only after the start has succeeded: before it the engine blocks for 10 s and answers 500, as it does after the end.
    Two seconds are given, so that a mistake costs little.
    """
    return Call(
        EXEC_RESIZE,
        path={"id": exec_id},
        query={"h": within_screen(rows), "w": within_screen(columns)},
        deadline_s=2.0,
        parse=nothing,
    )


def _cells(size: ConsoleSize | None) -> list[int] | None:
    return None if size is None else [within_screen(size[0]), within_screen(size[1])]
