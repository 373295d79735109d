"""Ends the processes of a terminal that was left: closing its connection ends none of them.

Every exec of ours carries `DOCKERWEB_EXEC=<random>` in its environment, and what it starts inherits it. A second exec
in the same container looks through /proc for that mark and sends HUP to what it finds and to its process group, then
KILL to what is left: process ids are those of the container, wherever the engine runs, and nothing that is not marked
is touched. It needs a shell in the container, but no other program: all that it uses is built in. Without a shell, or
when the command threw its environment away, only the command itself can be ended, and only where the engine's
processes can be seen from here.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import weakref
from dataclasses import dataclass
from pathlib import Path

from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.api.containers import container_inspect
from apps.engine.api.exec import exec_create, exec_inspect
from apps.engine.errors import ApiError, Conflict, EngineError, NotFound
from apps.terminals import patience

log = logging.getLogger(__name__)

_rooms: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = weakref.WeakKeyDictionary()

MARK = "DOCKERWEB_EXEC"
ATTEMPTS = 8
AT_ONCE = 12
LONGEST_PAUSE_S = 4.0
_CANNOT_RUN = (126, 127)
"""Exit codes of a container without this shell."""

PATIENCE_S = 10.0

REAPING = "dockerweb-reaper"
"""The $0 of the script: by it the events of our own errands are known."""

SCRIPT = r"""
hunt() {
  left=0
  for d in /proc/[0-9]*; do
    p=${d#/proc/}
    [ "$p" = "$$" ] && continue
    { while IFS= read -r line || [ -n "$line" ]; do
        case $line in *"DOCKERWEB_EXEC=$2"*)
          left=1
          kill -"$1" "-$p"; kill -"$1" "$p"
          break;;
        esac
      done < "$d/environ"; } 2>/dev/null
  done
}
hunt HUP "$1"
[ $left = 0 ] && exit 0
sleep 0.2 2>/dev/null || sleep 1 2>/dev/null
hunt KILL "$1"
hunt 0 "$1"
exit $left
"""
"""Ends with 0 when nothing is left, with 1 when something was still there after its KILL."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An exec of ours that has to be ended if it is left."""

    container_id: str
    token: str
    user: str | None
    exec_id: str
    shell: str = "/bin/sh"

    @property
    def mark(self) -> str:
        """What its environment holds."""
        return f"{MARK}={self.token}"


def new_token() -> str:
    """A mark nobody can guess."""
    return secrets.token_hex(16)


async def end(engine: AsyncEngine, marked: Marked) -> bool:
    """End what is left of an exec; False when that did not succeed (the reason is in the log)."""
    async with _room():
        return await _end(engine, marked)


def _room() -> asyncio.Semaphore:
    return _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


async def _end(engine: AsyncEngine, marked: Marked) -> bool:
    for attempt in range(ATTEMPTS):
        try:
            async with asyncio.timeout(PATIENCE_S):
                exit_code = await hunt(engine, marked)
                inspected = await patience.ask(engine, exec_inspect(marked.exec_id))
                if inspected.has_ended:
                    if exit_code in (0, *_CANNOT_RUN):
                        return True
                elif inspected.running:  # no shell to look with, or a command that threw its environment away
                    await _end_from_here(inspected.pid, marked)
                elif exit_code == 0 and attempt > 0:  # it was left before it began, and has not begun since
                    return True
        except NotFound:
            return True  # the container is gone, and its processes with it
        except ApiError as exc:
            if isinstance(exc, Conflict) and not await _is_paused(engine, marked):
                return True  # it does not run: nothing is left of the exec
            log.warning("a terminal in %s was not ended: %s", marked.container_id[:12], exc)
        except (EngineError, Unavailable, TimeoutError) as exc:
            log.warning("a terminal in %s was not ended yet: %r", marked.container_id[:12], exc)
        await asyncio.sleep(min(0.25 * 2**attempt, LONGEST_PAUSE_S))
    log.error("processes of a terminal in %s could not be ended", marked.container_id[:12])
    return False


async def hunt(engine: AsyncEngine, marked: Marked) -> int | None:
    """Look for the mark and end what bears it: 0 nothing is left, 126 or 127 there is no shell, None nobody knows."""
    exec_id = await engine.run(
        exec_create(
            marked.container_id,
            cmd=[marked.shell, "-c", SCRIPT, REAPING, marked.token],
            stdin=False,
            user=marked.user,
        )
    )
    async with engine.exec_start(exec_id, tty=False) as running:
        while await running.read():
            pass
    for _attempt in range(50):
        inspected = await patience.ask(engine, exec_inspect(exec_id))
        if inspected.has_ended:
            return inspected.exit_code
        await asyncio.sleep(0.02)
    return None


async def _is_paused(engine: AsyncEngine, marked: Marked) -> bool:
    try:
        return (await patience.ask(engine, container_inspect(marked.container_id))).state.paused
    except (EngineError, Unavailable):
        return False


async def _end_from_here(pid: int, marked: Marked) -> None:
    """End the command by the process id that the engine tells, if the process of that id here is surely its own."""
    for sent in (signal.SIGHUP, signal.SIGKILL):
        if pid and _is_its_own(pid, marked):
            with contextlib.suppress(OSError):
                os.kill(pid, sent)
            await asyncio.sleep(0.3)


def _is_its_own(pid: int, marked: Marked) -> bool:
    """Whether the process bears the mark, or lives in the container: the engine may run on another machine."""
    process = Path("/proc") / str(pid)
    try:
        if marked.mark.encode() in (process / "environ").read_bytes().split(b"\0"):
            return True
        return marked.container_id in (process / "cgroup").read_text()
    except OSError:
        return False
