"""The open sockets of this process, and how they all end when the server stops."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from apps.accounts.actor import Actor

log = logging.getLogger(__name__)

STOP_WITHIN_S = 1.8
"""A little less than the server gives to each part of it."""


class Session:
    """One open socket."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.stopping: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the server wants this socket closed."""

    def stop(self) -> None:
        """Ask the socket to end."""
        if not self.stopping.done():
            self.stopping.set_result(None)


_sessions: set[Session] = set()
_chores: set[asyncio.Task[None]] = set()


@contextmanager
def entered(actor: Actor) -> Iterator[Session]:
    """Count a socket as open for as long as the block runs."""
    session = Session(actor)
    _sessions.add(session)
    try:
        yield session
    finally:
        _sessions.discard(session)


def open_count() -> int:
    """How many sockets are open in this process."""
    return len(_sessions)


def chore(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Start work that outlives its socket, such as ending a process; `stop` waits for it."""
    task = asyncio.create_task(work, name=name)
    _chores.add(task)
    task.add_done_callback(_chore_done)
    return task


def _chore_done(task: asyncio.Task[None]) -> None:
    _chores.discard(task)
    if not task.cancelled() and (failure := task.exception()) is not None:
        log.error("%s failed", task.get_name(), exc_info=failure)


async def stop() -> None:
    """End every socket (close code 1012) and wait, a few seconds at most, until nothing of them is left."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + STOP_WITHIN_S
    for session in list(_sessions):
        session.stop()
    while (_sessions or _chores) and loop.time() < give_up_at:  # noqa: ASYNC110  # sockets end in many places
        await asyncio.sleep(0.02)
