"""Runs activities as tasks of the server's event loop: each outlives its page, and ends in one of four ways.

returns ─▶ done · raises ─▶ failed, with its words · is cancelled ─▶ cancelled · the server stops ─▶ interrupted
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actor import Actor
from apps.activities import news
from apps.activities.kinds import Kind, Result
from apps.activities.models import Activity, State
from apps.activities.output import OutputFile
from apps.activities.owners import Owner
from apps.activities.progress import Progress
from apps.activities.tail import Tail
from apps.activities.writer import OutputWriter
from apps.core.errors import Unavailable
from apps.core.problems import Problem, is_expected, problem_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 32
COALESCE_S = 0.2
"""A bar is told of this often, whatever the engine does; its last word is always told."""
STOP_WITHIN_S = 1.6
"""A little less than the server gives to each part of it."""
_KEEP_TRYING = 5
MOST_ELSEWHERE = 1000

Message = Mapping[str, Any]


class Run:
    """What a kind's coroutine gets: what it is to do, and whom to tell of it."""

    def __init__(
        self,
        activity_id: uuid.UUID,
        *,
        actor: Actor,
        host_slug: str,
        params: dict[str, Any],
        files: list[Path],
        writer: OutputWriter,
    ) -> None:
        self.activity_id = activity_id
        self.actor = actor
        self.host_slug = host_slug
        self.params = params
        self.files = files
        """Removed at the end, whatever happens."""
        self.progress = Progress()
        self._writer = writer
        self._began = asyncio.get_running_loop().time()
        self._told_at: dict[tuple[str, str], float] = {}
        self._latest: dict[tuple[str, str], Message] = {}

    async def tell(self, message: Message) -> None:
        """Keep a message (see docs/sockets.md for the types) and show it to whoever looks. Waits for a slow disk."""
        if message["type"] == "text":
            await self._writer.write_text(message["text"])
            return
        self.progress.heard(message)
        bar = _bar_of(message)
        if bar is None:
            if message["type"] == "state":
                raise ValueError("how an activity stands is not for its kind to tell")
            if message["type"] == "step":
                message = {**message, "at_s": round(asyncio.get_running_loop().time() - self._began, 1)}
            await self._writer.write(message)
            return
        now = asyncio.get_running_loop().time()
        if now - self._told_at.get(bar, 0.0) < COALESCE_S:
            self._latest[bar] = message
            return
        self._told_at[bar] = now
        self._latest.pop(bar, None)
        await self._writer.write(message)

    async def tell_latest(self, *, all_of_it: bool = False) -> None:
        """Tell of the bars whose last word was held back."""
        now = asyncio.get_running_loop().time()
        for bar in [bar for bar in self._latest if all_of_it or now - self._told_at[bar] >= COALESCE_S]:
            self._told_at[bar] = now
            message = self._latest.pop(bar)
            try:
                await self._writer.write(message)
            except asyncio.CancelledError:
                self._latest.setdefault(bar, message)
                raise
        for bar in [bar for bar, at in self._told_at.items() if now - at > 5 and bar not in self._latest]:
            del self._told_at[bar]


def _bar_of(message: Message) -> tuple[str, str] | None:
    match message:
        case {"type": "layer", "id": part} | {"type": "progress", "what": part}:
            return message["type"], str(part)
    return None


class Running:
    """One activity of this process, from its first moment to its last word."""

    def __init__(self, activity: Activity, *, kind: Kind, actor: Actor, files: list[Path]) -> None:
        self.activity = activity
        self.kind = kind
        self.actor = actor
        self.files = files
        self.progress: Progress | None = None
        self.tail: Tail | None = None
        self._ending: State | None = None
        self._work: asyncio.Task[Result] | None = None
        self._doing = asyncio.create_task(self._do(), name=f"activity {activity.kind}")

    @property
    def doing(self) -> asyncio.Task[None]:
        """Done once everything of it is."""
        return self._doing

    @property
    def _asked_to_end(self) -> State | None:
        return self._ending

    def end(self, state: State) -> None:
        """Have it end early, as this. It may be done all the same, if it was quicker."""
        if self._ending is None:
            self._ending = state
            if self._work is not None:
                self._work.cancel()

    async def _do(self) -> None:
        activity = self.activity
        writer = OutputWriter(OutputFile(activity.id), written=lambda: news.said(activity.id))
        run = Run(
            activity.id,
            actor=self.actor,
            host_slug=activity.host_slug,
            params=activity.params,
            files=self.files,
            writer=writer,
        )
        self.progress, self.tail = run.progress, writer.tail
        news.moved(activity.id)
        state, problem, result = State.INTERRUPTED, None, None
        try:
            state, problem, result = await self._ended(run)
            await run.tell_latest(all_of_it=True)
        finally:
            await writer.close()
            await asyncio.to_thread(files_remove, self.files)
            try:
                await self._keep(state, problem=problem, result=result, output_bytes=writer.position)
            finally:
                _running.pop(activity.id, None)
                news.moved(activity.id)

    async def _ended(self, run: Run) -> tuple[State, Problem | None, Result]:
        """Do the work; how that ended."""
        if (early := self._asked_to_end) is not None:  # cancelled before it began
            return early, None, None
        self._work = asyncio.create_task(self._worked(run), name=f"work of {self.activity.kind}")
        ticking = asyncio.create_task(_tick(run), name="progress of an activity")
        try:
            await asyncio.wait({self._work})
        finally:
            self._work.cancel()
            ticking.cancel()
            await asyncio.gather(self._work, ticking, return_exceptions=True)
        if self._work.cancelled():
            return self._asked_to_end or State.CANCELLED, None, None
        failure = self._work.exception()
        if failure is None:
            return State.DONE, None, self._work.result()
        if (early := self._asked_to_end) is not None:  # what a cancelled connection says on its way out is no failure
            return early, None, None
        if not is_expected(failure):
            log.error("activity %s failed", self.activity, exc_info=failure)
        return State.FAILED, problem_of(failure), None

    async def _worked(self, run: Run) -> Result:
        return await self.kind.run(run)

    async def _keep(self, state: State, *, problem: Problem | None, result: Result, output_bytes: int) -> None:
        log.info("%s: %s on %s: %s", self.actor.username, self.activity.kind, self.activity.host_slug, state.value)
        kept: dict[str, Any] = {
            "state": state.value,
            "ended_at": timezone.now(),
            "problem": asdict(problem) if problem else None,
            "result": result,
            "output_bytes": output_bytes,
            "files": [],
        }
        for attempt in range(_KEEP_TRYING):
            try:
                await database_sync_to_async(_update, thread_sensitive=False)(self.activity.id, kept)
                return
            except DatabaseError as exc:  # what is not kept now is marked as interrupted by a later sweep
                log.warning("the end of activity %s cannot be kept yet: %s", self.activity.id, exc)
                await asyncio.sleep(0.2 * 2**attempt)


