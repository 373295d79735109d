"""Bytes cut anywhere give the same things: frames, lines, answers."""

from __future__ import annotations

import codecs
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.wire.frames import (
    ENGINE_MESSAGE,
    MULTIPLEXED_STREAM,
    RAW_STREAM,
    STDERR,
    STDOUT,
    Frame,
    FrameError,
    FrameSplitter,
    is_multiplexed,
)
from apps.engine.wire.http1 import HttpError, ResponseReader, request_bytes
from apps.engine.wire.jsonlines import LineSplitter, LineTooLong
from tests.engines.scripted import frame

LINE = st.binary(min_size=1, max_size=80).map(lambda raw: raw.replace(b"\n", b"").strip(b"\r \t") or b"{}")
FRAMES = st.lists(st.tuples(st.sampled_from([0, STDOUT, STDERR, ENGINE_MESSAGE]), st.binary(max_size=300)), max_size=12)


def pieces_of(whole: bytes, seed: int) -> list[bytes]:
    """Cut into pieces of many sizes, empty ones left out."""
    rng = random.Random(seed)
    cuts = sorted({0, len(whole), *(rng.randint(0, len(whole)) for _ in range(rng.randint(0, 20)))})
    return [whole[start:stop] for start, stop in itertools.pairwise(cuts)]


def test_conformance_14_frames_cut_at_every_offset_give_the_same_bytes() -> None:
    sent = [(STDOUT, b"out\n"), (STDERR, b"\xff\x00err"), (STDOUT, b""), (STDOUT, bytes(range(256)))]
    whole = b"".join(frame(stream, payload) for stream, payload in sent)
    for cut in range(len(whole) + 1):
        splitter = FrameSplitter()
        got = splitter.feed(whole[:cut]) + splitter.feed(whole[cut:])
        assert got == [Frame(*each) for each in sent]
        assert splitter.is_between_frames


@given(sent=FRAMES, seed=st.integers(0, 2**32))
def test_any_split_of_frames_gives_the_same_frames(sent: list[tuple[int, bytes]], seed: int) -> None:
    splitter = FrameSplitter()
    whole = b"".join(frame(stream, payload) for stream, payload in sent)
    got = [each for piece in pieces_of(whole, seed) for each in splitter.feed(piece)]
    assert got == [Frame(*each) for each in sent]
    assert splitter.is_between_frames


def test_conformance_15_a_frame_of_type_3_is_a_message_of_the_engine() -> None:
    message, output = FrameSplitter().feed(frame(3, b"Error grabbing logs\n") + frame(1, b"fine\n"))
    assert message.is_engine_message
    assert not output.is_engine_message


@pytest.mark.parametrize("odd", [b"$ ls\r\nfile\r\n", b"\x01\x00\x00\x01\x00\x00\x00\x01x", b"\x09\0\0\0\0\0\0\1x"])
def test_bytes_of_a_terminal_are_refused_as_frames(odd: bytes) -> None:
    with pytest.raises(FrameError):
        FrameSplitter().feed(odd)


def test_an_absurdly_long_frame_is_refused_before_it_is_stored() -> None:
    with pytest.raises(FrameError):
        FrameSplitter().feed(b"\x01\0\0\0\xff\xff\xff\xff")


@pytest.mark.parametrize(
    ("content_type", "tty", "is_header_exact", "expected"),
    [
        (None, True, False, False),  # logs below API 1.42 say nothing
        (None, False, False, True),
        (RAW_STREAM, False, False, True),  # below 1.42 raw-stream is said of both kinds
        (RAW_STREAM, True, False, False),
    ],
)
def test_conformance_16_below_api_1_42_the_tty_decides(
    content_type: str | None, tty: bool, is_header_exact: bool, expected: bool
) -> None:
    assert is_multiplexed(content_type, tty=tty, is_header_exact=is_header_exact) is expected


@pytest.mark.parametrize("tty", [None, True, False])
def test_conformance_17_from_api_1_42_on_the_header_decides(tty: bool | None) -> None:
    assert is_multiplexed(MULTIPLEXED_STREAM, tty=tty, is_header_exact=True) is True
    assert is_multiplexed(RAW_STREAM, tty=tty, is_header_exact=True) is False


def test_a_stream_of_unknown_kind_is_taken_as_raw() -> None:
    assert is_multiplexed(None, tty=None, is_header_exact=False) is False


@given(text=st.text(max_size=200), seed=st.integers(0, 2**32))
def test_conformance_18_a_character_split_over_frames_is_one_character(text: str, seed: int) -> None:
    whole = b"".join(frame(STDOUT, piece) for piece in pieces_of(text.encode(), seed))
    splitter = FrameSplitter()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    shown = "".join(
        decoder.decode(each.payload) for piece in pieces_of(whole, seed + 1) for each in splitter.feed(piece)
    )
    assert shown + decoder.decode(b"", final=True) == text


