"""Commands in containers: terminals and one-off commands."""

from __future__ import annotations

from collections.abc import Sequence

from tests.coverage.row import Place, Row

_EVERY = "tests/live/containers/test_every_operation.py::test_exec"
_TERMINAL = (f"{_EVERY}_create_start_resize_and_inspect",)
_ONE_OFF = (f"{_EVERY}_one_off_with_a_terminal_and_detached",)
_SOCKET = "ws/hosts/<slug:host_slug>/containers/<str:ref>/exec/"
_OLD_CLIENTS = "sent by clients of long ago; engines ignore it"

_CREATE = Place("ContainerExec", "containers:terminal", _TERMINAL)
_START = Place("ExecStart", "containers:terminal", _TERMINAL)
_RESIZE = Place("ExecResize", "containers:terminal", _TERMINAL)
_INSPECT = Place("ExecInspect", "containers:exec", (*_TERMINAL, *_ONE_OFF))


def rows() -> Sequence[Row]:
    """All of them."""
    return [
        *_CREATE.itself("Terminal; “Run a command…”"),
        _CREATE.has("AttachStdin", "Terminal: always; “Run a command”: never, the command sees the end of its input"),
        _CREATE.has("AttachStdout", "always; “Start it and do not wait” drops it", tests=_ONE_OFF),
        _CREATE.has("AttachStderr", "always; “Start it and do not wait” drops it", tests=_ONE_OFF),
        _CREATE.has("Tty", "Options of the terminal; “With a terminal” of a command", tests=(*_TERMINAL, *_ONE_OFF)),
        _CREATE.has("Cmd", "“Shell or command”; “Command”", tests=(*_TERMINAL, *_ONE_OFF)),
        _CREATE.has("User", "“user” of the terminal, “User” of a command, with “:group”"),
        _CREATE.has("Privileged", "Options of the terminal; “With all privileges” of a command"),
        _CREATE.has("Env", "Options of the terminal; “Environment” of a command"),
        _CREATE.has("WorkingDir", "“directory” of the terminal, “Working directory” of a command"),
        *_CREATE.lacks(
            "a terminal is left by closing its tab, and its command ends with it; so keys that nobody types are sent, "
            "or the engine would swallow Ctrl-P. What is to run on is started by “Start it and do not wait”",
            "DetachKeys",
        ),
        *_CREATE.lacks(_OLD_CLIENTS, "Container"),
        _START.has("", "“Connect” of the terminal; “Run” of a command", tests=(*_TERMINAL, *_ONE_OFF)),
        *_START.lacks("the id is a key to the command's streams: it never leaves the server", "id"),
        _START.has("Detach", "“Start it and do not wait”", at="containers:exec", tests=_ONE_OFF),
        _START.has("Tty", "as it was created", tests=(*_TERMINAL, *_ONE_OFF)),
        *_START.lacks(_OLD_CLIENTS, "Container"),
        _RESIZE.has("", "the terminal has the size of its window, at once and after each change", at=_SOCKET),
        *_RESIZE.lacks("the id never leaves the server", "id"),
        _RESIZE.has("h", "rows of the window; shown below the terminal"),
        _RESIZE.has("w", "columns of the window; shown below the terminal"),
        _INSPECT.has("", "“Running beside it” lists what runs; exit codes of terminals and commands"),
        *_INSPECT.lacks("the id never leaves the server", "id"),
    ]
