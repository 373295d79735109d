"""Credentials go to the engine in the form that it reads, to nobody else, and lie locked in the database."""

from __future__ import annotations

import base64
import json

import pytest
from django.db import connection
from pytest_django import Settings

from apps.accounts.actor import ANONYMOUS, Actor, Role
from apps.core.errors import Unavailable
from apps.registries.addresses import parse_address
from apps.registries.credentials import auth_header, config_header, credentials_of, forget_secret, keep_secret
from apps.registries.models import Registry, SecretKind

pytestmark = pytest.mark.django_db

ADA = Actor(1, "ada", Role.ADMIN)
JOAN = Actor(2, "joan", Role.VIEWER)
SECRET = "canary-~~~???>>>-ÿÿ"
"""Its JSON has “+” and “/” in the standard alphabet of base64."""


def make(
    address: str, *, username: str = "ada", secret: str = SECRET, kind: SecretKind = SecretKind.PASSWORD
) -> Registry:
    parsed = parse_address(address)
    registry = Registry(name=address, scheme=parsed.scheme, host=parsed.host, username=username)
    if secret:
        keep_secret(registry, secret, kind=kind)
    registry.save()
    return registry


def opened(header: str) -> dict[str, object]:
    assert len(header) % 4 == 0  # padded
    read = json.loads(base64.b64decode(header, altchars=b"-_", validate=True))
    assert isinstance(read, dict)
    return read


def test_conformance_38_the_header_is_base64_for_urls_with_padding() -> None:
    make("r.example:5000")
    for extra in ("", "x", "xx"):
        Registry.objects.all().delete()
        make("r.example:5000", secret=SECRET + extra)
        assert opened(auth_header(ADA, "r.example:5000")) == {
            "username": "ada",
            "password": SECRET + extra,
            "serveraddress": "r.example:5000",
        }
    assert set("-_") & set(auth_header(ADA, "r.example:5000"))


def test_docker_hub_is_named_by_its_historic_key() -> None:
    make("https://index.docker.io/v1/")
    assert opened(auth_header(ADA, "docker.io"))["serveraddress"] == "https://index.docker.io/v1/"
    assert set(opened(config_header(ADA))) == {"https://index.docker.io/v1/"}


def test_an_identity_token_is_sent_instead_of_a_password() -> None:
    make("r.example", kind=SecretKind.TOKEN)
    assert opened(auth_header(ADA, "r.example")) == {
        "username": "ada",
        "identitytoken": SECRET,
        "serveraddress": "r.example",
    }


def test_a_registry_is_chosen_by_the_host_of_the_image() -> None:
    make("r.example", username="one")
    make("r.example:5000", username="two")
    assert opened(auth_header(ADA, "r.example"))["username"] == "one"
    assert opened(auth_header(ADA, "R.example:443"))["username"] == "one"
    assert opened(auth_header(ADA, "r.example:5000"))["username"] == "two"
    assert auth_header(ADA, "docker.io") == ""
    assert auth_header(ADA, "evil-r.example") == ""


def test_a_secret_does_not_follow_to_another_port_of_its_host() -> None:
    make("r.example")
    make("http://plain.example")
    assert auth_header(ADA, "r.example:80") == ""  # an engine that may speaks plain HTTP there
    assert opened(auth_header(ADA, "plain.example:80"))["password"] == SECRET
    assert auth_header(ADA, "plain.example:443") == ""


def test_a_registry_without_credentials_is_asked_as_nobody() -> None:
    make("r.example", secret="", username="")
    assert auth_header(ADA, "r.example") == ""
    assert config_header(ADA) == ""


def test_a_build_gets_all_of_them() -> None:
    make("r.example", username="one")
    make("docker.io", username="two")
    assert opened(config_header(ADA)) == {
        "r.example": {"username": "one", "password": SECRET, "serveraddress": "r.example"},
        "https://index.docker.io/v1/": {
            "username": "two",
            "password": SECRET,
            "serveraddress": "https://index.docker.io/v1/",
        },
    }


@pytest.mark.parametrize("actor", [ANONYMOUS, JOAN])
def test_who_may_not_use_them_asks_as_nobody(actor: Actor) -> None:
    make("r.example")
    assert auth_header(actor, "r.example") == ""
    assert config_header(actor) == ""


def test_the_database_holds_no_secret_in_the_clear() -> None:
    make("r.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registries_registry")
        assert "canary" not in repr(cursor.fetchall())
    assert "canary" not in repr(credentials_of(Registry.objects.get()))


def test_a_secret_does_not_follow_its_registry_to_another_address() -> None:
    registry = make("r.example")
    Registry.objects.filter(pk=registry.pk).update(host="evil.example")
    with pytest.raises(Unavailable, match="another address"):
        auth_header(ADA, "evil.example")
    assert config_header(ADA) == ""


def test_a_lost_key_is_said_and_does_not_stop_builds(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    make("r.example")
    settings.SECRET_KEY = "another key, long enough to be one"
    with pytest.raises(Unavailable, match="cannot be opened"):
        auth_header(ADA, "r.example")
    assert config_header(ADA) == ""
    assert "r.example" in caplog.text
    assert "canary" not in caplog.text


def test_a_forgotten_secret_is_gone() -> None:
    registry = make("r.example")
    forget_secret(registry)
    registry.save()
    assert not registry.has_secret
    assert auth_header(ADA, "r.example") == ""
