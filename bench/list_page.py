"""A list page of Dockerweb beside the engine's own list, in the same run."""

import contextlib
import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.report import claim, spread
from bench.stage import Stage
from bench.wires import EngineConnection, WebSocket

TURNS = 21
MOST_ADDED_MS = 25.0


@dataclass(frozen=True)
class ListPage:
    """A page by its address, and the bare call that it makes of the engine."""

    address: str
    bare_call: str

    def compare(self, stage: Stage) -> None:
        """Print both while nobody follows the events, then while somebody does."""
        self._compare(stage, "nobody follows the events")
        follower = WebSocket.to_server(stage.port, "/ws/hosts/local/events/", cookie=stage.cookie)
        next(follower.messages())
        self._compare(stage, "a page of the host is open")
        follower.close()

    def _compare(self, stage: Stage, words: str) -> None:
        bare: list[float] = []
        ours: list[float] = []
        with (
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", stage.port, timeout=60)) as connection,
            contextlib.closing(EngineConnection(stage.engine.socket_path)) as engine,
        ):
            stage.page_over(connection, self.address)
            for _ in range(TURNS):
                bare.append(_milliseconds(lambda: engine.read(f"/v1.41/{self.bare_call}")))
                ours.append(_milliseconds(lambda: stage.page_over(connection, self.address)))
        bare_ms = spread(f"bare {self.bare_call}", bare, unit="ms")
        our_ms = spread(f"list page, {words}", ours, unit="ms")
        print(f"list page over the bare call, medians: {our_ms - bare_ms:+.3f} ms")
        claim(f"at most the bare call + {MOST_ADDED_MS:.0f} ms", holds=our_ms - bare_ms <= MOST_ADDED_MS)


def _milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000
