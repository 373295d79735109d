"""Activities as a person sees them: live, from any page, on any device."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from scripts.private_engine import PrivateEngine, RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer
from tests.live.activities.conftest import STAGE, Stage, printing
from tests.live.server import Server

expect.set_options(timeout=WAIT_MS)

LAYER = {"type": "layer", "id": "a3f9c0e1d2b4", "status": "Downloading", "current": 12_000_000, "total": 48_000_000}
DONE = {**LAYER, "status": "Pull complete"}
OTHER = {"type": "layer", "id": "77aa00bb11cc", "status": "Already exists"}
SECOND = {"type": "step", "number": 2, "total": 2, "text": "RUN make"}
FIRST = {"type": "step", "number": 1, "total": 2, "text": "FROM base"}


@pytest.fixture
def stage(own_server: Callable[..., Server], engine_process: PrivateEngine) -> Stage:
    """A server of this test's own with the stage in it, as Ada."""
    return Stage(own_server(engine_process, **STAGE))


def test_progress_is_live_with_bars_steps_and_colours_and_cancel_ends_it(
    stage: Stage, make_container: MakeContainer, pages: Pages, axe: Any, raw: RawEngine
) -> None:
    # Waits for a line on its input after the first layer, so that the page is seen in the middle.
    command = printing(LAYER, OTHER, FIRST, "ready", SECOND, "\x1b[31mred\x1b[0m words", then="cat")
    ref = make_container(command, tty=True, OpenStdin=True)
    page = pages(server=stage.server)
    activity = stage.start(ref, title="nginx:1.27")
    page.goto(f"activities/{activity}/")
    expect(page.locator("h1")).to_have_text("Follow nginx:1.27")
    expect(page.locator("#activity-state")).to_have_text("running")
    expect(page.locator(".bar-row")).to_have_count(2)
    expect(page.locator(".bar-row").first).to_contain_text("12 MB / 48 MB")
    expect(page.locator(".bar-total")).to_contain_text("1 of 2 layers")
    expect(page.locator(".step")).to_have_count(2)
    expect(page.locator(".step").first).not_to_have_attribute("open", "")
    expect(page.locator(".step").last.locator(".cl")).to_have_text("red words")
    expect(page.locator(".step .f1")).to_have_text("red")
    axe(page)
    # The tray knows of it, here and on every other page.
    expect(page.locator("#tray-count")).to_have_text("1")
    page.locator("#tray").click()
    expect(page.locator("#tray-rows a")).to_contain_text("Follow nginx:1.27")
    axe(page)
    page.keyboard.press("Escape")
    # Cancel asks first, and closes the engine's connection. The other answer does not say "Cancel" as well.
    page.locator("#activity-cancel button").click()
    page.get_by_role("button", name="Let it run").click()
    expect(page.locator("#confirm")).to_be_hidden()
    page.locator("#activity-cancel button").click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.locator("#activity-state")).to_have_text("cancelled")
    expect(page.locator("#activity-head")).to_contain_text("Cancelled by ada")
    expect(page.locator("#tray-count")).to_be_hidden()
    # Started again by the button: a new one, at its own address.
    page.get_by_role("button", name="Start again").click()
    page.wait_for_url(lambda url: activity not in url)
    expect(page.locator("#activity-state")).to_have_text("running")
    raw.post(f"/containers/{ref}/kill")
    expect(page.locator("#activity-state")).to_have_text("failed")
    expect(page.locator("#activity-head [role=alert]")).to_contain_text("Its exit code is 137.")


def test_its_starter_is_told_of_the_end_once_on_whatever_page_she_is(
    stage: Stage, make_container: MakeContainer, pages: Pages, raw: RawEngine
) -> None:
    ref = make_container(["cat"], tty=True, OpenStdin=True)
    ada, joan = pages(server=stage.server), pages("joan", server=stage.server)
    ada.goto("hosts/local/containers/")
    joan.goto("activities/")
    expect(joan.get_by_role("heading", name="Nothing has run yet")).to_be_visible()
    activity = stage.start(ref, title="the work")
    expect(ada.locator("#tray-count")).to_have_text("1")
    beside = ada.context.new_page()
    beside.goto("accounts/2fa/")
    expect(beside.locator("#tray-count")).to_have_text("1")
    raw.post(f"/containers/{ref}/stop?t=0")
    # The first page that can show it does; the others, and those that come later, do not.
    looking = [ada, beside]

    def told() -> int:
        return sum(page.locator(".toast-box", has_text="Failed: Follow the work").count() for page in looking)

    give_up_at = time.monotonic() + 60
    while not told():
        assert time.monotonic() < give_up_at, "nobody was told"
        ada.wait_for_timeout(50)
    [teller] = [page for page in looking if page.locator(".toast-box").count()]
    expect(teller.locator(".toast-box a")).to_have_attribute("href", f"/activities/{activity}/")
    looking.append(ada.context.new_page())
    looking[-1].goto("activities/")
    expect(looking[-1].locator("#activity-list")).to_contain_text("failed")
    for page in looking:
        expect(page.locator("#tray-words")).to_have_text("Activities: nothing runs")
    assert told() == 1
    assert joan.locator(".toast-box").count() == 0


def test_the_list_moves_by_itself_filters_and_fits_a_phone(
    stage: Stage, make_container: MakeContainer, pages: Pages, axe: Any, raw: RawEngine
) -> None:
    page = pages(server=stage.server, width=390, height=844, dark=True)
    page.goto("activities/")
    axe(page)
    ref = make_container(["cat"], tty=True, OpenStdin=True)
    done = stage.start(make_container(printing("hello"), tty=True), title="short")
    running = stage.start(ref, title="long")
    rows = page.locator(".activity-table tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Follow long")
    expect(page.locator(f"#activity-{done}")).to_contain_text("done")
    expect(page.locator(f"#activity-{running}")).to_contain_text("running")
    axe(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="done", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Follow short")
    page.get_by_role("link", name="Follow short").click()
    expect(page.locator(".console")).to_have_text("hello")
    # Without scripts: the same words.
    bare = pages(server=stage.server, java_script_enabled=False)
    bare.goto(f"activities/{done}/")
    expect(bare.locator("#activity-state")).to_have_text("done")
    expect(bare.locator("pre.console")).to_have_text("hello\n")
    raw.post(f"/containers/{ref}/kill")


def test_many_containers_are_removed_while_one_goes_elsewhere(
    live_server: Server, make_container: MakeContainer, pages: Pages, raw: RawEngine
) -> None:
    ids = [make_container(name=f"many-{n}", start=False) for n in range(9)]
    page = pages()
    page.goto("hosts/local/containers/?q=name:many-")
    expect(page.locator("tr[data-id]")).to_have_count(9)
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("toolbar", name="Chosen containers").get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog", name="Remove 9 containers?")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".toast-box", has_text="This goes on on the server")).to_be_visible()
    expect(page.locator(".toast-box", has_text="Done: Remove 9 containers")).to_be_visible()
    expect(page.locator("tr[data-id]")).to_have_count(0)
    page.goto("activities/")
    page.get_by_role("link", name="Remove 9 containers").first.click()
    expect(page.locator(".activity-item[data-outcome=done]")).to_have_count(9)
    assert {raw.get(f"/containers/{one}/json")[0] for one in ids} == {404}
