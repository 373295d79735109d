"""The last quarter of an hour of the samples that somebody watched, so that a page which opens need not begin anew.

Nothing is sampled for its sake: it keeps what came for whoever watched, once per container, however many did. Bounded
in time, in containers and in bytes; it lives in this process's memory and is gone with it.
"""

import asyncio
import math
import time
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping

SPAN_S = 15 * 60.0
GAP_S = 3.5
"""Samples come every second: where more than this lies between two, nobody watched."""
MOST_SAMPLES = 1000
MOST_INTERFACES = 8
MOST_CONTAINERS = 200
MOST_BYTES = 8 * 1024 * 1024
SWEEP_EVERY_S = 60.0

COLUMNS = (
    "cpu_percent",
    "memory_bytes",
    "memory_limit_bytes",
    "block_read_bytes",
    "block_written_bytes",
    "pids",
    "periods",
    "throttled_periods",
)
_COUNTED = ("received_bytes", "sent_bytes")
_VALUE_BYTES = 8

Clock = Callable[[], float]
Key = tuple[object, str]


class History:
    """The samples of one container in the order of time: a column of doubles for each value, NaN where none is."""

    def __init__(self) -> None:
        self._at = array("d")
        self._running = array("b")
        self._columns = {name: array("d") for name in COLUMNS}
        self._interfaces: dict[str, tuple[array[float], array[float]]] = {}

    def __len__(self) -> int:
        return len(self._at)

    @property
    def byte_count(self) -> int:
        """What the values take, in bytes."""
        columns = 1 + len(COLUMNS) + len(_COUNTED) * len(self._interfaces)
        return len(self._at) * (columns * _VALUE_BYTES + 1)

    @property
    def oldest_at(self) -> float:
        """When the first sample was taken; infinity without any."""
        return self._at[0] if self._at else math.inf

    def add(self, at: float, figures: Mapping[str, object]) -> None:
        """Keep a sample, `at` seconds since the epoch by the engine's clock. One that was there changes nothing.

        An engine's clock that was set back makes it begin anew: times would not rise any more. (The sample of a
        container that does not run has no time of the engine's, and proves nothing.)
        """
        if self._at and at <= self._at[-1]:
            if at > self._at[-1] - GAP_S or not figures.get("is_running"):
                return
            self.cut(len(self._at))
        for name in self._new_interfaces(figures):
            nothing = [math.nan] * len(self._at)
            self._interfaces[name] = array("d", nothing), array("d", nothing)
        self._at.append(at)
        self._running.append(bool(figures.get("is_running")))
        for name, column in self._columns.items():
            column.append(_double(figures.get(name)))
        counted = _interfaces_of(figures)
        for name, columns in self._interfaces.items():
            values = counted.get(name, {})
            for column, key in zip(columns, _COUNTED, strict=True):
                column.append(_double(values.get(key)))
        self.cut(max(self._before(at - SPAN_S), len(self._at) - MOST_SAMPLES))

    def cut(self, count: int) -> None:
        """Forget so many of the oldest samples, and the interfaces that only they knew."""
        if count <= 0:
            return
        del self._at[:count], self._running[:count]
        for column in self._columns.values():
            del column[:count]
        for name, columns in list(self._interfaces.items()):
            for column in columns:
                del column[:count]
            if all(math.isnan(value) for column in columns for value in column):
                del self._interfaces[name]

    def since(self, at: float) -> dict[str, object]:
        """Return the samples from a moment on, as columns by the names that a sample has for them; None: no value."""
        start = self._before(at)
        return {
            "at": [round(each, 3) for each in self._at[start:]],
            "is_running": [bool(each) for each in self._running[start:]],
            **{name: _plain(column[start:], is_whole=name != "cpu_percent") for name, column in self._columns.items()},
            "interfaces": {
                name: {
                    key: _plain(column[start:], is_whole=True) for key, column in zip(_COUNTED, columns, strict=True)
                }
                for name, columns in self._interfaces.items()
            },
        }

    def _before(self, at: float) -> int:
        """How many samples are older."""
        return bisect_left(self._at, at)

    def _new_interfaces(self, figures: Mapping[str, object]) -> list[str]:
        room = MOST_INTERFACES - len(self._interfaces)
        return [name for name in _interfaces_of(figures) if name not in self._interfaces][:room]


class Histories:
    """The histories of this process, by whose engine it is and the container's full id."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Key, History] = {}
        self._heard_at: dict[Key, float] = {}
        self._byte_count = 0
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def byte_count(self) -> int:
        """What all of them take, in bytes."""
        return self._byte_count

    def add(self, key: Key, at: float, figures: Mapping[str, object]) -> None:
        """Keep a sample. Without room the container not heard of for longest, then the oldest samples, make some."""
        history = self._kept.get(key)
        if history is None:
            while len(self._kept) >= MOST_CONTAINERS:
                self.forget(min(self._heard_at, key=self._heard_at.__getitem__))
            history = self._kept[key] = History()
        before = history.byte_count
        history.add(at, figures)
        self._byte_count += history.byte_count - before
        self._heard_at[key] = self._clock()
        while self._byte_count > MOST_BYTES:
            self._halve(min(self._kept.values(), key=lambda each: each.oldest_at))
        self._sweep_later()

    def since(self, key: Key, at: float) -> dict[str, object]:
        """Return what is kept of a container from a moment on: columns, empty ones for one that nobody watched."""
        return self._kept.get(key, _NOTHING).since(at)

    def forget(self, key: Key) -> None:
        """Keep nothing of this container."""
        history = self._kept.pop(key, None)
        if history is not None:
            self._byte_count -= history.byte_count
            del self._heard_at[key]

    def sweep(self) -> None:
        """Forget what was not heard of for SPAN_S: all its samples are older than what is shown."""
        limit = self._clock() - SPAN_S
        for key in [key for key, heard_at in self._heard_at.items() if heard_at <= limit]:
            self.forget(key)

    def stop(self) -> None:
        """Forget all, and sweep no more."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        self._kept.clear()
        self._heard_at.clear()
        self._byte_count = 0

    def _halve(self, history: History) -> None:
        before = history.byte_count
        history.cut((len(history) + 1) // 2)
        self._byte_count += history.byte_count - before

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_EVERY_S, self._sweep_in_time)

    def _sweep_in_time(self) -> None:
        self._sweeping = None
        self.sweep()
        if self._kept:
            self._sweep_later()


_NOTHING = History()
_histories: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Histories] = weakref.WeakKeyDictionary()


def histories() -> Histories:
    """Those of the running event loop (a server has one; tests have many)."""
    loop = asyncio.get_running_loop()
    found = _histories.get(loop)
    if found is None:
        found = _histories[loop] = Histories()
    return found


def stop() -> None:
    """Forget all of this event loop."""
    found = _histories.pop(asyncio.get_running_loop(), None)
    if found is not None:
        found.stop()


def _interfaces_of(figures: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    interfaces = figures.get("interfaces")
    return interfaces if isinstance(interfaces, Mapping) else {}


def _double(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _plain(values: "array[float]", *, is_whole: bool) -> list[float | int | None]:
    return [None if math.isnan(value) else int(value) if is_whole else value for value in values]
