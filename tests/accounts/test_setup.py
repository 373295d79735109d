"""The first admin: by a link that works once, or from the environment."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts import setup
from apps.accounts.actor import Role
from apps.accounts.models import SetupLink, User
from apps.core.errors import InvalidInput
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def token_of(link: str) -> str:
    return link.partition("?token=")[2]


def spend(client: Client, token: str, **fields: str) -> Any:
    return client.post("/setup/", {"token": token, "username": "ada", "password": PASSWORD, **fields})


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/2fa/", "/hosts/", "/"])
def test_without_an_admin_every_page_leads_to_the_setup(client: Client, path: str) -> None:
    response = client.get(path)
    if response.status_code != 404:  # an address that nothing answers
        assert (response.status_code, response["Location"]) == (302, "/setup/")


def test_without_an_admin_the_process_still_tells_that_it_lives(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_the_setup_is_closed_without_the_link(client: Client) -> None:
    setup.link_make()
    assert client.get("/setup/").status_code == 403
    assert client.get("/setup/?token=guessed").status_code == 403
    assert spend(client, "guessed").status_code == 403
    assert not User.objects.exists()


def test_the_link_makes_the_first_admin_and_signs_her_in(client: Client) -> None:
    link = setup.link_make()
    page = client.get(link)
    assert page.status_code == 200
    assert token_of(link) in page.content.decode()
    response = spend(client, token_of(link))
    assert (response.status_code, response["Location"]) == (302, "/")
    assert [(user.username, user.role) for user in User.objects.all()] == [("ada", "admin")]
    assert client.get("/accounts/password/change/").status_code == 200


def test_the_link_works_once(client: Client) -> None:
    token = token_of(setup.link_make())
    spend(client, token)
    assert spend(Client(), token, username="mallory").status_code == 404
    assert not SetupLink.objects.exists()
    assert User.objects.count() == 1


def test_the_link_is_late_after_fifteen_minutes(client: Client) -> None:
    link = setup.link_make()
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 403
    assert spend(client, token_of(link)).status_code == 403


def test_a_new_link_ends_the_older_one(client: Client) -> None:
    older, newer = setup.link_make(), setup.link_make()
    assert client.get(older).status_code == 403
    assert client.get(newer).status_code == 200


def test_the_link_itself_is_not_kept() -> None:
    token = token_of(setup.link_make())
    assert token not in SetupLink.objects.get().digest


def test_a_weak_password_is_told_and_does_not_spend_the_link(client: Client) -> None:
    token = token_of(setup.link_make())
    response = spend(client, token, password="short")
    assert response.status_code == 400
    assert "too short" in response.content.decode()
    assert spend(client, token).status_code == 302


def test_the_setup_needs_its_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert spend(strict, token_of(setup.link_make())).status_code == 403
    assert not User.objects.exists()


def test_the_environment_makes_the_first_admin(settings: Any, client: Client) -> None:
    settings.FIRST_ADMIN_NAME, settings.FIRST_ADMIN_PASSWORD = "ada", PASSWORD
    assert setup.admin_make_from_environment() is not None
    assert client.login(username="ada", password=PASSWORD)
    assert not setup.is_needed()
    assert setup.admin_make_from_environment() is None


def test_a_weak_password_in_the_environment_is_refused(settings: Any) -> None:
    settings.FIRST_ADMIN_NAME, settings.FIRST_ADMIN_PASSWORD = "ada", "ada"
    with pytest.raises(InvalidInput):
        setup.admin_make_from_environment()


def test_accounts_are_added_from_the_command_line(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    call_command("user_add", "joan", "--role", "viewer", "--password-stdin", stdout=StringIO())
    assert client.login(username="joan", password=PASSWORD)
    assert User.objects.get().role == Role.VIEWER


def test_a_name_that_is_taken_is_told(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    with pytest.raises(CommandError, match="taken"):
        call_command("user_add", "ada", "--password-stdin")


def test_roles_change_from_the_command_line_but_the_last_admin_stays(ada: User, joan: User) -> None:
    with pytest.raises(CommandError, match="last admin"):
        call_command("user_role", "ada", "viewer")
    call_command("user_role", "joan", "admin", stdout=StringIO())
    call_command("user_role", "ada", "none", stdout=StringIO())
    ada.refresh_from_db()
    assert not ada.is_active
    with pytest.raises(CommandError, match="no account"):
        call_command("user_role", "nobody", "viewer")


def test_the_setup_link_command_prints_a_link_that_works(client: Client) -> None:
    printed = StringIO()
    call_command("setup_link", stdout=printed)
    assert client.get(f"/setup/?token={token_of(printed.getvalue().strip())}").status_code == 200


def test_the_setup_link_command_refuses_once_there_is_an_admin(ada: User) -> None:
    with pytest.raises(CommandError):
        call_command("setup_link")
