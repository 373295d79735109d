"""Answers read piece by piece, and uploads, by blocking calls."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest

from apps.engine.api.archive import archive_get, archive_put
from apps.engine.endpoint import Endpoint
from apps.engine.errors import EngineGone, NotFound, TimedOut
from apps.engine.sync import Engine
from tests.engines.scripted import Exchange, ScriptedEngine

PATH = "/containers/{id}/archive"


def sends(*pieces: bytes, then: str) -> Callable[[Exchange], None]:
    """Answer with these pieces; then "end", "die" or "hang"."""

    def script(exchange: Exchange) -> None:
        exchange.begin()
        for piece in pieces:
            exchange.chunk(piece)
        getattr(exchange, then)()

    return script


def engine_of(scripted: ScriptedEngine) -> Engine:
    return Engine(Endpoint.parse(scripted.url))


def test_a_stream_is_read_to_its_end_and_its_connection_used_again() -> None:
    with ScriptedEngine() as scripted:
        scripted.on("GET", PATH, sends(b"a" * 70_000, b"b", then="end"))
        engine = engine_of(scripted)
        for _ in range(3):
            with engine.stream(archive_get("c", path="/b\udcff"), deadline_s=60) as stream:
                assert b"".join(iter(stream.read, b"")) == b"a" * 70_000 + b"b"
        assert scripted.open_connections == 1
        assert scripted.seen("GET", "/containers/c/archive")[0].target.endswith("path=%2Fb%FF")
        engine.close()


def test_a_stream_that_is_left_early_is_closed() -> None:
    with ScriptedEngine() as scripted:
        scripted.on("GET", PATH, sends(b"a", then="hang"))
        engine = engine_of(scripted)
        with engine.stream(archive_get("c", path="/"), deadline_s=60) as stream:
            assert stream.read(1) == b"a"
        scripted.wait_closed()


def test_a_cut_stream_is_told_from_a_whole_one() -> None:
    with ScriptedEngine() as scripted:
        scripted.on("GET", PATH, sends(b"half", then="die"))
        with engine_of(scripted).stream(archive_get("c", path="/"), deadline_s=60) as stream:
            with pytest.raises(EngineGone):
                while stream.read(100):
                    pass


def test_a_stream_that_stalls_ends_at_its_deadline() -> None:
    with ScriptedEngine() as scripted:
        scripted.on("GET", PATH, sends(b"half", then="hang"))
        with engine_of(scripted).stream(archive_get("c", path="/"), deadline_s=0.2) as stream:
            with pytest.raises(TimedOut):
                while stream.read(100):
                    pass


def test_the_engine_s_no_is_raised_before_anything_is_read() -> None:
    with ScriptedEngine() as scripted:
        scripted.on("GET", PATH, (404, {"message": "no such path"}))
        with (
            pytest.raises(NotFound, match="no such path"),
            engine_of(scripted).stream(archive_get("c", path="/"), deadline_s=60),
        ):
            pass


def test_an_upload_sends_exactly_what_it_is_given_once() -> None:
    content = bytes(range(256)) * 9_000
    with ScriptedEngine() as scripted:
        scripted.on("PUT", PATH, (200, b""))
        engine_of(scripted).upload(
            archive_put("c", path="/t"), io.BytesIO(content), size_bytes=len(content), deadline_s=60
        )
        (seen,) = scripted.seen("PUT", "/containers/c/archive")
        assert seen.body == content
        assert seen.headers["content-type"] == "application/x-tar"
        assert seen.query == {"path": "/t", "noOverwriteDirNonDir": "1"}


def test_an_upload_that_gets_no_answer_is_never_sent_again() -> None:
    asked = threading.Semaphore(0)

    def never(exchange: Exchange) -> None:
        asked.release()
        exchange.hang()

    with ScriptedEngine() as scripted:
        scripted.on("PUT", PATH, never)
        with pytest.raises(TimedOut) as caught:
            engine_of(scripted).upload(archive_put("c", path="/t"), io.BytesIO(b"x"), size_bytes=1, deadline_s=0.2)
        assert caught.value.is_change
        assert asked.acquire(blocking=False)
        assert not asked.acquire(blocking=False)
