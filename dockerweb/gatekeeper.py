"""Refuses bodies that are too large before anything behind it sees them.

Django under ASGI takes a whole body, spooling it to disk, before any view or sign-in is asked. This gate stands in
front: a length that is announced too large is refused at once; one that is not announced is counted, and refused when
it passes the limit. After the answer a little more is read and thrown away, so that a client that is still sending gets
to read it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from dockerweb.asgi_types import ASGIApplication, Event, Receive, Scope, Send

LINGER_S = 2.0
LINGER_BYTES = 256 * 1024


class BodyTooLarge(Exception):
    """The body passed the limit while it was being read."""


class Gatekeeper:
    """ASGI middleware: `max_bytes` of body for each HTTP request, then 413.

    `raised_limit` is asked first whether a request may carry more: it returns that limit, or None.
    """

    def __init__(
        self,
        application: ASGIApplication,
        max_bytes: int,
        *,
        raised_limit: Callable[[Scope], Awaitable[int | None]] | None = None,
    ) -> None:
        self.application = application
        self.max_bytes = max_bytes
        self.raised_limit = raised_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0").decode("latin-1")
        raised = await self.raised_limit(scope) if self.raised_limit is not None else None
        max_bytes = self.max_bytes if raised is None else raised
        if announced.isdigit() and int(announced) > max_bytes:
            await self._refuse(headers, receive, send, max_bytes=max_bytes, linger_bytes=LINGER_BYTES)
            return
        await self._counted(scope, headers, receive, send, max_bytes=max_bytes)

    async def _counted(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, *, max_bytes: int
    ) -> None:
        seen_bytes = 0
        has_begun = False

        async def counted_receive() -> Event:
            nonlocal seen_bytes
            event = await receive()
            if event["type"] == "http.request":
                seen_bytes += len(event.get("body", b""))
                if seen_bytes > max_bytes:
                    raise BodyTooLarge
            return event

        async def watched_send(event: Event) -> None:
            nonlocal has_begun
            has_begun = True
            await send(event)

        try:
            await self.application(scope, counted_receive, watched_send)
        except BodyTooLarge:
            if has_begun:
                raise
            await self._refuse(headers, receive, send, max_bytes=max_bytes, linger_bytes=0)

    async def _refuse(
        self, headers: dict[bytes, bytes], receive: Receive, send: Send, *, max_bytes: int, linger_bytes: int
    ) -> None:
        problem = {
            "title": "This is too large.",
            "detail": f"A request may carry {max_bytes} bytes.",
            "hint": "Send less at once.",
            "status": 413,
        }
        is_json = b"application/json" in headers.get(b"accept", b"")
        body = json.dumps(problem).encode() if is_json else f"{problem['title']} {problem['detail']}\n".encode()
        extra: list[tuple[bytes, bytes]] = []
        if headers.get(b"x-fragment") == b"1":
            words = {"kind": "error", "title": problem["title"], "detail": problem["detail"], "hint": problem["hint"]}
            extra = [(b"x-toast", json.dumps(words).encode())]
        await send(
            {
                "type": "http.response.start",
                "status": 413,
                "headers": [
                    (b"content-type", b"application/json" if is_json else b"text/plain; charset=utf-8"),
                    (b"content-length", str(len(body)).encode()),
                    (b"connection", b"close"),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
                    *extra,
                ],
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await _throw_away(receive, linger_bytes)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _throw_away(receive: Receive, most_bytes: int) -> None:
    """Read on for a moment: a connection closed over unread bytes is reset, and its answer lost."""
    seen_bytes = 0
    try:
        async with asyncio.timeout(LINGER_S):
            while seen_bytes < most_bytes:
                event = await receive()
                seen_bytes += len(event.get("body", b""))
                if event["type"] != "http.request" or not event.get("more_body", False):
                    return
    except TimeoutError:
        return
