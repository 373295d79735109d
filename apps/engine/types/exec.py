"""Exec instances."""

from __future__ import annotations

from msgspec import Struct, field


class ExecCreated(Struct, rename="pascal"):
    """The answer of exec create."""

    id: str = ""


class ExecProcess(Struct):
    """What an exec instance runs."""

    entrypoint: str | None = None
    arguments: list[str] | None = None
    tty: bool | None = None
    user: str | None = None
    privileged: bool | None = None


class ExecInspect(Struct, rename="pascal"):
    """An exec instance. `exit_code` is None until it has ended; 126 or 127: its command could not be started.

    `pid` is the process id on the host (API 1.25), 0 before the start.
    """

    id: str = field(name="ID", default="")
    running: bool = False
    exit_code: int | None = None
    pid: int = 0
    container_id: str = field(name="ContainerID", default="")
    open_stdin: bool = False
    open_stdout: bool = False
    open_stderr: bool = False
    can_remove: bool = False
    process: ExecProcess | None = field(name="ProcessConfig", default=None)

    @property
    def has_ended(self) -> bool:
        """Whether the exit code is final."""
        return self.exit_code is not None and not self.running
