"""The program's own views against the session's engine, as Ada or Joan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.hosts import connections, snapshots
from scripts.private_engine import PrivateEngine


@pytest.fixture
def as_actor(
    db: None, engine_process: PrivateEngine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Client]]:
    """`as_actor("admin")`: a signed-in client whose host `local` is the session's engine. It asks for JSON."""
    monkeypatch.setenv("DOCKER_HOST", engine_process.url)
    connections.forget()
    snapshots.forget()

    def client(role: str) -> Client:
        user, _is_new = User.objects.get_or_create(username=f"live-{role}", defaults={"role": Role(role)})
        made = Client(headers={"Accept": "application/json"})
        made.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return made

    yield client
    connections.forget()
    snapshots.forget()


@pytest.fixture
def ada(as_actor: Callable[[str], Client]) -> Client:
    """An admin."""
    return as_actor("admin")


@pytest.fixture
def joan(as_actor: Callable[[str], Client]) -> Client:
    """A viewer."""
    return as_actor("viewer")
