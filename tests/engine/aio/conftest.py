"""The async side on both event loops: Python's own, and uvloop, on which the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
import uvloop

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from tests.engines.scripted import ScriptedEngine


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def scripted() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as engine:
        yield engine


@pytest.fixture
def engine(scripted: ScriptedEngine) -> AsyncEngine:
    """An AsyncEngine on the scripted one."""
    return AsyncEngine(Endpoint.parse(scripted.url))
