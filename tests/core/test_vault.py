"""What is locked can be read with the keys of today and of yesterday, for its own purpose only."""

import pytest
from pytest_django import Settings

from apps.core.errors import Unavailable
from apps.core.vault import Vault

LOST = Unavailable("lost")


def test_what_was_locked_is_unlocked_and_does_not_show_the_text() -> None:
    locked = Vault("a").lock("hunter2")
    assert "hunter2" not in locked
    assert Vault("a").unlock(locked, otherwise=LOST) == "hunter2"


def test_another_purpose_cannot_unlock_it() -> None:
    with pytest.raises(Unavailable):
        Vault("b").unlock(Vault("a").lock("hunter2"), otherwise=LOST)


def test_a_former_key_still_unlocks(settings: Settings) -> None:
    locked = Vault("a").lock("hunter2")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, long enough to be one"
    assert Vault("a").unlock(locked, otherwise=LOST) == "hunter2"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unavailable):
        Vault("a").unlock(locked, otherwise=LOST)