async def _tick(run: Run) -> None:
    while True:
        await asyncio.sleep(COALESCE_S)
        await run.tell_latest()


def _update(activity_id: uuid.UUID, kept: dict[str, Any]) -> None:
    Activity.objects.filter(pk=activity_id, state=State.RUNNING).update(**kept)


def files_remove(files: list[Path]) -> None:
    """Remove what was uploaded for an activity."""
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as exc:
            log.warning("%s cannot be removed: %s", path, exc)


_running: dict[uuid.UUID, Running] = {}
_percents_elsewhere: dict[uuid.UUID, int] = {}
_loop: asyncio.AbstractEventLoop | None = None
_owner: Owner | None = None


async def start() -> None:
    """Be ready to run activities on this event loop."""
    global _loop, _owner
    _loop = asyncio.get_running_loop()
    _owner = Owner()


async def stop() -> None:
    """Interrupt what runs, and keep that. What does not end in time is found by whoever starts next."""
    global _loop, _owner
    _loop = None
    running = list(_running.values())
    for each in running:
        each.end(State.INTERRUPTED)
    if running:
        await asyncio.wait({each.doing for each in running}, timeout=STOP_WITHIN_S)
    if _owner is not None:
        _owner.release()
        _owner = None
    _running.clear()


def owner_token() -> str:
    """Whose the activities are that begin here. Raises Unavailable where no server runs, or where too much does."""
    if _owner is None or _loop is None:
        raise Unavailable(_("This cannot be started now."), _("The server is just starting or stopping."))
    if len(_running) >= MOST_AT_ONCE:
        raise Unavailable(
            _("Too much is under way."),
            _("%(count)d activities run at once at most.") % {"count": MOST_AT_ONCE},
            hint=_("Wait until one has ended, or cancel one."),
        )
    return _owner.token


def is_own(token: str) -> bool:
    """Whether this process is the owner of this token."""
    return _owner is not None and _owner.token == token


def begin(activity: Activity, *, kind: Kind, actor: Actor, files: list[Path]) -> None:
    """Run it; from any thread. Raises Unavailable when the server stops just now."""
    loop = _loop
    if loop is None:
        raise Unavailable(_("This cannot be started now."), _("The server is just stopping."))
    loop.call_soon_threadsafe(_begin, activity, kind, actor, files)


def _begin(activity: Activity, kind: Kind, actor: Actor, files: list[Path]) -> None:
    if _loop is None:  # stopped meanwhile: the sweep finds it
        return
    _running[activity.id] = Running(activity, kind=kind, actor=actor, files=files)


def cancel(activity_id: uuid.UUID) -> None:
    """Cancel it if it runs in this process; from any thread."""
    loop = _loop
    if loop is not None:
        loop.call_soon_threadsafe(_cancel, activity_id)


def _cancel(activity_id: uuid.UUID) -> None:
    running = _running.get(activity_id)
    if running is not None:
        running.end(State.CANCELLED)


def running_ids() -> list[uuid.UUID]:
    """What runs in this process."""
    return list(_running)


def is_running_here(activity_id: uuid.UUID) -> bool:
    """Whether this process runs it."""
    return activity_id in _running


def tail_of(activity_id: uuid.UUID) -> Tail | None:
    """What it said last, None when this process does not run it."""
    running = _running.get(activity_id)
    return running.tail if running is not None else None


def percent_of(activity_id: uuid.UUID) -> int | None:
    """How far an activity is, as far as this process knows."""
    running = _running.get(activity_id)
    if running is None:
        return _percents_elsewhere.get(activity_id)
    return running.progress.percent if running.progress else None


def percent_heard(activity_id: uuid.UUID, percent: int | None) -> None:
    """Note how far an activity of another process is; None when it is over."""
    if percent is None:
        _percents_elsewhere.pop(activity_id, None)
    elif len(_percents_elsewhere) < MOST_ELSEWHERE:
        _percents_elsewhere[activity_id] = percent