def test_conformance_21_pieces_of_a_long_line_come_whole_and_in_order() -> None:
    """What the engine makes of a 40 kB line: three records with one timestamp; none may be dropped on the way."""
    stamp = b"2026-01-02T03:04:05.678901234Z "
    records = [stamp + b"a" * 16384, stamp + b"b" * 16384, stamp + b"c" * 8000 + b"\n"]
    whole = b"".join(frame(STDOUT, record) for record in records)
    splitter = FrameSplitter()
    got = [each.payload for piece in pieces_of(whole, 7) for each in splitter.feed(piece)]
    assert got == records


@given(
    lines=st.lists(LINE),
    ending=st.sampled_from([b"\n", b"\r\n"]),
    is_last_open=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_any_split_of_json_lines_gives_the_same_lines(
    lines: list[bytes], ending: bytes, is_last_open: bool, seed: int
) -> None:
    whole = b"".join(line + ending for line in lines)
    if is_last_open and lines:
        whole = whole[: -len(ending)]
    splitter = LineSplitter()
    got = [line for piece in pieces_of(whole, seed) for line in splitter.feed(piece)]
    assert got + splitter.finish() == lines


def test_a_line_that_never_ends_is_refused() -> None:
    splitter = LineSplitter(max_line_bytes=1000)
    splitter.feed(b"x" * 900)
    with pytest.raises(LineTooLong):
        splitter.feed(b"x" * 200)


def read_answer(pieces: list[bytes], method: str = "GET") -> tuple[ResponseReader, bytes]:
    reader = ResponseReader(method=method)
    body = b"".join(reader.feed(memoryview(piece)) for piece in pieces)
    return reader, body


@given(chunks=st.lists(st.binary(min_size=1, max_size=200), max_size=10), seed=st.integers(0, 2**32))
def test_any_split_of_a_chunked_body_gives_the_same_body(chunks: list[bytes], seed: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    reader, body = read_answer(pieces_of(whole, seed))
    assert body == b"".join(chunks)
    assert reader.head is not None
    assert reader.head.status == 200
    assert reader.head.headers["api-version"] == "1.41"
    assert not reader.is_complete
    assert reader.feed_eof() is False  # without the last chunk the body was cut
    reader, body = read_answer(pieces_of(whole + b"0\r\n\r\n", seed))
    assert body == b"".join(chunks)
    assert reader.is_complete


@given(payload=st.binary(max_size=400), seed=st.integers(0, 2**32))
def test_any_split_of_a_hijacked_socket_gives_the_same_bytes(payload: bytes, seed: int) -> None:
    for head in (
        b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
        b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n",
    ):
        reader, body = read_answer(pieces_of(head + payload, seed), method="POST")
        assert body == payload
        assert reader.ends_with_the_socket
        assert reader.feed_eof() is True


@pytest.mark.parametrize(
    ("method", "whole"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
        ("POST", b"HTTP/1.1 304 Not Modified\r\nApi-Version: 1.41\r\n\r\n"),
        ("POST", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("PUT", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
    ],
)
def test_an_answer_without_a_body_is_whole_with_its_head(method: str, whole: bytes) -> None:
    for size in range(1, len(whole) + 1):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        reader, body = read_answer(pieces, method)
        assert reader.is_complete
        assert body == b""
        assert reader.head is not None
        assert "x" not in reader.head.headers


def test_what_is_no_http_is_refused() -> None:
    with pytest.raises(HttpError):
        ResponseReader(method="GET").feed(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_headers_without_an_end_are_refused() -> None:
    reader = ResponseReader(method="GET")
    reader.feed(b"HTTP/1.1 200 OK\r\n")
    with pytest.raises(HttpError):
        for _ in range(100):
            reader.feed(b"X-Y: " + b"z" * 8000 + b"\r\n")


def test_repeated_headers_are_joined_and_found_in_any_case() -> None:
    reader = ResponseReader(method="GET")
    reader.feed(b"HTTP/1.1 200 OK\r\nWarning: one\r\nwarning: two\r\nContent-Length: 0\r\n\r\n")
    assert reader.head is not None
    assert reader.head.headers["WARNING"] == "one, two"


def test_a_request_says_how_long_it_is() -> None:
    assert request_bytes("POST", "/v1.41/x", host="docker", body=b"{}") == (
        b"POST /v1.41/x HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert b"Content-Length: 0" in request_bytes("POST", "/x", host="docker")


@pytest.mark.parametrize("target", ["/x HTTP/1.1\r\nX: y", "/x\n"])
def test_a_second_line_cannot_be_smuggled_into_a_request(target: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        request_bytes("GET", target, host="docker")
