"""The blocking engine on the private one, in the versions that old and new clients speak."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.engine.endpoint import Endpoint
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from tests.engines.versions import PINNED


@pytest.fixture
def engine(endpoint: Endpoint) -> Iterator[Engine]:
    """The session's engine in the version both sides know."""
    engine = Engine(endpoint)
    yield engine
    engine.close()


@pytest.fixture(params=PINNED)
def pinned(endpoint: Endpoint, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The session's engine, spoken to in each of four versions."""
    engine = Engine(endpoint, pinned=ApiVersion.parse(request.param))
    yield engine
    engine.close()


@pytest.fixture(params=(PINNED[0], PINNED[-1]))
def bounds(endpoint: Endpoint, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The session's engine in the oldest and the newest version: for what needs running containers, which take time."""
    engine = Engine(endpoint, pinned=ApiVersion.parse(request.param))
    yield engine
    engine.close()
