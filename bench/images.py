"""The list page of a host with 1,000 images, beside the bare `images/json` in the same run."""

import contextlib
import http.client
import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import EngineConnection, WebSocket

IMAGES = 1000
TURNS = 21
MOST_ADDED_MS = 25.0
LIST = "/hosts/local/images/"


def _fill(stage: Stage) -> None:
    container = stage.raw.container(name="bench-source", start=False)
    for number in range(IMAGES):
        query = urlencode({"container": container, "repo": f"bench/image-{number:04d}", "tag": "1", "pause": "0"})
        labels = {"org.opencontainers.image.title": f"Image {number}", "tier": "backend"}
        status, answer = stage.raw.post(f"/commit?{query}", json={"Cmd": ["sh"], "Labels": labels})
        if status != 201:
            raise RuntimeError(f"the engine did not make image {number}: {json.dumps(answer)}")


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
            bare.append(_milliseconds(lambda: engine.read("/v1.41/images/json")))
            ours.append(_milliseconds(lambda: stage.page_over(connection, LIST)))
    bare_ms = spread("bare images/json", bare, unit="ms")
    our_ms = spread(f"list page, {words}", ours, unit="ms")
    print(f"list page over the bare call, medians: {our_ms - bare_ms:+.3f} ms")
    claim(f"at most the bare call + {MOST_ADDED_MS:.0f} ms", holds=our_ms - bare_ms <= MOST_ADDED_MS)


def measure() -> None:
    """Print the bare call and the page while nobody follows the events, then while somebody does."""
    with stage() as on:
        _fill(on)
        print(f"{IMAGES} images")
        _compare(on, "nobody follows the events")
        follower = WebSocket.to_server(on.port, "/ws/hosts/local/events/", cookie=on.cookie)
        next(follower.messages())
        _compare(on, "a page of the host is open")
        follower.close()
