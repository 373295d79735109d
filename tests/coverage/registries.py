"""The engine's check of a registry's credentials. (A part of the reference's group “system”.)"""

from __future__ import annotations

from collections.abc import Sequence

from tests.coverage.row import Place, Row

_LIVE = "tests/live/registries/test_registries.py"
_VERSIONS = "tests/live/engine/test_auth_live.py"
_AUTH = Place(
    "SystemAuth",
    "registries:check",
    (
        f"{_LIVE}::test_right_wrong_and_unreachable_are_three_sentences",
        f"{_VERSIONS}::test_credentials_are_checked_in_every_version",
    ),
)
_TOKEN = (
    f"{_LIVE}::test_the_engine_gets_an_identity_token_which_is_kept_and_shown_from_then_on",
    f"{_VERSIONS}::test_an_identity_token_needs_a_version_that_knows_it",
)


def rows() -> Sequence[Row]:
    """All of them."""
    return [
        _AUTH.has("", "“Check” of a registry"),
        _AUTH.has("username", "“User”"),
        _AUTH.has("password", "“Password or token”"),
        _AUTH.has(
            "serveraddress",
            "“Address”; that of Docker Hub by its historic key",
            tests=(*_AUTH.tests, "tests/registries/test_credentials.py::test_docker_hub_is_named_by_its_historic_key"),
        ),
        _AUTH.has(
            "identitytoken", "“Password or token”, if “Secret” says so, or the one that a check gave", tests=_TOKEN
        ),
        *_AUTH.lacks("registries stopped asking for it", "email"),
        *_AUTH.lacks("user and password in one; the engine does not read it", "auth"),
        *_AUTH.lacks(
            "a token of some minutes, which the engine and this program fetch for themselves when they need one",
            "registrytoken",
        ),
    ]
