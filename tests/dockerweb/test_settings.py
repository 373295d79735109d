"""What follows from the environment: cookies, hosts, headers."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from dockerweb.env import SettingError

SETTINGS = Path(__file__).resolve().parents[2] / "dockerweb" / "settings.py"


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Read the settings anew under exactly these variables."""

    def read(**values: str) -> dict[str, Any]:
        for name in list(os.environ):
            if name.startswith("DOCKERWEB_") or name in {"BIND", "PORT"}:
                monkeypatch.delenv(name)
        for name, value in {"DOCKERWEB_DATA": str(tmp_path), **values}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_by_default_only_this_machine_is_served(settings_of: Any) -> None:
    read = settings_of()
    assert (read["BIND"], read["PORT"]) == ("127.0.0.1", 8000)
    assert set(read["ALLOWED_HOSTS"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert read["DEBUG"] is False
    assert read["SECURE_HSTS_SECONDS"] == 0
    assert read["SESSION_COOKIE_SECURE"] is False


def test_https_origins_make_cookies_that_no_neighbour_can_set(settings_of: Any) -> None:
    read = settings_of(DOCKERWEB_ORIGINS="https://docker.example.com")
    assert read["SESSION_COOKIE_NAME"] == "__Host-dockerweb"
    assert (read["SESSION_COOKIE_SECURE"], read["SESSION_COOKIE_PATH"]) == (True, "/")
    assert read["SECURE_HSTS_SECONDS"] > 0
    assert "docker.example.com" in read["ALLOWED_HOSTS"]
    assert read["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"] is False


def test_below_a_sub_path_the_cookie_stays_there(settings_of: Any) -> None:
    read = settings_of(DOCKERWEB_ORIGINS="https://example.com", DOCKERWEB_PREFIX="/docker/")
    assert read["SESSION_COOKIE_NAME"] == "__Secure-dockerweb"
    assert read["SESSION_COOKIE_PATH"] == "/docker/"
    assert read["STATIC_URL"] == "/docker/static/"
    assert read["FORCE_SCRIPT_NAME"] == "/docker"


def test_the_password_of_the_first_admin_may_come_from_a_file(settings_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("correct horse battery\n")
    read = settings_of(DOCKERWEB_ADMIN_USER="ada", DOCKERWEB_ADMIN_PASSWORD_FILE=str(path))
    assert read["FIRST_ADMIN_PASSWORD"] == "correct horse battery"


def test_a_name_that_is_no_setting_is_noticed(settings_of: Any) -> None:
    assert settings_of(DOCKERWEB_ORIGIN="https://x.example")["UNKNOWN_SETTINGS"] == ["DOCKERWEB_ORIGIN"]
    assert settings_of()["UNKNOWN_SETTINGS"] == []


def test_a_wildcard_host_is_refused(settings_of: Any) -> None:
    with pytest.raises(SettingError, match="DOCKERWEB_HOSTS"):
        settings_of(DOCKERWEB_HOSTS="*")
