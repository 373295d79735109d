"""The frame of every socket: how it ends, whatever happens, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from apps.accounts.actor import ANONYMOUS, Actor, Role
from apps.core.errors import AccessDenied
from apps.engine.errors import Conflict, EngineGone
from apps.terminals import closes, sessions
from apps.terminals.closes import Ending
from apps.terminals.consumers.base import SocketConsumer
from apps.terminals.flow import InputStalled, OutputStalled
from apps.terminals.messages import Control

ADA = Actor(1, "ada", Role.ADMIN)
CONNECT = {"type": "websocket.connect"}
DISCONNECT = {"type": "websocket.disconnect", "code": 1001}


class Page:
    """A browser, played by the test: what it sends is put into `says`; `heard` keeps what it got."""

    def __init__(self, *, actor: Actor = ADA, send_fails: Exception | None = None, takes: bool = True) -> None:
        self.says: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.says.put_nowait(CONNECT)
        self.heard: list[Mapping[str, Any]] = []
        self.scope = {"actor": actor, "url_route": {"kwargs": {"host_slug": "local", "ref": "one"}}}
        self._send_fails = send_fails
        self._takes = takes

    async def send(self, message: Mapping[str, Any]) -> None:
        if self._send_fails is not None and message["type"] == "websocket.send":
            raise self._send_fails
        if not self._takes and message["type"] == "websocket.send":
            await asyncio.Event().wait()
        self.heard.append(message)

    async def run(self, consumer: SocketConsumer) -> None:
        async with asyncio.timeout(30):
            await consumer(self.scope, self.says.get, self.send)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert sessions.open_count() == 0

    @property
    def texts(self) -> list[dict[str, Any]]:
        return [json.loads(message["text"]) for message in self.heard if message.get("text")]

    @property
    def close_code(self) -> int | None:
        return next((message["code"] for message in self.heard if message["type"] == "websocket.close"), None)


class Scripted(SocketConsumer):
    """Serves by a given outcome: an ending, an exception, or (None) for ever."""

    write_deadline_s = 0.1

    def __init__(self, outcome: Ending | Exception | None = None, *, hears: Exception | None = None) -> None:
        self._outcome = outcome
        self._hears = hears
        self.was_cancelled = False
        self.was_released = False

    async def serve(self) -> Ending:
        await self.ready({"tty": True})
        if isinstance(self._outcome, Exception):
            raise self._outcome
        if self._outcome is None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.was_cancelled = True
                raise
        assert isinstance(self._outcome, Ending)
        return self._outcome

    async def heard_bytes(self, piece: bytes) -> None:
        if self._hears is not None:
            raise self._hears

    async def heard(self, control: Control) -> None:
        if self._hears is not None:
            raise self._hears

    async def released(self) -> None:
        self.was_released = True


async def test_nobody_is_refused_before_the_socket_is_accepted() -> None:
    page = Page(actor=ANONYMOUS)
    await page.run(Scripted())
    assert page.heard == [{"type": "websocket.close", "code": 4401}]


async def test_an_orderly_end_says_how_it_ended() -> None:
    page = Page()
    await page.run(Scripted(closes.exited(7)))
    assert page.texts == [{"type": "ready", "tty": True}, {"type": "exit", "code": 7}]
    assert page.close_code == 1000


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (AccessDenied("No."), 4403),
        (Conflict(409, "container is paused"), 4409),
        (InputStalled(), 4413),
    ],
)
async def test_a_failure_is_said_in_words_and_by_its_code(failure: Exception, code: int) -> None:
    page = Page()
    await page.run(Scripted(failure))
    assert page.texts[-1]["type"] == "problem"
    assert page.texts[-1]["status"] == code - 4000
    assert page.close_code == code


@pytest.mark.parametrize(("left", "reason"), [(EngineGone(), "engine_gone"), (OutputStalled(), "stalled")])
async def test_some_ends_are_no_failure_of_ours(left: Exception, reason: str) -> None:
    page = Page()
    await page.run(Scripted(left))
    assert page.texts[-1] == {"type": "end", "reason": reason}
    assert page.close_code == 1000


@pytest.mark.parametrize("where", ["serve", "heard_bytes", "heard", "send"])
async def test_a_bug_anywhere_ends_the_socket_and_leaves_no_task(where: str, caplog: pytest.LogCaptureFixture) -> None:
    bug = RuntimeError("a bug")
    page = Page(send_fails=bug if where == "send" else None)
    consumer = Scripted(bug if where == "serve" else None, hears=bug if where.startswith("heard") else None)
    page.says.put_nowait(
        {
            "type": "websocket.receive",
            "bytes": b"x" if where == "heard_bytes" else None,
            "text": '{"type":"ack","bytes":1}',
        }
    )
    await page.run(consumer)
    if where != "send":
        assert page.texts[-1]["status"] == 500
        assert "a bug" not in page.heard[-2]["text"]
        assert page.close_code == 4500
    assert consumer.was_released
    assert "a bug" in caplog.text


async def test_a_browser_that_leaves_ends_what_served_it() -> None:
    page, consumer = Page(), Scripted()
    page.says.put_nowait({"type": "websocket.receive", "text": '{"type":"ping"}', "bytes": None})
    page.says.put_nowait(DISCONNECT)
    await page.run(consumer)
    assert consumer.was_cancelled
    assert consumer.was_released
    assert page.close_code is None


@pytest.mark.parametrize("page_fault", ["leaves", "stalls"])
async def test_a_browser_that_takes_nothing_is_let_go(page_fault: str) -> None:
    page = Page(send_fails=OSError("gone")) if page_fault == "leaves" else Page(takes=False)
    consumer = Scripted(closes.exited(0))
    await page.run(consumer)
    assert consumer.was_released
    assert page.close_code is None


async def test_a_ping_is_answered() -> None:
    page = Page()
    running = asyncio.create_task(Scripted()(page.scope, page.says.get, page.send))
    page.says.put_nowait({"type": "websocket.receive", "text": '{"type":"ping"}', "bytes": None})
    async with asyncio.timeout(30):
        while {"type": "pong"} not in page.texts:  # noqa: ASYNC110
            await asyncio.sleep(0)
    page.says.put_nowait(DISCONNECT)
    await running


async def test_a_stopping_server_closes_with_restarting() -> None:
    page, consumer = Page(), Scripted()
    running = asyncio.create_task(consumer(page.scope, page.says.get, page.send))
    async with asyncio.timeout(30):
        while not page.texts:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await sessions.stop()
        await running
    assert page.texts[-1] == {"type": "end", "reason": "restarting"}
    assert page.close_code == 1012
    assert consumer.was_cancelled


async def test_a_cancelled_socket_leaves_nothing() -> None:
    page, consumer = Page(), Scripted()
    running = asyncio.create_task(consumer(page.scope, page.says.get, page.send))
    async with asyncio.timeout(30):
        while not page.texts:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert consumer.was_cancelled
    assert consumer.was_released
    assert asyncio.all_tasks() == {asyncio.current_task()}
