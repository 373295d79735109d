"""Activities for their sockets: what was said, from the start, then what is said; and what runs, for the tray."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

from apps.accounts.actor import Actor
from apps.activities import news, runner
from apps.activities.models import Activity
from apps.activities.output import OutputReader
from apps.activities.presenters import state_message, told, tray_rows
from apps.activities.selectors import activities_running, activities_untold, activity_get
from apps.activities.services import activity_cancel, activity_told
from apps.core.errors import Refusal

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

LOOK_EVERY_S = 1.0
"""What another process does is looked for this often when no word of it comes."""


class ActivitySource:
    """One activity that the actor may see."""

    def __init__(self, actor: Actor, activity: Activity) -> None:
        self._actor = actor
        self.activity = activity

    async def messages(self) -> AsyncIterator[str]:
        """How it stands, everything that it said, everything that it says, and how it ended.

        Who reads slowly reads from the disk later: nothing waits in memory for her.
        """
        activity_id = self.activity.pk
        reader = OutputReader(activity_id)
        if self.activity.is_running:
            yield state_message(self.activity)
        with news.watched(activity_id) as news_event:
            while True:
                news_event.clear()
                is_over = await self._is_over()  # asked before reading: nothing is said after the end
                while lines := await _next_lines(activity_id, reader):
                    for line in lines:
                        yield line
                    if reader.is_at_end and not is_over:
                        break
                if is_over:
                    yield state_message(self.activity)
                    return
                await heard(news_event)

    async def cancel(self) -> None:
        """Ask it to end. One that has ended stays as it is."""
        try:
            await _in_thread(activity_cancel, self._actor, self.activity.pk)
        except Refusal:
            return

    async def _is_over(self) -> bool:
        if runner.is_running_here(self.activity.pk):
            return False
        if self.activity.is_running:
            self.activity = await _in_thread(activity_get, self._actor, self.activity.pk)
        return not self.activity.is_running


async def _next_lines(activity_id: uuid.UUID, reader: OutputReader) -> list[str]:
    """What comes next: out of memory while she keeps up with it."""
    tail = runner.tail_of(activity_id)
    if tail is not None and (found := tail.since(reader.position)) is not None:
        lines, reader.position = found
        reader.is_at_end = reader.position == tail.end
        return lines
    return await asyncio.to_thread(reader.read)


class TraySource:
    """What the actor's tray shows."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._running: list[Activity] = []

    async def look(self) -> None:
        """See what runs now."""
        self._running = await _in_thread(activities_running, self._actor)

    def running(self) -> list[dict[str, object]]:
        """What ran at the last look, and how far it is now."""
        return tray_rows(self._running)

    async def untold(self) -> list[uuid.UUID]:
        """What has ended, of which she was not told."""
        return [activity.pk for activity in await _in_thread(activities_untold, self._actor)]

    async def told(self, activity_id: uuid.UUID) -> dict[str, object] | None:
        """The words of an end; None when another page has said them."""
        if not await _in_thread(activity_told, self._actor, activity_id):
            return None
        return told(await _in_thread(activity_get, self._actor, activity_id))


async def activity_open(actor: Actor, activity_id: uuid.UUID) -> ActivitySource:
    """Open one. Raises NotFoundHere for what is not hers too."""
    return ActivitySource(actor, await _in_thread(activity_get, actor, activity_id))


async def heard(event: asyncio.Event) -> None:
    """Wait for news, but not for ever."""
    try:
        async with asyncio.timeout(LOOK_EVERY_S):
            await event.wait()
    except TimeoutError:
        return


async def _in_thread(ask: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
    answer: Answer = await database_sync_to_async(ask, thread_sensitive=False)(*args, **kwargs)
    return answer
