"""Signing in, and the pages of one's own account."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import WAIT_MS, Pages
from tests.live.server import Server

expect.set_options(timeout=WAIT_MS)

PASSWORD = "a password of her own"


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture(scope="module")
def grace(live_server: Server) -> str:
    """A viewer of these tests' own."""
    return added(live_server)


def added(server: Server) -> str:
    """The name of a new viewer."""
    name = f"grace-{uuid.uuid4().hex[:8]}"
    server.manage("user_add", name, "--role", "viewer", "--password-stdin", typed=PASSWORD)
    return name


def test_signing_in_and_out(
    pages: Pages, grace: str, axe: Callable[..., None], screenshot: Callable[..., object]
) -> None:
    page = pages(None)
    page.goto("accounts/login/")
    axe(page)
    screenshot(page, "sign-in")
    page.emulate_media(color_scheme="dark")
    sign_in(page, grace, "not her password")
    expect(page.get_by_role("alert")).to_be_visible()
    axe(page)
    sign_in(page, grace, PASSWORD)
    expect(page.get_by_role("heading", name="Containers", exact=True)).to_be_visible()
    page.get_by_role("button", name=f"account of {grace}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.goto("hosts/local/containers/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_the_pages_of_ones_account_shut_nobody_out(pages: Pages, grace: str, axe: Callable[..., None]) -> None:
    page = pages(None, width=390, height=844)
    page.goto("accounts/login/")
    sign_in(page, grace, PASSWORD)
    expect(page.get_by_role("heading", name="Containers", exact=True)).to_be_visible()
    for address in (
        "accounts/password/change/",
        "accounts/2fa/",
        "accounts/sessions/",
        "accounts/logout/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/webauthn/add/",
    ):
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        if "reauthenticate" in page.url:
            axe(page)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Confirm").click()
            expect(page).to_have_url(re.compile(re.escape(address)))
            page.wait_for_selector("html[data-ready]")
        axe(page)
        assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"), address


def test_the_session_list_names_this_browser(pages: Pages) -> None:
    page = pages("joan")
    page.goto("accounts/sessions/")
    expect(page.get_by_role("row", name=re.compile("this one"))).to_have_count(1)


def test_a_passkey_is_added_and_signs_in(pages: Pages, live_server: Server) -> None:
    name = added(live_server)
    page = pages(None)
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    site = f"http://localhost:{live_server.port}"  # an address in figures cannot hold a passkey
    page.goto(f"{site}/accounts/login/")
    sign_in(page, name, PASSWORD)
    expect(page.get_by_role("heading", name="Containers", exact=True)).to_be_visible()
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name=re.compile("laptop"))).to_be_visible()
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Containers", exact=True)).to_be_visible()
