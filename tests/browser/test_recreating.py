"""A container edited, its history read, and brought back, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer

CREATE = "hosts/local/containers/create/"
IMAGE = "dockerweb/base:1"
LOOP = ["sh", "-c", "trap exit TERM; while :; do sleep 0.1; done"]


@pytest.fixture
def remove(raw: RawEngine) -> Iterator[list[str]]:
    """Names of containers to remove after the pages have closed, which would complain about it."""
    names: list[str] = []
    yield names
    for name in names:
        for each in raw.get(f'/containers/json?all=1&filters={{"name":["^/{name}"]}}')[1]:
            raw.delete(f"/containers/{each['Id']}?force=1&v=1")


def test_a_container_is_made_edited_and_brought_back(
    remove: list[str], pages: Pages, raw: RawEngine, axe: Callable[[Page], None], screenshot: Callable[..., Path]
) -> None:
    remove.append("historic")
    page = pages(width=1440, height=900)
    page.goto(CREATE)
    page.get_by_label("Image", exact=True).fill(IMAGE)
    page.get_by_label("Name", exact=True).fill("historic")
    page.get_by_label("Command", exact=True).first.fill("sh -c 'trap exit TERM; while :; do sleep 0.1; done'")
    page.get_by_role("textbox", name="Environment: Variable").first.fill("GREETING")
    page.get_by_role("textbox", name="Environment: Value").first.fill("hello")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="historic")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name="Edit", exact=True).click()
    value = page.get_by_role("textbox", name="Environment: Value").first
    expect(value).to_have_value("hello", timeout=WAIT_MS)
    screenshot(page, "edit", full_page=True)
    axe(page)
    value.fill("good-bye")
    page.locator("#group-limits > summary").click()
    page.get_by_label("Memory", exact=True).fill("much")
    pages.allow("status of 400")
    page.get_by_role("button", name="Save and re-create").click()
    expect(page.locator("#id_memory_error")).to_contain_text("“much” is no size", timeout=WAIT_MS)
    expect(page.get_by_role("textbox", name="Environment: Value").first).to_have_value("good-bye")
    page.get_by_label("Memory", exact=True).fill("64m")
    page.get_by_role("button", name="Save and re-create").click()
    expect(page.get_by_role("heading", name="historic was re-created with the changes")).to_be_visible(timeout=WAIT_MS)
    screenshot(page, "edit-done")
    axe(page)
    page.get_by_role("link", name="Open the container").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Revisions").click()
    newest = page.locator("#revision-2")
    expect(newest).to_contain_text("GREETING changed", timeout=WAIT_MS)
    expect(newest).to_contain_text("not set → 64m")
    expect(page.locator("#main")).not_to_contain_text("good-bye")
    screenshot(page, "revisions")
    axe(page)
    page.get_by_role("button", name="Restore 1").click()
    expect(page.get_by_role("dialog")).to_contain_text("Memory: 64m → not set")
    screenshot(page, "restore-confirm")
    page.get_by_role("button", name="Restore", exact=True).last.click()
    expect(page.get_by_role("heading", name="historic is restored")).to_be_visible(timeout=WAIT_MS)
    now = raw.inspect("historic")
    assert (now["Config"]["Env"][0], now["HostConfig"]["Memory"]) == ("GREETING=hello", 0)
    assert now["State"]["Running"] is True


def test_what_does_not_start_is_told_and_the_form_keeps_what_was_typed(
    remove: list[str],
    pages: Pages,
    raw: RawEngine,
    make_container: MakeContainer,
    axe: Callable[[Page], None],
    screenshot: Callable[..., Path],
) -> None:
    remove.append("steady")
    old = make_container(LOOP, name="steady")
    page = pages(width=390, height=844, dark=True)
    page.goto(f"hosts/local/containers/{old}/edit/")
    screenshot(page, "edit-phone-dark", full_page=True)
    command = page.get_by_label("Command", exact=True).first
    command.fill("/no/such/program --at-all")
    page.get_by_role("button", name="Save and re-create").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The new steady could not be started", timeout=WAIT_MS)
    expect(dialog).to_contain_text("no such file")
    expect(dialog).to_contain_text("Everything is as before: steady runs again.")
    screenshot(page, "edit-rolled-back-phone-dark")
    axe(page)
    page.get_by_role("button", name="Close").click()
    expect(command).to_have_value("/no/such/program --at-all")
    expect(command).to_be_focused()
    expect(command).to_have_accessible_description(re.compile("no such file"))
    now = raw.inspect("steady")
    assert (now["Id"], now["State"]["Running"]) == (old, True)


def test_the_newest_image_is_pulled_from_the_menu(
    remove: list[str], pages: Pages, raw: RawEngine, make_container: MakeContainer, screenshot: Callable[..., Path]
) -> None:
    """No registry stands behind this name: the failure is told, and nothing was touched."""
    remove.append("pullable")
    old = make_container(LOOP, name="pullable")
    page = pages(width=1440, height=900)
    page.goto(f"hosts/local/containers/{old}/")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Pull the newest image and re-create…").click()
    screenshot(page, "recreate-dialog")
    page.get_by_role("button", name="Pull and re-create").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("could not be pulled", timeout=WAIT_MS * 2)
    expect(dialog).to_contain_text("Nothing was touched.")
    assert raw.inspect("pullable")["Id"] == old


def test_who_saves_over_another_s_changes_is_asked_and_nothing_typed_is_lost(
    remove: list[str],
    pages: Pages,
    raw: RawEngine,
    make_container: MakeContainer,
    axe: Callable[[Page], None],
    screenshot: Callable[..., Path],
) -> None:
    remove.append("contested")
    old = make_container(LOOP, name="contested")
    page = pages(width=1440, height=900)
    page.goto("hosts/local/containers/contested/edit/")
    page.locator("#group-limits > summary").click()
    page.get_by_label("Memory", exact=True).fill("64m")
    pages.allow("status of 404")  # the page follows its container, which is gone
    raw.delete(f"/containers/{old}?force=1")
    make_container(LOOP, name="contested", Env=["THEIRS=1"])
    pages.allow("status of 409")
    page.get_by_role("button", name="Save and re-create").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Another container has taken the name contested", timeout=WAIT_MS)
    expect(alert).to_contain_text("Environment: THEIRS removed; Memory: not set → 64m")
    expect(page.get_by_label("Memory", exact=True)).to_have_value("64m")
    screenshot(page, "edit-meanwhile")
    axe(page)
    page.get_by_role("button", name="Save over it and re-create").click()
    done = page.get_by_role("heading", name="contested was re-created with the changes")
    expect(done).to_be_visible(timeout=WAIT_MS)
    assert raw.inspect("contested")["HostConfig"]["Memory"] == 64 << 20
