"""Re-creating, told of while it goes on. A reader who leaves ends the pull, but never a replacement that has begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from channels.db import database_sync_to_async

from apps.accounts.actor import Actor
from apps.containers.services.creation import pull
from apps.containers.services.recreating import Outcome, Tell
from apps.containers.services.replacing import Step
from apps.core.errors import Refusal
from apps.engine.errors import EngineError
from apps.engine.types.progress import Progress

log = logging.getLogger(__name__)

_under_way: set[asyncio.Task[None]] = set()
"""What holds the tasks while nobody else does."""


@dataclass(frozen=True, slots=True)
class NotPulled:
    """The image did not come; nothing was touched. `message`: the engine's words."""

    image: str
    message: str


Line = Progress | Step | NotPulled | Outcome | EngineError | Refusal


async def recreate_told(
    actor: Actor, host_slug: str, *, image: str, platform: str, work: Callable[[Tell], Outcome]
) -> AsyncIterator[Line]:
    """Pull `image` (none: ""), then do `work` on a thread; the last line is the end, a failure as it was raised."""
    if image:
        try:
            async for line in pull(actor, host_slug, image=image, platform=platform):
                if line.error:
                    yield NotPulled(image, line.error)
                    return
                yield line
        except (EngineError, Refusal) as failure:
            yield failure
            return
    lines: asyncio.Queue[Line | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(line: Line | None) -> None:
        loop.call_soon_threadsafe(lines.put_nowait, line)

    def worked() -> None:
        try:
            tell(work(tell))
        except (EngineError, Refusal) as failure:
            tell(failure)
        finally:
            tell(None)

    task = asyncio.ensure_future(_on_thread(worked))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    while (told := await lines.get()) is not None:
        yield told
    await asyncio.shield(task)


async def _on_thread(worked: Callable[[], None]) -> None:
    await database_sync_to_async(worked, thread_sensitive=False)()
