"""A real Chromium, signed in, whose own complaints fail the test: console errors, page errors, CSP reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.live.server import ROOT, Server

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WAIT_MS = 30_000
_AXE = ROOT / "node_modules/axe-core/axe.min.js"


class Pages:
    """See the fixture `pages`."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser = browser
        self._server = server
        self._contexts: list[BrowserContext] = []
        self._allowed: list[re.Pattern[str]] = []
        self._complaints: list[str] = []

    def __call__(
        self,
        user: str | None = "ada",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        server: Server | None = None,
        **context_options: Any,
    ) -> Page:
        """A new page in a context of its own, signed in as `user` (None: nobody); relative addresses work."""
        server = server or self._server
        context = self._browser.new_context(
            base_url=server.url + "/",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **context_options,
        )
        context.set_default_timeout(WAIT_MS)
        context.set_default_navigation_timeout(WAIT_MS)
        if user is not None:
            context.add_cookies(
                [
                    {"name": cookie.name, "value": cookie.value or "", "url": server.origin + cookie.path}
                    for cookie in server.cookies(user)
                ]
            )
        self._contexts.append(context)
        context.on("page", self._listen)
        return context.new_page()

    def allow(self, pattern: str) -> None:
        """Expect complaints that match (regular expression), such as "status of 404", in this test."""
        self._allowed.append(re.compile(pattern))

    @property
    def complaints(self) -> list[str]:
        """What the browser complained about so far and the test did not expect."""
        return [text for text in self._complaints if not any(p.search(text) for p in self._allowed)]

    def close(self) -> None:
        """Close every page of this test."""
        for context in self._contexts:
            context.close()

    def _listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._complaints.append(f"page error: {error}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        # Every violation of the content security policy is a console error too.
        if message.type == "error":
            self._complaints.append(f"console error: {message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The session's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def pages(
    browser: Browser,
    live_server: Server,
    make_container: Callable[..., str],
    make_engine: Callable[..., object],
    own_server: Callable[..., Server],
) -> Iterator[Pages]:
    """`pages(user="ada"|"joan"|None, width=…, dark=…)`: a signed-in page of the session's server.

    It closes before the test's containers, servers and engines go: a page would rightly complain about those.
    Any console error, page error or CSP violation that `pages.allow(pattern)` did not announce fails the test.
    """
    made = Pages(browser, live_server)
    yield made
    made.close()
    assert not made.complaints, "the browser complained:\n" + "\n".join(made.complaints)


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)`: no serious or critical accessibility finding on the page as it stands now."""

    def check(page: Page, *, exclude: list[str] | None = None) -> None:
        # Evaluated through the protocol, which the page's own policy does not concern.
        page.evaluate(_AXE.read_text())
        context = {"include": [["html"]], "exclude": [[selector] for selector in exclude or []]}
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate(
            f"() => axe.run({json.dumps(context)}, {{runOnly: {json.dumps(tags)}, resultTypes: ['violations']}})"
        )
        serious = [
            f"{finding['id']} ({finding['impact']}): {finding['help']}: "
            + "; ".join(n["html"] for n in finding["nodes"])
            for finding in found["violations"]
            if finding["impact"] in ("serious", "critical")
        ]
        twice = page.evaluate(
            "() => [...document.querySelectorAll('[id]')].map(({ id }) => id)"
            ".filter((id, at, all) => all.indexOf(id) !== at)"
        )
        assert not twice, f"ids that stand twice on {page.url}: {twice}"
        assert not serious, f"axe finds on {page.url}:\n" + "\n".join(serious)

    return check


@pytest.fixture
def screenshot() -> Callable[..., Path]:
    """`screenshot(page, "containers-dark")` → var/screenshots/containers-dark.png, for a person to look at."""

    def take(page: Page, name: str, *, full_page: bool = False) -> Path:
        path = ROOT / "var/screenshots" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=full_page)
        return path

    return take
