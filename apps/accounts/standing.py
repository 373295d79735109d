"""Whether those who hold a socket open may still do so.

One task per process asks the database once a round, for all sockets together. A session that ended, an account that was
shut or a changed password makes them fall; a changed role lets them go to come back and be judged anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.http import actor_of
from apps.accounts.models import User
from apps.accounts.sockets import Caller, TooSlow, ask, caller_of_session

log = logging.getLogger(__name__)

ROUND_S = 1.0
KEYS_AT_ONCE = 500


class Verdict(Enum):
    STANDS = "stands"
    FELL = "fell"
    """Signed out, shut out, or a new password."""
    CHANGED = "changed"
    """Another role than when the socket was opened."""


@dataclass(eq=False)
class Watch:
    """One open socket: `fallen` is called at most once, on the event loop, with FELL or CHANGED."""

    caller: Caller
    fallen: Callable[[Verdict], None]
    is_told: bool = field(default=False)


_watches: set[Watch] = set()
_task: asyncio.Task[None] | None = None


def watch(caller: Caller, fallen: Callable[[Verdict], None]) -> Watch:
    """Begin to watch a caller's standing; `unwatch` ends it."""
    global _task
    watched = Watch(caller, fallen)
    _watches.add(watched)
    if _task is None or _task.done() or _task.get_loop() is not asyncio.get_running_loop():
        _task = asyncio.create_task(_rounds(), name="standing")
    return watched


def unwatch(watched: Watch) -> None:
    _watches.discard(watched)


def watched_count(user_id: int | None = None) -> int:
    """How many sockets are open: of one user, or all."""
    return sum(1 for one in _watches if user_id is None or one.caller.actor.user_id == user_id)


async def still_stands(caller: Caller) -> bool:
    """Ask now, for one caller."""
    return (await ask(_verdicts, [caller])).get(caller) is Verdict.STANDS


async def _rounds() -> None:
    """Until no socket is left. A database that does not answer leaves things as they are until the next round."""
    while _watches:
        await asyncio.sleep(ROUND_S)
        callers = {one.caller for one in _watches}
        try:
            verdicts = await ask(_verdicts, callers)
        except TooSlow:
            log.warning("standing: the database did not answer in time; asking again")
            continue
        except Exception:  # the outermost edge of this task
            log.exception("standing: asking failed; asking again")
            continue
        for one in list(_watches):
            verdict = verdicts.get(one.caller, Verdict.STANDS)
            if verdict is not Verdict.STANDS and not one.is_told:
                one.is_told = True
                one.fallen(verdict)


def _verdicts(callers: Iterable[Caller]) -> dict[Caller, Verdict]:
    """What the database says of each caller; blocking, two queries for each 500 callers."""
    everybody = list(callers)
    verdicts: dict[Caller, Verdict] = {}
    for start in range(0, len(everybody), KEYS_AT_ONCE):
        some = everybody[start : start + KEYS_AT_ONCE]
        users = User.objects.in_bulk({caller.actor.user_id for caller in some})
        keys = set(
            Session.objects.filter(
                session_key__in={caller.session_key for caller in some}, expire_date__gt=timezone.now()
            ).values_list("session_key", flat=True)
        )
        for caller in some:
            verdicts[caller] = _verdict(
                caller, users.get(caller.actor.user_id or 0), is_live=caller.session_key in keys
            )
    return verdicts


def _verdict(caller: Caller, user: User | None, *, is_live: bool) -> Verdict:
    if not is_live or user is None or user.get_session_auth_hash() != caller.session_hash:
        return Verdict.FELL
    actor = actor_of(user)
    if actor.is_anonymous:
        return Verdict.FELL
    return Verdict.STANDS if actor == caller.actor else Verdict.CHANGED


__all__ = ["Caller", "Verdict", "Watch", "caller_of_session", "still_stands", "unwatch", "watch", "watched_count"]
