"""The access table is complete, and the program keeps to it.

Asked is the whole ASGI application, as the server runs it: the size gate, the sockets' door and Django behind them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.core import lifespan
from apps.hosts.models import Host
from dockerweb.application import Application, make_application
from dockerweb.routing import websocket_urlpatterns
from scripts.private_engine import RawEngine
from tests.access_table import DONE, LOGIN, OPEN, PAGES, ROLES, SOCKETS, Cell, Page, Socket
from tests.actors import CSRF_SECRET, make_cast_async, nobodys_session_async

TIMEOUT_S = 60.0
STRICT = (
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
)
DOWNLOAD = ("default-src 'none'", "frame-ancestors 'none'", "sandbox")

_applications: list[Application] = []


def application() -> Application:
    """One for all tests: its threads keep their database connections."""
    if not _applications:
        _applications.append(make_application())
    return _applications[0]


def route_names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from route_names(pattern.url_patterns, inner)


def test_every_address_has_a_row() -> None:
    names = list(route_names(get_resolver().url_patterns))
    assert "None" not in {name.rpartition(":")[2] for name in names}
    assert set(names) == {page.name for page in PAGES}
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_every_socket_has_a_row() -> None:
    assert {str(route.pattern) for route in websocket_urlpatterns} == {row.route for row in SOCKETS}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def is_cell(self, cell: Cell) -> bool:
        leads_to = urlsplit(self.headers.get("location", "")).path
        if cell == LOGIN:
            return self.status == 302 and leads_to == "/accounts/login/"
        if cell == DONE:
            return 200 <= self.status < 400 and leads_to != "/accounts/login/"
        return self.status == cell


async def ask(method: str, path: str, *, cookie: str, fields: dict[str, str] | None = None, token: str = "") -> Answer:
    body = urlencode(fields or {}).encode()
    headers = [(b"host", b"testserver"), (b"accept", b"text/html"), (b"user-agent", b"tests")]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    if method == "POST":
        headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        headers.append((b"content-length", str(len(body)).encode()))
    if token:
        headers.append((b"x-csrftoken", token.encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    communicator = ApplicationCommunicator(application(), scope)
    await communicator.send_input({"type": "http.request", "body": body, "more_body": False})
    start = await communicator.receive_output(timeout=TIMEOUT_S)
    content = b""
    is_more = True
    while is_more:
        event = await communicator.receive_output(timeout=TIMEOUT_S)
        content += event.get("body", b"")
        is_more = event.get("more_body", False)
    await communicator.wait(timeout=TIMEOUT_S)
    return Answer(start["status"], {name.decode().lower(): value.decode() for name, value in start["headers"]}, content)


@pytest.fixture
async def cookies(transactional_db: None) -> dict[str, str]:
    cache.clear()
    return {**await make_cast_async(), "anonymous": await nobodys_session_async()}


def address(page: Page, names: dict[str, str]) -> str:
    return reverse(page.name, kwargs={key: value.format(**names) for key, value in page.kwargs.items()})


async def check(
    page: Page, cookies: dict[str, str], names: Callable[[], dict[str, str]], *, state: Callable[[dict[str, str]], Any]
) -> None:
    """GET and POST as each of the three, in this order, each POST first without its CSRF token.

    `state` asks the engine itself: who is refused has changed nothing there.
    """
    found = names()
    at_first = await asyncio.to_thread(state, found)
    for method, cells in (("GET", page.get), ("POST", page.post)):
        for role, cell in zip(ROLES, cells, strict=True):
            path = address(page, found)
            fields = {key: value.format(**found) for key, value in page.fields.items()}
            if method == "POST":
                bare = await ask(method, path, cookie=cookies[role], fields=fields)
                assert bare.status == 403, f"{role} POST {path} without a CSRF token: {bare.status}"
            answer = await ask(method, path, cookie=cookies[role], fields=fields, token=CSRF_SECRET)
            where = (
                f"{role} {method} {path}: {answer.status} {answer.headers.get('location', '')} {answer.body[:3000]!r}"
            )
            assert answer.is_cell(cell), where
            check_headers(answer, where)
            check_markup(answer, where)
            if cell != DONE:
                assert await asyncio.to_thread(state, found) == at_first, where
            if method == "POST" and page.name in {"account_logout", "usersessions_list"}:
                cookies.update({**await make_cast_async(again=True), "anonymous": await nobodys_session_async()})


def check_headers(answer: Answer, where: str) -> None:
    policy = [part.strip() for part in answer.headers["content-security-policy"].split(";")]
    required = DOWNLOAD if "attachment" in answer.headers.get("content-disposition", "") else STRICT
    assert set(required) <= set(policy), where
    assert "unsafe-" not in answer.headers["content-security-policy"], where
    assert answer.headers["x-frame-options"] == "DENY", where
    assert answer.headers["x-content-type-options"] == "nosniff", where
    assert answer.headers["referrer-policy"] == "same-origin", where
    assert "no-store" in answer.headers["cache-control"], where


class Inline(HTMLParser):
    """Finds what a strict content policy would refuse: scripts and styles in the page's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in named and named.get("type") != "application/json"):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in named if name == "style" or name.startswith("on")]
        self.found += [f"<{tag} {name}>" for name in ("href", "src", "action") if is_script(named.get(name))]


