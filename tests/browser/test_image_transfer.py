"""Images pulled, pushed, loaded, imported and saved in a real browser."""

from __future__ import annotations

import gzip
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS
from tests.engines.images import MakeImage
from tests.engines.registry import Registry
from tests.engines.registry_fakes import FakeRegistry
from tests.live.images.transfer.wire import grace, keep_credentials
from tests.live.server import Server

expect.set_options(timeout=WAIT_MS)

BASE = "dockerweb/base:1"
IMAGES = "hosts/local/images/"
Axe = Callable[..., None]
Screenshot = Callable[..., Path]


def ended(page: Page, state: str) -> None:
    expect(page.locator("#activity-head")).to_have_attribute("data-state", state)


def test_a_pull_is_typed_watched_layer_by_layer_and_opened(
    pages: Any,
    live_server: Server,
    fake_registry: Callable[..., FakeRegistry],
    raw: RawEngine,
    gone: list[str],
    axe: Axe,
    screenshot: Screenshot,
) -> None:
    fake = fake_registry(layers=4, layer_bytes=900_000)
    may_go_on = threading.Event()

    def half(handler: Any, content: bytes) -> bool:
        """Send a half of each layer, and the rest when the test says so."""
        if len(content) < 10_000:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.wfile.flush()
        may_go_on.wait(4 * WAIT_MS / 1000)
        handler.wfile.write(content[len(content) // 2 :])
        return True

    fake.on_blob = half
    reference = f"{fake.address}/team/app:1"
    gone.append(reference)
    page = pages(grace(live_server))
    page.goto(f"{IMAGES}pull/")
    field = page.get_by_label("Image", exact=True)
    field.fill("alpine")
    expect(page.locator("#pull-reading")).to_contain_text("docker.io/library/alpine:latest")
    expect(page.locator("#pull-reading")).to_contain_text("Docker Hub, without credentials")
    pages.allow("status of 400")
    field.fill("Alpine")
    expect(page.locator("#pull-unread")).to_contain_text("lower case")
    axe(page)
    field.fill(f"{fake.address}/team/app:1")
    expect(page.locator("#pull-reading")).to_contain_text(fake.address)
    screenshot(page, "image-pull")
    page.get_by_role("button", name="Pull").click()

    bars = page.locator(".activity-bars .bar-row")
    expect(bars).to_have_count(4)
    expect(bars.filter(has_text="Downloading").first).to_contain_text("kB /")
    axe(page)
    screenshot(page, "image-pulling")
    may_go_on.set()
    ended(page, "done")
    expect(bars.filter(has_text="Pull complete")).to_have_count(4)
    screenshot(page, "image-pulled")
    assert raw.get(f"/images/{reference}/json")[0] == 200
    page.get_by_role("link", name="Open the result").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("team/app:1")

    page.goto(f"{IMAGES}pull/?image={reference}")
    page.get_by_role("button", name="Pull").click()
    ended(page, "done")
    expect(page.locator(".activity-notes")).to_contain_text("Up to date")


def test_a_pull_that_is_refused_says_why_and_what_to_try(
    pages: Any,
    live_server: Server,
    registry: Registry,
    raw: RawEngine,
    gone: list[str],
    axe: Axe,
    screenshot: Screenshot,
) -> None:
    page = pages(grace(live_server), dark=True)
    page.goto(f"{IMAGES}pull/?image={registry.address}/browser/none:1")
    expect(page.locator("#pull-reading")).to_contain_text(f"{registry.address}/browser/none:1")
    page.get_by_role("button", name="Pull").click()
    ended(page, "failed")
    problem = page.locator("#activity-head [role=alert]")
    expect(problem).to_contain_text("could not be pulled")
    axe(page)
    screenshot(page, "image-pull-failed-dark")


def test_an_image_is_pushed_under_the_name_that_is_chosen(
    pages: Any,
    live_server: Server,
    registry: Registry,
    raw: RawEngine,
    gone: list[str],
    axe: Axe,
    screenshot: Screenshot,
) -> None:
    keep_credentials(live_server, registry)
    reference = f"{registry.address}/browser/pushed:7"
    raw.post(f"/images/{BASE}/tag?repo={registry.address}/browser/pushed&tag=7")
    gone.append(reference)
    page = pages(grace(live_server))
    page.goto(f"{IMAGES}{reference}/")
    page.get_by_role("link", name="Push").click()
    choice = page.get_by_label(reference)
    expect(choice).to_be_visible()
    choice.check()
    expect(page.locator(".transfer-choice", has=choice)).to_contain_text("with the credentials of “Tests”")
    axe(page)
    screenshot(page, "image-push")
    page.get_by_role("button", name="Push").click()
    ended(page, "done")
    digest = registry.digest("browser/pushed", "7")
    assert digest
    expect(page.locator("#activity-live")).to_contain_text(digest)
    screenshot(page, "image-pushed")


def test_an_archive_is_saved_and_loaded_again(
    pages: Any, live_server: Server, raw: RawEngine, gone: list[str], tmp_path: Path, axe: Axe, screenshot: Screenshot
) -> None:
    raw.post(f"/images/{BASE}/tag?repo=browser/saved&tag=1")
    gone.append("browser/saved:1")
    page = pages(grace(live_server), width=390, height=844)
    page.goto(f"{IMAGES}browser/saved:1/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Save", exact=True).click()
    archive = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(archive)
    assert archive.stat().st_size > 2**20
    raw.delete("/images/browser/saved:1")
    assert raw.get("/images/browser/saved:1/json")[0] == 404

    pages.allow("status of 400")
    page.goto(f"{IMAGES}load/")
    junk = tmp_path / "junk.tar"
    junk.write_bytes(b"junk" * 1000)
    page.get_by_label("Archive").set_input_files(junk)
    page.get_by_role("button", name="Load").click()
    expect(page.locator("#upload-problem")).to_contain_text("no tar archive")
    axe(page)
    screenshot(page, "image-load-phone")
    page.get_by_label("Archive").set_input_files(archive)
    page.get_by_role("button", name="Load").click()
    ended(page, "done")
    axe(page)
    screenshot(page, "image-loaded-phone")
    assert raw.get("/images/browser/saved:1/json")[0] == 200


def test_the_import_page_keeps_what_was_typed(
    pages: Any, live_server: Server, axe: Axe, screenshot: Screenshot
) -> None:
    pages.allow("status of 400")
    page = pages(grace(live_server))
    page.goto(f"{IMAGES}import/")
    page.get_by_label("Or its address").fill("http://127.0.0.1:1/root.tar")
    page.get_by_label("Name and tag").fill("browser/imported:1")
    page.get_by_label("Changes").fill("RUN true")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#upload-problem")).to_contain_text("“RUN” is none of")
    expect(page.get_by_label("Name and tag")).to_have_value("browser/imported:1")
    axe(page)
    screenshot(page, "image-import")
    page.get_by_label("Changes").fill('CMD ["sh"]')
    page.get_by_role("button", name="Import").click()
    ended(page, "failed")
    expect(page.locator("#activity-head [role=alert]")).to_contain_text("does not reach it")


def test_images_are_saved_on_the_server_downloaded_from_there_and_deleted(
    pages: Any, live_server: Server, make_image: MakeImage, raw: RawEngine, axe: Axe, screenshot: Screenshot
) -> None:
    for part in ("one", "two"):
        make_image(f"saved-there/{part}:1", lines=["RUN head -c 2000000 /dev/urandom > /x"])
    page = pages(grace(live_server))
    page.goto(f"{IMAGES}?q=saved-there")
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    page.locator("#bulk").get_by_role("button", name="Save on the server…").click()
    expect(page.get_by_role("heading", name="Save 2 images on the server")).to_be_visible()
    expect(page.locator("#save-images li")).to_have_count(2)
    axe(page)
    screenshot(page, "image-save-to-disk")
    page.get_by_label("Packed with gzip").check()
    page.get_by_role("button", name="Save on the server").click()
    ended(page, "done")
    expect(page.locator("h1")).to_have_text("Save 2 images on the server")
    axe(page)
    screenshot(page, "image-saved-to-disk")
    with page.expect_download(timeout=WAIT_MS) as downloading:
        page.locator("#activity-file").click()
    assert downloading.value.suggested_filename == "images-2.tar.gz"
    with gzip.open(downloading.value.path()) as packed, tarfile.open(fileobj=packed) as archive:
        assert "manifest.json" in archive.getnames()
    page.get_by_role("button", name="Delete file").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(page.locator("#activity-head")).to_contain_text("images-2.tar.gz was deleted from the server")
    expect(page.locator("#activity-file")).to_have_count(0)
