"""The files of a container in a real browser."""

from __future__ import annotations

import base64
import re
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

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPB41SI1UaADofY52zB7SgAAAAAElFTkSuQmCC"
)
CONFIGURATION = b"[server]\nlisten = 0.0.0.0:8080\n# <script>alert(1)</script>\n" + "größe = 10\n".encode() * 20


def filled(raw: RawEngine, container_id: str) -> str:
    put(
        raw,
        container_id,
        [
            (member("srv", tarfile.DIRTYPE, mode=0o755), b""),
            (member("srv/conf.d", tarfile.DIRTYPE, mode=0o755), b""),
            (member("srv/app.conf", uid=1000, gid=1000), CONFIGURATION),
            (member("srv/picture.png"), PIXEL),
            (member("srv/.env"), b"A=1\n"),
            (member("srv/server.log"), b"line\n" * 60_000),
            (member("srv/blob.bin"), bytes(range(256)) * 40),
            (member("srv/<img src=x onerror=alert(1)>"), b""),
            (member(b"srv/bad\xffname"), b""),
            (member("srv/current", tarfile.SYMTYPE, linkname="conf.d", mode=0o777), b""),
        ],
    )
    return container_id


@pytest.fixture
def container_id(make_container: MakeContainer, raw: RawEngine) -> str:
    return filled(raw, make_container(["sleep", "600"], name="files-web"))


def open_folder(page: Page, container_id: str, path: str = "/srv") -> None:
    page.goto(f"hosts/local/containers/{container_id}/files/?path={path}")
    expect(page.locator("#folder")).to_be_visible()


def test_a_folder_is_walked_filtered_and_looked_into(
    pages: Any, container_id: str, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    page = pages()
    open_folder(page, container_id, "/")
    page.get_by_role("link", name="srv", exact=True).click()
    expect(page.locator("#folder tbody tr")).to_have_count(9)
    expect(page.get_by_role("link", name="<img src=x onerror=alert(1)>", exact=True)).to_be_visible()
    axe(page)
    screenshot(page, "files")
    page.locator("#sort-size").click()
    page.locator("#sort-size").click()
    expect(page.locator("#folder tbody tr").first).to_contain_text("server.log")
    page.get_by_placeholder("Filter names").fill("CONF")
    page.get_by_placeholder("Filter names").press("Enter")
    expect(page.locator("#folder tbody tr")).to_have_count(2)
    page.get_by_role("link", name="app.conf", exact=True).click()
    expect(page.locator(".file-text")).to_contain_text("# <script>alert(1)</script>")
    expect(page.locator(".file-text")).to_contain_text("größe = 10")
    axe(page)
    screenshot(page, "file-text")
    with page.expect_download() as download:
        page.locator("#file-download").click()
    assert download.value.suggested_filename == "app.conf"
    assert Path(download.value.path()).read_bytes() == CONFIGURATION


def test_a_folder_of_thousands_is_paged_filtered_and_sorted_by_keyboard(
    pages: Any, make_container: MakeContainer, raw: RawEngine, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    container_id = make_container(["sh", "-c", "mkdir /many; cd /many; seq 1001 3500 | xargs touch; echo x > 3000"])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    page = pages()
    open_folder(page, container_id, "/many")
    rows, foot = page.locator("#folder tbody tr"), page.locator("#folder .list-foot")
    expect(rows).to_have_count(200)
    expect(foot).to_contain_text("1–200 of 2500")
    axe(page)
    page.get_by_role("link", name="Last page").focus()
    page.keyboard.press("Enter")
    expect(foot).to_contain_text("2401–2500 of 2500")
    expect(rows.last).to_have_attribute("data-name", "3500")
    foot.scroll_into_view_if_needed()
    screenshot(page, "files-long")
    page.set_viewport_size({"width": 390, "height": 844})
    foot.scroll_into_view_if_needed()
    screenshot(page, "files-long-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#sort-size").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending] #sort-size")).to_be_visible()
    page.locator("#sort-size").focus()
    page.keyboard.press("Enter")
    expect(rows.first).to_have_attribute("data-name", "3000")
    page.get_by_placeholder("Filter names").fill("00")
    page.keyboard.press("Enter")
    expect(foot).to_contain_text("of 52")
    expect(rows.first).to_have_attribute("data-name", "3000")
    put(raw, container_id, [(member("many/1500 fresh"), b"")])
    page.get_by_role("link", name="Read again").focus()
    page.keyboard.press("Enter")
    expect(foot).to_contain_text("of 53")


def test_a_picture_is_shown_and_bytes_are_not(pages: Any, container_id: str) -> None:
    page = pages()
    page.goto(f"hosts/local/containers/{container_id}/files/?path=/srv/picture.png")
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 10)
    page.goto(f"hosts/local/containers/{container_id}/files/?path=/srv/blob.bin")
    expect(page.get_by_role("heading", name="This is no text")).to_be_visible()
    page.goto(f"hosts/local/containers/{container_id}/files/?path=/srv/server.log")
    expect(page.get_by_text("Only the beginning is shown here")).to_be_visible()


