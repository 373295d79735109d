"""The terminal in a real browser, on a real container: typed into, and read as its user would."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.private_engine import RawEngine
from tests.browser.fixtures import Pages

SHOWN_WITHIN_MS = 30_000
SENTINEL = "what the reader had copied before"


class TerminalPage:
    """What a person does with the terminal of one container."""

    def __init__(self, page: Page, container_id: str) -> None:
        self.page = page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"hosts/local/containers/{container_id}/terminal/")

    def connected(self) -> "TerminalPage":
        expect(self.page.locator("#terminal")).to_have_attribute("data-state", "live", timeout=SHOWN_WITHIN_MS)
        return self

    def type(self, line: str) -> None:
        self.page.locator("#terminal-screen textarea").press_sequentially(line)
        self.page.keyboard.press("Enter")

    def text(self) -> str:
        """Everything the terminal holds, through its own copy button."""
        self.page.evaluate("() => navigator.clipboard.writeText('')")
        self.page.get_by_role("button", name="Copy everything").click()
        self.page.wait_for_function("async () => (await navigator.clipboard.readText()) !== ''", timeout=5_000)
        return str(self.page.evaluate("() => navigator.clipboard.readText()"))

    def reads(self, pattern: str) -> re.Match[str]:
        """Wait until the terminal shows a line that matches."""
        text = ""
        for _ in range(100):
            text = self.text()
            if found := re.search(pattern, text, re.MULTILINE):
                return found
            self.page.wait_for_timeout(300)
        raise AssertionError(f"the terminal never showed {pattern!r}; it shows {text[-2000:]!r}")

    def says(self, sentence: str | re.Pattern[str]) -> None:
        """Wait until the line below the terminal says so."""
        expect(self.page.locator("#terminal-facts")).to_have_text(sentence, timeout=SHOWN_WITHIN_MS)


Opener = Callable[[str], TerminalPage]


@pytest.fixture
def terminal(pages: Pages) -> Opener:
    """Open the terminal of a container as an admin."""
    return lambda container_id: TerminalPage(pages("ada"), container_id)


@pytest.fixture
def idle(make_container: Callable[..., str]) -> str:
    """A container that does nothing, in which shells are opened."""
    return make_container(cmd=["sleep", "100000"])


def _commands(raw: RawEngine, container_id: str) -> list[str]:
    _, answer = raw.get(f"/containers/{container_id}/top?ps_args=-eo%20pid,args")
    return [command for _, command in answer["Processes"]]


def test_a_shell_runs_what_is_typed_and_tells_its_exit_code(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    shell.type("echo answer-$((6*7))")
    shell.reads(r"^answer-42$")
    shell.type("exit 3")
    shell.says("The process ended with exit code 3.")
    shell.page.get_by_role("button", name="Reconnect").click()
    shell.connected()
    shell.type("echo again-$((1+1))")
    shell.reads(r"^again-2$")


def test_the_process_has_the_size_of_the_terminal_at_once_and_after_a_change(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    for width in (1200, 900):
        shell.page.set_viewport_size({"width": width, "height": 800})
        shell.page.wait_for_timeout(500)
        cols, rows = re.findall(r"\d+", shell.page.locator("#terminal-size").inner_text())
        shell.type(f"echo w{width}; stty size")
        shell.reads(rf"^w{width}\n{rows} {cols}$")


def choose_size(page: Page, cols: int | None = None, rows: int | None = None) -> None:
    """Have the terminal keep a size, or fit again."""
    page.get_by_role("button", name="Size of the terminal…").click()
    dialog = page.get_by_role("dialog", name="Size of the terminal")
    if cols is None:
        dialog.get_by_role("radio", name=re.compile("^Fit ")).check()
    else:
        dialog.get_by_label("Columns", exact=True).fill(str(cols))
        dialog.get_by_label("Rows", exact=True).fill(str(rows))
        expect(dialog.get_by_role("radio", name=re.compile("^Fixed "))).to_be_checked()
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog).to_be_hidden()


def test_a_fixed_size_is_kept_by_the_browser_and_told_to_shells_and_what_one_attaches_to(
    terminal: Opener,
    idle: str,
    make_container: Callable[..., str],
    axe: Callable[[Page], None],
    screenshot: Callable[..., Path],
) -> None:
    shell = terminal(idle).connected()
    page = shell.page
    page.get_by_role("button", name="Size of the terminal…").click()
    axe(page)
    screenshot(page, "terminal-size-dialog")
    page.get_by_role("button", name="Cancel").click()
    choose_size(page, 171, 33)
    shell.type("echo chosen; stty size")
    shell.reads(r"^chosen\n33 171$")
    page.set_viewport_size({"width": 700, "height": 500})
    page.reload()
    shell.connected()
    shell.type("echo kept; stty size")
    shell.reads(r"^kept\n33 171$")
    screenshot(page, "terminal-fixed")
    process = make_container(cmd=["sh"], tty=True)
    page.goto(f"hosts/local/containers/{process}/terminal/")
    shell.connected()
    page.get_by_text("Attach", exact=True).click()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    shell.connected()
    shell.type("echo attached; stty size")
    shell.reads(r"^attached\n33 171$")
    choose_size(page)
    expect(page.locator("#terminal-size")).not_to_have_text("171 × 33", timeout=SHOWN_WITHIN_MS)
    cols, rows = re.findall(r"\d+", page.locator("#terminal-size").inner_text())
    shell.type("echo fits; stty size")
    shell.reads(rf"^fits\n{rows} {cols}$")


def test_a_paste_of_a_megabyte_arrives_whole(terminal: Opener, idle: str) -> None:
    pasted = "0123456789abcdef" * 65536
    shell = terminal(idle).connected()
    shell.type("stty raw -echo; echo listening; head -c 1048576 >/tmp/pasted; stty sane; md5sum /tmp/pasted")
    shell.reads(r"^\s*listening")
    shell.page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          document.querySelector("#terminal-screen textarea")
            .dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        pasted,
    )
    shell.reads(hashlib.md5(pasted.encode(), usedforsecurity=False).hexdigest())


def test_a_character_whose_bytes_come_apart_is_shown_once(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    shell.type(r"printf 'caf\303'; usleep 300000; printf '\251!\n'")
    shell.reads(r"^café!$")


def test_user_and_directory_are_those_asked_for(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    shell.page.get_by_role("button", name="Disconnect").click()
    shell.page.get_by_label(re.compile("^Working directory")).fill("/tmp")
    shell.page.get_by_label(re.compile("^User")).fill("65534")
    shell.page.get_by_role("button", name="Reconnect").click()
    shell.connected()
    shell.type("echo $(pwd) $(id -u)")
    shell.reads(r"^/tmp 65534$")


def test_shells_of_the_container_are_offered_and_another_command_runs(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    expect(shell.page.locator("#terminal-shell option", has_text="/bin/sh")).to_have_count(1, timeout=SHOWN_WITHIN_MS)
    shell.page.get_by_role("button", name="Disconnect").click()
    shell.page.get_by_label("Shell or command").select_option("own")
    shell.page.get_by_label("Command", exact=True).fill("echo 'two words' kept")
    shell.page.get_by_role("button", name="Reconnect").click()
    shell.reads(r"^two words kept$")
    shell.says("The process ended with exit code 0.")


def test_a_command_that_is_not_there_says_so(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    shell.page.get_by_role("button", name="Disconnect").click()
    shell.page.get_by_label("Shell or command").select_option("own")
    shell.page.get_by_label("Command", exact=True).fill("no-such-program")
    shell.page.get_by_role("button", name="Reconnect").click()
    shell.says(re.compile(r"exit code 12[67]"))
    shell.reads("no such file|not found")


def test_attach_reaches_the_containers_own_process_without_a_tty(
    terminal: Opener, make_container: Callable[..., str]
) -> None:
    reader = make_container(cmd=["sh", "-c", "while read line; do echo got:$line; done"])
    attached = terminal(reader)
    attached.page.get_by_text("Attach", exact=True).click()
    attached.page.get_by_role("button", name=re.compile("Disconnect")).click()
    attached.page.get_by_role("button", name="Reconnect").click()
    attached.connected()
    attached.type("first")
    attached.reads(r"^got:first$")


def test_attach_waits_for_a_stopped_container_and_turns_live(
    terminal: Opener, make_container: Callable[..., str], raw: RawEngine
) -> None:
    stopped = make_container(cmd=["sh", "-c", "echo up; exec sh"], tty=True, start=False)
    attached = terminal(stopped)
    attached.page.get_by_role("button", name="Connect").click()
    attached.says(re.compile("waiting until somebody starts it"))
    raw.post(f"/containers/{stopped}/start")
    attached.connected()
    attached.type("echo typed-$((2+2))")
    attached.reads(r"^typed-4$")


def test_options_of_a_shell_and_of_attaching_are_those_asked_for(
    terminal: Opener, make_container: Callable[..., str]
) -> None:
    talker = make_container(cmd=["sh", "-c", "echo from-before; while read line; do echo got:$line; done"])
    shell = terminal(talker).connected()
    page = shell.page
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Options").click()
    page.get_by_label("Environment").fill("GREETING=hello there\nOTHER=a=b")
    page.get_by_label("With a terminal (TTY)").uncheck()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Reconnect").click()
    shell.connected()
    shell.type('test -t 0 || echo "$GREETING, $OTHER"')
    shell.reads(r"^hello there, a=b$")
    page.get_by_text("Attach", exact=True).click()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Options").click()
    expect(page.get_by_label("Environment")).to_be_hidden()
    page.get_by_label("Show the log first").check()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Reconnect").click()
    shell.connected()
    shell.reads(r"^from-before$")


def test_a_closed_tab_leaves_no_process_behind(terminal: Opener, idle: str, raw: RawEngine) -> None:
    shell = terminal(idle).connected()
    shell.type("sleep 98765")
    shell.page.wait_for_timeout(200)
    begun: list[str] = []
    for _ in range(100):
        begun = _commands(raw, idle)
        if "sleep 98765" in begun:
            break
        shell.page.wait_for_timeout(200)
    assert "sleep 98765" in begun
    other = shell.page.context.new_page()
    shell.page.close()
    left: list[str] = []
    for _ in range(150):
        left = _commands(raw, idle)
        if left == ["sleep 100000"]:
            break
        other.wait_for_timeout(200)
    assert left == ["sleep 100000"]  # not asked again: the server may look once more whether anything is left


def test_a_program_cannot_write_the_clipboard(terminal: Opener, idle: str) -> None:
    shell = terminal(idle).connected()
    shell.page.evaluate("(text) => navigator.clipboard.writeText(text)", SENTINEL)
    shell.type(r"printf '\033]52;c;aGFja2Vk\007'; touch /tmp/written")
    shell.page.wait_for_timeout(1000)
    assert shell.page.evaluate("() => navigator.clipboard.readText()") == SENTINEL
    shell.type("ls /tmp/written")
    shell.reads(r"^/tmp/written$")


def test_the_page_is_accessible_and_fits_a_phone(
    pages: Pages, idle: str, axe: Callable[[Page], None], screenshot: Callable[[Page, str], Path]
) -> None:
    shell = TerminalPage(pages("ada"), idle).connected()
    shell.type("ls -l / | head -20")
    shell.reads("etc")
    axe(shell.page)
    screenshot(shell.page, "terminal")
    phone = TerminalPage(pages("ada", width=390), idle).connected()
    assert phone.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    screenshot(phone.page, "terminal-phone")


def test_a_viewer_gets_no_terminal(pages: Pages, idle: str) -> None:
    pages.allow("status of 403")
    page = pages("joan")
    answer = page.goto(f"hosts/local/containers/{idle}/terminal/")
    assert answer is not None and answer.status == 403
    expect(page.locator("#terminal-screen")).to_have_count(0)
