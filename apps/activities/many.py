"""Many things done by blocking calls, as one activity."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from django.db import connections

from apps.activities.runner import Run

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], None]
IsOver = Callable[[], bool]
TELL_WITHIN_S = 5.0
"""When the server stops, nobody hears any more."""


async def in_one_thread(run: Run, work: Callable[[Tell, IsOver], T]) -> T:
    """Have `work` done in a thread of its own; it gets what tells of an item, and what says that no more is to begin.

    A cancel lets what is under way come to its end.
    """
    loop = asyncio.get_running_loop()
    stopping = threading.Event()

    def tell(told: dict[str, Any]) -> None:
        """Of an outcome for programs: name, is_done, title, detail, and what to try."""
        words = [told["title"]] if told["is_done"] else [told["title"], told["detail"], told.get("hint")]
        detail = _sentences([word for word in words if word])
        outcome = "done" if told["is_done"] else "failed"
        message = {"type": "item", "name": told["name"], "outcome": outcome, "detail": detail}
        asyncio.run_coroutine_threadsafe(run.tell(message), loop).result(TELL_WITHIN_S)

    def done() -> T:
        try:
            return work(tell, stopping.is_set)
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(1, thread_name_prefix="bulk")  # its own: what takes long holds up nobody
    working = loop.run_in_executor(pool, copy_context().run, done)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        stopping.set()
        await asyncio.wait({working})
        raise
    finally:
        pool.shutdown(wait=False)


def _sentences(parts: list[str]) -> str:
    """One after the other; what ends without a full stop gets one."""
    *first, last = parts
    return " ".join([*(part if part.endswith((".", "!", "?", ":", "…")) else f"{part}." for part in first), last])
