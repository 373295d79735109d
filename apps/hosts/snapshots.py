"""The last container list of each host, kept so that a page needs no engine while nothing has changed.

A feed of engine events that stands calls `follow()`, then `changed()` for every event that may alter the list *before*
it tells any browser, and `unfollow()` when it is cut. While a host is followed and nothing changed since the list was
taken, the list is true and is served as it is. An engine may tell of a change a moment before its own list says so
(20.10 does for pause and unpause), so a list asked for right after an event is believed for a moment only. Without a
feed the engine is asked each time, and the kept list is what is shown when it does not answer.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.engine.types.container_brief import ContainerBrief
    from apps.hosts.models import Host

LONGEST_TRUST_S = 300.0
"""Seconds after which even a followed list is taken anew: events can be lost without a sign."""

SETTLING_S = 0.3
"""Seconds after an event during which the engine's list may still be the old one."""

UNSETTLED_TRUST_S = 0.05
"""Seconds for which such a list serves those who ask at the same time."""


@dataclass(frozen=True, slots=True)
class ContainerList:
    """All containers of a host as the engine listed them at `taken_at` (seconds since the epoch).

    `is_settled` False: it was asked for so soon after an event that it may not know of it yet.
    """

    containers: "tuple[ContainerBrief, ...]"
    taken_at: float
    generation: int
    is_settled: bool = True


class Snapshot:
    """What we know of one host without asking it. Thread-safe."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._generation = 0
        self._followers = 0
        self._changed_at = float("-inf")
        self._last: ContainerList | None = None
        self.refresh_lock = threading.Lock()

    @property
    def generation(self) -> int:
        """How often the list may have changed so far."""
        return self._generation

    @property
    def is_followed(self) -> bool:
        """Whether a feed of events stands that would tell us of a change."""
        return self._followers > 0

    @property
    def last(self) -> ContainerList | None:
        """The list taken last, true or not."""
        return self._last

    @property
    def current(self) -> ContainerList | None:
        """The list taken last if it is still true, else None."""
        last = self._last
        if last is None or not self.is_followed or last.generation != self._generation:
            return None
        trust_s = LONGEST_TRUST_S if last.is_settled else UNSETTLED_TRUST_S
        return last if self._clock() - last.taken_at < trust_s else None

    def changed(self) -> None:
        """Something happened on the host that may alter the list."""
        with self._lock:
            self._generation += 1
            self._changed_at = self._clock()

    @property
    def is_settled(self) -> bool:
        """Whether the last event is long enough ago for a list asked for now to know of it."""
        return self._clock() - self._changed_at >= SETTLING_S

    def follow(self) -> None:
        """A feed of events stands from now on; what was kept before it may have been overtaken."""
        with self._lock:
            self._followers += 1
            self._generation += 1

    def unfollow(self) -> None:
        """The feed was cut."""
        with self._lock:
            self._followers = max(0, self._followers - 1)
            self._generation += 1

    def keep(
        self, containers: "tuple[ContainerBrief, ...]", *, generation: int, is_settled: bool = True
    ) -> ContainerList:
        """Keep a list whose taking began when the snapshot stood at `generation`, settled or not."""
        taken = ContainerList(containers, self._clock(), generation, is_settled)
        with self._lock:
            if self._last is None or self._last.generation <= generation:
                self._last = taken
        return taken


_snapshots: dict[str, Snapshot] = {}
_snapshots_lock = threading.Lock()


def of(host: "Host") -> Snapshot:
    """The snapshot of this host in this process."""
    with _snapshots_lock:
        return _snapshots.setdefault(host.slug, Snapshot())


def forget() -> None:
    """Drop every snapshot (between tests)."""
    with _snapshots_lock:
        _snapshots.clear()
