"""Who asks, over a WebSocket: the page's own session cookie, looked up without ever changing the session.

Lookups have a small executor of their own, so that a slow database holds up neither pages nor open sockets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from apps.accounts.actor import ANONYMOUS, Actor
from apps.accounts.http import actor_of
from apps.accounts.models import User

LOOKUP_THREADS: Final = 2
LOOKUP_WITHIN_S: Final = 2.0

Result = TypeVar("Result")
POOL: Final = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="standing")


@dataclass(frozen=True, slots=True)
class Caller:
    """The actor behind a cookie, and what its standing rests on. All empty for nobody."""

    actor: Actor = ANONYMOUS
    session_key: str = ""
    session_hash: str = ""


NOBODY: Final = Caller()


class TooSlow(Exception):
    """The database did not answer within LOOKUP_WITHIN_S seconds."""


async def caller_of(headers: list[tuple[bytes, bytes]]) -> Caller:
    """Who opens this socket. Raises TooSlow."""
    key = session_key_of(headers)
    return await ask(caller_of_session, key) if key else NOBODY


async def ask(question: Callable[[Any], Result], subject: Any) -> Result:
    """Ask the database in a thread of this module's own. Raises TooSlow."""
    loop = asyncio.get_running_loop()
    try:
        return await asyncio.wait_for(loop.run_in_executor(POOL, question, subject), LOOKUP_WITHIN_S)
    except TimeoutError as exc:
        raise TooSlow from exc


def session_key_of(headers: list[tuple[bytes, bytes]]) -> str:
    """The session key in the Cookie header, or ""."""
    for name, value in headers:
        if name == b"cookie":
            try:
                morsel = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
            except CookieError:
                return ""
            return morsel.value if morsel else ""
    return ""


def caller_of_session(key: str) -> Caller:
    """The caller that a stored session belongs to; blocking."""
    session = SessionStore(key)
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return NOBODY
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return NOBODY
    actor = actor_of(user)
    kept_hash = session.get(HASH_SESSION_KEY, "")
    if actor.is_anonymous or not _is_own_hash(user, kept_hash):
        return NOBODY
    return Caller(actor=actor, session_key=key, session_hash=user.get_session_auth_hash())


def _is_own_hash(user: User, kept_hash: str) -> bool:
    """True for the hash that the user's present password gives, under the present key or one that was rotated out."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(kept_hash, one) for one in hashes)
