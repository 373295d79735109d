"""Making a container in a browser: the newcomer's way, mistakes, a duplicate, a pasted line, a pull that fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer

CREATE = "hosts/local/containers/create/"
IMAGE = "dockerweb/base:1"


@pytest.fixture
def remove(raw: RawEngine) -> Iterator[list[str]]:
    """Names of containers to remove after the pages have closed, which would complain about it."""
    names: list[str] = []
    yield names
    for name in names:
        raw.delete(f"/containers/{name}?force=1&v=1")
    raw.delete("/images/play.invalid/made:1")


def row(page: Page, field: str, column: str, index: int = 0) -> Locator:
    return page.get_by_role("textbox", name=f"{field}: {column}").nth(index)


def test_a_newcomer_creates_and_runs_a_container(
    remove: list[str], pages: Pages, raw: RawEngine, axe: Callable[[Page], None], screenshot: Callable[..., Path]
) -> None:
    remove.append("newcomer")
    page = pages()
    page.goto("hosts/local/containers/")
    page.get_by_role("link", name="Create", exact=True).click()
    page.get_by_label("Image", exact=True).fill(IMAGE)
    page.get_by_label("Name", exact=True).fill("newcomer")
    page.get_by_label("Command", exact=True).first.fill("sh -c 'while :; do sleep 0.2; done'")
    row(page, "Ports", "Host port").fill("18070")
    row(page, "Ports", "Container port").fill("80")
    row(page, "Environment", "Variable").fill("GREETING")
    row(page, "Environment", "Value").fill("hello = world")
    page.get_by_role("button", name="Add: Environment").click()
    row(page, "Environment", "Variable", 1).fill("SECOND")
    expect(page.locator("#run-line")).to_contain_text("-p 18070:80", timeout=WAIT_MS)
    expect(page.locator("#run-line")).to_contain_text("-e 'GREETING=hello = world'")
    expect(page.locator("#compose")).to_contain_text('- "18070:80"')
    screenshot(page, "create-filled")
    axe(page)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="newcomer")).to_be_visible(timeout=WAIT_MS)
    said = raw.inspect("newcomer")
    assert said["State"]["Running"] is True
    assert said["Config"]["Env"][:2] == ["GREETING=hello = world", "SECOND="]
    assert said["HostConfig"]["PortBindings"] == {"80/tcp": [{"HostIp": "", "HostPort": "18070"}]}


def test_mistakes_are_said_at_their_fields_and_nothing_typed_is_lost(
    remove: list[str], pages: Pages, raw: RawEngine, axe: Callable[[Page], None], screenshot: Callable[..., Path]
) -> None:
    pages.allow("status of 400")
    remove.append("mended")
    page = pages(width=390, height=844, dark=True)
    page.goto(CREATE)
    page.get_by_label("Image", exact=True).fill(IMAGE)
    page.get_by_label("Name", exact=True).fill("mended")
    row(page, "Ports", "Host port").fill("99999")
    row(page, "Ports", "Container port").fill("80")
    page.locator("#group-limits > summary").click()
    page.get_by_label("Memory", exact=True).fill("much")
    page.locator("#group-labels > summary").click()
    page.get_by_label("Labels", exact=True).fill("team=shop")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#id_memory_error")).to_contain_text("“much” is no size", timeout=WAIT_MS)
    expect(row(page, "Ports", "Host port")).to_be_focused()
    expect(row(page, "Ports", "Host port")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#run-line")).not_to_be_empty()  # it says why there is no line
    page.get_by_role("alert").get_by_role("link", name="Memory").click()
    expect(page.get_by_label("Memory", exact=True)).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Ports").click()
    expect(row(page, "Ports", "Host port")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("mended")
    expect(page.get_by_label("Labels", exact=True)).to_have_value("team=shop")
    screenshot(page, "create-mistake-phone-dark")
    axe(page)
    row(page, "Ports", "Host port").fill("18071")
    page.get_by_label("Memory", exact=True).fill("64m")
    page.get_by_label("Start it now").uncheck()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="mended")).to_be_visible(timeout=WAIT_MS)
    said = raw.inspect("mended")
    assert (said["HostConfig"]["Memory"], said["Config"]["Labels"]["team"]) == (64 << 20, "shop")
    assert said["State"]["Status"] == "created"


def test_every_wrong_line_is_named_and_leads_to_its_place(
    pages: Pages, axe: Callable[[Page], None], screenshot: Callable[..., Path]
) -> None:
    pages.allow("status of 400")
    page = pages()
    page.goto(CREATE)
    page.get_by_label("Image", exact=True).fill(IMAGE)
    env = "# for the shop\nA=1\nTWO WORDS=1\n" + "".join(f"B{number}=x\n" for number in range(40)) + "=none\n"
    file = page.locator('[data-rows="env"] input[type=file]')
    file.set_input_files({"name": "a.env", "mimeType": "text/plain", "buffer": env.encode()})
    expect(page.locator("#id_env")).to_be_visible(timeout=WAIT_MS)  # as text: it has a comment
    for index, (host, inside) in enumerate([("18072", "80"), ("99999", "81"), ("http", "82")]):
        if index:
            page.get_by_role("button", name="Add: Ports").click()
        row(page, "Ports", "Host port", index).fill(host)
        row(page, "Ports", "Container port", index).fill(inside)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#id_ports_error li")).to_have_count(2, timeout=WAIT_MS)
    for index, is_wrong in enumerate([None, "true", "true"]):
        assert row(page, "Ports", "Host port", index).get_attribute("aria-invalid") == is_wrong
    expect(row(page, "Ports", "Host port", 1)).to_be_focused()
    page.get_by_role("button", name="Line 3: “http:82” is no port").click()
    expect(row(page, "Ports", "Host port", 2)).to_be_focused()
    expect(page.locator("#id_env_error li")).to_have_count(2)
    screenshot(page, "create-lines")
    page.get_by_role("button", name="Line 44: “=none” is no variable").click()
    expect(page.locator("#id_env")).to_be_focused()
    picked = "const text = document.activeElement; text.value.slice(text.selectionStart, text.selectionEnd)"
    assert page.evaluate(picked) == "=none"
    axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, "create-lines-phone-dark")


def test_an_env_file_is_taken_over_and_one_that_is_no_text_is_refused(pages: Pages) -> None:
    page = pages()
    page.goto(CREATE)
    file = page.locator('[data-rows="env"] input[type=file]')
    file.set_input_files({"name": "a.env", "mimeType": "text/plain", "buffer": b"A=1\nB=gr\xfc\xdfe"})
    expect(page.locator("#id_env_error")).to_contain_text("not UTF-8", timeout=WAIT_MS)
    expect(row(page, "Environment", "Variable")).to_have_value("")
    expect(row(page, "Environment", "Variable")).to_have_attribute("aria-invalid", "true")
    file.set_input_files({"name": "a.env", "mimeType": "text/plain", "buffer": "A=1\r\nB=größe\n".encode()})
    expect(row(page, "Environment", "Value", 1)).to_have_value("größe", timeout=WAIT_MS)
    expect(page.locator("#id_env_error")).to_have_count(0)


def test_a_container_is_duplicated_from_its_page(
    remove: list[str], pages: Pages, raw: RawEngine, make_container: MakeContainer
) -> None:
    remove.append("pattern-copy")
    first = make_container(
        ["sleep", "1000"], name="pattern", Env=["A=1", "B=two\nlines"], host_config={"Memory": 64 << 20}
    )
    page = pages()
    page.goto(f"hosts/local/containers/{first}/")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Duplicate…").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("pattern-copy", timeout=WAIT_MS)
    expect(page.get_by_label("Environment", exact=True)).to_have_value('A=1\n"B=two\\nlines"')
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="pattern-copy")).to_be_visible(timeout=WAIT_MS)
    before, after = raw.inspect(first), raw.inspect("pattern-copy")
    assert after["HostConfig"] == before["HostConfig"]
    assert {**after["Config"], "Hostname": ""} == {**before["Config"], "Hostname": ""}


def test_a_pasted_line_fills_the_form_and_names_what_is_unknown(pages: Pages) -> None:
    page = pages()
    page.goto(CREATE)
    page.get_by_label("Paste the line").fill(
        "docker run -d -p 8080:80 -m 64m --fancy=1 --name shop nginx:1.27 sh -c 'a b'"
    )
    page.get_by_role("button", name="Fill the form").click()
    expect(page.locator(".create-notices")).to_contain_text("--fancy=1", timeout=WAIT_MS)
    expect(page.get_by_label("Image", exact=True)).to_have_value("nginx:1.27")
    expect(page.get_by_label("Memory", exact=True)).to_have_value("64m")
    expect(row(page, "Ports", "Host port")).to_have_value("8080")
    expect(page.locator("#run-line")).to_contain_text("nginx:1.27 sh -c 'a b'")


def test_a_missing_image_is_pulled_with_progress_and_the_container_made(
    remove: list[str], pages: Pages, raw: RawEngine
) -> None:
    """The registry is played by the page's route: the lines are those of an engine, the image appears by a tag."""
    pages.allow("status of 404")
    remove.append("pulled")
    page = pages()
    attempts: list[str | None] = []

    def play(route: Route) -> None:
        attempts.append(route.request.post_data)
        lines: list[dict[str, object]] = [
            {"id": "aaa", "status": "Downloading", "current": 5, "total": 10, "error": ""},
        ]
        if len(attempts) == 1:
            lines.append({"id": "", "status": "", "current": None, "total": None, "error": "unknown blob"})
        else:
            raw.post("/images/dockerweb/base:1/tag?repo=play.invalid/made&tag=1")
        route.fulfill(body="".join(json.dumps(line) + "\n" for line in lines), content_type="application/x-ndjson")

    page.route("**/create/pull/", play)
    page.goto(CREATE)
    page.get_by_label("Image", exact=True).fill("play.invalid/made:1")
    page.get_by_label("Name", exact=True).fill("pulled")
    page.get_by_label("Start it now").uncheck()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("button", name="Add: Ports")).to_be_visible(timeout=WAIT_MS)  # the page's scripts run
    page.get_by_role("button", name="Pull and create").click()
    expect(page.locator("#pull-words")).to_have_text("unknown blob", timeout=WAIT_MS)
    page.get_by_role("button", name="Pull and create").click()
    expect(page.get_by_role("heading", name="pulled")).to_be_visible(timeout=WAIT_MS)
    assert raw.inspect("pulled")["Config"]["Image"] == "play.invalid/made:1"
