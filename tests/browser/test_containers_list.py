"""The list of containers as a reader meets it: it moves by itself, and everything on it works."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.engine.version import ApiVersion
from scripts.private_engine import PrivateEngine, RawEngine
from tests.live.server import Server

expect.set_options(timeout=30_000)
LIST = "/hosts/local/containers/"
Make = Callable[..., str]


@pytest.fixture
def opened(pages: Any) -> Callable[..., Page]:
    """Open the list and wait until it is live; only this test's containers by `q`."""

    def open_list(q: str = "", *, user: str = "ada", **how: Any) -> Page:
        page: Page = pages(user, **how)
        page.goto(f"{LIST}?q={q}")
        expect(page.locator("#live")).to_have_text("live")
        return page

    return open_list


def row(page: Page, name: str) -> Locator:
    return page.locator(f'tr[data-name="{name}"]')


def test_a_container_started_outside_appears_and_moves_without_a_reload(
    opened: Callable[..., Page], make_container: Make, raw: RawEngine, screenshot: Any
) -> None:
    page = opened("name:moves-")
    page.evaluate("window.notReloaded = true")
    expect(page.get_by_text("No container fits").or_(page.get_by_text("No containers yet"))).to_be_visible()
    container_id = make_container(name="moves-by-itself")
    expect(row(page, "moves-by-itself").locator(".state").first).to_have_text("running")
    raw.post(f"/containers/{container_id}/pause")
    expect(row(page, "moves-by-itself").locator(".state").first).to_have_text("paused")
    raw.post(f"/containers/{container_id}/unpause")
    raw.post(f"/containers/{container_id}/kill")
    expect(row(page, "moves-by-itself").locator(".state").first).to_have_text("exited (137)")
    raw.delete(f"/containers/{container_id}?force=1")
    expect(row(page, "moves-by-itself")).to_have_count(0)
    assert page.evaluate("window.notReloaded") is True


def test_cpu_and_memory_of_the_rows_in_view_come_by_themselves(
    opened: Callable[..., Page], make_container: Make
) -> None:
    make_container(["sh", "-c", "while :; do sleep 0.1; done"], name="figures-here")
    page = opened("name:figures-")
    expect(row(page, "figures-here").locator(".c-memory .num")).to_have_text(re.compile(r"\d+(\.\d+)? (B|kB|MB)"))
    expect(row(page, "figures-here").locator(".c-cpu .num")).to_have_text(re.compile(r"\d+(\.\d+)? %"))


def test_the_filter_line_narrows_completes_and_explains(opened: Callable[..., Page], make_container: Make) -> None:
    make_container(name="sift-web", labels={"com.docker.compose.project": "sifting", "tier": "front"})
    make_container(name="sift-db", labels={"com.docker.compose.project": "sifting", "tier": "back"}, start=False)
    page = opened("project:sifting")
    expect(page.locator("tr[data-name]")).to_have_count(2)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Filter containers")
    expect(field).to_be_focused()
    field.press("End")
    field.press_sequentially(" label:tier=fr")
    option = page.get_by_role("option", name="label:tier=front")
    expect(option).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("project:sifting label:tier=front ")
    expect(page.locator("tr[data-name]")).to_have_count(1)
    expect(row(page, "sift-web")).to_be_visible()
    expect(page).to_have_url(re.compile(r"label%3Atier%3Dfront"))
    field.fill("project:sifting colour:red")
    expect(page.locator("#q-problem")).to_contain_text("There is no filter “colour”")
    field.fill("project:sifting -name:web")
    expect(page.locator("tr[data-name]")).to_have_count(1)
    expect(row(page, "sift-db")).to_be_visible()


def test_chips_count_filter_and_go_back(opened: Callable[..., Page], make_container: Make) -> None:
    for at in range(2):
        make_container(name=f"chips-run-{at}", labels={"com.docker.compose.project": "chipped"})
    make_container(name="chips-new", start=False, labels={"com.docker.compose.project": "chipped"})
    page = opened("project:chipped")
    expect(page.locator("#chip-all b")).to_have_text("3")
    expect(page.locator("#chip-running b")).to_have_text("2")
    page.locator("#chip-created").click()
    expect(page.locator("tr[data-name]")).to_have_count(1)
    expect(page.locator("#chip-created")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("combobox", name="Filter containers")).to_have_value("project:chipped status:created")
    page.go_back()
    expect(page.locator("tr[data-name]")).to_have_count(3)


def test_a_heading_sorts_and_turns_round(opened: Callable[..., Page], make_container: Make) -> None:
    for name in ("order-b", "order-a", "order-c"):
        make_container(name=name, start=False)
    page = opened("name:order-")
    names = page.locator("tr[data-name] a.name")
    expect(names).to_have_text(["order-a", "order-b", "order-c"])
    page.locator("#sort-name").click()
    expect(names).to_have_text(["order-c", "order-b", "order-a"])
    expect(page.locator("th.c-name")).to_have_attribute("aria-sort", "descending")
    page.locator("#sort-created").click()
    expect(page.locator("th.c-created")).to_have_attribute("aria-sort", "ascending")


