"""The cast in the database, and their sessions: Ada administers, Joan views."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from apps.accounts import setup
from apps.accounts.actor import Role
from apps.accounts.models import User

PASSWORD = "correct horse battery"
CSRF_SECRET = "c" * 32
"""Each session's; good as a token too."""


def make_cast(*, again: bool = False) -> dict[str, str]:
    """Make both accounts (unless `again`) and sign them in; their Cookie headers by role, nobody's included."""
    setup.forget()
    cookies = {"anonymous": ""}
    for name, role in (("ada", Role.ADMIN), ("joan", Role.VIEWER)):
        user = User.objects.get(username=name) if again else User.objects.create_user(name, PASSWORD, role=role)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookies[role.value] = _cookie(client)
    return cookies


def nobodys_session() -> str:
    """The Cookie header of one who is not signed in, but whose session holds the CSRF secret."""
    client = Client()
    session = client.session
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return _cookie(client)


def _cookie(client: Client) -> str:
    session = client.session
    session["_csrftoken"] = CSRF_SECRET
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


make_cast_async = sync_to_async(make_cast)
nobodys_session_async = sync_to_async(nobodys_session)
