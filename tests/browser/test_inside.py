"""Stats, processes and changes of a container in a real browser, beside a real engine."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import WAIT_MS, Pages
from tests.engines.private import MakeContainer

expect.set_options(timeout=WAIT_MS)

BUSY = ["sh", "-c", "while :; do :; done"]
SLEEPERS = ["sh", "-c", "sleep 86391 & sleep 86392 & while :; do sleep 1; done"]


def opened(page: Page, ref: str, tab: str) -> Page:
    page.goto(f"hosts/local/containers/{ref}/{tab}/")
    return page


def figure(page: Page, chart: str, line: int = 0) -> Locator:
    """The text of a figure beside a chart."""
    return page.locator(f"#chart-{chart} .figure-line b").nth(line)


def has_value(page: Page, chart: str, above: float) -> None:
    """Wait until the chart's first figure is there and greater."""
    page.wait_for_function(
        "([line, above]) => Number(document.querySelector(line)?.dataset.value || -1) > above",
        arg=[f"#chart-{chart} .figure-line b", above],
    )


def process(page: Page, command: str) -> Locator:
    """The row of the process with this command, and no more in it."""
    return page.locator("#process-table tbody tr").filter(has=page.get_by_text(command, exact=True))


def sleeping(make_container: MakeContainer, raw: RawEngine, name: str) -> str:
    """A container whose processes are all there."""
    container_id = make_container(SLEEPERS, name=name)
    give_up_at = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < give_up_at:
        commands = [row[-1] for row in raw.get(f"/containers/{container_id}/top")[1]["Processes"]]
        if {"sleep 86391", "sleep 86392"} <= set(commands):
            return container_id
        time.sleep(0.1)
    raise AssertionError(commands)


def samples(page: Page) -> int:
    return int(page.locator("#stats").get_attribute("data-samples") or 0)


def test_charts_move_while_a_container_works_and_go_on_after_a_start(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    container_id = make_container(
        BUSY, name="hard-at-work", host_config={"NetworkMode": "bridge", "Memory": 64_000_000, "CpuQuota": 20_000}
    )
    page = opened(pages("joan"), container_id, "stats")
    expect(page.locator("#stats-state")).to_have_text("live")
    has_value(page, "cpu", 1)
    has_value(page, "memory", 1000)
    has_value(page, "pids", 0)
    has_value(page, "throttled", 1)
    expect(page.locator("#chart-memory .chart-limit")).to_contain_text("64")
    expect(page.locator("#chart-network .figure-line")).to_have_count(2)
    before = figure(page, "cpu").inner_text()
    page.wait_for_function(
        "before => document.querySelector('#chart-cpu .figure-line b').textContent !== before", arg=before
    )
    expect(page.locator(".u-wrap canvas")).to_have_count(6)

    raw.post(f"/containers/{container_id}/kill")
    expect(page.locator("#stats-note")).to_be_visible()
    expect(figure(page, "cpu")).to_have_text("–")
    expect(figure(page, "memory")).to_have_text("–")
    raw.post(f"/containers/{container_id}/start")
    expect(page.locator("#stats-note")).to_be_hidden()
    has_value(page, "cpu", 1)
    expect(page.locator("#stats-state")).to_have_text("live")


def test_a_reload_and_a_second_page_show_what_was_seen(pages: Pages, make_container: MakeContainer) -> None:
    container_id = make_container(BUSY, name="seen-before")
    page = opened(pages("joan"), container_id, "stats")
    page.wait_for_function("() => Number(document.getElementById('stats').dataset.samples) > 3")
    page.reload()
    expect(page.locator("#stats-state")).to_have_text("live")
    assert samples(page) > 3
    expect(page.locator("#stats-since")).to_contain_text("figures since")
    seen = samples(page)
    other = opened(pages("ada"), "seen-before", "stats")
    expect(other.locator("#stats-state")).to_have_text("live")
    assert samples(other) >= seen
    has_value(other, "cpu", 1)
    other.get_by_text("The same as a table").click()
    expect(other.locator("#stats-table tbody tr", has_text="memory").locator("td").nth(1)).to_contain_text("B")


def test_the_pointer_reads_every_chart_at_the_same_moment(pages: Pages, make_container: MakeContainer) -> None:
    page = opened(pages(), make_container(), "stats")
    page.get_by_role("button", name="1 min", exact=True).click()
    page.wait_for_function("() => Number(document.getElementById('stats').dataset.samples) > 3")
    expect(page.locator("#stats-at")).to_have_text("now")
    plot = page.locator("#chart-memory .u-over")
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    expect(page.locator("#stats-at")).not_to_have_text("now")
    expect(page.locator(".u-cursor-x:not(.u-off)")).to_have_count(6)
    page.get_by_text("The same as a table").click()
    row = page.locator("#stats-table tbody tr", has_text="memory")
    expect(row.locator("td").last).to_contain_text("B")


def test_processes_are_sorted_filtered_and_said_to_be_none(
    pages: Pages, make_container: MakeContainer, raw: RawEngine
) -> None:
    pages.allow("status of 400")
    container_id = sleeping(make_container, raw, "some-sleepers")
    page = opened(pages("joan"), container_id, "processes")
    rows = page.locator("#process-table tbody tr")
    expect(process(page, "sleep 86392")).to_have_count(1)
    pid = page.get_by_role("columnheader", name="PID", exact=True)
    pid.get_by_role("button").click()
    expect(pid).to_have_attribute("aria-sort", "ascending")
    ascending = [int(text) for text in rows.locator("td:first-child").all_inner_texts()]
    assert ascending == sorted(ascending)
    pid.get_by_role("button").click()
    expect(pid).to_have_attribute("aria-sort", "descending")
    expect(rows.first.locator("td").first).not_to_have_text(str(ascending[0]))
    page.get_by_label("Filter the processes").fill("SH -C")
    expect(rows).to_have_count(1)
    expect(page.locator("#process-count")).to_contain_text("1 of ")
    page.get_by_label("Filter the processes").fill("")
    page.get_by_label("Arguments for ps").fill("auxe")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("These arguments for ps are not for your account")
    page.get_by_label("Arguments for ps").fill("-eo pid,nlwp,comm")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("columnheader", name="NLWP")).to_be_visible()
    assert page.get_by_role("button", name="Container's view").count() == 0
    raw.post(f"/containers/{container_id}/kill")
    expect(page.locator("#process-stopped")).to_contain_text("The container does not run")
    raw.post(f"/containers/{container_id}/start")
    expect(process(page, "sh")).to_have_count(1)