def test_start_and_stop_by_the_icons_of_the_row(
    opened: Callable[..., Page], make_container: Make, raw: RawEngine
) -> None:
    container_id = make_container(name="icons-one", start=False)
    page = opened("name:icons-")
    row(page, "icons-one").get_by_role("button", name="Start icons-one").click()
    expect(page.locator(".toast-box")).to_contain_text("icons-one is running")
    expect(row(page, "icons-one").locator(".state").first).to_have_text("running")
    assert raw.inspect(container_id)["State"]["Running"] is True
    row(page, "icons-one").get_by_role("button", name="Stop icons-one").click()
    expect(row(page, "icons-one").locator(".state").first).to_have_text(re.compile("exited"))
    assert raw.inspect(container_id)["State"]["Running"] is False


def test_the_menu_sends_a_signal_and_removal_names_what_is_lost(
    opened: Callable[..., Page], make_container: Make, raw: RawEngine, screenshot: Any
) -> None:
    container_id = make_container(
        ["sh", "-c", "trap 'exit 7' USR1; while :; do sleep 0.1; done"], name="menu-one", Volumes={"/scratch": {}}
    )
    page = opened("name:menu-")
    row(page, "menu-one").get_by_role("button", name="More actions menu-one").click()
    page.get_by_role("menuitem", name="Send a signal…").click()
    page.get_by_role("combobox", name="Signal").fill("SIGUSR1")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(row(page, "menu-one").locator(".state").first).to_have_text("exited (7)")
    volume = raw.inspect(container_id)["Mounts"][0]["Name"]
    row(page, "menu-one").get_by_role("button", name="More actions menu-one").click()
    page.get_by_role("menuitem", name="Remove…").click()
    dialog = page.get_by_role("dialog", name="Remove menu-one?")
    expect(dialog).to_contain_text("writable layer")
    expect(dialog).to_contain_text("its log")
    expect(dialog).to_contain_text("1 anonymous volume")
    screenshot(page, "containers-remove")
    dialog.get_by_role("button", name="Cancel").click()
    assert raw.inspect(container_id)["Id"] == container_id
    row(page, "menu-one").get_by_role("button", name="More actions menu-one").click()
    page.get_by_role("menuitem", name="Remove…").click()
    dialog.get_by_label("Remove its anonymous volumes too").check()
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(row(page, "menu-one")).to_have_count(0)
    assert raw.get(f"/containers/{container_id}/json")[0] == 404
    assert raw.get(f"/volumes/{volume}")[0] == 404


def test_several_at_once_tell_what_came_of_each(
    opened: Callable[..., Page], make_container: Make, raw: RawEngine, screenshot: Any
) -> None:
    running = make_container(name="bulk-up")
    stopped = make_container(name="bulk-down", start=False)
    page = opened("name:bulk-")
    page.get_by_label("Choose all on this page").check()
    bar = page.get_by_role("toolbar", name="Chosen containers")
    expect(bar).to_contain_text("2 selected")
    screenshot(page, "containers-bulk")
    bar.get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog", name="Remove 2 containers?")
    expect(dialog).to_contain_text("bulk-down, bulk-up")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    results = page.get_by_role("dialog", name="1 of 2 did not work")
    expect(results.locator("li", has_text="bulk-down")).to_contain_text("is removed")
    expect(results.locator("li", has_text="bulk-up")).to_contain_text("a running container")
    results.get_by_role("button", name="Close").click()
    assert raw.get(f"/containers/{stopped}/json")[0] == 404
    expect(bar).to_contain_text("1 selected")
    bar.get_by_role("button", name="Stop", exact=True).click()
    expect(row(page, "bulk-up").locator(".state").first).to_have_text(re.compile("exited"))
    assert raw.inspect(running)["State"]["Running"] is False
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_several_are_restarted_after_a_time_of_their_own(
    width: int,
    dark: bool,
    opened: Callable[..., Page],
    make_container: Make,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Any,
) -> None:
    ids = [make_container(name=f"after-{name}") for name in ("one", "two")]
    before = [raw.inspect(each)["State"]["StartedAt"] for each in ids]
    page = opened("name:after-", width=width, dark=dark)
    for name in ("one", "two"):
        row(page, f"after-{name}").get_by_label(f"Choose after-{name}").check()
    bar = page.get_by_role("toolbar", name="Chosen containers")
    bar.get_by_role("button", name="More for the chosen").click()
    page.get_by_role("menuitem", name="Restart after a time…").click()
    dialog = page.get_by_role("dialog", name="Restart 2 containers")
    dialog.get_by_label("Seconds to wait").fill("0")
    signal = dialog.get_by_label("Signal")
    has_signal = ApiVersion.parse(raw.get("/version")[1]["ApiVersion"]) >= ApiVersion(1, 42)
    expect(signal).to_be_enabled(enabled=has_signal)
    if not has_signal:
        expect(dialog).to_contain_text("Came with API 1.42")
    screenshot(page, f"containers-restart-{width}")
    axe(page)
    dialog.get_by_role("button", name="Restart", exact=True).click()
    expect(page.locator(".toast-box")).to_contain_text("after-one")
    for each, started in zip(ids, before, strict=True):
        state = raw.inspect(each)["State"]
        assert state["Running"] is True
        assert state["StartedAt"] != started


