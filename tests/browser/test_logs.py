"""The log as a reader meets it: it follows, holds still, is searched, and comes through restarts whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer
from tests.live.raw_log import raw_log, written
from tests.live.server import Server

expect.set_options(timeout=30_000)
Open = Callable[..., Page]

KEEP_COPIES = (
    "Object.defineProperty(navigator, 'clipboard',"
    " {value: {writeText: (text) => { window.copied = text; return Promise.resolve(); }}});"
)
COLOURS = (
    "printf '\\033[32mINFO\\033[0m started \\033[38;5;208morange\\033[0m \\033[38;2;255;0;200mtrue\\033[0m\\n';"
    " printf '\\033[1;31mERROR\\033[0m it broke\\n' >&2; sleep 1d"
)
COUNTING = "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.02; done"
MARKUP = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "</div></section><h1>out</h1>",
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    '" onmouseover="alert(1)" x="',
    "{{ 7*7 }} ${7*7} <%= 7*7 %>",
    "&lt;b&gt; &#60;b&#62;",
]


@pytest.fixture
def opened(pages: Any) -> Open:
    """Open a container's log and wait until its stream stands (or has ended)."""

    def open_log(container_id: str, *, user: str = "ada", **how: Any) -> Page:
        page: Page = pages(user, **how)
        page.add_init_script(KEEP_COPIES)
        page.goto(f"/hosts/local/containers/{container_id}/logs/")
        expect(page.locator("#logs")).to_have_attribute("data-state", re.compile("live|ended|problem"))
        return page

    return open_log


def row(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.locator(".log-rows .l", has_text=text)


def say(raw: RawEngine, container_id: str, command: str) -> None:
    """Let the container's own process write what this command prints."""
    body = {"Cmd": ["sh", "-c", f"{{ {command}; }} >/proc/1/fd/1"], "AttachStdout": True}
    status, made = raw.post(f"/containers/{container_id}/exec", body)
    assert status == 201, made
    assert raw.post(f"/exec/{made['Id']}/start", {"Detach": False})[0] == 200


def all_lines(page: Page) -> list[str]:
    """Every line of the log that is loaded, as the copy button gives it, without times."""
    page.locator("#log-copy").click()
    return str(page.evaluate("window.copied ?? ''")).split("\n")


def test_lines_stand_with_time_colour_and_stream_and_anybody_can_read_them(
    opened: Open, make_container: MakeContainer, axe: Any, screenshot: Any
) -> None:
    page = opened(make_container(["sh", "-c", COLOURS], name="colours"), user="joan", dark=True)
    out, err = row(page, "started"), row(page, "it broke")
    expect(out.locator(".t")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d\.\d{3}$"))
    expect(out.locator(".f2")).to_have_text("INFO")
    expect(out.locator(".f208")).to_have_css("color", "rgb(255, 135, 0)")
    expect(out.locator(".fxff00c8")).to_have_css("color", "rgb(255, 0, 200)")
    expect(err.locator(".f1.ab")).to_have_text("ERROR")
    expect(err).to_have_class(re.compile(r"\berr\b"))
    expect(err.locator(".from")).to_have_text("stderr: ")
    expect(out.locator(".from")).to_have_count(0)
    expect(page.locator("#log-count")).to_have_text("2 lines")
    expect(page.locator("#log-state")).to_have_text("live")
    axe(page)
    screenshot(page, "logs-dark")


def test_it_follows_holds_still_when_scrolled_up_and_goes_on(
    opened: Open, make_container: MakeContainer, raw: RawEngine
) -> None:
    container_id = make_container(["sh", "-c", "for i in $(seq 500); do echo old $i; done; sleep 1d"])
    page = opened(container_id)
    expect(row(page, "old 500")).to_be_in_viewport()
    say(raw, container_id, "echo fresh one")
    expect(row(page, "fresh one")).to_be_in_viewport()
    page.locator("#log-scroller").hover()
    page.mouse.wheel(0, -600)
    expect(page.locator("#logs")).to_have_attribute("data-following", "no")
    held = page.locator(".log-rows .l").first.inner_text()
    say(raw, container_id, "echo fresh two; echo fresh three")
    expect(page.locator("#log-new")).to_have_text("2 new lines")
    assert page.locator(".log-rows .l").first.inner_text() == held
    expect(row(page, "fresh three")).to_have_count(0)
    page.locator("#log-new").click()
    expect(row(page, "fresh three")).to_be_in_viewport()
    expect(page.locator("#logs")).to_have_attribute("data-following", "yes")
    page.keyboard.press("Home")
    expect(page.locator(".log-rows .l").first.locator(".x")).to_have_text("old 1")
    page.keyboard.press("End")
    expect(row(page, "fresh three")).to_be_in_viewport()


def test_search_marks_counts_and_walks_the_matches(opened: Open, make_container: MakeContainer) -> None:
    script = (
        "for i in $(seq 300); do echo row $i; done; printf 'the \\033[31mNeed\\033[0mLE\\n'; echo needle 2; echo end"
    )
    page = opened(make_container(["sh", "-c", f"echo first needle; {script}"]))
    expect(row(page, "end")).to_be_in_viewport()
    page.keyboard.press("/")
    page.keyboard.type("needle")
    expect(page.locator("#log-matches")).to_have_text("3 of 3")
    expect(page.locator(".l.current")).to_contain_text("needle 2")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#log-matches")).to_have_text("2 of 3")
    expect(page.locator(".l.current mark")).to_have_text(["Need", "LE"])
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".l.current")).to_contain_text("first needle")
    expect(page.locator(".l.current")).to_be_in_viewport()
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#log-matches")).to_have_text("3 of 3")
    page.locator("#log-search").fill("nothing like it")
    expect(page.locator("#log-matches")).to_have_text("no match")
    page.locator("#log-search").press("Escape")
    expect(page.locator("#log-matches")).to_have_text("")
    expect(page.locator("mark")).to_have_count(0)


