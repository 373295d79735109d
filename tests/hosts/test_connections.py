"""One connection per host: its guard, what it knows, and when it is made anew."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.errors import Unavailable
from apps.engine.api.containers import container_list_brief
from apps.engine.api.system import events
from apps.engine.endpoint import Endpoint
from apps.engine.errors import NotFound, Unreachable
from apps.engine.operations import Kind
from apps.hosts import connections
from apps.hosts.breaker import SHORT_CALLS, BreakerState
from apps.hosts.connections import Connection, ConnectionState, Guard
from apps.hosts.models import Host
from tests.engines.scripted import ScriptedEngine


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with ScriptedEngine() as scripted:
        scripted.on("GET", "/containers/json", [])
        yield scripted


def connection_to(engine: ScriptedEngine) -> Connection:
    return Connection(Endpoint.parse(engine.url), pinned=None)


def breaker_state(connection: Connection) -> BreakerState:
    return connection.guard.breaker.state


def test_what_is_known_of_a_host_follows_its_answers(engine: ScriptedEngine) -> None:
    connection = connection_to(engine)
    states = [connection.state]
    connection.engine.run(container_list_brief())
    states.append(connection.state)
    assert connection.learn_facts().engine_version == "20.10.24"
    assert connection.known_facts == connection.learn_facts()
    assert states == [ConnectionState.UNKNOWN, ConnectionState.UP]


def test_three_vain_attempts_open_the_breaker_and_further_ones_fail_at_once(tmp_path: Path) -> None:
    connection = Connection(Endpoint.parse(f"unix://{tmp_path}/none.sock"), pinned=None)
    for _ in range(3):
        with pytest.raises(Unreachable):
            connection.engine.run(container_list_brief())
    assert breaker_state(connection) is not BreakerState.CLOSED
    assert connection.state is ConnectionState.DOWN
    with pytest.raises(Unreachable) as refused:
        connection.engine.run(container_list_brief())
    assert "none.sock" in str(refused.value)


def test_an_engine_that_says_no_is_there(engine: ScriptedEngine) -> None:
    engine.on("GET", "/containers/json", (404, {"message": "nothing"}))
    connection = connection_to(engine)
    for _ in range(4):
        with pytest.raises(NotFound):
            connection.engine.run(container_list_brief())
    assert breaker_state(connection) is BreakerState.CLOSED
    assert connection.state is ConnectionState.UP


async def test_a_stream_that_opens_ends_the_pause(engine: ScriptedEngine) -> None:
    engine.on("GET", "/events", [])
    connection = connection_to(engine)
    for _ in range(3):
        connection.guard.breaker.failed()
    assert breaker_state(connection) is BreakerState.OPEN
    async_engine = connection.async_engine()
    async with async_engine.stream(events()):
        assert breaker_state(connection) is BreakerState.CLOSED
    await async_engine.close()


def test_a_ninth_short_call_is_turned_away_while_a_change_still_finds_room() -> None:
    guard = Guard()
    release, inside = threading.Event(), threading.Barrier(SHORT_CALLS + 1)

    def hold() -> None:
        with guard.entered(Kind.LIST):
            inside.wait(30)
            release.wait(30)

    holders = [threading.Thread(target=hold) for _ in range(SHORT_CALLS)]
    for thread in holders:
        thread.start()
    inside.wait(30)
    with pytest.raises(Unavailable), guard.entered(Kind.INSPECT):
        raise AssertionError("entered")
    with guard.entered(Kind.CHANGE):
        release.set()
    for thread in holders:
        thread.join(30)
    with guard.entered(Kind.INSPECT):
        pass


def test_a_host_keeps_its_connection_until_its_address_changes() -> None:
    connections.forget()
    host = Host(slug="moving", name="moving", endpoint="tcp://127.0.0.1:1")
    first = connections.of(host)
    assert connections.of(host) is first
    host.endpoint = "tcp://127.0.0.1:2"
    assert connections.of(host) is not first
    connections.forget()
