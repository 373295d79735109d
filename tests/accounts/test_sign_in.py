"""Signing in: password, second factor, sessions; and what strangers get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, name: str = "ada", password: str = PASSWORD, *, following: str = "") -> Any:
    path = f"/accounts/login/?next={following}" if following else "/accounts/login/"
    return client.post(path, {"login": name, "password": password}, headers={"user-agent": BROWSER})


def code_for(secret: str) -> str:
    before, now, after = yield_hotp_counters_from_time()
    assert before < now < after
    return format_hotp_value(hotp_value(secret, now))


def test_a_password_signs_in_and_leads_on(ada: User, client: Client) -> None:
    response = sign_in(client, following="/hosts/local/containers/")
    assert (response.status_code, response["Location"]) == (302, "/hosts/local/containers/")
    assert client.get("/accounts/sessions/").status_code == 200


def test_the_session_gets_a_new_key_on_signing_in(ada: User, client: Client) -> None:
    client.get("/accounts/login/")
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("following", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"])
def test_signing_in_never_leads_elsewhere(ada: User, client: Client, following: str) -> None:
    assert sign_in(client, following=following)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_look_alike(ada: User, client: Client) -> None:
    def answer(name: str) -> str:
        text = sign_in(client, name, "wrong password").content.decode()
        return re.sub(r'"[A-Za-z0-9]{64}"|' + name, "", text)

    assert answer("ada") == answer("eve")


def test_one_who_is_shut_out_does_not_get_in(ada: User, client: Client) -> None:
    User.objects.update(is_active=False)
    sign_in(client)
    assert client.get("/accounts/sessions/").status_code == 302


def test_many_wrong_passwords_are_slowed_down(ada: User, joan: User, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
    for _ in range(5):
        sign_in(client, "ada", "wrong password")
    assert "Too many" in sign_in(client).content.decode()
    assert client.get("/accounts/sessions/").status_code == 302
    forged = {"user-agent": BROWSER, "x-forwarded-for": "203.0.113.9"}
    again = client.post("/accounts/login/", {"login": "ada", "password": PASSWORD}, headers=forged)
    assert "Too many" in again.content.decode()
    assert sign_in(Client(), "joan").status_code == 302


def test_nobody_makes_an_account_for_herself(ada: User, client: Client) -> None:
    before = User.objects.count()
    client.post("/accounts/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/password/reset/"])
def test_what_would_need_mail_is_not_offered(ada: User, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "ada@example.com"}).status_code == 404


def test_signing_out_ends_the_session(ada: User, client: Client) -> None:
    sign_in(client)
    client.post("/accounts/logout/")
    assert client.get("/accounts/sessions/").status_code == 302


def confirm(client: Client) -> None:
    """What guards second factors asks for the password once more."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_a_second_factor_is_not_touched_without_the_password_again(ada: User, client: Client) -> None:
    sign_in(client)
    for path in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        assert client.get(path)["Location"].startswith("/accounts/reauthenticate/")


def test_a_second_factor_is_set_up_and_then_asked_for(ada: User, client: Client) -> None:
    sign_in(client)
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert not [one for one in Authenticator.objects.all() if secret in json.dumps(one.data)]

    other = Client()
    assert sign_in(other)["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/accounts/sessions/").status_code == 302
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302

    cache.clear()  # a code counts once: the one just spent on setting up included
    assert other.post("/accounts/2fa/authenticate/", {"code": code_for(secret)}).status_code == 302
    assert other.get("/accounts/sessions/").status_code == 200


def test_a_recovery_code_opens_once(ada: User, client: Client) -> None:
    TOTP.activate(ada, "A" * 32)
    code = RecoveryCodes.activate(ada).get_unused_codes()[0]
    first, second = Client(), Client()
    for one in (first, second):
        sign_in(one)
        one.post("/accounts/2fa/authenticate/", {"code": code})
    assert first.get("/accounts/sessions/").status_code == 200
    assert second.get("/accounts/sessions/").status_code == 302


def test_passkeys_are_offered(ada: User, client: Client) -> None:
    options = client.get("/accounts/2fa/webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    assert "publicKey" in json.loads(options.content)["request_options"]
    sign_in(client)
    confirm(client)
    assert client.get("/accounts/2fa/webauthn/add/").status_code == 200


def test_other_sessions_are_listed_and_can_be_ended(ada: User, client: Client) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    assert client.get("/accounts/sessions/").content.decode().count("127.0.0.1") == 2
    client.post("/accounts/sessions/")
    assert client.get("/accounts/sessions/").status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302


def test_a_new_password_ends_other_sessions(ada: User, client: Client) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    fields = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    assert client.post("/accounts/password/change/", fields).status_code == 302
    assert client.get("/accounts/sessions/").status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302


def test_strangers_are_asked_to_sign_in_each_in_the_form_they_read(ada: User, client: Client) -> None:
    path = "/hosts/local/containers/"
    page = client.get(path)
    assert (page.status_code, page["Location"]) == (302, f"/accounts/login/?next={path}")
    script = client.get(path, headers={"accept": "application/json"})
    assert (script.status_code, script.json()["status"]) == (401, 401)
    fragment = client.get(path, headers={"x-fragment": "1"})
    assert fragment.status_code == 401
    assert json.loads(fragment["X-Toast"])["title"] == "You are not signed in."


def test_a_form_without_its_csrf_token_changes_nothing(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    assert strict.get("/accounts/sessions/").status_code == 302


def test_the_csrf_token_lives_in_the_session_and_not_in_a_cookie_of_its_own(ada: User, client: Client) -> None:
    client.get("/accounts/login/")
    assert set(client.cookies) == {"dockerweb"}
    assert client.cookies["dockerweb"]["httponly"]
    assert client.cookies["dockerweb"]["samesite"] == "Lax"
