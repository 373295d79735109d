import { copyText } from "../lib/copy.js";
import { isTyping } from "../lib/keys.js";
import { toast } from "../lib/toast.js";
import { FactsLine } from "../logs/facts.js";
import { LogFeed } from "../logs/feed.js";
import { Finder } from "../logs/finder.js";
import { rangeFields, rangeOf } from "../logs/ranges.js";
import { Rows } from "../logs/rows.js";
import { stampOfMs, stampQuery } from "../logs/stamps.js";
import { LogView } from "../logs/view.js";

// The page of a log: the feed brings lines into the store, the view shows those in the window, the tools choose.

const MOST_COPIED = 100_000; // lines
const LOOK_AGAIN_MS = 300;
const NARROW_BUDGET = 64 << 20;
const WIDE_BUDGET = 192 << 20;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
function part(id) {
  return /** @type {T} */ (document.getElementById(id));
}

const place = part("logs");
const words = /** @type {Record<string, string>} */ (JSON.parse(part("log-words").textContent ?? "{}"));

/**
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
function word(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

const rows = new Rows({
  stderr: word("stderr"), engine: word("engine"), truncated: word("truncated"),
  more: words.more ?? "", loading: word("loading"), lost: word("lost"),
});
const skewMs = Number(place.dataset.now) - Date.now(); // times are the server's: a wrong clock here must not hide lines
const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** @type {import("../logs/feed.js").Wish} */
let wish = { streams: "both", sinceMs: null, untilMs: null, tail: null };
let lastState = "";
let newFrom = 0; // the line after the last one that was in view when following stopped

const feed = new LogFeed(place.dataset.socket ?? "", place.dataset.tty === "yes", {
  onLines: () => {
    view.ask();
    finder.more();
    facts.ask();
  },
  onState: () => {
    facts.ask();
    if (feed.state === "ended" && lastState !== "ended" && feed.isFollowing) lookAgain();
    lastState = feed.state;
  },
  onReset: () => {
    rows.unfolded.clear();
    rows.setToday();
    finder.reset(feed.store);
    view.show(feed.store);
    facts.ask();
  },
  gapWords: (gap) => {
    const at = timeOfDay.format(new Date(gap.atMs));
    const began = word({ engine: "gapEngine", socket: "gapSocket", container: "gapContainer" }[gap.kind], { at });
    const took = word(gap.kind === "container" ? "startedAgain" : "resumed", { took: `${(gap.tookMs / 1000).toFixed(1)} s` });
    const outcome = { whole: word("nothingMissed"), unknown: "", broken: word("maybeMissed") }[gap.outcome];
    return `${began} – ${took}${outcome ? `, ${outcome}` : ""}`;
  },
}, { budgetBytes: matchMedia("(max-width: 760px)").matches ? NARROW_BUDGET : WIDE_BUDGET });

const view = new LogView(part("log-scroller"), { spacer: part("log-spacer"), list: part("log-rows"), rows }, {
  onHollow: (id) => {
    const segment = feed.store.segmentOf(id);
    if (segment) feed.restore(segment);
  },
  onFollow: () => {
    newFrom = feed.store.endId;
    facts.ask();
  },
});

const finder = new Finder({
  field: part("log-search"), count: part("log-matches"), previous: part("log-previous"), next: part("log-next"),
}, { view, rows, word });

const facts = new FactsLine(place, { feed, view, word, newFrom: () => newFrom, hasPart: () => wish.sinceMs !== null || wish.untilMs !== null, skewMs });

function open() {
  part("log-download").setAttribute("href", downloadAddress());
  feed.open(wish);
}

function downloadAddress() {
  const fields = new URLSearchParams();
  if (wish.streams !== "both") fields.set(wish.streams, "1");
  if (wish.sinceMs !== null) fields.set("since", stampQuery(stampOfMs(wish.sinceMs)));
  if (wish.untilMs !== null) fields.set("until", stampQuery(stampOfMs(wish.untilMs)));
  if (wish.tail !== null) fields.set("tail", String(wish.tail));
  if (place.dataset.times !== "no") fields.set("timestamps", "1");
  if (/** @type {HTMLInputElement} */ (part("log-details")).checked) fields.set("details", "1");
  return `${place.dataset.download ?? ""}?${fields.toString()}`;
}

// tools

/**
 * @param {Element} group
 * @param {Element} chosen
 */
function press(group, chosen) {
  for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
}

document.getElementById("log-streams")?.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  press(part("log-streams"), button);
  wish = { ...wish, streams: /** @type {"both" | "stdout" | "stderr"} */ (button.dataset.streams) };
  open();
});