def test_an_admin_ends_one_process(
    pages: Pages,
    make_container: MakeContainer,
    raw: RawEngine,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
) -> None:
    container_id = sleeping(make_container, raw, "with-sleepers")
    page = opened(pages(), container_id, "processes")
    page.get_by_role("button", name="Container's view").click()
    victim = process(page, "sleep 86392")
    expect(victim).to_have_count(1)
    page.get_by_role("button", name="Send a signal to the first process, from outside").click()
    expect(page.get_by_role("dialog", name="Send a signal to with-sleepers")).to_be_visible()
    page.keyboard.press("Escape")
    screenshot(page, "processes-own")
    victim.get_by_role("button", name="Send a signal to process").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("sleep 86392")
    dialog.get_by_label("Signal").select_option("SIGKILL")
    axe(page)
    dialog.get_by_role("button", name="Send the signal").click()
    expect(page.get_by_text("SIGKILL was sent to process")).to_be_visible()
    page.get_by_role("button", name="Read again").click()
    expect(victim).to_have_count(0)
    commands = [row[-1] for row in raw.get(f"/containers/{container_id}/top")[1]["Processes"]]
    assert "sleep 86391" in commands
    assert "sleep 86392" not in commands


def test_changes_are_a_tree_with_words(pages: Pages, make_container: MakeContainer, raw: RawEngine) -> None:
    script = "mkdir -p /srv/made; echo one > /srv/made/new; echo more >> /etc/passwd; rm /bin/vi"
    container_id = make_container(["sh", "-c", script])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    page = opened(pages("joan"), container_id, "changes")
    tree = page.locator("#change-tree")
    for path, kind in (("new", "added"), ("passwd", "changed"), ("vi", "deleted")):
        leaf = tree.locator(".leaf").filter(has=page.get_by_text(path, exact=True))
        expect(leaf.locator(".tag")).to_have_text(kind)
    page.get_by_role("button", name="deleted 1").click()
    expect(tree.locator(".leaf")).to_have_count(1)
    page.get_by_role("button", name="deleted 1").click()
    page.get_by_label("Filter the paths").fill("/etc/pass")
    expect(tree.locator(".leaf")).to_have_count(1)
    page.get_by_label("Filter the paths").fill("nothing-has-this-name")
    expect(page.get_by_text("Nothing fits the filter")).to_be_visible()
    assert raw.post(f"/containers/{container_id}/start")[0] == 204


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light", "dark-phone"])
def test_nobody_is_shut_out_of_the_inside(
    pages: Pages,
    make_container: MakeContainer,
    axe: Callable[..., None],
    screenshot: Callable[..., object],
    dark: bool,
    width: int,
) -> None:
    changes = "mkdir -p /srv/made; echo one > /srv/made/new; echo more >> /etc/passwd; rm /bin/vi"
    script = f"{changes}; while :; do cat /bin/busybox > /srv/made/copy; sleep 0.2; done"
    container_id = make_container(
        ["sh", "-c", script], name="looked-into", host_config={"Memory": 64_000_000, "CpuQuota": 30_000}
    )
    page = opened(pages(dark=dark, width=width, height=900), container_id, "stats")
    kind = "dark-phone" if dark else "light"
    page.get_by_role("button", name="1 min", exact=True).click()
    page.wait_for_function("() => Number(document.getElementById('stats').dataset.samples) > 8")
    page.reload()  # what was seen is there at once
    page.get_by_role("button", name="1 min", exact=True).click()
    expect(page.locator("#stats-state")).to_have_text("live")
    assert samples(page) > 8
    page.get_by_text("The same as a table").click()
    axe(page)
    screenshot(page, f"stats-{kind}", full_page=True)
    page.get_by_role("link", name="Processes", exact=True).click()
    expect(page.locator("#process-table tbody tr").first).to_be_visible()
    axe(page)
    screenshot(page, f"processes-{kind}", full_page=True)
    page.get_by_role("link", name="Changes", exact=True).click()
    expect(page.locator("#change-tree .leaf").first).to_be_visible()
    axe(page)
    screenshot(page, f"changes-{kind}", full_page=True)
    # What was seen is still there when the reader comes back.
    page.get_by_role("link", name="Stats", exact=True).click()
    expect(page.locator("#stats-state")).to_have_text("live")
    assert samples(page) > 8
