"""A text file of a container, edited in a real browser."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS
from tests.engines.private import MakeContainer
from tests.live.containers.archives import content_of, engine_tar, member, members_of, put

expect.set_options(timeout=WAIT_MS)

COMPOSE = b"""\
# what runs here
services:
  web:
    image: nginx:1.27   # pinned
    ports: ["8080:80"]
    environment:
      GREETING: "hello"
      WORKERS: 4
      DEBUG: false
"""


@pytest.fixture
def container_id(make_container: MakeContainer, raw: RawEngine) -> str:
    """A container that never ran: editing needs nothing of it."""
    container_id = make_container(start=False, name="files-edited")
    put(
        raw,
        container_id,
        [
            (member("srv", tarfile.DIRTYPE, mode=0o755), b""),
            (member("srv/compose.yaml", uid=1000, gid=1001, mode=0o664), COMPOSE),
            (member("srv/dos.ini"), b"[a]\r\nx = 1\r\n"),
        ],
    )
    return container_id


def open_editor(page: Page, container_id: str, path: str) -> None:
    page.goto(f"hosts/local/containers/{container_id}/files/?path={path}")
    page.locator("#file-edit").click()
    expect(page.locator(".cm-content")).to_be_focused()


def test_a_file_is_edited_saved_and_comes_down_as_it_was_typed(
    pages: Any, container_id: str, raw: RawEngine, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    page = pages()
    open_editor(page, container_id, "/srv/compose.yaml")
    expect(page.locator(".cm-lineNumbers")).to_contain_text("9")
    expect(page.locator(".cm-line span").first).to_have_text("# what runs here")  # the language has come
    axe(page)
    screenshot(page, "file-edit")
    page.keyboard.press("Control+End")
    page.keyboard.type("# ?/größe €\n")
    expect(page.locator("#edit-moment")).to_have_text("not saved yet")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.locator("#edit-moment")).to_have_text("")
    saved = COMPOSE + "# ?/größe €\n".encode()
    assert content_of(raw, container_id, "/srv/compose.yaml") == saved
    now = members_of(engine_tar(raw, container_id, "/srv/compose.yaml"))["compose.yaml"]
    assert (now.uid, now.gid, now.mode & 0o7777) == (1000, 1001, 0o664)
    page.keyboard.press("Control+f")
    page.keyboard.type("WORKERS")
    expect(page.locator(".cm-searchMatch")).to_have_count(1)
    axe(page)
    screenshot(page, "file-edit-find")
    page.keyboard.press("Escape")
    page.locator("#edit-close").click()
    expect(page.locator(".file-text")).to_contain_text("größe")
    with page.expect_download() as download:
        page.locator("#file-download").click()
    assert Path(download.value.path()).read_bytes() == saved


def test_a_file_that_changed_meanwhile_is_asked_about_and_the_text_stays(
    pages: Any, container_id: str, raw: RawEngine, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    page = pages(dark=True, height=900)
    pages.allow("status of 409")
    open_editor(page, container_id, "/srv/compose.yaml")
    page.keyboard.type("# mine\n")
    put(raw, container_id, [(member("srv/compose.yaml"), b"# somebody else's\n")])
    page.locator("#edit-save").click()
    expect(page.get_by_role("alert")).to_contain_text("The file changed meanwhile")
    expect(page.locator(".cm-content")).to_contain_text("# mine")
    expect(page.locator("#edit-moment")).to_have_text("not saved yet")
    axe(page)
    screenshot(page, "file-edit-changed-dark")
    assert content_of(raw, container_id, "/srv/compose.yaml") == b"# somebody else's\n"
    page.locator("#edit-close").click()
    page.locator("dialog[open]").get_by_role("button", name="Cancel").click()
    page.locator("#edit-overwrite").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#edit-moment")).to_have_text("")
    assert content_of(raw, container_id, "/srv/compose.yaml") == b"# mine\n" + COMPOSE
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Nothing was changed")).to_be_visible()


def test_line_ends_stay_and_a_phone_has_room_for_the_editor(
    pages: Any, container_id: str, raw: RawEngine, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    page = pages(width=390, height=844)
    open_editor(page, container_id, "/srv/dos.ini")
    expect(page.locator(".file-facts")).to_contain_text("CRLF")
    page.keyboard.press("Control+End")
    page.keyboard.type("y = 2")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    screenshot(page, "file-edit-phone")
    page.locator("#edit-save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert content_of(raw, container_id, "/srv/dos.ini") == b"[a]\r\nx = 1\r\ny = 2\r\n"
