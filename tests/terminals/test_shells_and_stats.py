"""Finding a shell, and sharing one stream of samples."""

from __future__ import annotations

import asyncio
import json

import pytest

from apps.core.errors import NotFoundHere
from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from apps.engine.errors import NotFound
from apps.engine.types.archive import PathStat
from apps.terminals.shells import best_shell
from apps.terminals.statshub import StatsHub
from tests.engines.scripted import Exchange, ScriptedEngine

DIRECTORY, SYMLINK = 1 << 31, 1 << 27


@pytest.mark.parametrize(
    ("files", "best"),
    [
        ({"/bin/bash": 0o755, "/bin/sh": 0o755}, "/bin/bash"),
        ({"/usr/bin/bash": 0o755, "/bin/ash": 0o755}, "/usr/bin/bash"),
        ({"/bin/sh": SYMLINK | 0o777}, "/bin/sh"),
        ({"/bin/bash": DIRECTORY | 0o755, "/bin/zsh": 0o644, "/bin/ash": 0o755}, "/bin/ash"),
        ({"/busybox/sh": 0o755}, "/busybox/sh"),
    ],
)
async def test_the_best_shell_there_is_is_found(files: dict[str, int], best: str) -> None:
    async def look(path: str) -> PathStat | None:
        return PathStat(mode=files[path]) if path in files else None

    assert await best_shell(look) == best


async def test_a_container_without_a_shell_is_said_so() -> None:
    async def look(path: str) -> PathStat | None:
        return None

    with pytest.raises(NotFoundHere):
        await best_shell(look)


async def test_all_watchers_share_one_stream_that_ends_with_the_last() -> None:
    container = "c" * 64
    sample = {
        "read": "2026-01-01T00:00:01Z",
        "cpu_stats": {"cpu_usage": {"total_usage": 300}, "system_cpu_usage": 2000, "online_cpus": 2},
        "precpu_stats": {"cpu_usage": {"total_usage": 100}, "system_cpu_usage": 1000},
        "memory_stats": {"usage": 500, "limit": 1000, "stats": {"inactive_file": 100}},
        "networks": {"eth0": {"rx_bytes": 7, "tx_bytes": 8}},
    }
    with ScriptedEngine() as engine:

        def samples(exchange: Exchange) -> None:
            exchange.begin(200)
            exchange.chunk(json.dumps(sample).encode() + b"\n")
            exchange.hang()

        engine.on("GET", f"/containers/{container}/stats", samples)
        hub = StatsHub(AsyncEngine(Endpoint.parse(engine.url)))
        async with asyncio.timeout(30):
            async with hub.watched(container) as one:
                figures = await one.next()
                assert (figures["cpu_percent"], figures["memory_bytes"], figures["memory_percent"]) == (40.0, 400, 40.0)
                assert figures["interfaces"] == {"eth0": {"received_bytes": 7, "sent_bytes": 8}}
                assert (figures["periods"], figures["throttled_periods"]) == (None, None)
                async with hub.watched(container) as two:
                    assert await two.next() == figures
                    assert hub.stream_count == 1
            assert hub.stream_count == 0
        assert len(engine.seen("GET", f"/containers/{container}/stats")) == 1
        await asyncio.to_thread(engine.wait_closed)


async def test_a_removed_container_ends_its_watching() -> None:
    with ScriptedEngine() as engine:
        engine.on("GET", "/containers/gone/stats", (404, {"message": "No such container: gone"}))
        hub = StatsHub(AsyncEngine(Endpoint.parse(engine.url)))
        async with hub.watched("gone") as watching:
            with pytest.raises(NotFound):
                async with asyncio.timeout(30):
                    await watching.next()
        assert hub.stream_count == 0
