"""Samples of containers: one stream per container and process, however many watch it."""

import asyncio
import contextlib
import logging
import time
import weakref
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from apps.core.moments import moment_read
from apps.engine.aio import AsyncEngine
from apps.engine.api.containers import container_stats
from apps.engine.errors import EngineError, EngineGone, NotFound
from apps.engine.types.stats import StatsSample, stats_of
from apps.engine.wire.jsonlines import LineSplitter
from apps.terminals import statshistory
from apps.terminals.statshistory import GAP_S, SPAN_S, Histories, histories

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0

Figures = Mapping[str, object]


def figures_of(container_id: str, sample: StatsSample, previous: StatsSample | None) -> Figures:
    """What is charted, by plain names; None where there is no value. Bytes are counted since the container's start."""
    now = sample.cpu_memory(previous)
    block_io = None if sample.is_empty else sample.block_io
    throttling = None if sample.is_empty else sample.cpu.throttling
    return {
        "id": container_id,
        "read": None if sample.is_empty else sample.read,
        "is_running": not sample.is_empty,
        "cpu_percent": _rounded(now.cpu_percent),
        "cpus": now.cpus,
        "memory_bytes": now.memory_bytes,
        "memory_limit_bytes": now.memory_limit_bytes,
        "memory_percent": _rounded(now.memory_percent),
        "received_bytes": sample.received_bytes,
        "sent_bytes": sample.sent_bytes,
        "block_read_bytes": block_io.read_bytes if block_io else None,
        "block_written_bytes": block_io.written_bytes if block_io else None,
        "interfaces": {
            name: {"received_bytes": counted.rx_bytes, "sent_bytes": counted.tx_bytes}
            for name, counted in sample.interfaces.items()
        },
        "pids": sample.pids,
        "periods": throttling.periods if throttling else None,
        "throttled_periods": throttling.throttled_periods if throttling else None,
        "throttled_percent": _rounded(sample.throttled_percent),
    }


class Watching:
    """One watcher of one container: only the newest figures wait for her."""

    def __init__(self) -> None:
        self.newest: Figures | None = None
        self.failure: EngineError | None = None
        self._arrived = asyncio.Event()

    def tell(self, figures: Figures) -> None:
        """Replace what was not taken yet."""
        self.newest = figures
        self._arrived.set()

    def end(self, failure: EngineError) -> None:
        """Nothing more comes."""
        self.failure = failure
        self._arrived.set()

    async def next(self) -> Figures:
        """Wait for newer figures. Raises NotFound once the container is removed."""
        while True:
            figures, self.newest = self.newest, None
            if figures is not None:
                return figures
            if self.failure is not None:
                raise self.failure
            self._arrived.clear()
            await self._arrived.wait()


class _Stream:
    """The engine's stream of one container, and who watches it."""

    def __init__(self) -> None:
        self.watchers: set[Watching] = set()
        self.newest: Figures | None = None
        self.previous: StatsSample | None = None
        self.task: asyncio.Task[None] | None = None


