"""Images built in a real browser: typed, from a folder, failed and built again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Dialog, Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS
from tests.engines.registry_fakes import FakeRegistry

expect.set_options(timeout=WAIT_MS)

BASE = "dockerweb/base:1"
IMAGES = "hosts/local/images/"
Axe = Callable[..., None]
Screenshot = Callable[..., Path]


def ended(page: Page, state: str) -> None:
    expect(page.locator("#activity-head")).to_have_attribute("data-state", state)


def write(page: Page, dockerfile: str) -> None:
    """Type into the editor, over what is there."""
    editor = page.locator("#editor").get_by_role("textbox", name="Dockerfile")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(dockerfile)


def build(page: Page) -> None:
    page.get_by_role("button", name="Build", exact=True).click()


def test_a_build_that_fails_is_changed_and_built_again(
    pages: Any, raw: RawEngine, gone: list[str], axe: Axe, screenshot: Screenshot
) -> None:
    gone.append("browser/built:1")
    page = pages(width=1440, height=900)
    page.goto(IMAGES)
    page.get_by_role("link", name="Build", exact=True).click()
    write(page, f"FROM {BASE}\nARG API_TOKEN\nRUM echo typo\n")
    page.get_by_label("Names of the image").fill("browser/built:1")
    page.get_by_label("Build arguments").fill("API_TOKEN=hunter22")
    for group in page.locator("details.create-group").all():
        group.locator("summary").click()
    axe(page)
    screenshot(page, "image-build", full_page=True)
    build(page)
    ended(page, "failed")
    expect(page.locator("#activity-head [role=alert]")).to_contain_text("line 3")
    page.get_by_role("link", name="Change and run again").click()

    expect(page.locator("#build-wrong")).to_contain_text("unknown instruction: RUM")
    expect(page.get_by_label("Build arguments")).to_have_value("API_TOKEN=hunter22")
    axe(page)
    screenshot(page, "image-build-wrong")
    colours = r"printf '\033[32mgreen\033[0m\n'"
    write(page, f"FROM {BASE}\nARG API_TOKEN\nRUN echo $API_TOKEN && {colours}\nRUN echo stumbling; exit 3\n")
    build(page)
    ended(page, "failed")
    expect(page.locator("#activity-head [role=alert]")).to_contain_text("ended with 3")
    steps = page.locator(".step")
    expect(steps).to_have_count(4)
    expect(page.locator(".step[open]")).to_have_count(1)
    expect(steps.last).to_have_attribute("data-state", "failed")
    expect(steps.last).to_contain_text("stumbling")
    expect(steps.last).to_contain_text("Step 4 of 4")
    axe(page)
    screenshot(page, "image-build-failed")
    page.get_by_role("link", name="Change and run again").click()

    write(page, f"FROM {BASE}\nARG API_TOKEN\nRUN echo $API_TOKEN && {colours}\nRUN echo going\n")
    page.get_by_label("Without the cache").check()
    build(page)
    ended(page, "done")
    expect(page.locator(".step[open]")).to_have_count(0)
    steps.nth(2).locator("summary").click()
    expect(steps.nth(2)).to_contain_text("•••")
    expect(steps.nth(2).locator(".console span", has_text="green")).to_be_visible()
    screenshot(page, "image-built")
    assert "hunter22" not in page.content()
    page.get_by_role("link", name="Open the result").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("browser/built:1")
    assert raw.get("/images/browser/built:1/json")[0] == 200


def test_a_build_is_cancelled_between_its_upload_and_its_page(pages: Any, axe: Axe) -> None:
    page = pages(width=1440, height=900)
    page.add_init_script("""
        const listen = XMLHttpRequest.prototype.addEventListener;
        XMLHttpRequest.prototype.addEventListener = function (kind, listener) {
            const late = (event) => { globalThis.answer = () => listener.call(this, event); };
            return listen.call(this, kind, kind === "load" ? late : listener);
        };
    """)  # the answer is there, and waits until the test lets the page know
    page.goto(f"{IMAGES}build/")
    write(page, f"FROM {BASE}\nRUN sleep 900\n")
    build(page)
    page.wait_for_function("() => globalThis.answer !== undefined")
    axe(page)
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    cancel.click()
    expect(page.locator("#upload-words")).to_contain_text("cancelled as soon as it has begun")
    expect(cancel).to_be_disabled()
    page.evaluate("() => globalThis.answer()")
    ended(page, "cancelled")
    expect(page.locator("#activity-head")).to_contain_text("ada")


def test_a_folder_is_built_without_what_its_dockerignore_names(
    pages: Any, raw: RawEngine, gone: list[str], axe: Axe, screenshot: Screenshot, tmp_path: Path
) -> None:
    gone.append("browser/folder:1")
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / "Dockerfile").write_text(f"FROM {BASE}\nCOPY . /ctx/\nRUN find /ctx | sort\n")
    (folder / ".dockerignore").write_text("*.log\n")
    (folder / "src/größe.txt").write_text("x" * 2000)
    (folder / "noise.log").write_text("no")
    page = pages(width=390, height=844, dark=True)
    page.goto(f"{IMAGES}build/")
    page.get_by_text("Hand in a folder or an archive").click()
    page.locator("#build-pick-folder").set_input_files(folder)
    expect(page.locator("#build-folder")).to_contain_text("shop: 4 files")
    page.get_by_label("Names of the image").fill("browser/folder:1")
    axe(page)
    screenshot(page, "image-build-phone-dark")
    build(page)
    ended(page, "done")
    last = page.locator(".step").last
    last.locator("summary").click()
    expect(last).to_contain_text("/ctx/src/größe.txt")
    expect(last).not_to_contain_text("noise.log")
    axe(page)
    screenshot(page, "image-built-phone-dark")
    assert raw.get("/images/browser/folder:1/json")[0] == 200


def test_a_base_image_is_pulled_inside_its_step(
    pages: Any,
    fake_registry: Callable[..., FakeRegistry],
    gone: list[str],
    axe: Axe,
    screenshot: Screenshot,
) -> None:
    fake = fake_registry(layers=3, layer_bytes=300_000)
    gone += [f"{fake.address}/team/base:1", "browser/pulled:1"]
    page = pages(width=1440, height=900, dark=True)
    page.goto(f"{IMAGES}build/")
    write(page, f"FROM {fake.address}/team/base:1\nLABEL a=b\n")
    page.get_by_label("Names of the image").fill("browser/pulled:1")
    path = page.get_by_label("Path of the Dockerfile")
    expect(path).to_be_hidden()
    page.get_by_text("Git or HTTP address").click()
    expect(page.get_by_role("textbox", name="Address")).to_be_visible()
    expect(path).to_be_visible()
    screenshot(page, "image-build-address-dark")
    page.get_by_text("Hand in a folder or an archive").click()
    screenshot(page, "image-build-archive-dark")
    page.get_by_text("Write a Dockerfile").click()
    build(page)
    ended(page, "done")
    first = page.locator(".step").first
    first.locator("summary").click()
    expect(first.locator(".bar-row")).to_have_count(3)
    expect(first.locator(".bar-row").first).to_contain_text("Pull complete")
    axe(page)
    screenshot(page, "image-build-pulled-dark")


def test_a_dockerfile_is_not_left_behind_unasked(pages: Any) -> None:
    page = pages()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(f"{IMAGES}build/")
    page.goto(IMAGES)
    assert asked == []
    page.goto(f"{IMAGES}build/")
    write(page, f"FROM {BASE}\n")
    page.goto(IMAGES)
    assert asked == ["beforeunload"]
