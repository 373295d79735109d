"""From the engine's event to the changed row in a browser."""

import json
import time
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from bench.report import claim, spread
from bench.stage import stage
from bench.wires import EngineConnection

TURNS = 20
MOST_MS = 300.0
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# Resolves to the time, in ms since 1970, at which the row's text first names the wanted state.
WHEN_ROW_SAYS = """
([id, word]) => new Promise((resolve) => {
  const says = () => {
    const row = document.querySelector(`tr[data-id="${id}"]`);
    if (row?.querySelector(".state")?.textContent.toLowerCase().includes(word)) {
      resolve(performance.timeOrigin + performance.now());
      return true;
    }
    return false;
  };
  if (says()) return;
  const observer = new MutationObserver(() => { if (says()) observer.disconnect(); });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
})
"""


def measure() -> None:
    """Start and pause a container outside; print the time from the event's own stamp to the row on the page."""
    with stage() as on, sync_playwright() as playwright:
        container_id = on.raw.container(cmd=["sleep", "100000"], name="bench-event")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=f"http://127.0.0.1:{on.port}")
        name, _, value = on.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value.split(";")[0], "url": f"http://127.0.0.1:{on.port}"}])
        page = context.new_page()
        page.goto("/hosts/local/containers/?all=1")
        page.wait_for_selector("#live[data-state=live]")
        figures = []
        engine = EngineConnection(on.engine.socket_path)
        for turn in range(TURNS):
            verb, word = (("pause", "paused"), ("unpause", "running"))[turn % 2]
            changed = page.evaluate_handle(f"(asked) => ({{ when: ({WHEN_ROW_SAYS})(asked) }})", [container_id, word])
            on.raw.post(f"/containers/{container_id}/{verb}")
            seen_ms = changed.evaluate("(held) => held.when")
            figures.append(seen_ms - _event_ms(engine, container_id, verb))
        browser.close()
        spread("event to changed row", figures, unit="ms")
        claim(f"at most {MOST_MS:.0f} ms", holds=max(figures) <= MOST_MS)


def _event_ms(engine: EngineConnection, container_id: str, verb: str) -> float:
    """Return the engine's own time of the container's last `verb`, in ms since 1970."""
    filters = quote(json.dumps({"container": [container_id], "event": [verb]}))
    lines = engine.read(f"/v1.41/events?since=0&until={time.time():.3f}&filters={filters}").splitlines()
    return float(json.loads(lines[-1])["timeNano"]) / 1e6
