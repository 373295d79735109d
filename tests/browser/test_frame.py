"""What stands around every page: side, top line, theme, palette, keys, phone, connection."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import PrivateEngine, RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.live.server import Server

expect.set_options(timeout=WAIT_MS)

LIST = "hosts/local/containers/"
THEME = "() => document.documentElement.dataset.bsTheme"


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"))


def test_the_theme_follows_the_system_until_one_is_chosen_and_then_stays(pages: Pages) -> None:
    page = pages(dark=True)
    page.goto("accounts/sessions/")
    assert page.evaluate(THEME) == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => document.documentElement.dataset.bsTheme === 'light'")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitemradio", name="Theme: dark").click()
    assert page.evaluate(THEME) == "dark"
    page.reload()
    assert page.evaluate(THEME) == "dark"
    page.get_by_role("button", name="Theme").click()
    expect(page.get_by_role("menuitemradio", name="Theme: dark")).to_have_attribute("aria-checked", "true")


def test_ctrl_k_finds_a_container_and_opens_its_page(
    pages: Pages, make_container: MakeContainer, axe: Callable[..., None]
) -> None:
    container_id = make_container(name="needle-in-hay")
    page = pages()
    page.goto("accounts/sessions/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find anything")
    field = palette.get_by_role("combobox")
    expect(field).to_be_focused()
    field.fill("theme")
    expect(palette.get_by_role("option", name="Theme: dark")).to_be_visible()
    field.fill("needle hay")
    expect(palette.get_by_role("option")).to_have_count(1)
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/containers/{container_id}/")
    expect(page.get_by_role("heading", name="needle-in-hay")).to_be_visible()


def test_the_palette_finds_an_image_by_any_of_its_names(pages: Pages, make_image: MakeImage) -> None:
    image_id = make_image("palette/needle:1", "palette/thread:2")
    page = pages()
    page.goto(LIST)
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find anything")
    palette.get_by_role("combobox").fill("palette/thread")
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/images/{image_id}/")


def test_the_palette_does_what_it_names_and_closes_by_escape(pages: Pages) -> None:
    page = pages()
    page.goto("accounts/sessions/")
    palette = page.get_by_role("dialog", name="Find anything")
    page.get_by_role("button", name="Find anything").click()
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    palette.get_by_role("combobox").fill("theme dark")
    page.keyboard.press("Enter")
    assert page.evaluate(THEME) == "dark"
    page.keyboard.press("Control+k")
    palette.get_by_role("combobox").fill("no such thing anywhere")
    expect(palette.get_by_text("Nothing goes by that name.")).to_be_visible()


def test_keys_lead_to_the_filter_the_help_and_the_content(pages: Pages) -> None:
    page = pages()
    page.goto(LIST)
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator(".filter input")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()


def test_menus_are_walked_by_arrows_and_give_the_focus_back(pages: Pages) -> None:
    page = pages()
    page.goto("accounts/sessions/")
    page.wait_for_selector("html[data-ready]")
    button = page.get_by_role("button", name="account of ada")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Change password")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu", name="Account")).to_be_hidden()
    expect(button).to_be_focused()


def test_times_are_told_in_the_zone_of_the_reader(pages: Pages, make_container: MakeContainer, raw: RawEngine) -> None:
    container_id = make_container(start=False)
    created = raw.get(f"/containers/{container_id}/json")[1]["Created"]
    page = pages()
    page.goto(f"{LIST}{container_id}/")
    shown = page.locator(f'time[datetime="{created}"]').first
    in_berlin = page.evaluate(
        """(at) => new Intl.DateTimeFormat("en-GB", {timeStyle: "medium", timeZone: "Europe/Berlin"})
                   .format(new Date(at))""",
        created,
    )
    expect(shown).to_contain_text(in_berlin)
    expect(shown).to_have_attribute("title", re.compile(re.escape(in_berlin)))


def test_a_phone_shows_all_without_scrolling_sideways(
    pages: Pages,
    make_container: MakeContainer,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
) -> None:
    mounts = [{"Type": "volume", "Target": "/a-directory-with-a-rather-long-name/that-goes-on"}]
    container_id = make_container(
        name="a-container-with-a-name-that-is-longer-than-a-phone-is-wide",
        labels={"com.example.averylonglabelnamewithoutanybreak": "x" * 120},
        host_config={"Mounts": mounts},
    )
    page = pages(width=390, height=844)
    for address in (
        LIST,
        f"{LIST}{container_id}/",
        f"{LIST}{container_id}/inspect/",
        "accounts/2fa/",
        "accounts/sessions/",
    ):
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        assert not scrolls_sideways(page), f"{address} scrolls sideways"
    page.goto(f"{LIST}{container_id}/")
    axe(page)
    screenshot(page, "container-phone")
    page.get_by_role("button", name="More actions").click()
    sheet = page.get_by_role("menu", name="Actions")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844), (
        "the menu is no sheet at the bottom"
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open navigation").click()
    section = page.get_by_role("navigation", name="Sections").get_by_role("link", name="Containers")
    expect(section).to_be_visible()
    page.keyboard.press("Escape")
    expect(section).to_be_hidden()


@pytest.mark.parametrize("address", ["hosts/local/containers/not-there/", "no/such/page/"])
def test_what_is_not_there_is_said_in_a_page_of_the_frame(pages: Pages, axe: Callable[..., None], address: str) -> None:
    pages.allow("status of 404")
    page = pages()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("There is no")
    axe(page)
    page.get_by_role("link", name="Go to the containers").click()
    expect(page).to_have_url(re.compile("/hosts/local/containers/$"))


def test_an_engine_that_went_away_is_said_on_top_until_it_is_back(
    pages: Pages, own_engine: PrivateEngine, own_server: Callable[..., Server]
) -> None:
    pages.allow("status of 50|WebSocket")
    server = own_server(own_engine, DOCKERWEB_PREFIX="/tools/docker")
    raw = RawEngine(own_engine.socket_path)
    container_id = raw.container(image="dockerweb/base:1", cmd=["sh"], name="left-alone", tty=True)
    page = pages(server=server)
    page.goto(f"hosts/local/containers/{container_id}/")
    banner = page.locator("#connection")
    expect(page.locator("[data-container-state]")).to_have_text("running")
    expect(banner).to_be_hidden()
    # All of it works below a sub-path, too.
    addresses = page.evaluate(
        "() => [...document.querySelectorAll('a[href^=\"/\"]')].map((a) => a.getAttribute('href'))"
    )
    assert addresses
    assert all(address.startswith("/tools/docker/") for address in addresses), addresses
    own_engine.stop()
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("does not answer")
    later = pages(server=server)
    later.goto("hosts/local/containers/left-alone/")
    expect(later.get_by_role("heading", name="The engine cannot be reached")).to_be_visible()
    own_engine.start()
    expect(later.get_by_role("heading", name="left-alone")).to_be_visible(timeout=60_000)
    expect(banner).to_be_hidden(timeout=60_000)
    expect(page.locator("[data-container-state]")).to_contain_text("exited", timeout=60_000)


def test_an_engine_that_went_away_before_its_events_came_is_said_too(
    pages: Pages, own_engine: PrivateEngine, own_server: Callable[..., Server]
) -> None:
    pages.allow("status of 50|WebSocket")
    server = own_server(own_engine)
    RawEngine(own_engine.socket_path).container(image="dockerweb/base:1", cmd=["sh"], name="unheard", tty=True)
    page = pages(server=server)
    page.route_web_socket(re.compile("/events/"), lambda socket: socket.close(code=4502, reason="gone"))
    page.goto("hosts/local/containers/unheard/")
    expect(page.locator("#connection")).to_be_hidden()
    own_engine.stop()
    expect(page.locator("#connection")).to_be_visible()
