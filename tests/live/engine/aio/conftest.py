"""The async side on a real engine, on the event loop that the server runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def engine(endpoint: Endpoint) -> AsyncEngine:
    """An AsyncEngine on the session's engine."""
    return AsyncEngine(endpoint)


async def until(read: Callable[[], Awaitable[bytes]], wanted: bytes, *, timeout_s: float = 60.0) -> bytes:
    """Read until `wanted` has come; everything that came. Fails at the end of the stream."""
    got = b""
    async with asyncio.timeout(timeout_s):
        while wanted not in got:
            piece = await read()
            assert piece, f"the stream ended without {wanted!r}: {got!r}"
            got += piece
    return got


async def to_the_end(read: Callable[[], Awaitable[bytes]], *, timeout_s: float = 60.0) -> bytes:
    """Read everything."""
    got = b""
    async with asyncio.timeout(timeout_s):
        while piece := await read():
            got += piece
    return got