def test_streams_times_and_tail_choose_what_is_shown(opened: Open, make_container: MakeContainer) -> None:
    page = opened(make_container(["sh", "-c", "for i in $(seq 40); do echo out $i; echo err $i >&2; done"]))
    expect(page.locator("#log-count")).to_have_text("80 lines")
    page.get_by_role("button", name="stderr", exact=True).click()
    expect(page.locator("#log-count")).to_have_text("40 lines")
    expect(row(page, "out")).to_have_count(0)
    expect(page.locator("#log-download")).to_have_attribute("href", re.compile(r"\?stderr=1&timestamps=1$"))
    page.get_by_role("button", name="both", exact=True).click()
    page.get_by_role("button", name="15 min").click()
    expect(page.locator("#log-count")).to_have_text("80 lines")
    page.get_by_role("button", name="from…").click()
    page.get_by_label("Only the last lines of these").fill("3")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#log-count")).to_have_text("3 lines")
    page.get_by_role("button", name="from…").click()
    page.get_by_label("Until").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#log-empty")).to_contain_text("Nothing was written in this time")
    page.get_by_role("button", name="all", exact=True).click()
    expect(page.locator("#log-count")).to_have_text("80 lines")


def test_long_lines_are_one_line_wrap_and_unfold_and_times_can_be_hidden(
    opened: Open, make_container: MakeContainer
) -> None:
    script = "echo short; head -c 40000 /dev/zero | tr '\\0' A; echo; echo after"
    page = opened(make_container(["sh", "-c", script]))
    expect(page.locator("#log-count")).to_have_text("3 lines")
    long = row(page, "AAAA")
    expect(long).to_have_count(1)
    page.get_by_role("button", name="Wrap long lines").click()
    page.locator("#log-scroller").focus()
    page.keyboard.press("Home")
    assert (long.bounding_box() or {"height": 0})["height"] > 200
    page.get_by_role("button", name="Times").click()
    expect(page.locator(".l .t").first).to_be_hidden()
    assert all_lines(page) == ["short", "A" * 40000, "after"]
    expect(page.locator("#log-download")).to_have_attribute("href", re.compile(r"/logs/download/\?$"))
    page.reload()
    expect(page.locator("#logs")).to_have_attribute("data-wrap", "yes")
    expect(page.locator("#logs")).to_have_attribute("data-times", "no")


def test_the_file_that_the_button_gives_is_what_the_engine_has(
    opened: Open, make_container: MakeContainer, raw: RawEngine, tmp_path: Path
) -> None:
    container_id = make_container(["sh", "-c", "seq 5000; echo oops >&2"], name="to-download")
    page = opened(container_id)
    expect(page.locator("#log-count")).to_have_text("5,001 lines")
    page.get_by_role("button", name="Times").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the log").click()
    download.value.save_as(tmp_path / "log")
    assert download.value.suggested_filename.startswith("to-download-")
    assert (tmp_path / "log").read_bytes() == written(raw_log(raw.socket_path, container_id))


