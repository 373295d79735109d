"""The list page of a host with 2,000 containers, beside the bare `containers/json?all=1` in the same run."""

import contextlib
import http.client
import time
from collections.abc import Callable

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import EngineConnection, WebSocket

CONTAINERS = 2000
TURNS = 21
MOST_ADDED_MS = 25.0
LIST = "/hosts/local/containers/?all=1"


def _fill(stage: Stage) -> None:
    for number in range(CONTAINERS):
        stage.raw.container(
            cmd=["sleep", "1000"],
            name=f"bench-{number:04d}",
            start=False,
            labels={"com.docker.compose.project": f"project-{number % 40}", "tier": "backend", "number": str(number)},
        )


def _milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _compare(stage: Stage, words: str) -> None:
    bare: list[float] = []
    ours: list[float] = []
    with (
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", stage.port, timeout=60)) as connection,
        contextlib.closing(EngineConnection(stage.engine.socket_path)) as engine,
    ):
        stage.page_over(connection, LIST)
        for _ in range(TURNS):
            bare.append(_milliseconds(lambda: engine.read("/v1.41/containers/json?all=1")))
            ours.append(_milliseconds(lambda: stage.page_over(connection, LIST)))
    bare_ms = spread("bare containers/json?all=1", bare, unit="ms")
    our_ms = spread(f"list page, {words}", ours, unit="ms")
    print(f"list page over the bare call, medians: {our_ms - bare_ms:+.3f} ms")
    claim(f"at most the bare call + {MOST_ADDED_MS:.0f} ms", holds=our_ms - bare_ms <= MOST_ADDED_MS)


def measure() -> None:
    """Print the bare call and the page while nobody follows the events, then while somebody does."""
    with stage() as on:
        _fill(on)
        print(f"{CONTAINERS} containers")
        _compare(on, "nobody follows the events")
        follower = WebSocket.to_server(on.port, "/ws/hosts/local/events/", cookie=on.cookie)
        next(follower.messages())
        _compare(on, "a page of the host is open")
        follower.close()
