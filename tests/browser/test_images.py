"""Images as a reader meets them: the list moves by itself, removal says what came of it, the page of one image."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import Pages
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer

LIST = "hosts/local/images/"
WAIT_MS = 30_000


def opened(pages: Pages, q: str, **how: Any) -> Page:
    """Open the list and wait until it is live."""
    page = pages(**how)
    page.goto(f"{LIST}?q={q}")
    expect(page.locator("#live")).to_have_text("live", timeout=WAIT_MS)
    return page


def row(page: Page, image_id: str) -> Locator:
    return page.locator(f'tr[data-id="{image_id}"]')


def test_an_image_named_removed_or_used_outside_moves_in_the_list_without_a_reload(
    pages: Pages, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    page = opened(pages, "label:browser.moves")
    page.evaluate("window.notReloaded = true")
    image = make_image("moves/web:1", lines=["LABEL browser.moves=1", "RUN head -c 300000 /dev/urandom > /x"])
    expect(row(page, image).locator(".name")).to_have_text("moves/web:1", timeout=WAIT_MS)
    expect(row(page, image).locator(".c-unique")).to_have_text(re.compile(r"30\d kB"), timeout=WAIT_MS)
    raw.post(f"/images/{image}/tag?repo=moves/also&tag=2")
    expect(row(page, image).locator(".c-name")).to_contain_text("moves/also:2", timeout=WAIT_MS)
    container = make_container(image="moves/web:1", name="moves-user", start=False)
    expect(row(page, image).locator(".c-used")).to_contain_text("moves-user", timeout=WAIT_MS)
    raw.remove(container)
    expect(row(page, image).locator(".c-used")).to_have_text("unused", timeout=WAIT_MS)
    raw.delete(f"/images/{image}?force=1")
    expect(row(page, image)).to_have_count(0, timeout=WAIT_MS)
    assert page.evaluate("window.notReloaded") is True


def test_several_are_removed_with_a_result_each_and_the_holder_is_linked(
    pages: Pages, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer, axe: Callable[[Page], None]
) -> None:
    free = make_image("several/free:1", lines=["LABEL browser.bulk=1"])
    held = make_image("several/held:1", lines=["LABEL browser.bulk=1"])
    make_container(image="several/held:1", name="several-holder", start=False)
    page = opened(pages, "label:browser.bulk")
    expect(page.locator("tbody tr")).to_have_count(2, timeout=WAIT_MS)
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("toolbar", name="Chosen images").get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog", name="Remove 2 images?")
    expect(dialog).to_contain_text("several/free:1")
    axe(page)
    dialog.get_by_role("button", name="Remove").click()
    results = page.locator("#bulk-results")
    expect(results).to_contain_text("1 of 2 were not removed", timeout=WAIT_MS)
    expect(results).to_contain_text("several/held:1")
    expect(results.get_by_role("link", name="several-holder")).to_have_attribute("href", re.compile("/containers/"))
    results.get_by_role("button", name="Close").click()
    expect(row(page, free)).to_have_count(0, timeout=WAIT_MS)
    expect(row(page, held)).to_have_count(1)
    assert raw.get(f"/images/{held}/json")[0] == 200


def test_the_page_of_an_image(
    pages: Pages,
    raw: RawEngine,
    make_image: MakeImage,
    make_container: MakeContainer,
    axe: Callable[[Page], None],
    screenshot: Callable[..., Path],
) -> None:
    image = make_image(
        "page/web:1", "page/also:1", lines=["ENV COLOUR=teal", "RUN head -c 90000 /dev/urandom > /x", 'CMD ["httpd"]']
    )
    page = pages()
    page.goto(f"{LIST}page/web:1/")
    expect(page.get_by_role("heading", name="page/also:1")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#env")).not_to_contain_text("teal")
    page.get_by_role("button", name="Show values").click()
    expect(page.locator("#env")).to_contain_text("teal", timeout=WAIT_MS)
    axe(page)
    screenshot(page, "image", full_page=True)

    page.get_by_role("button", name="Give a name…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Not/Lower:1")
    dialog.get_by_role("button", name="Give it this name").click()
    expect(dialog.get_by_role("alert")).to_contain_text("lower case", timeout=WAIT_MS)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Not/Lower:1")
    dialog.get_by_label("Name", exact=True).fill("page/third:1")
    dialog.get_by_role("button", name="Give it this name").click()
    expect(page.locator(".image-names")).to_contain_text("page/third:1", timeout=WAIT_MS)
    page.get_by_role("button", name="Take the name page/third:1 away").click()
    page.get_by_role("button", name="Take it away", exact=True).click()
    expect(page.locator(".image-names")).not_to_contain_text("page/third:1", timeout=WAIT_MS)
    assert set(raw.get(f"/images/{image}/json")[1]["RepoTags"]) == {"page/web:1", "page/also:1"}

    page.get_by_role("link", name="History").click()
    expect(page.locator(".history-table")).to_contain_text("head -c 90000", timeout=WAIT_MS)
    axe(page)
    container = make_container(image="page/web:1", name="page-user", start=False)
    page.get_by_role("link", name="Remove…").click()
    expect(page.get_by_role("link", name="page-user")).to_be_visible(timeout=WAIT_MS)
    axe(page)
    raw.remove(container)
    page.get_by_label(re.compile("Although stopped containers use it")).check()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Images")).to_be_visible(timeout=WAIT_MS)
    assert raw.get(f"/images/{image}/json")[0] == 404


def test_on_a_phone_and_in_the_dark(
    pages: Pages, make_image: MakeImage, axe: Callable[[Page], None], screenshot: Callable[..., Path]
) -> None:
    image = make_image("phone/web:1", "host.example:5000/phone/with-a-long-name:1", lines=["LABEL browser.phone=1"])
    page = opened(pages, "label:browser.phone", width=390, dark=True)
    expect(row(page, image).locator(".name")).to_have_text("phone/web:1")
    axe(page)
    screenshot(page, "images-phone-dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for path in ("", "history/", "remove/"):
        page.goto(f"{LIST}{image}/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
