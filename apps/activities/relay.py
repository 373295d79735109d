"""Between several processes on one data folder: wake-ups by Redis, so that each shows at once what another runs.

The output is read from the common folder and the state from the common database: a wake-up that is lost, or a Redis
that is away, delays what is shown and nothing more. Only where `REDIS_URL` is set.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from apps.activities import news, runner

log = logging.getLogger(__name__)

GROUP = "activities"
GATHER_S = 0.1
AGAIN_AFTER_S = 2.0

_task: asyncio.Task[None] | None = None


async def start() -> None:
    """Begin."""
    global _task
    _task = asyncio.create_task(_relay(), name="relay of activities")


async def stop() -> None:
    """End, after the last words of this process were passed on."""
    if _task is not None:
        _task.cancel()
        await asyncio.gather(_task, return_exceptions=True)


async def _relay() -> None:
    outbox = Outbox()
    with news.told_to_neighbours(outbox.put):
        passing_on = asyncio.create_task(_pass_on(outbox), name="activities to neighbours")
        try:
            await _listen(outbox.sender)
        finally:
            passing_on.cancel()
            await asyncio.gather(passing_on, return_exceptions=True)
            await _try(_send(outbox))
            await _try(get_channel_layer().flush())


class Outbox:
    """What the neighbours do not know yet, gathered: however much is said, little is sent."""

    def __init__(self) -> None:
        self.sender = uuid.uuid4().hex
        self.news = asyncio.Event()
        self._said: set[uuid.UUID] = set()
        self._moved: set[uuid.UUID] = set()

    def put(self, activity_id: uuid.UUID, has_moved: bool) -> None:
        """Note something for the next message."""
        (self._moved if has_moved else self._said).add(activity_id)
        self.news.set()

    def take(self) -> dict[str, Any] | None:
        """The next message, None when there is nothing to say."""
        self.news.clear()
        said, self._said = self._said, set()
        moved, self._moved = self._moved, set()
        if not said and not moved:
            return None
        percents = {str(one): runner.percent_of(one) for one in said}
        return {"type": "activities.news", "from": self.sender, "said": percents, "moved": [str(one) for one in moved]}


async def _pass_on(outbox: Outbox) -> None:
    while True:
        await outbox.news.wait()
        await asyncio.sleep(GATHER_S)
        await _try(_send(outbox))


async def _send(outbox: Outbox) -> None:
    message = outbox.take()
    if message is not None:
        await get_channel_layer().group_send(GROUP, message)


async def _listen(own: str) -> None:
    while True:
        try:
            layer = get_channel_layer()
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            news.wake_all()
            while True:
                message = await layer.receive(channel)
                if message.get("from") != own:
                    heard(message)
        except (RedisError, OSError) as exc:
            log.warning("Redis cannot be reached: %s; trying again", exc)
            await asyncio.sleep(AGAIN_AFTER_S)


def heard(message: Mapping[str, Any]) -> None:
    """Take the word of a neighbour."""
    for text in message["moved"]:
        runner.percent_heard(uuid.UUID(text), None)
        news.wake(uuid.UUID(text))
    for text, percent in message["said"].items():
        runner.percent_heard(uuid.UUID(text), percent)
        news.wake(uuid.UUID(text))
    if message["moved"]:
        news.wake_trays()


async def _try(sending: Any) -> None:
    """Do it, or say in the log that it did not succeed."""
    try:
        await sending
    except (RedisError, OSError) as exc:
        log.warning("Redis cannot be reached: %s", exc)
