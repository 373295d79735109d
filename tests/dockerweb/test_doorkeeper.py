"""The sockets' door: who gets in, how many, and how long they may stay."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from apps.accounts import services, sockets, standing
from apps.accounts.actor import Actor, Role
from apps.accounts.models import User
from dockerweb.application import make_application
from dockerweb.doorkeeper import Doorkeeper
from tests.actors import make_cast_async

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT_S = 30.0
ORIGIN = b"http://testserver"


class Echo:
    """A consumer that sends back what it gets, and remembers who called and how it ended."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []
        self.paths: list[str] = []
        self.ends: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.actors.append(scope["actor"])
        self.paths.append(scope["path"])
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})
        self.ends.append(event["code"])


@pytest.fixture(autouse=True)
async def _quick_rounds(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(standing, "ROUND_S", 0.05)
    yield
    assert standing.watched_count() == 0


@pytest.fixture
async def cookies() -> dict[str, str]:
    return await make_cast_async()


def ask(
    application: Any, cookie: str, *, origin: bytes | None = ORIGIN, path: str = "/ws/echo/"
) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver")]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    if origin is not None:
        headers.append((b"origin", origin))
    communicator = WebsocketCommunicator(application, path, headers=headers)
    communicator.scope["scheme"] = "ws"
    return communicator


async def opened(application: Any, cookie: str) -> WebsocketCommunicator:
    communicator = ask(application, cookie)
    is_open, _ = await communicator.connect(timeout=TIMEOUT_S)
    assert is_open
    return communicator


async def refused(communicator: WebsocketCommunicator) -> tuple[bool, int | None]:
    """Whether the handshake succeeded, and the code; once the application has ended."""
    answer = await communicator.connect(timeout=TIMEOUT_S)
    await communicator.wait(timeout=TIMEOUT_S)
    return answer


async def closing(communicator: WebsocketCommunicator) -> tuple[list[dict[str, Any]], int]:
    """Messages up to the end, and the close code."""
    messages: list[dict[str, Any]] = []
    while (event := await communicator.receive_output(timeout=TIMEOUT_S))["type"] == "websocket.send":
        messages.append(json.loads(event["text"]))
    await communicator.wait(timeout=TIMEOUT_S)
    return messages, event["code"]


async def test_a_signed_in_person_gets_in_as_herself(cookies: dict[str, str]) -> None:
    echo = Echo()
    socket = await opened(Doorkeeper(echo), cookies["viewer"])
    await socket.send_to(text_data="hello")
    assert await socket.receive_from(timeout=TIMEOUT_S) == "hello"
    assert [(actor.username, actor.role) for actor in echo.actors] == [("joan", Role.VIEWER)]
    await socket.disconnect(timeout=TIMEOUT_S)


@pytest.mark.parametrize(
    "cookie", ["", "dockerweb=", "dockerweb=guessed00000000000000000000000", "other=1", 'dockerweb="\x01', "=;=;,,"]
)
async def test_a_stranger_is_refused_before_the_handshake(cookies: dict[str, str], cookie: str) -> None:
    echo = Echo()
    assert await refused(ask(Doorkeeper(echo), cookie)) == (False, 4401)
    assert echo.actors == []


@pytest.mark.parametrize(
    "origin", [None, b"null", b"http://testserver:8001", b"https://testserver", b"http://evil.test"]
)
async def test_a_foreign_page_is_refused_before_the_handshake(cookies: dict[str, str], origin: bytes | None) -> None:
    echo = Echo()
    assert await refused(ask(Doorkeeper(echo), cookies["admin"], origin=origin)) == (False, 4403)
    assert echo.actors == []


async def test_an_address_that_is_no_sockets_is_refused(cookies: dict[str, str]) -> None:
    asked = ask(make_application(), cookies["admin"], path="/ws/nowhere/")
    assert await refused(asked) == (False, 4404)


async def test_the_sub_path_is_taken_off(cookies: dict[str, str], settings: Any) -> None:
    settings.PREFIX = "/docker"
    echo = Echo()
    asked = ask(Doorkeeper(echo), cookies["admin"], path="/docker/ws/echo/")
    await asked.connect(timeout=TIMEOUT_S)
    assert echo.paths == ["/ws/echo/"]
    await asked.disconnect(timeout=TIMEOUT_S)


def sign_out() -> None:
    Session.objects.all().delete()


def sign_out_by_the_page() -> None:
    client = Client()
    client.cookies["dockerweb"] = Session.objects.get().session_key
    client.post("/accounts/logout/")


def shut() -> None:
    services.user_set_role("joan", None)


def change_password() -> None:
    user = User.objects.get(username="joan")
    user.set_password("quite another one")
    user.save()


def remove() -> None:
    User.objects.filter(username="joan").delete()


@pytest.mark.parametrize("cause", [sign_out, sign_out_by_the_page, shut, change_password, remove])
async def test_an_open_socket_closes_when_its_right_ends(cookies: dict[str, str], cause: Callable[[], None]) -> None:
    await sync_to_async(User.objects.filter(username="ada").delete)()
    await sync_to_async(Session.objects.exclude(session_key=cookies["viewer"].partition("=")[2]).delete)()
    await sync_to_async(User.objects.create_user)("grace", None, role=Role.ADMIN)
    echo = Echo()
    socket = await opened(Doorkeeper(echo), cookies["viewer"])
    await sync_to_async(cause)()
    messages, code = await closing(socket)
    assert code == 4401
    assert [message["type"] for message in messages] == ["problem"]
    assert echo.ends == [1008]


async def test_a_changed_role_makes_a_socket_come_back(cookies: dict[str, str]) -> None:
    socket = await opened(Doorkeeper(Echo()), cookies["viewer"])
    await sync_to_async(services.user_set_role)("joan", Role.ADMIN)
    messages, code = await closing(socket)
    assert code == 1012
    assert messages == [{"type": "end", "reason": "rights changed"}]


async def test_other_peoples_sockets_stay(cookies: dict[str, str]) -> None:
    echo = Echo()
    stays = await opened(Doorkeeper(echo), cookies["admin"])
    goes = await opened(Doorkeeper(echo), cookies["viewer"])
    await sync_to_async(shut)()
    assert (await closing(goes))[1] == 4401
    await stays.send_to(text_data="still here")
    assert await stays.receive_from(timeout=TIMEOUT_S) == "still here"
    await stays.disconnect(timeout=TIMEOUT_S)


async def test_all_sockets_together_cost_two_queries_a_round(cookies: dict[str, str]) -> None:
    callers = [
        await sync_to_async(sockets.caller_of_session)(cookies[role].partition("=")[2])
        for role in ("admin", "viewer", "admin")
    ]

    def count() -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            verdicts = standing._verdicts(callers)
        assert set(verdicts.values()) == {standing.Verdict.STANDS}
        return len(queries)

    assert await sync_to_async(count)() == 2


async def test_a_consumer_that_does_not_end_is_cancelled(
    cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("dockerweb.doorkeeper.ENDS_WITHIN_S", 0.05)
    is_cancelled = asyncio.Event()

    async def deaf(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            is_cancelled.set()
            raise

    socket = await opened(Doorkeeper(deaf), cookies["viewer"])
    await sync_to_async(sign_out)()
    assert (await closing(socket))[1] == 4401
    await asyncio.wait_for(is_cancelled.wait(), TIMEOUT_S)


async def test_a_consumer_that_fails_leaves_nothing_behind(cookies: dict[str, str]) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken on purpose")

    async def nothing(*_: Any) -> Any:
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    scope = ask(None, cookies["viewer"]).scope
    with pytest.raises(RuntimeError, match="on purpose"):
        await Doorkeeper(broken)(scope, nothing, nothing)
    left = {task.get_name() for task in asyncio.all_tasks() - before if not task.done()}
    assert left <= {"standing"}


async def test_one_person_holds_so_many_sockets_and_is_told(cookies: dict[str, str], settings: Any) -> None:
    settings.SOCKETS_PER_USER = 2
    door = Doorkeeper(Echo())
    held = [await opened(door, cookies["viewer"]) for _ in range(2)]
    messages, code = await closing(await opened(door, cookies["viewer"]))
    assert (code, messages[0]["status"]) == (4429, 429)
    another = await opened(door, cookies["admin"])
    for one in (*held, another):
        await one.disconnect(timeout=TIMEOUT_S)
    again = await opened(door, cookies["viewer"])
    await again.disconnect(timeout=TIMEOUT_S)


async def test_all_together_hold_so_many(cookies: dict[str, str], settings: Any) -> None:
    settings.SOCKETS_AT_ONCE = 1
    door = Doorkeeper(Echo())
    held = await opened(door, cookies["viewer"])
    assert (await closing(await opened(door, cookies["admin"])))[1] == 4429
    await held.disconnect(timeout=TIMEOUT_S)


async def test_a_database_that_does_not_answer_is_told_by_try_again_later(
    cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LOOKUP_WITHIN_S", 0.05)
    monkeypatch.setattr(sockets, "caller_of_session", lambda key: time.sleep(0.5))
    assert (await closing(await opened(Doorkeeper(Echo()), cookies["viewer"])))[1] == 1013


async def test_looking_somebody_up_never_changes_her_session(cookies: dict[str, str]) -> None:
    before = await sync_to_async(lambda: list(Session.objects.order_by("pk").values()))()
    socket = await opened(Doorkeeper(Echo()), cookies["viewer"])
    await socket.disconnect(timeout=TIMEOUT_S)
    await sync_to_async(change_password)()  # a hash that does not fit any more is refused, not flushed
    assert await refused(ask(Doorkeeper(Echo()), cookies["viewer"])) == (False, 4401)
    assert await sync_to_async(lambda: list(Session.objects.order_by("pk").values()))() == before


async def test_a_rotated_secret_key_keeps_sockets_open(cookies: dict[str, str], settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough to be one"
    socket = await opened(Doorkeeper(Echo()), cookies["viewer"])
    await socket.send_to(text_data="hello")
    assert await socket.receive_from(timeout=TIMEOUT_S) == "hello"
    await socket.disconnect(timeout=TIMEOUT_S)