def test_a_changed_file_is_opened_from_the_changes(pages: Any, make_container: MakeContainer, raw: RawEngine) -> None:
    container_id = make_container(["sh", "-c", "echo said > '/root/a b#c'; rm /bin/vi"])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    page = pages()
    page.goto(f"hosts/local/containers/{container_id}/changes/")
    expect(page.locator("#change-tree").get_by_text("vi", exact=True)).to_be_visible()
    expect(page.locator("#change-tree").get_by_role("link", name="vi", exact=True)).to_have_count(0)
    page.locator("#change-tree").get_by_role("link", name="a b#c", exact=True).click()
    expect(page.locator(".file-text")).to_have_text("said")


def test_files_are_uploaded_replaced_renamed_and_deleted(
    pages: Any, container_id: str, raw: RawEngine, screenshot: Callable[..., Path]
) -> None:
    page = pages(height=1100)  # messages cover nothing that is to be clicked
    pages.allow("status of 412")
    open_folder(page, container_id)
    page.locator("#upload-files").set_input_files(
        [
            {"name": "one.txt", "mimeType": "text/plain", "buffer": b"one"},
            {"name": "app.conf", "mimeType": "text/plain", "buffer": b"new"},
            {"name": "größe $(x).bin", "mimeType": "application/octet-stream", "buffer": bytes(3_000_000)},
        ]
    )
    expect(page.get_by_role("heading", name="Replace app.conf?")).to_be_visible()
    page.get_by_role("button", name="Replace").click()
    expect(page.locator("#upload-list li[data-state=done]")).to_have_count(3)
    expect(page.locator('#folder tr[data-name="größe $(x).bin"]')).to_contain_text("3 MB")
    screenshot(page, "files-uploaded")
    assert content_of(raw, container_id, "/srv/app.conf") == b"new"
    assert content_of(raw, container_id, "/srv/größe $(x).bin") == bytes(3_000_000)
    page.locator("#uploads-close").click()

    page.get_by_role("button", name="New folder").click()
    page.locator("#folder-name").fill("fresh")
    page.get_by_role("button", name="Make the folder").click()
    expect(page.get_by_role("link", name="fresh", exact=True)).to_be_visible()

    page.get_by_role("button", name="Rename one.txt").click()
    page.locator("#file-rename-name").fill("two.txt")
    page.locator("#file-rename-dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="two.txt", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="one.txt", exact=True)).to_have_count(0)
    assert content_of(raw, container_id, "/srv/two.txt") == b"one"

    page.get_by_role("button", name="Rename bad\ufffdname").click()
    page.locator("#file-rename-name").fill("good name")
    page.locator("#file-rename-dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="good name", exact=True)).to_be_visible()
    assert content_of(raw, container_id, "/srv/good name") == b""

    page.get_by_role("button", name="Delete two.txt").click()
    page.locator("#delete-dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="two.txt", exact=True)).to_have_count(0)
    assert raw.request("HEAD", f"/containers/{container_id}/archive?path=/srv/two.txt")[0] == 404


def test_a_name_that_is_refused_is_said_where_it_was_typed(
    pages: Any, container_id: str, raw: RawEngine, axe: Callable[..., None], screenshot: Callable[..., Path]
) -> None:
    page = pages(width=390, height=844)
    pages.allow("status of 4(00|12)")
    open_folder(page, container_id)
    page.get_by_role("button", name="New folder").click()
    name = page.locator("#folder-name")
    name.fill("a/b")
    name.press("Enter")
    expect(name).to_have_accessible_description(re.compile("holds no “/”"))
    expect(name).to_have_value("a/b")
    expect(name).to_be_focused()
    screenshot(page, "files-name-refused-phone")
    axe(page)
    name.fill("fresh")
    name.press("Enter")
    expect(page.get_by_role("link", name="fresh", exact=True)).to_be_visible()
    expect(page.locator("#folder-dialog")).to_be_hidden()

    page.get_by_role("button", name="Rename app.conf").click()
    new_name = page.locator("#file-rename-name")
    new_name.fill("server.log")
    new_name.press("Enter")
    expect(new_name).to_have_accessible_description(re.compile("server.log"))
    expect(new_name).to_have_value("server.log")
    page.locator("#file-rename-dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Rename blob.bin").click()
    expect(new_name).to_have_value("blob.bin")
    expect(page.locator("#file-rename-name_error")).to_have_count(0)
    assert content_of(raw, container_id, "/srv/app.conf") == CONFIGURATION


def test_a_folder_is_uploaded_with_what_is_in_it(pages: Any, container_id: str, raw: RawEngine, tmp_path: Path) -> None:
    for name in ("site/index.html", "site/css/größe 1.css", "site/css/deep/x"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    page = pages()
    open_folder(page, container_id)
    page.locator("#upload-folder").set_input_files(tmp_path / "site")
    expect(page.locator("#upload-list li[data-state=done]")).to_have_count(3)
    expect(page.get_by_role("link", name="site", exact=True)).to_be_visible()
    assert content_of(raw, container_id, "/srv/site/index.html") == b"content of site/index.html"
    assert content_of(raw, container_id, "/srv/site/css/größe 1.css") == "content of site/css/größe 1.css".encode()
    assert content_of(raw, container_id, "/srv/site/css/deep/x") == b"content of site/css/deep/x"


def test_a_folder_whose_name_is_no_utf8_takes_files_and_folders(
    pages: Any, container_id: str, raw: RawEngine, tmp_path: Path, screenshot: Callable[..., Path]
) -> None:
    put(raw, container_id, [(member(b"srv/caf\xe9", tarfile.DIRTYPE, mode=0o755), b"")])
    (tmp_path / "site/über").mkdir(parents=True)
    (tmp_path / "site/über/x").write_text("content of x")
    (tmp_path / "site/y").write_text("content of y")
    page = pages()
    open_folder(page, container_id)
    page.get_by_role("link", name="caf\ufffd", exact=True).click()
    expect(page.get_by_role("heading", name="This folder is empty")).to_be_visible()
    page.locator("#upload-files").set_input_files({"name": "one.txt", "mimeType": "text/plain", "buffer": b"one"})
    expect(page.locator("#upload-list li[data-state=done]")).to_have_count(1)
    page.locator("#upload-folder").set_input_files(tmp_path / "site")
    expect(page.locator("#upload-list li[data-state=done]")).to_have_count(3)
    page.get_by_role("button", name="New folder").click()
    page.locator("#folder-name").fill("fresh")
    page.get_by_role("button", name="Make the folder").click()
    expect(page.get_by_role("link", name="fresh", exact=True)).to_be_visible()
    screenshot(page, "files-no-utf8")
    page.get_by_placeholder("Filter names").fill("SITE")
    page.get_by_placeholder("Filter names").press("Enter")
    expect(page.locator("#folder tbody tr")).to_have_count(1)
    inside = members_of(engine_tar(raw, container_id, "/srv/caf\udce9/."))
    assert {"./one.txt", "./fresh", "./site/y", "./site/über/x"} < set(inside)
    assert content_of(raw, container_id, "/srv/caf\udce9/site/über/x") == b"content of x"


def test_files_and_folders_are_dropped(pages: Any, container_id: str, raw: RawEngine, tmp_path: Path) -> None:
    for name in ("site/index.html", "site/css/größe 1.css", "site/css/deep/x", "alone.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    (tmp_path / "site/empty/below").mkdir(parents=True)
    page = pages()
    open_folder(page, container_id)
    dropped = {"items": [], "files": [str(tmp_path / "site"), str(tmp_path / "alone.txt")], "dragOperationsMask": 1}
    where = page.locator("#folder .list-card").bounding_box()
    browser = page.context.new_cdp_session(page)  # a drag from outside the page, as the desktop makes it
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": where["x"] + 60, "y": where["y"] + 60}
        browser.send("Input.dispatchDragEvent", {"type": kind, **at, "data": dropped})
    expect(page.locator("#upload-list li[data-state=done]")).to_have_count(4)
    expect(page.get_by_role("link", name="alone.txt", exact=True)).to_be_visible()
    for name in ("site/index.html", "site/css/größe 1.css", "site/css/deep/x", "alone.txt"):
        assert content_of(raw, container_id, f"/srv/{name}") == f"content of {name}".encode()
    assert members_of(engine_tar(raw, container_id, "/srv/site"))["site/empty/below"].isdir()


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_cards_and_a_stopped_container_says_what_it_cannot(
    dark: bool,
    pages: Any,
    make_container: MakeContainer,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., Path],
) -> None:
    container_id = filled(raw, make_container(start=False, name="files-stopped"))
    page = pages(width=390, height=844, dark=dark)
    open_folder(page, container_id)
    expect(page.get_by_text("Renaming and deleting need the container to run")).to_be_visible()
    expect(page.get_by_role("button", name="Delete app.conf")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    screenshot(page, f"files-phone{'-dark' if dark else ''}", full_page=True)
