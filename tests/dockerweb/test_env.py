"""Settings from the environment: read by kind, or refused with their name."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dockerweb.env import Environment, SettingError, kept_secret_key


def test_a_value_that_cannot_be_meant_is_refused_with_its_name() -> None:
    wrong = {
        "PORT": "80a",
        "DOCKERWEB_DEBUG": "maybe",
        "DOCKERWEB_ORIGINS": "docker.example.com",
        "DOCKERWEB_HOSTS": "*",
        "DOCKERWEB_TRUSTED_PROXIES": "0.0.0.0/0",
        "DOCKERWEB_PREFIX": "docker",
    }
    env = Environment(wrong)
    for name, read in {
        "PORT": lambda: env.integer("PORT", default=1, minimum=0, maximum=65535),
        "DOCKERWEB_DEBUG": lambda: env.boolean("DOCKERWEB_DEBUG", default=False),
        "DOCKERWEB_ORIGINS": lambda: env.origins("DOCKERWEB_ORIGINS"),
        "DOCKERWEB_HOSTS": lambda: env.hosts("DOCKERWEB_HOSTS"),
        "DOCKERWEB_TRUSTED_PROXIES": lambda: env.networks("DOCKERWEB_TRUSTED_PROXIES"),
        "DOCKERWEB_PREFIX": lambda: env.prefix("DOCKERWEB_PREFIX"),
    }.items():
        with pytest.raises(SettingError, match=name):
            read()


@pytest.mark.parametrize("value", ["70000", "-1", "٣", "1e3", ""])
def test_numbers_keep_their_bounds(value: str) -> None:
    env = Environment({"PORT": value})
    if value == "":
        assert env.integer("PORT", default=8000, minimum=0, maximum=65535) == 8000
    else:
        with pytest.raises(SettingError):
            env.integer("PORT", default=8000, minimum=0, maximum=65535)


def test_origins_lose_default_ports_and_last_slashes() -> None:
    env = Environment({"O": "https://a.example:443/, http://b.example:8000 http://[::1]:80"})
    assert env.origins("O") == ["https://a.example", "http://b.example:8000", "http://[::1]"]


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("correct horse \n")
    assert Environment({"P_FILE": str(path)}).secret("P") == "correct horse "
    assert Environment({"P": "battery"}).secret("P") == "battery"
    assert Environment({}).secret("P") is None


def test_a_secret_named_twice_or_in_no_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    for values in ({"P": "a", "P_FILE": str(empty)}, {"P_FILE": str(tmp_path / "none")}, {"P_FILE": str(empty)}):
        with pytest.raises(SettingError, match="P_FILE"):
            Environment(values).secret("P")


def test_names_that_nothing_reads_are_found() -> None:
    env = Environment({"DOCKERWEB_ORIGIN": "https://a.example", "DOCKERWEB_PREFIX": "/x", "HOME": "/"})
    env.prefix("DOCKERWEB_PREFIX")
    assert env.unknown("DOCKERWEB_") == ["DOCKERWEB_ORIGIN"]


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "kept"
    key = kept_secret_key(directory)
    assert len(key) >= 64
    assert kept_secret_key(directory) == key
    assert stat.S_IMODE((directory / "secret-key").stat().st_mode) == 0o600


def test_a_secret_key_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("short")
    with pytest.raises(SettingError, match="too short"):
        kept_secret_key(tmp_path)