def test_an_engine_restart_loses_no_line_and_repeats_none(
    make_engine: Callable[..., PrivateEngine], own_server: Callable[..., Server], pages: Any
) -> None:
    pages.allow("status of 50|WebSocket|ERR_")
    engine = make_engine(live_restore=True)
    raw = RawEngine(engine.socket_path)
    container_id = raw.container(cmd=["sh", "-c", COUNTING])
    page: Page = pages("ada", server=own_server(engine))
    page.add_init_script(KEEP_COPIES)
    page.goto(f"/hosts/local/containers/{container_id}/logs/")
    page.get_by_role("button", name="Times").click()
    expect(row(page, "line ").first).to_be_visible()
    engine.restart()
    expect(page.locator("#logs")).to_have_attribute("data-state", "live")
    expect(row(page, re.compile(r"line \d+$")).last).to_be_visible()
    wait_for(page, lambda: any("engine went away" in line for line in all_lines(page)))
    raw.post(f"/containers/{container_id}/kill")
    expect(page.locator("#logs")).to_have_attribute("data-state", "ended")
    lines = all_lines(page)
    marks = [line for line in lines if not line.startswith("line ")]
    assert len(marks) == 1
    assert "nothing missed" in marks[0]
    assert [line for line in lines if line not in marks] == written_lines(engine, container_id)


def written_lines(engine: PrivateEngine, container_id: str) -> list[str]:
    return written(raw_log(engine.socket_path, container_id)).decode().splitlines()


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    """Look again and again until it is so (at most 60 s)."""
    for _attempt in range(300):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it did not come about")


def test_a_restarted_container_goes_on_where_it_was(
    opened: Open, make_container: MakeContainer, raw: RawEngine, engine_process: PrivateEngine
) -> None:
    container_id = make_container(
        ["sh", "-c", "echo born; trap 'echo dying; exit 3' TERM; while :; do sleep 0.1; done"]
    )
    page = opened(container_id)
    page.get_by_role("button", name="Times").click()
    expect(row(page, "born")).to_have_count(1)
    assert raw.post(f"/containers/{container_id}/restart?t=20")[0] == 204
    expect(row(page, "born")).to_have_count(2)
    expect(page.locator("#log-state")).to_have_text("live")
    expect(page.locator(".l.mk")).to_contain_text("nothing missed")
    assert raw.post(f"/containers/{container_id}/stop?t=20")[0] == 204
    expect(page.locator("#log-state")).to_have_text("container stopped with exit code 3")
    assert raw.post(f"/containers/{container_id}/start")[0] == 204
    expect(row(page, "born")).to_have_count(3)
    lines = [line for line in all_lines(page) if not line.startswith("container stopped")]
    assert lines == written_lines(engine_process, container_id)


def test_markup_and_escapes_in_a_log_stay_text(opened: Open, make_container: MakeContainer) -> None:
    script = "; ".join(f"printf '%s\\n' '{text}'" for text in MARKUP)
    odd = "printf '\\033]0;title\\007\\033[2Jplain \\033]52;c;aGk=\\007\\001\\r\\377 end\\n'"
    page = opened(make_container(["sh", "-c", f"{script}; {odd}"]))
    expect(page.locator("#log-count")).to_have_text(f"{len(MARKUP) + 1} lines")
    assert page.locator(".log-rows .x").all_inner_texts() == [*MARKUP, "plain ␁␍\ufffd end"]
    assert page.evaluate("window.hacked") is None
    expect(page.locator(".log-rows :not(div, span)")).to_have_count(0)
    assert page.title().startswith("Logs of ")


def test_a_flood_of_lines_leaves_the_page_answering(opened: Open, make_container: MakeContainer) -> None:
    flood = 'BEGIN { for (i = 1; i <= 200000; i++) print "flood", i }'
    page = opened(make_container(["sh", "-c", f"sleep 1; awk '{flood}'; echo the very end; sleep 1d"]))
    page.get_by_role("button", name="Wrap long lines").click()
    expect(page.get_by_role("button", name="Wrap long lines")).to_have_attribute("aria-pressed", "true")
    expect(row(page, "the very end")).to_be_in_viewport(timeout=90_000)
    expect(page.locator("#log-count")).to_have_text("200,001 lines")
    assert page.locator(".log-rows .l").count() < 100
    page.locator("#log-scroller").focus()
    page.keyboard.press("Home")
    expect(page.locator(".log-rows .l").first.locator(".x")).to_have_text("flood 1")
    page.locator("#log-search").fill("flood 123456")
    expect(page.locator("#log-matches")).to_have_text("1 of 1")
    expect(page.locator(".l.current")).to_be_in_viewport()


def test_a_driver_that_cannot_be_read_says_so(opened: Open, make_container: MakeContainer, axe: Any) -> None:
    page = opened(make_container(host_config={"LogConfig": {"Type": "none"}}), width=390)
    expect(page.locator("#log-empty")).to_contain_text("This log cannot be read here")
    expect(page.locator("#log-empty")).to_contain_text("configured logging driver does not support reading")
    axe(page)
