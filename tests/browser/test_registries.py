"""Registries in a real browser, beside a real engine and a real registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.registry import Registry
from tests.live.registries.visitor import Visitor
from tests.live.server import Server

expect.set_options(timeout=WAIT_MS)


@pytest.fixture(autouse=True)
def nobody_knows_a_registry(live_server: Server) -> Iterator[None]:
    """Each test begins and ends without registries, whatever came of it."""
    visitor = Visitor(live_server)

    def forget_all() -> None:
        for one in json.loads(visitor.get("/registries/", accept="application/json"))["registries"]:
            visitor.post(f"/registries/{one['id']}/remove/", {})

    forget_all()
    yield
    forget_all()


@pytest.fixture
def removed(pages: Pages) -> Callable[[Page], None]:
    """`removed(page)`: the registry whose page is open is removed again, by its button."""

    def remove(page: Page) -> None:
        page.get_by_role("button", name="Remove").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("then ask as nobody")
        dialog.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("and its credentials are forgotten")).to_be_visible()

    return remove


def add(page: Page, registry: Registry, *, name: str) -> None:
    page.get_by_label("Address").fill(registry.address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("User").fill(registry.username)
    page.get_by_label("Password or token", exact=True).fill(registry.password)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_registry_is_added_checked_changed_and_removed(
    pages: Pages,
    registry: Registry,
    removed: Callable[[Page], None],
    axe: Callable[..., None],
    screenshot: Callable[..., None],
) -> None:
    pages.allow("status of 400")
    page = pages(width=1440, height=900)
    page.goto("")
    page.get_by_role("link", name="Registries").click()
    expect(page.get_by_role("heading", name="No registry yet")).to_be_visible()
    axe(page)
    screenshot(page, "registries-empty")
    page.get_by_role("main").get_by_role("link", name="Add a registry").click()
    page.get_by_label("Address").fill("https://ada:pw@registry.example/team")
    page.get_by_label("Password or token", exact=True).fill("typed")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("User and password have fields of their own")).to_be_visible()
    expect(page.get_by_label("Password or token", exact=True)).to_have_value("")
    axe(page)
    screenshot(page, "registries-add-refused")
    add(page, registry, name="Team registry")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="accepts these credentials")).to_be_visible()
    axe(page)
    screenshot(page, "registries-detail")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Password or token", exact=True)).to_have_value("")
    screenshot(page, "registries-edit")
    axe(page)
    page.get_by_label("Address").fill("127.0.0.1:1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("it is cleared")).to_be_visible()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert").filter(has_text="cannot reach Team registry")).to_be_visible()
    page.goto("registries/")
    screenshot(page, "registries-list")
    axe(page)
    page.get_by_role("link", name="Team registry").click()
    removed(page)


def test_tags_are_looked_at_and_deleted_with_those_that_share_the_image(
    pages: Pages,
    registry: Registry,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
) -> None:
    for tag in ("stable", "edge"):
        registry.push(raw, "dockerweb/base:1", name="shop/web", tag=tag)
    page = pages(dark=True)
    page.goto("registries/add/")
    screenshot(page, "registries-add-dark")
    add(page, registry, name="Dark registry")
    page.get_by_role("link", name="Repositories").click()
    axe(page)
    screenshot(page, "registries-repositories-dark")
    page.get_by_role("link", name="shop/web").click()
    expect(page.get_by_role("row", name="stable")).to_contain_text("MB")
    axe(page)
    screenshot(page, "registries-tags-dark")
    page.get_by_role("button", name="Pull stable…").click()
    expect(page.get_by_role("menuitem", name="Pull this digest…")).to_be_visible()
    axe(page)
    screenshot(page, "registries-pull-dark")
    page.get_by_role("menuitem", name="Pull this tag…").click()
    expect(page.get_by_label("Image", exact=True)).to_have_value(f"{registry.address}/shop/web:stable")
    expect(page.locator("#pull-reading")).to_contain_text("Dark registry")
    page.go_back()
    page.get_by_role("link", name="Delete stable…").click()
    expect(page.get_by_text("1 other tag names the same image and goes too")).to_be_visible()
    expect(page.locator("#also")).to_have_text("edge")
    axe(page)
    screenshot(page, "registries-delete-dark")
    page.get_by_role("button", name="Delete 2 tags").click()
    expect(page.get_by_text("This repository has no tags")).to_be_visible()
    assert registry.tags("shop/web") == []


def test_a_phone_shows_the_same(
    pages: Pages,
    registry: Registry,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
) -> None:
    registry.push(raw, "dockerweb/base:1", name="shop/phone", tag="2024.11")
    page = pages(width=390, height=844)
    page.goto("registries/add/")
    screenshot(page, "registries-add-phone")
    add(page, registry, name="Phone registry")
    axe(page)
    screenshot(page, "registries-detail-phone")
    page.goto("registries/")
    screenshot(page, "registries-list-phone")
    page.get_by_role("link", name="Phone registry").click()
    address = page.url
    page.get_by_role("link", name="Repositories").click()
    page.get_by_label("Open a repository").fill("shop/phone")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("2024.11")).to_be_visible()
    axe(page)
    screenshot(page, "registries-tags-phone")
    page.goto(address)
