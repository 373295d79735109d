"""The browser fixtures themselves: a page's complaint must reach the test, and other kinds of tests run beside them."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.fixtures import Pages


def test_a_signed_in_page_is_styled_and_bears_no_complaint(pages: Pages, screenshot: Callable[..., Path]) -> None:
    page = pages("ada")
    page.goto("hosts/local/containers/")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    assert page.evaluate("() => getComputedStyle(document.body).fontFamily").strip()
    assert screenshot(page, "fixtures").stat().st_size > 1000


def test_nobody_is_led_to_the_sign_in_page_which_everybody_can_use(pages: Pages, axe: Callable[..., None]) -> None:
    page: Page = pages(None)
    page.goto("hosts/local/containers/")
    expect(page.locator("input[name=login]")).to_be_visible()
    axe(page)


def test_console_errors_and_refused_scripts_are_noticed(pages: Pages) -> None:
    page = pages(None)
    page.goto("accounts/login/")
    page.evaluate("() => console.error('from the test')")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'document.title = 1'; document.body.append(s) }"
    )
    assert page.title() != "1"
    assert any("from the test" in text for text in pages.complaints)
    assert any("Content Security Policy" in text for text in pages.complaints)
    pages.allow("from the test")
    pages.allow("Content Security Policy")
    assert not pages.complaints