def test_columns_are_chosen_and_remembered(opened: Callable[..., Page], make_container: Make) -> None:
    make_container(name="columns-one", start=False)
    page = opened("name:columns-")
    expect(page.locator("td.c-ports")).to_be_visible()
    page.get_by_role("button", name="Choose columns").click()
    page.get_by_role("menuitemcheckbox", name="Ports").click()
    expect(page.locator("td.c-ports")).to_be_hidden()
    page.reload()
    expect(page.locator("td.c-name")).to_be_visible()
    expect(page.locator("td.c-ports")).to_be_hidden()


def test_arrows_walk_and_space_ticks(opened: Callable[..., Page], make_container: Make) -> None:
    for name in ("keys-a", "keys-b"):
        make_container(name=name, start=False)
    page = opened("name:keys-")
    page.keyboard.press("ArrowDown")
    expect(row(page, "keys-a").locator("a.name")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row(page, "keys-b").locator("a.name")).to_be_focused()
    page.keyboard.press("Space")
    expect(row(page, "keys-b").get_by_role("checkbox")).to_be_checked()


def test_a_viewer_sees_the_list_and_no_verbs(opened: Callable[..., Page], make_container: Make) -> None:
    make_container(name="viewed-one")
    page = opened("name:viewed-", user="joan")
    expect(row(page, "viewed-one").locator(".state").first).to_have_text("running")
    expect(row(page, "viewed-one").get_by_role("button")).to_have_count(0)
    expect(row(page, "viewed-one").get_by_role("checkbox")).to_have_count(0)
    expect(row(page, "viewed-one").get_by_role("link", name="Logs viewed-one")).to_be_visible()
    expect(row(page, "viewed-one").get_by_role("link", name="Terminal viewed-one")).to_have_count(0)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False)])
def test_it_is_readable_for_everyone(
    opened: Callable[..., Page], make_container: Make, axe: Any, screenshot: Any, width: int, dark: bool
) -> None:
    shop = {"com.docker.compose.project": "shop", "dockerweb.team": "web"}
    make_container(name="look-web", labels=shop, host_config={"NetworkMode": "none"})
    make_container(name="look-api", labels=shop, Healthcheck={"Test": ["CMD", "true"], "Interval": 1_000_000_000})
    failed = make_container(["sh", "-c", "exit 3"], name="look-migrate", labels={"com.docker.compose.project": "ops"})
    assert failed
    make_container(name="look-new", start=False)
    page = opened("name:look-", width=width, dark=dark)
    expect(row(page, "look-migrate").locator(".state").first).to_have_text("exited (3)")
    expect(row(page, "look-api").locator("small.state")).to_have_text("healthy")
    expect(row(page, "look-web").locator(".c-memory .num")).not_to_have_text("–")
    axe(page)
    screenshot(page, f"containers-{width}-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def test_an_engine_that_goes_away_leaves_the_list_marked_as_old_until_it_is_back(
    pages: Any, own_engine: PrivateEngine, own_server: Callable[..., Server], axe: Any, screenshot: Any
) -> None:
    """F1 as a reader sees it."""
    RawEngine(own_engine.socket_path).container(name="gone-and-back", start=False)
    server = own_server(own_engine)
    page = pages("ada", server=server)
    page.goto(LIST.removeprefix("/"))
    expect(page.locator("#live")).to_have_text("live")
    own_engine.stop()
    banner = page.locator("#connection")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("does not answer")
    expect(page.locator("#live")).to_have_text(re.compile(r"as of \d\d:\d\d"))
    expect(row(page, "gone-and-back")).to_be_visible()
    page.reload()
    expect(banner).to_be_visible()
    expect(row(page, "gone-and-back")).to_be_visible()
    axe(page)
    screenshot(page, "containers-engine-gone")
    own_engine.start()
    RawEngine(own_engine.socket_path).container(name="gone-new", start=False)
    expect(row(page, "gone-new")).to_be_visible()
    expect(banner).to_be_hidden()
    expect(page.locator("#live")).to_have_text("live")
    page.close()  # before its server
