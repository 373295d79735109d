"""`/ws/activities/<uuid>/`: what an activity said and says; `/ws/activities/`: what runs, and what has ended."""

import uuid

from apps.activities import news
from apps.terminals import closes, messages
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.messages import Cancel, Control, Tell
from apps.terminals.sources.activities import ActivitySource, TraySource, activity_open, heard

LOOK_AGAIN_AFTER = 5
"""Looks at what this process knows, before the database is asked what others run."""


class ActivityConsumer(SocketConsumer):
    """One activity, from its first word. A slow reader is read to from the disk."""

    def __init__(self) -> None:
        self._source: ActivitySource | None = None

    async def serve(self) -> Ending:
        """Send everything, then what comes, until it has ended."""
        activity_id: uuid.UUID = self.scope["url_route"]["kwargs"]["activity_id"]
        source = self._source = await activity_open(self.actor, activity_id)
        await self.ready({"id": str(activity_id), "state": source.activity.state})
        async for message in source.messages():
            await self.browser.send_text(message)
        return closes.ended("complete")

    async def heard(self, control: Control) -> None:
        """Cancel it."""
        if isinstance(control, Cancel) and self._source is not None:
            await self._source.cancel()


class ActivitiesConsumer(SocketConsumer):
    """The tray of every page: what runs, whenever that changes, and once each what has ended."""

    def __init__(self) -> None:
        self._shown: list[dict[str, object]] | None = None
        self._announced: set[uuid.UUID] = set()

    async def serve(self) -> Ending:
        """Send what is new, for as long as the page is open."""
        tray = TraySource(self.actor)
        await self.ready({})
        with news.tray_watched() as event:
            while True:
                event.clear()
                await tray.look()
                await self._show(tray)
                await self._announce(tray)
                for _ in range(LOOK_AGAIN_AFTER):
                    if event.is_set() or not self._shown:
                        break
                    await heard(event)
                    await self._show(tray)
                if not self._shown:
                    await event.wait()

    async def heard(self, control: Control) -> None:
        """Give the words of an end to the first page that can show them."""
        if isinstance(control, Tell):
            told = await TraySource(self.actor).told(control.id)
            if told is not None:
                await self.browser.send_text(messages.of("told", {"activity": told}))

    async def _show(self, tray: TraySource) -> None:
        running = tray.running()
        if running != self._shown:
            self._shown = running
            await self.browser.send_text(messages.of("running", {"activities": running}))

    async def _announce(self, tray: TraySource) -> None:
        for activity_id in await tray.untold():
            if activity_id not in self._announced:
                self._announced.add(activity_id)
                await self.browser.send_text(messages.of("ended", {"id": str(activity_id)}))
