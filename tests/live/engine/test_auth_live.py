"""The engine's check of credentials, in four API versions."""

from __future__ import annotations

import pytest

from apps.engine.api.system import system_auth
from apps.engine.errors import ApiError, VersionTooOld
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from tests.engines.registry import Registry


def test_credentials_are_checked_in_every_version(pinned: Engine, registry: Registry) -> None:
    right = pinned.run(system_auth(registry.address, username=registry.username, password=registry.password))
    assert (right.status, right.identity_token or "") == ("Login Succeeded", "")
    with pytest.raises(ApiError, match="401"):
        pinned.run(system_auth(registry.address, username=registry.username, password="wrong"))
    with pytest.raises(ApiError, match="no basic auth credentials"):
        pinned.run(system_auth(registry.address))
    with pytest.raises(ApiError, match="refused"):
        pinned.run(system_auth("127.0.0.1:1", username="ada", password="any"))


def test_an_identity_token_needs_a_version_that_knows_it(pinned: Engine, registry: Registry) -> None:
    call = system_auth(registry.address, username=registry.username, identity_token="no token of this registry's")
    with pytest.raises(VersionTooOld if pinned.version < ApiVersion(1, 23) else ApiError):
        pinned.run(call)
