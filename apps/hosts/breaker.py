"""What keeps a dead or slow engine from taking our pages with it: a circuit breaker and a bulkhead."""

import random
import threading
import time
from collections.abc import Callable
from enum import StrEnum

FAILURES_TO_OPEN = 3
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 30.0
SHORT_CALLS = 8
"""Short calls that may be under way to one engine at the same time, per process."""


class BreakerState(StrEnum):
    """Closed: calls pass. Open: calls fail at once. Half open: one call is trying the engine out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Stops asking an engine that does not answer, and tries it again from time to time.

    Three failures to connect in a row open it for 2 s; each failed trial doubles the pause, with a jitter of ±20 %,
    up to 30 s. While it is half open only one caller passes. Thread-safe.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = random.random):
        self._clock = clock
        self._jitter = jitter
        self._lock = threading.Lock()
        self._failures = 0
        self._pause_s = 0.0
        self._opened_until: float | None = None
        self._is_trying = False
        self._trial_began = 0.0

    @property
    def state(self) -> BreakerState:
        """Where the breaker stands now."""
        with self._lock:
            if self._opened_until is None:
                return BreakerState.CLOSED
            if self._clock() < self._opened_until:
                return BreakerState.OPEN
            return BreakerState.HALF_OPEN

    @property
    def retry_after_s(self) -> float:
        """Seconds until the next trial may be made; 0 when calls pass."""
        with self._lock:
            return 0.0 if self._opened_until is None else max(0.0, self._opened_until - self._clock())

    def admits(self) -> bool:
        """Whether a call may be made now. In the half-open state only the first asker hears yes."""
        with self._lock:
            if self._opened_until is None:
                return True
            now = self._clock()
            if now < self._opened_until:
                return False
            if self._is_trying and now - self._trial_began < LONGEST_PAUSE_S:
                return False
            self._is_trying = True
            self._trial_began = now
            return True

    def succeeded(self) -> None:
        """The engine answered (whatever it said)."""
        with self._lock:
            self._failures = 0
            self._pause_s = 0.0
            self._opened_until = None
            self._is_trying = False

    def failed(self) -> None:
        """The engine could not be reached."""
        with self._lock:
            self._failures += 1
            self._is_trying = False
            if self._failures < FAILURES_TO_OPEN:
                return
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or FIRST_PAUSE_S)
            self._opened_until = self._clock() + self._pause_s * (0.8 + 0.4 * self._jitter())
