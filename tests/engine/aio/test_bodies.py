"""Requests with a body that is sent piece by piece, and engines that answer before they have all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.api.image_transfer import image_load
from apps.engine.connection import Body
from apps.engine.errors import ApiError, BadRequest, EngineError, Unreachable
from tests.engines.scripted import ScriptedEngine

DONE = b'{"stream":"Loaded image: a:1\\n"}\r\n'


async def pieces(count: int, piece: bytes) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield piece


async def loaded(engine: AsyncEngine, body: Body) -> bytes:
    async with engine.stream(image_load(), body=body) as stream:
        return b"".join([chunk async for chunk in stream])


@pytest.mark.parametrize("size_bytes", [5000, None])
async def test_a_body_of_many_pieces_arrives_whole(
    scripted: ScriptedEngine, engine: AsyncEngine, size_bytes: int | None
) -> None:
    scripted.on("POST", "/images/load", lambda x: x.answer(200, DONE))
    assert await loaded(engine, Body(pieces(5, b"x" * 1000), size_bytes)) == DONE
    (seen,) = scripted.seen("POST", "/images/load")
    assert seen.body == b"x" * 5000
    assert seen.headers["content-type"] == "application/x-tar"
    assert seen.headers.get("content-length") == ("5000" if size_bytes else None)


async def test_an_answer_before_the_end_of_the_body_is_listened_to(
    scripted: ScriptedEngine, engine: AsyncEngine
) -> None:
    """The engine says no at once and takes nothing more; ours was still sending."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)

    await engine.facts()
    listener = await asyncio.start_server(_refuse, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    from apps.engine.endpoint import Endpoint

    other = AsyncEngine(Endpoint.parse(f"tcp://127.0.0.1:{port}"))
    other._facts = await engine.facts()
    async with listener:
        with pytest.raises(BadRequest, match="no room"):
            await asyncio.wait_for(loaded(other, Body(endless())), 30)


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"message":"no room"}'
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    writer.write(head + body)
    await writer.drain()
    while await reader.read(65536):  # it reads on, so that its answer is not lost in a reset
        pass
    writer.close()


async def test_an_engine_that_goes_while_it_is_sent_to_is_lost(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    scripted.on("POST", "/images/load", lambda x: x.die())
    with pytest.raises(Unreachable):
        await loaded(engine, Body(pieces(3, b"x"), 3))


async def test_a_body_that_breaks_off_closes_the_connection(scripted: ScriptedEngine, engine: AsyncEngine) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise OSError("the disk broke")

    with pytest.raises(OSError, match="the disk broke") as caught:
        await loaded(engine, Body(broken(), 10))
    assert not isinstance(caught.value, EngineError | ApiError)
    await asyncio.to_thread(scripted.wait_closed)
