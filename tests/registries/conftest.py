"""What tests of registries share."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.registries.fake import Asked, FakeRegistry, Says


@pytest.fixture
def fake() -> Iterator[Callable[..., FakeRegistry]]:
    """`fake(answer)`: a registry that answers so."""
    made: list[FakeRegistry] = []

    def make(answer: Callable[[Asked], Says], *, tls: ssl.SSLContext | None = None) -> FakeRegistry:
        made.append(FakeRegistry(answer, tls=tls))
        return made[-1]

    yield make
    for one in made:
        one.close()
