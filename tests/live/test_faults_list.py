"""F1 and F3: the pages stand while the engine does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.engine import operations
from apps.engine.api.containers import container_list
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Reason, Unreachable
from apps.engine.sync import Engine
from apps.hosts import connections, snapshots
from apps.hosts.breaker import Breaker, BreakerState
from apps.hosts.models import Host
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.scripted import ScriptedEngine

LIST = "/hosts/local/containers/"
PAGE = {"Accept": "text/html"}
SUMMARY = {
    "Id": "ab" * 32,
    "Names": ["/kept"],
    "Image": "nginx",
    "State": "running",
    "Status": "Up 3 hours",
    "Created": 1,
}


@pytest.fixture
def client(db: None) -> Iterator[Client]:
    connections.forget()
    snapshots.forget()
    user = User.objects.create(username="faults", role=Role.ADMIN)
    made = Client(headers={"Accept": "application/json"})
    made.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    yield made
    connections.forget()
    snapshots.forget()


def test_with_the_engine_gone_the_list_stays_marked_as_old_and_comes_back(
    client: Client, own_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", own_engine.url)
    raw = RawEngine(own_engine.socket_path)
    container_id = raw.container(name="faults-kept", start=False)
    assert client.get(LIST).json()["is_stale"] is False
    own_engine.stop()
    for _ in range(20):
        told = client.get(LIST)
        assert told.status_code == 200
        assert told.json()["is_stale"] is True
        assert [row["id"] for row in told.json()["containers"]] == [container_id]
    page = client.get(LIST, headers=PAGE)
    assert page.status_code == 200
    html = page.content.decode()
    assert "faults-kept" in html
    assert "does not answer" in html
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["hosts"]["local"]["state"]) == (200, "down")
    assert client.post(f"{LIST}{container_id}/start/").status_code == 502
    host = Host.objects.get(slug="local")
    assert connections.of(host).guard.breaker.state is not BreakerState.CLOSED
    own_engine.start()
    deadline = time.monotonic() + 60
    while client.get(LIST).json()["is_stale"]:
        assert time.monotonic() < deadline, "the list never came back"
        time.sleep(0.1)  # the breaker's own pause
    assert connections.of(host).guard.breaker.state is BreakerState.CLOSED
    assert client.post(f"{LIST}{container_id}/start/").status_code == 200


def test_an_engine_that_was_never_there_is_said_in_words(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    page = client.get(LIST, headers=PAGE)
    assert page.status_code == 200
    assert "cannot be reached" in page.content.decode()
    told = client.get(LIST)
    assert told.status_code == 502
    assert "none.sock" in told.json()["detail"]


def test_while_the_breaker_is_open_nothing_is_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedEngine() as engine:
        engine.on("GET", "/containers/json", [SUMMARY])
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        assert client.get(LIST).json()["is_stale"] is False
        guard = connections.of(Host.objects.get(slug="local")).guard
        guard.failure = Unreachable(Endpoint.parse(engine.url), Reason.LOST)
        guard.breaker = Breaker(clock=lambda: 0.0)  # its time stands still
        for _ in range(3):
            guard.breaker.failed()
        before = len(engine.requests)
        assert client.get(LIST).json()["is_stale"] is True
        assert client.get(f"{LIST}{'ab' * 32}/", headers={"Accept": "application/json"}).status_code == 502
        assert len(engine.requests) == before


def test_a_slow_engine_keeps_eight_waiting_and_turns_the_others_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F3: the bulkhead. What was kept is shown at once instead of one more waiting request."""
    release = threading.Event()
    with ScriptedEngine() as engine:
        engine.on("GET", "/containers/json", [SUMMARY])
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        assert client.get(LIST).json()["is_stale"] is False

        def slow(exchange: Any) -> None:
            release.wait(60)
            exchange.answer(200, [SUMMARY])

        engine.on("GET", "/containers/json", slow)
        before = len(engine.seen("GET", "/containers/json"))
        engine_of_host = connections.of(Host.objects.get(slug="local")).engine
        waiting = [threading.Thread(target=_list_of, args=(engine_of_host,)) for _ in range(8)]
        for thread in waiting:
            thread.start()
        engine.wait_for(lambda: len(engine.seen("GET", "/containers/json")) == before + 8)
        told = client.get(LIST).json()
        assert told["is_stale"] is True
        assert [row["name"] for row in told["containers"]] == ["kept"]
        assert client.get("/healthz").status_code == 200
        release.set()
        for thread in waiting:
            thread.join(60)
        assert len(engine.seen("GET", "/containers/json")) == before + 8
        assert client.get(LIST).json()["is_stale"] is False


def _list_of(engine: Engine) -> None:
    engine.run(container_list(is_all=True))


def test_a_list_that_takes_too_long_is_replaced_by_the_kept_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, hurried: Callable[..., None]
) -> None:
    """F3: the deadline (shortened here)."""
    release = threading.Event()
    with ScriptedEngine() as engine:
        engine.on("GET", "/containers/json", [SUMMARY])
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        assert client.get(LIST).json()["is_stale"] is False
        engine.on("GET", "/containers/json", lambda exchange: release.wait(60))
        hurried(0.3)
        told = client.get(LIST).json()
        release.set()
        assert told["is_stale"] is True
        assert [row["name"] for row in told["containers"]] == ["kept"]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Shorten the deadline of lists."""

    def shorten(seconds: float) -> None:
        monkeypatch.setitem(operations.DEADLINES_S, operations.Kind.LIST, seconds)

    return shorten
