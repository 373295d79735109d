"""The gate in front of Django: how much of a body is read before the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dockerweb.gatekeeper import Gatekeeper

MIB = 2**20
CHUNK = 64 * 1024


class Sender:
    """A client that sends `size` bytes in chunks, and counts what was taken from it."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.taken = 0

    async def receive(self) -> dict[str, Any]:
        length = min(CHUNK, self.left)
        self.left -= length
        self.taken += length
        return {"type": "http.request", "body": b"x" * length, "more_body": self.left > 0}


class Reader:
    """Collects an answer."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    async def send(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    @property
    def status(self) -> int:
        return int(self.events[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.events[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(event["body"] for event in self.events[1:])


async def counting_application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, as Django does, and answers with its length."""
    length = 0
    while True:
        event = await receive()
        length += len(event["body"])
        if not event["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode(), "more_body": False})


async def post(size: int, *, headers: list[tuple[bytes, bytes]]) -> tuple[Sender, Reader]:
    sender, reader = Sender(size), Reader()
    scope: Any = {"type": "http", "method": "POST", "path": "/nowhere", "headers": headers}
    await Gatekeeper(counting_application, MIB)(scope, sender.receive, reader.send)
    return sender, reader


@pytest.mark.parametrize("announced", [True, False])
async def test_500_megabytes_are_refused_after_at_most_one_is_read(announced: bool) -> None:
    size = 500 * MIB
    sender, reader = await post(size, headers=[(b"content-length", str(size).encode())] if announced else [])
    assert reader.status == 413
    assert sender.taken <= MIB + CHUNK * (not announced)
    assert reader.headers[b"connection"] == b"close"
    assert reader.events[-1]["more_body"] is False


async def test_a_body_up_to_the_limit_passes_whole() -> None:
    _, reader = await post(MIB, headers=[(b"content-length", str(MIB).encode())])
    assert (reader.status, reader.body) == (200, str(MIB).encode())
    _, reader = await post(MIB, headers=[])
    assert (reader.status, reader.body) == (200, str(MIB).encode())


async def test_one_byte_more_is_refused() -> None:
    for headers in ([], [(b"content-length", str(MIB + 1).encode())]):
        _, reader = await post(MIB + 1, headers=headers)
        assert reader.status == 413


async def test_a_length_that_lies_low_is_still_counted() -> None:
    _, reader = await post(2 * MIB, headers=[(b"content-length", b"10")])
    assert reader.status == 413


async def test_the_refusal_is_told_in_the_form_that_was_asked_for() -> None:
    headers = [(b"content-length", str(2 * MIB).encode())]
    _, page = await post(2 * MIB, headers=headers)
    assert b"too large" in page.body
    _, script = await post(2 * MIB, headers=[*headers, (b"accept", b"application/json")])
    assert json.loads(script.body)["status"] == 413
    _, fragment = await post(2 * MIB, headers=[*headers, (b"x-fragment", b"1")])
    assert json.loads(fragment.headers[b"x-toast"])["kind"] == "error"


async def test_what_is_no_page_passes_untouched() -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    for kind in ("websocket", "lifespan"):
        await Gatekeeper(application, MIB)({"type": kind}, None, None)  # type: ignore[arg-type]
    assert seen == ["websocket", "lifespan"]
