"""One command in a container: its output and exit code, or started and left alone. And the commands that run now.

An exec instance's id is a key to its streams: it never leaves these functions.
"""

import asyncio
import logging
import shlex
import time
from dataclasses import dataclass, field

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.exec import exec_create, exec_inspect, exec_start
from apps.engine.errors import NotFound
from apps.engine.hijack import Attached
from apps.engine.types.exec import ExecInspect
from apps.engine.version import ApiVersion
from apps.engine.wire.frames import STDERR, FrameSplitter
from apps.hosts.gate import OpenedContainerAsync, open_container, open_container_async

log = logging.getLogger(__name__)

MOST_OUTPUT_BYTES = 1024 * 1024
"""Of each stream; what comes after it is taken and dropped."""
MOST_LISTED = 50
PRIVILEGED_SINCE = ApiVersion(1, 21)
ENV_SINCE = ApiVersion(1, 25)
WORKDIR_SINCE = ApiVersion(1, 35)
_END_PATIENCE_S = 5.0
_LOOK_EVERY_S = 0.05
_NOT_STARTED = (126, 127)


@dataclass(frozen=True, slots=True)
class RunWish:
    """What to run. `command` is an argument list; `env` has KEY=value each; `deadline_s` does not end the command."""

    command: tuple[str, ...]
    user: str = ""
    workdir: str = ""
    env: tuple[str, ...] = ()
    is_privileged: bool = False
    is_tty: bool = False
    is_detached: bool = False
    deadline_s: int = 30


@dataclass(slots=True)
class Captured:
    """One stream's bytes, up to MOST_OUTPUT_BYTES."""

    content: bytearray = field(default_factory=bytearray)
    is_cut: bool = False

    def add(self, piece: bytes) -> None:
        room = MOST_OUTPUT_BYTES - len(self.content)
        self.content += piece[:room]
        self.is_cut = self.is_cut or len(piece) > room


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command. `exit_code` None: it still ran when the time was up, or was not waited for."""

    command: tuple[str, ...]
    stdout: Captured
    stderr: Captured
    exit_code: int | None
    is_detached: bool
    is_overdue: bool
    took_s: float

    @property
    def was_started(self) -> bool:
        """False: the engine could not start it, and its words are the output."""
        return self.exit_code not in _NOT_STARTED


@dataclass(frozen=True, slots=True)
class RunningCommand:
    """A command that runs in the container beside its own. `pid` is the host's, 0 where the engine does not tell."""

    command: str
    user: str
    pid: int
    is_terminal: bool
    is_privileged: bool


async def command_run(actor: Actor, host_slug: str, ref: str, *, wish: RunWish) -> Ran:
    """Run a command and wait for its end, `wish.deadline_s` at most; a detached one is only started.

    Raises what the gate raises, Conflict (the container does not run or is paused), VersionTooOld, and for a detached
    one that cannot be started BadRequest.
    """
    began = time.monotonic()
    async with open_container_async(actor, host_slug, ref, Action.CONTAINER_EXEC) as opened:
        container = opened.container
        exec_id = await opened.engine.run(
            exec_create(
                container.id,
                cmd=wish.command,
                tty=wish.is_tty,
                stdin=False,
                stdout=not wish.is_detached,
                stderr=not wish.is_detached,
                user=wish.user,
                env=wish.env,
                working_dir=wish.workdir,
                privileged=wish.is_privileged,
            )
        )
        log.info("%s: run %r in %s on %s", actor.username, wish.command[0], container.id[:12], host_slug)
        stdout, stderr = Captured(), Captured()
        is_overdue, exit_code = False, None
        if wish.is_detached:
            await opened.engine.run(exec_start(exec_id, tty=wish.is_tty, detach=True))
        else:
            async with opened.engine.exec_start(exec_id, tty=wish.is_tty) as attached:
                is_overdue = not await _taken(attached, stdout, stderr=stderr, deadline_s=wish.deadline_s)
            exit_code = None if is_overdue else await _exit_code(opened, exec_id)
    took_s = time.monotonic() - began
    return Ran(wish.command, stdout, stderr, exit_code, wish.is_detached, is_overdue, took_s)


async def _taken(attached: Attached, stdout: Captured, *, stderr: Captured, deadline_s: float) -> bool:
    """Read to the end; False when the time was up before it."""
    splitter = FrameSplitter()
    try:
        async with asyncio.timeout(deadline_s):
            while chunk := await attached.read():
                if not attached.is_multiplexed:
                    stdout.add(chunk)
                    continue
                for frame in splitter.feed(chunk):
                    (stderr if frame.stream == STDERR else stdout).add(frame.payload)
    except TimeoutError:
        return False
    return True


async def _exit_code(opened: OpenedContainerAsync, exec_id: str) -> int | None:
    """Ask for the code, which is there with the end of the stream or right after it."""
    give_up_at = time.monotonic() + _END_PATIENCE_S
    while time.monotonic() < give_up_at:
        try:
            found = await opened.engine.run(exec_inspect(exec_id))
        except NotFound:  # its container is gone
            return None
        if found.has_ended:
            return found.exit_code
        await asyncio.sleep(_LOOK_EVERY_S)
    return None


def commands_running(actor: Actor, host_slug: str, ref: str) -> list[RunningCommand]:
    """List what runs in a container beside its own command: terminals, one-off commands, health checks."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_EXEC) as opened:
        found: list[RunningCommand] = []
        for exec_id in opened.container.exec_ids[:MOST_LISTED]:
            try:
                inspected = opened.engine.run(exec_inspect(exec_id))
            except NotFound:
                continue
            if inspected.running:
                found.append(_command(inspected))
        return found


def _command(inspected: ExecInspect) -> RunningCommand:
    process = inspected.process
    words = [process.entrypoint or "", *(process.arguments or [])] if process else []
    return RunningCommand(
        command=shlex.join(word for word in words if word),
        user=(process.user if process else "") or "",
        pid=inspected.pid,
        is_terminal=bool(process and process.tty),
        is_privileged=bool(process and process.privileged),
    )