class StatsHub:
    """The watched containers of one engine, and what was seen of them in the last quarter of an hour."""

    def __init__(self, engine: AsyncEngine, *, kept: Histories | None = None) -> None:
        self._engine = engine
        self._streams: dict[str, _Stream] = {}
        self._kept = histories() if kept is None else kept
        self._left: dict[str, StatsSample] = {}
        self._clock_ahead_s = 0.0  # the engine's clock against ours

    @property
    def stream_count(self) -> int:
        """How many streams are open towards the engine."""
        return len(self._streams)

    @asynccontextmanager
    async def watched(self, container_id: str) -> AsyncIterator[Watching]:
        """Watch a container, by its full id, for as long as the block runs."""
        watching = Watching()
        stream = self._streams.get(container_id)
        if stream is None:
            stream = self._streams[container_id] = _Stream()
            stream.previous = self._left.pop(container_id, None)
            stream.task = asyncio.create_task(self._run(container_id, stream), name=f"stats of {container_id[:12]}")
        stream.watchers.add(watching)
        if stream.newest is not None:
            watching.tell(stream.newest)
        try:
            yield watching
        finally:
            stream.watchers.discard(watching)
            if not stream.watchers:
                if self._streams.get(container_id) is stream:
                    del self._streams[container_id]
                    self._leave(container_id, stream)
                if stream.task is not None:
                    stream.task.cancel()

    def history(self, container_id: str) -> dict[str, object]:
        """What was seen of a container, as columns, by its full id; `now` is the engine's clock as we know it."""
        now = time.time() + self._clock_ahead_s
        return {"now": round(now, 3), **self._kept.since((self, container_id), now - SPAN_S)}

    async def stop(self) -> None:
        """Close every stream."""
        tasks = [stream.task for stream in self._streams.values() if stream.task is not None]
        self._streams.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, container_id: str, stream: _Stream) -> None:
        """Read until the container is gone; an engine that went away is asked again."""
        pause_s = FIRST_PAUSE_S
        failure: EngineError = EngineGone()
        while True:
            try:
                await self._read(container_id, stream)
                failure = NotFound(404, "The container was removed.")
                break
            except NotFound as exc:
                failure = exc
                break
            except EngineError as exc:
                log.debug("stats of %s: %s", container_id[:12], exc)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            except Exception as exc:  # the outermost edge of this task
                log.exception("stats of %s", container_id[:12])
                failure.__cause__ = exc
                break
            stream.newest = None
            await asyncio.sleep(pause_s)
        if isinstance(failure, NotFound):
            self._kept.forget((self, container_id))
        if self._streams.get(container_id) is stream:
            del self._streams[container_id]
        for watching in stream.watchers:
            watching.end(failure)

    async def _read(self, container_id: str, stream: _Stream) -> None:
        lines = LineSplitter()
        async with self._engine.stream(container_stats(container_id)) as chunks:
            async for chunk in chunks:
                for line in lines.feed(chunk):
                    sample = stats_of(line)
                    stream.newest = figures_of(container_id, sample, _near(stream.previous, sample))
                    self._keep(container_id, sample, stream.newest)
                    stream.previous = sample
                    for watching in stream.watchers:
                        watching.tell(stream.newest)

    def _leave(self, container_id: str, stream: _Stream) -> None:
        """Keep the CPU's counters for who comes back at once: the first sample of a stream has none of before it."""
        if stream.previous is None or stream.previous.is_empty:
            return
        last = StatsSample(read=stream.previous.read, cpu=stream.previous.cpu)
        self._left = {left: sample for left, sample in self._left.items() if _near(sample, last)}
        self._left[container_id] = last

    def _keep(self, container_id: str, sample: StatsSample, figures: Figures) -> None:
        """Put a sample into the history. One of a container that does not run has no time: it gets the engine's now."""
        at = None if sample.is_empty else moment_read(sample.read)
        if at is None:
            at = time.time() + self._clock_ahead_s
        else:
            self._clock_ahead_s = at - time.time()
        self._kept.add((self, container_id), at, figures)


_hubs: weakref.WeakKeyDictionary[AsyncEngine, StatsHub] = weakref.WeakKeyDictionary()


def hub_of(engine: AsyncEngine) -> StatsHub:
    """The hub of an engine (each host has one engine per process)."""
    hub = _hubs.get(engine)
    if hub is None:
        hub = _hubs[engine] = StatsHub(engine)
    return hub


async def stop() -> None:
    """Close every stream of every hub, and forget what they saw."""
    for hub in list(_hubs.values()):
        with contextlib.suppress(RuntimeError):  # of another event loop, in tests
            await hub.stop()
    statshistory.stop()


def _near(previous: StatsSample | None, sample: StatsSample) -> StatsSample | None:
    """The sample before this one, unless so much time lies between that the container may have been started anew."""
    if previous is None or previous.is_empty or sample.is_empty:
        return None
    before, now = moment_read(previous.read), moment_read(sample.read)
    return previous if before is not None and now is not None and now - before <= GAP_S else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