def is_script(address: str | None) -> bool:
    return (address or "").strip().lower().startswith("javascript:")


def check_markup(answer: Answer, where: str) -> None:
    if answer.headers.get("content-type", "").startswith("text/html"):
        inline = Inline()
        inline.feed(answer.body.decode())
        assert inline.found == [], where


@pytest.mark.parametrize("page", [page for page in PAGES if not page.is_live], ids=lambda page: page.name)
async def test_the_program_keeps_to_the_table(page: Page, cookies: dict[str, str]) -> None:
    await check(page, cookies, dict, state=lambda _: None)


@pytest.fixture
async def local_engine(cookies: dict[str, str], engine_process: Any) -> AsyncIterator[None]:
    """The host `local` is the session's engine, and what the server runs at its start runs."""
    await sync_to_async(Host.objects.filter(slug="local").update)(endpoint=engine_process.url)
    await lifespan.start()
    yield
    await lifespan.stop()


@pytest.fixture
def containers(make_container: Any) -> Callable[[], dict[str, str]]:
    return lambda: {"running": make_container(["sleep", "600"], tty=True), "stopped": make_container(start=False)}


@pytest.mark.live
@pytest.mark.parametrize("page", [page for page in PAGES if page.is_live], ids=lambda page: page.name)
async def test_the_program_keeps_to_the_table_on_an_engine(
    page: Page, cookies: dict[str, str], local_engine: None, containers: Callable[[], dict[str, str]], raw: RawEngine
) -> None:
    def state(found: dict[str, str]) -> list[tuple[str, str]]:
        told = [raw.get(f"/containers/{container_id}/json")[1]["State"] for container_id in found.values()]
        return [(one["Status"], one["StartedAt"]) for one in told]

    await check(page, cookies, containers, state=state)


async def first_word(path: str, cookie: str) -> Cell:
    """OPEN, or the code that the socket closes with."""
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    socket = WebsocketCommunicator(application(), path, headers=headers)
    socket.scope["scheme"] = "ws"
    is_accepted, code = await socket.connect(timeout=TIMEOUT_S)
    if not is_accepted:
        await socket.wait(timeout=TIMEOUT_S)
        return code or 0
    first = json.loads((await socket.receive_output(timeout=TIMEOUT_S))["text"])
    if first["type"] == "ready":
        await socket.disconnect(timeout=TIMEOUT_S)
        return OPEN
    assert first["type"] == "problem", first
    closing = await socket.receive_output(timeout=TIMEOUT_S)
    assert closing["code"] == 4000 + first["status"]
    await socket.wait(timeout=TIMEOUT_S)
    return int(closing["code"])


@pytest.mark.live
@pytest.mark.parametrize("row", SOCKETS, ids=lambda row: row.route)
async def test_the_sockets_keep_to_the_table(
    row: Socket, cookies: dict[str, str], local_engine: None, containers: Callable[[], dict[str, str]]
) -> None:
    path = row.path.format(**containers())
    given = tuple([await first_word(path, cookies[role]) for role in ROLES])
    assert given == row.cells
    await asyncio.sleep(0)
