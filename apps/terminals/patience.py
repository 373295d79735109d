"""Asking again where an engine was only too busy: many sockets may come or go in the same moment."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.call import Call
from apps.engine.errors import TimedOut

T = TypeVar("T")

OPEN_WITHIN_S = 15.0
ASK_WITHIN_S = 10.0


@asynccontextmanager
async def opened(make: Callable[[], AbstractAsyncContextManager[T]]) -> AsyncIterator[T]:
    """Enter what `make` makes. While the engine has no room for us (Unavailable) it is made anew, for some seconds."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + OPEN_WITHIN_S
    async with AsyncExitStack() as stack:
        while True:
            try:
                entered = await stack.enter_async_context(make())
                break
            except Unavailable:
                if loop.time() >= give_up_at:
                    raise
            await _breath()
        yield entered


async def ask(engine: AsyncEngine, call: Call[T]) -> T:
    """Perform a call that changes nothing, again where the engine was too busy. Raises what `run` raises."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + ASK_WITHIN_S
    while True:
        try:
            return await engine.run(call)
        except (Unavailable, TimedOut):
            if loop.time() >= give_up_at:
                raise
        await _breath()


async def _breath() -> None:
    await asyncio.sleep(random.uniform(0.1, 0.4))  # noqa: S311  # so that not all come back at once
