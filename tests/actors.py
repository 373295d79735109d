"""The cast in the database, and their sessions: Ada administers, Joan views."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from apps.accounts import setup
from apps.accounts.actor import Role
from apps.accounts.models import User

PASSWORD = "correct horse battery"


def make_cast() -> dict[str, str]:
    """Make both accounts and sign them in; their Cookie headers by role, "" for nobody."""
    setup.forget()
    cookies = {"anonymous": ""}
    for name, role in (("ada", Role.ADMIN), ("joan", Role.VIEWER)):
        user = User.objects.create_user(name, PASSWORD, role=role)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookies[role.value] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return cookies


make_cast_async = sync_to_async(make_cast)
