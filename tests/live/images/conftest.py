"""The program's own views against the session's engine, as for containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from apps.hosts.models import Host
from apps.images import kept
from tests.live.containers.conftest import ada, as_actor, joan

__all__ = ["ada", "as_actor", "joan"]


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def pin(as_actor: object) -> Callable[[str], None]:
    """`pin("1.20")`: speak to the engine in this version of its API from now on."""

    def to(version: str) -> None:
        Host.objects.filter(slug="local").update(api_version=version)

    return to
