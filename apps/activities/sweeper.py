"""Keeps the books while the server runs: marks what crashed processes left, hears of cancels from other processes,
and forgets what is old.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from apps.access import roles
from apps.accounts.actor import ANONYMOUS
from apps.accounts.http import actor_of
from apps.activities import news, owners, runner
from apps.activities.kept_file import left_remove
from apps.activities.kinds import kind_find
from apps.activities.models import Activity, State
from apps.activities.output import folder_of, output_ids, output_remove

log = logging.getLogger(__name__)

CANCELS_EVERY_S = 1.0
SWEEP_EVERY_S = 10.0
FORGET_EVERY_S = 3600.0
_ORPHAN_AFTER_S = 3600.0
_SETTLED = timedelta(minutes=1)

_task: asyncio.Task[None] | None = None
_stopping: asyncio.Event | None = None


async def start() -> None:
    """Mark what was left, before the first page is asked for; then go on."""
    global _task, _stopping
    await sweep()
    _stopping = asyncio.Event()
    _task = asyncio.create_task(_rounds(_stopping), name="upkeep of activities")


async def stop() -> None:
    """End after the present round."""
    if _task is None or _stopping is None:
        return
    _stopping.set()
    await asyncio.gather(_task, return_exceptions=True)


async def _rounds(stopping: asyncio.Event) -> None:
    swept_at = time.monotonic()
    forgot_at = -FORGET_EVERY_S
    while not stopping.is_set():
        try:
            now = time.monotonic()
            if now - forgot_at >= FORGET_EVERY_S:
                forgot_at = now
                await _ask(_forget)
            if now - swept_at >= SWEEP_EVERY_S:
                swept_at = now
                await sweep()
            if ids := runner.running_ids():
                for activity_id in await _ask(_cancels, ids):
                    runner.cancel(activity_id)
        except Exception:  # the outermost edge of this task
            log.exception("the upkeep of activities failed; trying again")
        try:
            async with asyncio.timeout(CANCELS_EVERY_S):
                await stopping.wait()
        except TimeoutError:
            continue


async def sweep() -> None:
    """Mark as interrupted what belongs to processes that are gone."""
    for activity_id in await _ask(_sweep):
        news.moved(activity_id)


async def _ask(chore: Callable[..., list[uuid.UUID]], *subjects: object) -> list[uuid.UUID]:
    """Do one of the chores below in a thread, with the database."""
    found: list[uuid.UUID] = await database_sync_to_async(chore, thread_sensitive=False)(*subjects)
    return found


def _sweep() -> list[uuid.UUID]:
    left = [activity for activity in Activity.objects.filter(state=State.RUNNING) if _is_left(activity)]
    marked = []
    for activity in left:
        size_bytes = sum(path.stat().st_size for path in folder_of(activity.pk).glob("*.jsonl"))
        was_marked = Activity.objects.filter(pk=activity.pk, state=State.RUNNING, owner=activity.owner).update(
            state=State.INTERRUPTED, ended_at=timezone.now(), files=[], output_bytes=size_bytes
        )
        if was_marked:
            runner.files_remove([Path(name) for name in activity.files])
            left_remove(activity.pk)
            marked.append(activity.pk)
            log.warning("%s was interrupted: the process that ran it is gone", activity)
    owners.forget_dead()
    return marked


def _is_left(activity: Activity) -> bool:
    """Whether nobody runs it: its process is gone, or is this one and knows nothing of it."""
    if not owners.is_alive(activity.owner):
        return True
    is_settled = timezone.now() - activity.started_at > _SETTLED
    return is_settled and runner.is_own(activity.owner) and not runner.is_running_here(activity.pk)


def _cancels(ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Those of our own that somebody wants cancelled, or whose starter may not do this any more."""
    ours = Activity.objects.filter(pk__in=ids, state=State.RUNNING).select_related("started_by")
    return [activity.pk for activity in ours if activity.is_cancel_asked or not _may_go_on(activity)]


def _may_go_on(activity: Activity) -> bool:
    kind = kind_find(activity.kind)
    actor = actor_of(activity.started_by) if activity.started_by else ANONYMOUS
    return kind is not None and roles.may(actor, kind.action)


def _forget() -> list[uuid.UUID]:
    """Remove what ended too long ago, and what is too many; and output that belongs to nothing."""
    ended = Activity.objects.exclude(state=State.RUNNING)
    oldest = timezone.now() - timedelta(days=settings.ACTIVITY_KEEP_DAYS)
    gone = set(ended.filter(ended_at__lt=oldest).values_list("pk", flat=True))
    gone.update(ended.order_by("-started_at").values_list("pk", flat=True)[settings.ACTIVITY_KEEP_COUNT :])
    for activity_id in gone:
        Activity.objects.filter(pk=activity_id).exclude(state=State.RUNNING).delete()
        output_remove(activity_id)
    known = set(Activity.objects.values_list("pk", flat=True))
    for activity_id in list(output_ids()):
        if activity_id not in known and _is_old(folder_of(activity_id)):
            output_remove(activity_id)
    return list(gone)


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > _ORPHAN_AFTER_S
    except OSError:
        return False
