"""Rename, update, prune, commit and one-off commands in a real browser, beside a real engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer

expect.set_options(timeout=WAIT_MS)

IDLE = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]
LIST = "hosts/local/containers/"


def menu(page: Page, item: str) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name=item).click()


def tell(page: Page, choice: str) -> None:
    """Ask to be told of something."""
    menu(page, "Tell me when it ends…")
    dialog = page.get_by_role("dialog", name="Tell me of")
    dialog.get_by_role("radio", name=choice).check()
    dialog.get_by_role("button", name="Tell me").click()


def test_a_taken_name_is_told_in_the_dialog_and_another_one_is_taken(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    pages.allow("status of 4(00|09)")
    holder = make_container(name="dialog-holder", start=False)
    container_id = make_container(name="dialog-old", start=False)
    page = pages()
    page.goto(f"{LIST}dialog-old/logs/")
    menu(page, "Rename…")
    dialog = page.get_by_role("dialog", name="Rename dialog-old")
    expect(dialog.get_by_label("New name")).to_have_value("dialog-old")
    dialog.get_by_label("New name").fill("a b")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_role("alert")).to_contain_text("at least two characters")
    dialog.get_by_label("New name").fill("dialog-holder")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is taken by dialog-holder")
    expect(dialog.get_by_role("link", name="Look at dialog-holder")).to_have_attribute(
        "href", f"/hosts/local/containers/{holder}/"
    )
    dialog.get_by_label("New name").fill("dialog-new")
    dialog.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="dialog-new")).to_be_visible()
    expect(page.get_by_text("dialog-old is called dialog-new now")).to_be_visible()
    assert raw.inspect(container_id)["Name"] == "/dialog-new"


def test_limits_that_clash_keep_what_was_typed(pages: Pages, make_container: MakeContainer, raw: RawEngine) -> None:
    pages.allow("status of 409")
    container_id = make_container(IDLE, name="limited", host_config={"Memory": 64 << 20})
    page = pages()
    page.goto(f"{LIST}limited/")
    menu(page, "Limits and restart policy…")
    expect(page.get_by_label("Memory", exact=True)).to_have_value("64m")
    page.get_by_label("Memory", exact=True).fill("256m")
    page.get_by_label("Restart", exact=True).select_option("unless-stopped")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("alert")).to_contain_text("memoryswap")
    expect(page.get_by_label("Memory", exact=True)).to_have_value("256m")
    page.get_by_label("Memory and swap together").fill("512m")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("limited has the new limits")).to_be_visible()
    now = raw.inspect(container_id)["HostConfig"]
    assert (now["Memory"], now["MemorySwap"], now["RestartPolicy"]["Name"]) == (256 << 20, 512 << 20, "unless-stopped")


def test_the_end_is_told_with_its_exit_code(pages: Pages, make_container: MakeContainer, raw: RawEngine) -> None:
    container_id = make_container(IDLE, name="ending")
    page = pages()
    page.goto(f"{LIST}ending/")
    tell(page, "When it ends At once")
    expect(page.get_by_text("You will be told here when ending ends")).to_be_visible()
    raw.post(f"/containers/{container_id}/kill")
    expect(page.get_by_text("ending ended with exit code 137")).to_be_visible()


def test_the_next_end_and_the_removal_can_be_waited_for_too(
    pages: Pages,
    make_container: MakeContainer,
    raw: RawEngine,
    axe: Callable[[Page], None],
    screenshot: Callable[..., Path],
) -> None:
    pages.allow("status of 404")  # it is gone in the end
    again = {"RestartPolicy": {"Name": "always"}}  # it ends again and again: also once the engine has been asked
    container_id = make_container(["sh", "-c", "sleep 1; exit 3"], name="next", start=False, host_config=again)
    page = pages()
    page.goto(f"{LIST}next/")
    with page.expect_request("**/wait/"):
        tell(page, "When it ends the next time")
    with page.expect_request("**/wait/"):
        tell(page, "When it is removed")
    menu(page, "Tell me when it ends…")
    axe(page)
    screenshot(page, "tell-dialog")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    raw.post(f"/containers/{container_id}/start")
    expect(page.get_by_text("next ended with exit code 3")).to_be_visible()
    raw.delete(f"/containers/{container_id}?force=1")
    expect(page.get_by_text(re.compile("^next was removed")).nth(1)).to_be_visible()  # beside the page's own words


def test_prune_shows_what_goes_asks_and_is_an_activity(
    pages: Pages,
    make_container: MakeContainer,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
) -> None:
    gone = [make_container(name=f"goes-{n}", labels={"browser.prune": "yes"}, start=False) for n in range(3)]
    stays = make_container(name="stays", start=False)
    page = pages()
    page.goto(LIST)
    page.get_by_role("link", name="Remove stopped…").click()
    page.get_by_label("With labels").fill("browser.prune=yes")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#prune-rows tbody tr")).to_have_count(3)
    expect(page.locator("#prune-rows")).to_contain_text("goes-2")
    page.get_by_role("button", name="Remove 3 containers").click()
    page.locator("#confirm").get_by_role("button", name="Remove").click()
    expect(page.locator("#activity-head")).to_have_attribute("data-state", "done")
    expect(page.get_by_role("heading", name="Remove stopped containers")).to_be_visible()
    expect(page.locator(".activity-item")).to_have_count(3)
    expect(page.locator(".activity-notes")).to_contain_text("3 containers were removed.")
    axe(page)
    screenshot(page, "prune-activity")
    page.get_by_role("link", name="Back to the containers").click()
    expect(page.locator(f'tr[data-id="{stays}"]')).to_be_visible()
    assert [raw.get(f"/containers/{one}/json")[0] for one in [*gone, stays]] == [404, 404, 404, 200]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desktop-light", "phone-dark"])
def test_nobody_is_shut_out_of_the_verbs_pages(
    pages: Pages,
    make_container: MakeContainer,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
    width: int,
    dark: bool,
) -> None:
    pages.allow("status of 4(00|09)")
    kind = "phone" if width < 500 else "desktop"
    make_container(IDLE, name=f"seen-{kind}", host_config={"Memory": 64 << 20, "NanoCpus": 1_500_000_000})
    make_container(name=f"seen-stopped-{kind}", start=False, labels={"seen": kind})
    page = pages(width=width, dark=dark)
    page.goto(f"{LIST}seen-{kind}/")
    menu(page, "Rename…")
    page.get_by_label("New name").fill(f"seen-stopped-{kind}")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("link", name=f"Look at seen-stopped-{kind}")).to_be_visible()
    axe(page)
    screenshot(page, f"verbs-rename-{kind}")

    page.goto(f"{LIST}seen-{kind}/update/")
    page.get_by_label("Memory", exact=True).fill("lots")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("alert")).to_contain_text("512m")
    axe(page)
    screenshot(page, f"verbs-update-{kind}", full_page=True)

    page.goto(f"{LIST}seen-{kind}/commit/")
    page.get_by_label("Repository").fill("Bad Name")
    page.get_by_role("button", name="Make the image").click()
    expect(page.get_by_role("alert")).to_contain_text("lower-case")
    axe(page)
    screenshot(page, f"verbs-commit-{kind}", full_page=True)

    page.goto(f"{LIST}prune/?label=seen={kind}")
    expect(page.locator("#prune-rows tbody tr")).to_have_count(1)
    axe(page)
    screenshot(page, f"verbs-prune-{kind}", full_page=True)

    page.goto(f"{LIST}seen-{kind}/exec/")
    page.get_by_label("Command", exact=True).fill("sh -c 'ls -l /; echo oh no >&2; exit 3'")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#ran-words")).to_have_text("It ended with exit code 3")
    expect(page.locator("#ran-stderr")).to_have_text("oh no")
    axe(page)
    screenshot(page, f"verbs-exec-{kind}", full_page=True)
    page.goto(LIST)
    expect(page.get_by_role("link", name="Remove stopped…")).to_be_visible()
    screenshot(page, f"verbs-list-{kind}")


def test_a_view_is_saved_found_again_and_deleted(
    pages: Pages, make_container: MakeContainer, axe: Callable[..., None], screenshot: Callable[..., object]
) -> None:
    make_container(name="viewed", start=False)
    make_container(name="unviewed", start=False)
    page = pages("joan")
    page.goto(f"{LIST}?q=name:viewed+-name:unviewed")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view…").click()
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_label("Name").fill("The viewed one")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The view The viewed one is saved")).to_be_visible()
    page.goto(LIST)
    page.get_by_role("button", name="Views").click()
    axe(page)
    screenshot(page, "verbs-views")
    page.get_by_role("menuitem", name="The viewed one", exact=True).click()
    expect(page.locator("#list-span")).to_have_text("1–1 of 1")
    expect(page.locator("#q")).to_have_value("name:viewed -name:unviewed")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Delete the view The viewed one").click()
    expect(page.get_by_text("The view The viewed one is deleted")).to_be_visible()
