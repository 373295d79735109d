"""Bytes between a fake engine and a fake browser: all of them, in order, bounded, and no task left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.errors import EngineGone
from apps.engine.wire.frames import STDERR, STDOUT
from apps.terminals.bridge import ALL_STREAMS, Bridge
from apps.terminals.closes import BrowserGone
from apps.terminals.flow import FlowWindow, Inbox, InputStalled, OutputStalled
from tests.engines.scripted import frame


class FakeEngine:
    """Says what it is given, then ends (or raises); keeps what it is told. `stuck`: takes no input."""

    def __init__(self, pieces: Iterable[bytes], *, fails: Exception | None = None, stays: bool = False) -> None:
        self._pieces = list(pieces)
        self._fails = fails
        self._stays = stays
        self.told = bytearray()
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def read(self) -> bytes:
        await asyncio.sleep(0)
        if self._pieces:
            return self._pieces.pop(0)
        if self._fails is not None:
            raise self._fails
        if self._stays:
            await asyncio.Event().wait()
        return b""

    async def write(self, piece: bytes, /) -> None:
        await self.stuck.wait()
        self.told += piece


class FakeBrowser:
    def __init__(self, *, leaves_after: int | None = None) -> None:
        self.shown = bytearray()
        self._leaves_after = leaves_after

    async def send_bytes(self, piece: bytes, /) -> None:
        if self._leaves_after is not None and len(self.shown) >= self._leaves_after:
            raise BrowserGone
        self.shown += piece


def others() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=20))
def test_raw_bytes_pass_untouched(pieces: list[bytes]) -> None:
    async def scene() -> None:
        browser = FakeBrowser()
        await Bridge(FakeEngine(pieces), browser, inbox=Inbox(), window=FlowWindow()).carry()
        assert bytes(browser.shown) == b"".join(pieces)
        assert not others()

    asyncio.run(scene())


@given(
    st.lists(st.tuples(st.sampled_from([STDOUT, STDERR]), st.binary(max_size=40)), max_size=12),
    st.lists(st.integers(1, 30), min_size=1, max_size=10),
    st.sampled_from([ALL_STREAMS, frozenset({STDOUT}), frozenset({STDERR})]),
)
def test_frames_cut_anywhere_become_the_bytes_of_the_streams_wanted(
    frames: list[tuple[int, bytes]], cuts: list[int], streams: frozenset[int]
) -> None:
    wire = b"".join(frame(stream, payload) for stream, payload in frames)
    pieces = []
    while wire:
        for cut in cuts:
            pieces.append(wire[:cut])
            wire = wire[cut:]

    async def scene() -> None:
        browser = FakeBrowser()
        engine = FakeEngine(piece for piece in pieces if piece)
        await Bridge(engine, browser, inbox=Inbox(), window=FlowWindow(), streams=streams).carry()
        assert bytes(browser.shown) == b"".join(payload for stream, payload in frames if stream in streams)

    asyncio.run(scene())


async def test_what_is_typed_arrives_in_order_and_whole() -> None:
    engine, inbox = FakeEngine([], stays=True), Inbox(limit_bytes=1000)
    typed = [bytes([number % 256]) * 37 for number in range(500)]
    carrying = asyncio.create_task(Bridge(engine, FakeBrowser(), inbox=inbox, window=FlowWindow()).carry())
    for piece in typed:
        await inbox.put(piece)
        assert inbox.waiting_bytes < 1000 + 37
    while inbox.waiting_bytes:  # noqa: ASYNC110
        await asyncio.sleep(0)
    carrying.cancel()
    await asyncio.gather(carrying, return_exceptions=True)
    assert bytes(engine.told) == b"".join(typed)
    assert not others()


async def test_input_that_nobody_reads_is_bounded_and_given_up() -> None:
    engine, inbox = FakeEngine([], stays=True), Inbox(limit_bytes=100, patience_s=0.05)
    engine.stuck.clear()
    carrying = asyncio.create_task(Bridge(engine, FakeBrowser(), inbox=inbox, window=FlowWindow()).carry())
    with pytest.raises(InputStalled):
        for _ in range(100):
            await inbox.put(b"x" * 30)
    assert inbox.waiting_bytes <= 130
    carrying.cancel()
    await asyncio.gather(carrying, return_exceptions=True)


async def test_the_window_holds_output_back_until_it_is_acknowledged() -> None:
    window = FlowWindow(window_bytes=100)
    browser = FakeBrowser()
    window.acknowledged(0)
    carrying = asyncio.create_task(Bridge(FakeEngine([b"x" * 40] * 10), browser, inbox=Inbox(), window=window).carry())
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(browser.shown) == 120
    window.acknowledged(120)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(browser.shown) == 240
    window.acknowledged(1000)
    for _ in range(100):
        await asyncio.sleep(0)
    window.acknowledged(1000)
    await carrying
    assert len(browser.shown) == 400


async def test_a_browser_that_draws_nothing_does_not_hold_up_the_engine_for_ever() -> None:
    window = FlowWindow(window_bytes=100, patience_s=0.05)
    window.acknowledged(0)
    with pytest.raises(OutputStalled):
        await Bridge(FakeEngine([b"x" * 40] * 10), FakeBrowser(), inbox=Inbox(), window=window).carry()
    assert not others()


async def test_a_browser_that_never_acknowledges_is_not_held_by_the_window() -> None:
    browser = FakeBrowser()
    window = FlowWindow(window_bytes=100)
    await Bridge(FakeEngine([b"x" * 40] * 10), browser, inbox=Inbox(), window=window).carry()
    assert len(browser.shown) == 400


@pytest.mark.parametrize("failure", [EngineGone(), OSError("broken"), RuntimeError("a bug")])
async def test_a_failing_engine_is_told_on_and_leaves_no_task(failure: Exception) -> None:
    browser = FakeBrowser()
    with pytest.raises(type(failure)):
        await Bridge(FakeEngine([b"last words"], fails=failure), browser, inbox=Inbox(), window=FlowWindow()).carry()
    assert bytes(browser.shown) == b"last words"
    assert not others()


async def test_a_browser_that_leaves_ends_the_bridge() -> None:
    bridge = Bridge(FakeEngine([b"x"] * 50), FakeBrowser(leaves_after=3), inbox=Inbox(), window=FlowWindow())
    with pytest.raises(BrowserGone):
        await bridge.carry()
    assert not others()
