"""The page of one container in a real browser, beside a real engine."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer

expect.set_options(timeout=WAIT_MS)

IDLE = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]


def opened(page: Page, ref: str, tab: str = "") -> Page:
    """The page of a container, once it follows the engine."""
    with page.expect_websocket(lambda socket: "/events/" in socket.url) as socket:
        page.goto(f"hosts/local/containers/{ref}/{tab}")
    if not socket.value.is_closed():
        socket.value.wait_for_event("framereceived", timeout=WAIT_MS)
    return page


def test_the_page_follows_what_happens_to_its_container(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    container_id = make_container(IDLE)
    page = opened(pages(), container_id)
    state = page.locator("[data-container-state]")
    expect(state).to_have_text("running")
    raw.post(f"/containers/{container_id}/pause")
    expect(state).to_have_text("paused")
    expect(page.get_by_role("button", name="Unpause")).to_be_visible(timeout=WAIT_MS)
    raw.post(f"/containers/{container_id}/unpause")
    raw.post(f"/containers/{container_id}/kill")
    expect(state).to_have_text("exited (137)")
    expect(page.locator("#container-summary")).to_contain_text("Exit code")


def test_a_container_removed_elsewhere_is_said_to_be_gone(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    pages.allow("status of 404")
    container_id = make_container(start=False, name="soon-gone")
    page = opened(pages(), "soon-gone")
    raw.delete(f"/containers/{container_id}?force=1")
    expect(page.get_by_text("soon-gone was removed")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("button", name="Start")).to_be_hidden()


def test_the_verbs_do_what_they_say(pages: Pages, make_container: MakeContainer, raw: RawEngine) -> None:
    container_id = make_container(IDLE, name="obedient")
    page = opened(pages(), container_id)
    state = page.locator("[data-container-state]")

    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("obedient is stopped")).to_be_visible(timeout=WAIT_MS)
    assert raw.get(f"/containers/{container_id}/json")[1]["State"]["Status"] == "exited"
    expect(state).to_have_text("exited (0)")

    page.get_by_role("button", name="Start", exact=True).click()
    expect(state).to_have_text("running")
    assert raw.get(f"/containers/{container_id}/json")[1]["State"]["Running"]

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Send a signal…").click()
    dialog = page.get_by_role("dialog", name="Send a signal to obedient")
    pages.allow("status of 400")
    signal = dialog.get_by_label("Signal", exact=True)
    signal.fill("NOPE")
    dialog.get_by_role("button", name="Send the signal").click()
    expect(signal).to_have_accessible_description(re.compile("NOPE"), timeout=WAIT_MS)
    expect(signal).to_have_value("NOPE")
    signal.fill("KILL")
    dialog.get_by_role("button", name="Send the signal").click()
    expect(state).to_have_text("exited (137)")


def test_removing_names_what_is_lost_and_asks_before_it_kills(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    pages.allow("status of 404")
    mounts = [{"Type": "volume", "Target": "/cache"}, {"Type": "volume", "Source": "kept-volume", "Target": "/kept"}]
    container_id = make_container(IDLE, name="condemned", host_config={"Mounts": mounts})
    try:
        page = opened(pages(), container_id)
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name="Remove…").click()
        dialog = page.get_by_role("dialog", name="Remove condemned?")
        expect(dialog).to_contain_text("its logs")
        expect(dialog).to_contain_text("Named volumes stay: kept-volume")
        expect(dialog).to_contain_text("1 anonymous volume")
        dialog.get_by_role("button", name="Remove").click()
        assert raw.get(f"/containers/{container_id}/json")[0] == 200, "removed a running container without asking"
        dialog.get_by_label("It is running: kill it first").check()
        dialog.get_by_role("button", name="Remove").click()
        expect(page.locator("#container-gone")).to_be_visible(timeout=WAIT_MS)
        assert raw.get(f"/containers/{container_id}/json")[0] == 404
    finally:
        raw.remove(container_id)
        raw.delete("/volumes/kept-volume")


def test_values_of_the_environment_come_when_they_are_asked_for(pages: Pages, make_container: MakeContainer) -> None:
    container_id = make_container(Env=["DB_PASSWORD=hunter2", "LANG=C"])
    page = opened(pages(), container_id)
    environment = page.locator("#env")
    expect(environment).to_contain_text("DB_PASSWORD")
    assert "hunter2" not in page.content()
    page.get_by_role("button", name="Show values").click()
    expect(environment).to_contain_text("hunter2")
    page.get_by_role("button", name="Hide values").click()
    expect(environment).not_to_contain_text("hunter2")


def test_a_viewer_reads_and_is_offered_nothing_else(pages: Pages, make_container: MakeContainer) -> None:
    container_id = make_container(Env=["DB_PASSWORD=hunter2"])
    page = opened(pages("joan"), container_id)
    expect(page.get_by_role("navigation", name="Pages of this container").get_by_role("link")).to_have_text(
        ["Summary", "Logs", "Stats", "Processes", "Changes", "Inspect"]
    )
    for name in ("Stop", "Restart", "More actions", "Show values"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("link", name="Inspect").click()
    expect(page.locator("#inspect-tree")).to_contain_text("Config")  # drawn, so that the button does something
    page.get_by_role("button", name="Unfold").click()
    expect(page.locator("#inspect-tree")).to_contain_text("DB_PASSWORD=••••••")
    expect(page.get_by_role("button", name="Show environment")).to_have_count(0)


def test_the_record_can_be_searched_and_copied(pages: Pages, make_container: MakeContainer) -> None:
    container_id = make_container(labels={"com.example/team": "payments"}, Env=["DB_PASSWORD=hunter2"])
    page = opened(pages(), container_id, "inspect/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Search names and values").fill("payments")
    expect(page.locator("#inspect-tree mark")).to_have_text("payments")
    expect(page.locator("#inspect-hits")).to_have_text("1 found")
    expect(page.locator("#inspect-tree .leaf")).to_have_count(1)
    leaf = page.locator("#inspect-tree .leaf", has_text="payments")
    leaf.hover()
    leaf.get_by_role("button", name="Copy path").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == '.Config.Labels["com.example/team"]'

    page.get_by_label("Search names and values").fill("DB_PASSWORD")
    expect(page.locator("#inspect-tree")).not_to_contain_text("hunter2")
    page.get_by_role("button", name="Show environment").click()
    expect(page.locator("#inspect-tree")).to_contain_text("hunter2")


def test_sizes_are_measured_and_a_link_is_removed_after_a_question(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    make_container(IDLE, name="linked-db", host_config={"NetworkMode": "bridge"})
    links = {"NetworkMode": "bridge", "Links": ["linked-db:data"]}
    container_id = make_container(IDLE, name="linked-web", host_config=links)
    page = opened(pages(), container_id)
    page.get_by_role("button", name="Remove the link data").click()
    page.get_by_role("dialog", name="Remove the link data?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("linked-web has no link “data” any more")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("button", name="Remove the link data")).to_have_count(0, timeout=WAIT_MS)
    assert not raw.inspect(container_id)["HostConfig"]["Links"]
    page.get_by_role("link", name="Inspect").click()
    page.get_by_role("button", name="Measure sizes").click()
    expect(page.get_by_text("written in it")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#inspect-tree")).to_contain_text("SizeRootFs", timeout=WAIT_MS)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nobody_is_shut_out_of_the_container_pages(
    pages: Pages,
    make_container: MakeContainer,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
    dark: bool,
) -> None:
    check = {"Test": ["CMD-SHELL", "echo all is well"], "Interval": 1_000_000_000}
    container_id = make_container(
        IDLE,
        name="looked-at",
        Healthcheck=check,
        Env=["DB_PASSWORD=hunter2"],
        labels={"com.docker.compose.project": "shop"},
        host_config={"Memory": 64_000_000, "Mounts": [{"Type": "volume", "Target": "/cache"}]},
    )
    page = opened(pages(dark=dark, width=1440, height=900), container_id)
    expect(page.locator("[data-container-state]")).to_have_text("running · healthy")
    axe(page)
    screenshot(page, f"container-{'dark' if dark else 'light'}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove…").click()
    axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Inspect").click()
    expect(page.locator("#inspect-tree")).to_contain_text("Config")
    axe(page)
