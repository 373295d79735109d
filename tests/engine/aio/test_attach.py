"""Attach and exec of the async engine, from an engine that does not behave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from pathlib import Path

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Conflict, EngineGone, NotFound, ProtocolBroken, VersionTooOld
from apps.engine.version import ApiVersion
from apps.engine.wire.frames import FrameSplitter
from tests.engine.certificates import Authority
from tests.engines.scripted import MULTIPLEXED_STREAM, Exchange, ScriptedEngine, frame

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(exchange: Exchange) -> None:
    """Answer the opening of a WebSocket."""
    key = exchange.headers["sec-websocket-key"].encode()
    token = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest()).decode()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": token}
    exchange.head(101, headers)


def message(opcode: int, payload: bytes, *, is_last: bool = True) -> bytes:
    head = bytes([opcode | (0x80 if is_last else 0)])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    return head + b"\x7e" + len(payload).to_bytes(2, "big") + payload


TEXT, BINARY, CONTINUED, CLOSE, PING = 1, 2, 0, 8, 9
NORMAL = (1000).to_bytes(2, "big")


async def test_conformance_25_a_websocket_is_asked_for_with_all_streams_and_a_prefix_of_1_28(
    scripted: ScriptedEngine,
) -> None:
    def attach(exchange: Exchange) -> None:
        accept(exchange)
        exchange.send(message(CLOSE, NORMAL))
        exchange.hang()

    scripted.on("GET", "/containers/{id}/attach/ws", attach)
    for pinned, asked in ((None, "1.41"), (ApiVersion(1, 24), "1.28")):
        async with AsyncEngine(Endpoint.parse(scripted.url), pinned=pinned).attach("ab", tty=True, stdin=False) as h:
            assert (h.via, h.is_multiplexed) == ("ws", False)
            assert await h.read() == b""
        seen = scripted.seen("GET", "/containers/ab/attach/ws")[-1]
        assert seen.version == asked
        assert {seen.query[name] for name in ("stdin", "stdout", "stderr", "stream")} == {"1"}
        assert "sec-websocket-extensions" not in seen.headers
    await asyncio.to_thread(scripted.wait_closed)


async def test_all_kinds_of_messages_give_the_bytes_they_hold(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    def attach(exchange: Exchange) -> None:
        accept(exchange)
        whole = (
            message(BINARY, b"h\xc3")
            + message(PING, b"?")
            + message(BINARY, b"\xa9llo \xff", is_last=False)
            + message(CONTINUED, b"\xfe")
            + message(TEXT, b" text")
            + message(BINARY, b"x" * 3000)
            + message(CLOSE, NORMAL)
        )
        for at in range(0, len(whole), 7):
            exchange.send(whole[at : at + 7])
        exchange.hang()

    scripted.on("GET", "/containers/{id}/attach/ws", attach)
    got = b""
    async with engine.attach("ab", tty=True) as h:
        while piece := await h.read():
            got += piece
    assert got == b"h\xc3\xa9llo \xff\xfe text" + b"x" * 3000


async def test_a_websocket_that_breaks_without_a_close_means_that_the_engine_is_gone(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    def attach(exchange: Exchange) -> None:
        accept(exchange)
        exchange.send(message(BINARY, b"last words") + b"\x82\x7e")
        exchange.die()

    scripted.on("GET", "/containers/{id}/attach/ws", attach)
    async with engine.attach("ab", tty=True) as h:
        assert await h.read() == b"last words"
        with pytest.raises(EngineGone):
            await h.read()
        await h.write(b"into the void")


async def test_a_websocket_that_breaks_the_rules_is_a_broken_protocol(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    def attach(exchange: Exchange) -> None:
        accept(exchange)
        exchange.send(b"\xf7\x00" * 3)
        exchange.hang()

    scripted.on("GET", "/containers/{id}/attach/ws", attach)
    async with engine.attach("ab", tty=True) as h:
        with pytest.raises(ProtocolBroken):
            await h.read()


def echo(exchange: Exchange) -> None:
    """A hijacked socket that says back what it hears, and its end."""
    exchange.hijack()
    while piece := exchange.receive():
        exchange.send(piece)
    exchange.send(b"<end>")


@pytest.mark.parametrize("missing", [(404, {"message": "page not found"}), (501, ""), (400, "not websocket protocol")])
async def test_an_engine_without_the_websocket_is_attached_to_by_a_hijack(
    scripted: ScriptedEngine, engine: AsyncEngine, missing: object
) -> None:
    scripted.on("GET", "/containers/{id}/attach/ws", missing)
    scripted.on("POST", "/containers/{id}/attach", echo)
    async with engine.attach("ab", tty=True) as h:
        assert (h.via, h.is_multiplexed) == ("hijack", False)
        await h.write(b"\x10hello")
        assert await h.read() == b"\x10hello"
    seen = scripted.seen("POST", "/containers/ab/attach")[0]
    assert seen.headers["upgrade"] == "tcp"
    assert "detachKeys=%FF%2C%FE" in seen.target, "ctrl-p must not be held back"
    await asyncio.to_thread(scripted.wait_closed)


async def test_an_answer_that_is_no_websocket_leads_to_a_hijack(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/containers/{id}/attach/ws", lambda x: x.hijack())  # 101, but no WebSocket
    scripted.on("POST", "/containers/{id}/attach", echo)
    async with engine.attach("ab", tty=True) as h:
        assert h.via == "hijack"
    with pytest.raises(ProtocolBroken):
        async with engine.attach("ab", tty=True, via="ws"):
            pass


async def test_an_engine_older_than_binary_frames_is_attached_to_by_a_hijack() -> None:
    with ScriptedEngine(api_version="1.27") as scripted:
        scripted.on("POST", "/containers/{id}/attach", echo)
        async with AsyncEngine(Endpoint.parse(scripted.url)).attach("ab", tty=True) as h:
            assert h.via == "hijack"
        with pytest.raises(VersionTooOld):
            async with AsyncEngine(Endpoint.parse(scripted.url)).attach("ab", tty=True, via="ws"):
                pass
        assert scripted.seen("GET", "/containers/ab/attach/ws") == []


async def test_a_missing_container_is_not_found_by_either_way(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("GET", "/containers/{id}/attach/ws", (404, {"message": "No such container: ab"}))
    scripted.on("POST", "/containers/{id}/attach", (404, "No such container: ab\r\n"))
    with pytest.raises(NotFound, match="No such container: ab"):
        async with engine.attach("ab", tty=True):
            pass


async def test_a_paused_container_is_a_conflict_and_no_second_way_is_tried(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    words = "Container ab is paused, unpause the container before attach."
    scripted.on("GET", "/containers/{id}/attach/ws", (409, {"message": words}))
    with pytest.raises(Conflict, match="is paused"):
        async with engine.attach("ab", tty=True):
            pass
    assert scripted.seen("POST", "/containers/ab/attach") == []


async def test_keys_that_detach_are_sent_when_asked_for(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("POST", "/containers/{id}/attach", echo)
    async with engine.attach("ab", tty=True, via="hijack", detach_keys="ctrl-x,x"):
        pass
    assert scripted.seen("POST", "/containers/ab/attach")[0].query["detachKeys"] == "ctrl-x,x"


async def test_conformance_27_only_a_stdin_once_container_is_half_closed(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    scripted.on("POST", "/containers/{id}/attach", echo)
    async with engine.attach("ab", tty=False, via="hijack") as h:
        assert await h.close_stdin() is False
        await h.write(b"still heard")
        assert await h.read() == b"still heard"
    async with engine.attach("ab", tty=False, stdin_once=True, via="hijack") as h:
        await h.write(b"last ")
        assert await h.close_stdin() is True
        got = b""
        while piece := await h.read():
            got += piece
    assert got == b"last <end>"


@pytest.mark.parametrize("status", [101, 200])
async def test_bytes_that_come_with_the_headers_are_not_lost(
    scripted: ScriptedEngine, engine: AsyncEngine, status: int
) -> None:
    def start(exchange: Exchange) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
        upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n" if status == 101 else ""
        exchange.send(f"{head}{upgrade}\r\n".encode() + b"prompt$ ")

    scripted.on("POST", "/exec/{id}/start", start)
    async with engine.exec_start("e1", tty=True) as h:
        assert await h.read() == b"prompt$ "
        assert await h.read() == b"", "the end of a hijacked socket is simply the end"


async def test_conformance_29_the_size_goes_with_the_start_from_1_42_on(scripted: ScriptedEngine) -> None:
    scripted.on("POST", "/exec/{id}/start", echo)
    for api, expected in (("1.41", None), ("1.42", [24, 80])):
        scripted.api_version = api
        async with AsyncEngine(Endpoint.parse(scripted.url)).exec_start("e1", tty=True, console_size=(24, 80)):
            pass
        sent = scripted.seen("POST", "/exec/e1/start")[-1].json
        assert sent.get("ConsoleSize") == expected
        assert (sent["Detach"], sent["Tty"]) == (False, True)


async def test_the_header_decides_for_a_hijack_too() -> None:
    def start(exchange: Exchange) -> None:
        exchange.hijack(content_type=MULTIPLEXED_STREAM)
        exchange.send(frame(1, b"out") + frame(2, b"err"))

    with ScriptedEngine(api_version="1.42") as scripted:
        scripted.on("POST", "/exec/{id}/start", start)
        splitter = FrameSplitter()
        frames = []
        async with AsyncEngine(Endpoint.parse(scripted.url)).exec_start("e1", tty=True) as h:
            assert h.is_multiplexed
            while piece := await h.read():
                frames += splitter.feed(piece)
    assert [(each.stream, each.payload) for each in frames] == [(1, b"out"), (2, b"err")]


async def test_writing_waits_while_the_process_does_not_read_and_cancelling_frees_it(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    opened = threading.Event()

    def start(exchange: Exchange) -> None:
        exchange.hijack()
        exchange.wait(opened)  # reads nothing

    scripted.on("POST", "/exec/{id}/start", start)
    written = 0
    async with engine.exec_start("e1", tty=True) as h:

        async def flood() -> None:
            nonlocal written
            while True:
                await h.write(b"x" * 65536)
                written += 65536

        task = asyncio.create_task(flood())
        still, before = 0, -1
        while still < 20:
            await asyncio.sleep(0.01)
            still, before = (still + 1 if written == before else 0), written
        assert not task.done()
        assert written < 16 * 1024 * 1024
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    opened.set()
    await asyncio.to_thread(scripted.wait_closed)


async def test_a_script_that_stops_listening_does_not_hold_the_reader(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    scripted.on("POST", "/exec/{id}/start", echo)
    async with engine.exec_start("e1", tty=True) as h:
        reading = asyncio.create_task(h.read())
        await h.write(b"a")
        assert await reading == b"a"
        reading = asyncio.create_task(h.read())
        await asyncio.to_thread(scripted.drop_connections)
        assert await asyncio.wait_for(reading, 30) in (b"", b"<end>")


async def test_over_tls_what_came_with_the_end_while_nobody_read_is_read(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    flood = b"x" * 9000  # reading rests after that
    is_flooded = threading.Event()

    def shell(exchange: Exchange) -> None:
        exchange.hijack()
        exchange.send(flood)
        exchange.wait(is_flooded)
        exchange.send(b"the end")
        exchange.die()

    with ScriptedEngine(tls=authority.server_context()) as scripted:
        scripted.on("POST", "/exec/{id}/start", shell)
        async with AsyncEngine(Endpoint.parse(scripted.url, tls=authority.files)).exec_start("ab", tty=True) as shown:
            said = b""
            while len(said) < len(flood):
                said += await shown.read()
            is_flooded.set()
            await asyncio.to_thread(scripted.wait_closed)
            while piece := await shown.read():
                said += piece
    assert said == flood + b"the end"
