"""The long work of images, done without pages: against the session's engine and registry, as an admin."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.actor import Actor, Role
from apps.hosts import connections, snapshots
from apps.hosts.models import Host
from apps.registries.credentials import keep_secret
from apps.registries.models import Registry as Known
from apps.registries.models import SecretKind
from scripts.private_engine import RawEngine
from tests.engines.registry import Registry

ADMIN = Actor(user_id=1, username="ada", role=Role.ADMIN)


@dataclass
class HeardRun:
    """What a kind gets, with everything it tells kept in a list."""

    params: dict[str, Any]
    files: list[Path] = field(default_factory=list)
    actor: Actor = ADMIN
    host_slug: str = "local"
    activity_id: uuid.UUID = field(default_factory=uuid.uuid4)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def tell(self, message: Mapping[str, Any]) -> None:
        self.told.append(message)
        self.heard.set()

    def statuses(self) -> set[str]:
        """The words of all layers."""
        return {str(message["status"]) for message in self.told if message["type"] == "layer"}

    def notes(self) -> list[str]:
        return [str(message["text"]) for message in self.told if message["type"] == "note"]


@pytest.fixture
def on_engine(transactional_db: None, raw: RawEngine) -> Iterator[Callable[..., None]]:
    """The host `local` is the session's engine; `on_engine("1.20")` speaks that API version with it."""

    def choose(version: str = "", *, url: str = "") -> None:
        endpoint = url or f"unix://{raw.socket_path}"
        Host.objects.filter(slug="local").update(endpoint=endpoint, api_version=version)
        connections.forget()
        snapshots.forget()

    choose()
    yield choose
    connections.forget()
    snapshots.forget()


@pytest.fixture
def knows(transactional_db: None) -> Callable[..., None]:
    """`knows(registry.address, "ada", "secret")`: the program keeps these credentials for the registry."""

    def keep(host: str, username: str, password: str) -> None:
        known = Known(name=f"Tests {host}", scheme="http", host=host, username=username)
        keep_secret(known, password, kind=SecretKind.PASSWORD)
        known.save()

    return keep


@pytest.fixture
def with_credentials(registry: Registry, knows: Callable[..., None]) -> Registry:
    """The session's registry, whose right credentials are kept."""
    knows(registry.address, registry.username, registry.password)
    return registry
