"""The cast: Ada administers, Joan views, Grace is shut out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.accounts import setup
from apps.accounts.actor import Role
from apps.accounts.models import User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _setup_is_asked_anew() -> Iterator[None]:
    """Whether an admin exists is remembered by the process; each test has a database of its own."""
    setup.forget()
    yield
    setup.forget()


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", PASSWORD, role=Role.ADMIN)


@pytest.fixture
def joan(db: None) -> User:
    return User.objects.create_user("joan", PASSWORD, role=Role.VIEWER)
