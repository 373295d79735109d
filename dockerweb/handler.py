"""Django's ASGI handler, with each request answered by one thread of a pool that stays.

Django's own handler makes a thread per request and hops to it once per middleware; database connections die with it.
Ours runs middleware and view in one hop, on threads that keep their connection. Asynchronous views run on the server's
event loop as ever; only asynchronous iterators stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from apps.core.leaving import asker_left

THREADS = 32


class PooledHandler(ASGIHandler):
    """The HTTP application."""

    chunk_size = 1 << 20
    """A piece of a stream goes out as it came: it need not be cut, and so not be copied."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            response = await self._attended(scope, body, receive)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    async def _attended(self, scope: Any, body: IO[bytes], receive: Any) -> HttpResponseBase:
        """Answer; what changes something can see meanwhile whether the asker has left (see apps.core.leaving)."""
        answer = sync_to_async(self._answer, thread_sensitive=False, executor=self.pool)
        if scope["method"] != "POST":
            return await answer(scope, body)
        left = Event()
        leaving = asyncio.create_task(self._wait_for_leaving(receive, left.set))
        token = asker_left.set(left)
        try:
            return await answer(scope, body)
        finally:
            asker_left.reset(token)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """Middleware, view, and the end of the request unless the answer streams: all in one thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, error_response = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else error_response
        assert response is not None
        if not response.streaming:
            response.close()  # what it holds stays; this tells Django that the request is over
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send until the end, or until the reader goes away."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self._wait_for_leaving(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await sync_to_async(response.close, thread_sensitive=False, executor=self.pool)()

    @staticmethod
    async def _wait_for_leaving(receive: Any, tell: Callable[[], None] = lambda: None) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        tell()

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
