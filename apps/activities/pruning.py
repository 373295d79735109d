"""Every prune as an activity: what a thing's app says of its own, and the one way in which all are done.

What goes is told one by one, as the engine's events tell of it, so that somebody who cancels half-way sees what is
gone; the answer at the end tells of the rest, and of what the engine kept. A cancel closes the connection, on which the
engine begins with no further thing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.core.errors import Refusal, RefusedAtForm
from apps.core.pruning import Going, PruneFilters, PrunePreview, seal_of
from apps.core.templatetags.ui import size
from apps.engine.call import Call
from apps.engine.errors import ApiError, Conflict, EngineError
from apps.engine.events import EventStream
from apps.hosts import snapshots
from apps.hosts.gate import open_engine_async

log = logging.getLogger(__name__)

P_co = TypeVar("P_co", bound=PrunePreview, covariant=True)


class PruneFailed(Refusal):
    """The engine said no, in its own words."""

    status = 502


class PreviewIsOld(RefusedAtForm):
    """What would go is not any more what was shown."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title,
            _("Nothing was removed: what would go now is not what you looked at."),
            hint=_("Look at the list again."),
        )


@dataclass(frozen=True, slots=True)
class Pruned:
    """What an engine says that it did: ids of what is gone, names that were taken away, and the bytes gained."""

    gone: frozenset[str]
    space_bytes: int
    names: tuple[str, ...] = ()


class Look(Protocol[P_co]):
    """Say what would go now. `is_measured` False: sizes do not matter. Raises what the gate does, VersionTooOld."""

    def __call__(self, actor: Actor, host_slug: str, *, filters: PruneFilters, is_measured: bool) -> P_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune(Generic[P_co]):
    """One kind of prune."""

    kind: str
    """The activity's: `container.prune`."""
    action: Action
    look: Look[P_co]
    call: Callable[[PruneFilters], Call[Any]]
    read: Callable[[Any], Pruned]
    """What the call's result tells."""
    event: tuple[str, str]
    """Type and action of the event by which an engine tells that one of them is gone."""
    old_words: Callable[[], str]
    """The title of what is said when others would go than were looked at."""
    failed_words: Callable[[], str]
    done_words: Callable[[int], str]
    """The sentence for so many that are gone."""


def prune_start(
    prune: Prune[PrunePreview], actor: Actor, host_slug: str, *, filters: PruneFilters, seal: str = ""
) -> Activity:
    """Begin. With the `seal` of a preview nothing goes that was not in it, also when the activity is started again.

    Raises PreviewIsOld when others would go by now, VersionTooOld, and as activity_start does.
    """
    preview = prune.look(actor, host_slug, filters=filters, is_measured=False)
    prune.call(filters).request(preview.version)  # what the version has no words for is refused here, not later
    if seal and seal != seal_of(preview.going):
        raise PreviewIsOld(prune.old_words())
    seen = [one.mark for one in preview.going] if seal else None
    return activity_start(actor, host_slug, kind=prune.kind, params={**filters.as_params(), "seen": seen})


async def prune_run(prune: Prune[PrunePreview], run: Run) -> Result:
    """Do it: look once more, then have the engine do it, and tell of each."""
    filters = PruneFilters.of_params(run.params)
    look = database_sync_to_async(prune.look, thread_sensitive=False)
    preview = await look(run.actor, run.host_slug, filters=filters, is_measured=False)
    seen = run.params.get("seen")
    if seen is not None and not {one.mark for one in preview.going}.issubset(seen):
        raise PreviewIsOld(prune.old_words())
    telling = _Telling(run, preview.going)
    async with open_engine_async(run.actor, run.host_slug, prune.action) as opened, AsyncExitStack() as stack:
        kind, action = prune.event
        events = opened.engine.events(filters={"type": [kind], "event": [action]})
        with suppress(EngineError):  # without events the answer tells of all at the end
            await stack.enter_async_context(events)
        listening = asyncio.create_task(telling.listen(events), name="events of a prune")
        try:
            told = prune.read(await opened.engine.run(prune.call(filters)))
        except ApiError as error:
            raise PruneFailed(prune.failed_words(), error.message, hint=_hint(error)) from error
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            snapshots.of(opened.host).changed()
    kept = await telling.tell_rest(told)
    count = sum(1 for one in preview.going if one.id in told.gone)
    log.info("%s: %s on %s: %d gone, %d bytes", run.actor.username, prune.kind, run.host_slug, count, told.space_bytes)
    gained = _("%(size)s of space gained.") % {"size": size(told.space_bytes)}
    await run.tell({"type": "note", "text": f"{prune.done_words(count)} {gained}"})
    return {"removed": count, "kept": kept, "untagged": len(told.names), "space_bytes": told.space_bytes}


def _hint(error: ApiError) -> str:
    if isinstance(error, Conflict):
        return _("Wait until the other one has ended, then start again.")
    return _("What was removed before that stays removed. Look at the list, and start again.")


class _Telling:
    """Tells once of each thing: by an event, or by the answer."""

    def __init__(self, run: Run, going: Sequence[Going]) -> None:
        self._run = run
        self._going = [one for one in going if not one.stays]
        self._untold = {one.id: one for one in self._going}

    async def listen(self, events: EventStream) -> None:
        """Tell of those that are gone as events come."""
        async for event in events:
            if (one := self._untold.pop(event.actor_id, None)) is not None:
                await self._tell(one.name, one.id)

    async def tell_rest(self, told: Pruned) -> int:
        """Tell of those that no event told of, of names that went, and of what stayed; how many stayed."""
        names = set(told.names)
        kept = 0
        for one in self._going:
            if one.id in told.gone:
                names.difference_update(one.names)
                if self._untold.pop(one.id, None) is not None:
                    await self._tell(one.name, one.id)
            elif self._untold.pop(one.id, None) is not None and names.isdisjoint(one.names):
                kept += 1
                detail = _("The engine kept it: it is used by now, or cannot be removed. Its log says why.")
                await self._run.tell({"type": "item", "name": one.name, "outcome": "failed", "detail": detail})
        for name in told.names:
            if name in names:
                detail = _("Only this name went: the image is still needed.")
                await self._run.tell({"type": "item", "name": name, "outcome": "done", "detail": detail})
        return kept

    async def _tell(self, name: str, full_id: str) -> None:
        short_id = full_id.removeprefix("sha256:")[:12]
        detail = "" if name == short_id else short_id
        await self._run.tell({"type": "item", "name": name, "outcome": "done", "detail": detail})