part("log-ranges").addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const name = button?.dataset.range;
  if (!button || !name || name === "from") return;
  press(part("log-ranges"), button);
  wish = { ...wish, ...rangeOf(name, Date.now() + skewMs) };
  open();
});

part("log-range-form").addEventListener("submit", (event) => {
  const chosen = rangeFields(part("log-since"), part("log-until"), part("log-tail"));
  const problem = part("log-range-problem");
  problem.hidden = chosen !== null;
  if (chosen === null) {
    event.preventDefault();
    problem.textContent = word("badRange");
    return;
  }
  press(part("log-ranges"), /** @type {Element} */ (part("log-ranges").querySelector("[data-range=from]")));
  wish = { ...wish, ...chosen };
  open();
});

/**
 * A button that is on or off, and is remembered.
 * @param {string} id
 * @param {"times" | "wrap"} name
 * @param {boolean} isOn what it is before anybody chose
 */
function toggle(id, name, isOn) {
  const button = part(id);
  const kept = localStorage.getItem(`log-${name}`);
  const set = (/** @type {boolean} */ value) => {
    button.setAttribute("aria-pressed", String(value));
    place.dataset[name] = value ? "yes" : "no";
    if (name === "wrap") view.isWrapped = value;
    else part("log-download").setAttribute("href", downloadAddress());
    view.redraw();
  };
  set(kept === null ? isOn : kept === "yes");
  button.addEventListener("click", () => {
    const value = place.dataset[name] !== "yes";
    localStorage.setItem(`log-${name}`, value ? "yes" : "no");
    set(value);
  });
}

toggle("log-times", "times", true);
toggle("log-wrap", "wrap", false);

part("log-full").addEventListener("click", () => {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void place.requestFullscreen?.();
});
document.addEventListener("fullscreenchange", () => {
  part("log-full").setAttribute("aria-pressed", String(document.fullscreenElement === place));
});

part("log-follow").addEventListener("click", () => view.follow(!view.isFollowing));
part("log-new").addEventListener("click", () => {
  view.follow(true);
  part("log-scroller").focus({ preventScroll: true });
});
part("log-earlier").querySelector("button")?.addEventListener("click", () => feed.loadEarlier());
part("log-empty").querySelector("button")?.addEventListener("click", () => feed.retryNow());
part("log-rows").addEventListener("click", (event) => {
  const id = event.target instanceof HTMLElement ? event.target.dataset.unfold : undefined;
  if (id === undefined) return;
  rows.unfolded.add(Number(id));
  view.redraw();
});

// copying

/** @param {Iterable<number>} ids */
function textOfLines(ids) {
  const withTime = place.dataset.times !== "no";
  const lines = [];
  for (const id of ids) {
    const line = feed.store.line(id);
    if (line) lines.push(rows.plain(line, withTime));
  }
  return lines;
}

/** The lines that the selection touches; null when it lies elsewhere or within one line. */
function selectedIds() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const touched = [...view.list.children].filter((row) => selection.containsNode(row, true));
  if (touched.length < 2) return null;
  return touched.map((row) => Number(/** @type {HTMLElement} */ (row).dataset.line));
}

part("log-scroller").addEventListener("copy", (event) => {
  const ids = selectedIds();
  if (!ids || !event.clipboardData) return;
  event.clipboardData.setData("text/plain", textOfLines(ids).join("\n"));
  event.preventDefault();
});

document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (selection && !selection.isCollapsed && selection.anchorNode && view.list.contains(selection.anchorNode)) view.follow(false);
});

part("log-copy").addEventListener("click", () => {
  const { firstId, endId } = feed.store;
  const from = Math.max(firstId, endId - MOST_COPIED);
  const lines = textOfLines(selectedIds() ?? Array.from({ length: endId - from }, (_, index) => from + index));
  if (lines.length === 0) return;
  void copyText(lines.join("\n"));
  if (from > firstId && lines.length > 1) toast({ kind: "warn", title: word("copyCut", { n: lines.length.toLocaleString() }) });
});

// keys

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "f") view.follow(!view.isFollowing);
  else if (event.key === "n") finder.go(1);
  else if (event.key === "N") finder.go(-1);
  else if (event.key === "w") part("log-wrap").click();
  else if (event.key === "t") part("log-times").click();
});

/** The stream may end after the news that the container runs again: let the head be fetched once more, after the end. */
function lookAgain() {
  setTimeout(() => document.dispatchEvent(new CustomEvent("dockerweb:changed")), LOOK_AGAIN_MS);
}

// The page's head follows the engine's events; when it says that the container runs, an ended stream goes on.
document.addEventListener("dockerweb:container", () => {
  if (document.getElementById("container-head")?.dataset.running === "yes") feed.containerStarted();
});

open();
