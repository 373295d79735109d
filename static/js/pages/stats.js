import { sizeWords } from "../lib/bytes.js";
import { percentWords } from "../lists/figures.js";
import { openSocket } from "../streams/socket.js";
import { Chart, clockWords, minuteWords } from "../stats/charts.js";
import { History, SPAN_S, summary } from "../stats/history.js";

// Charts of one container. The socket sends a sample a second for as long as the container exists, also while it does
// not run (then without values): a start makes the lines go on by themselves. What was seen before, by this page or by
// another, comes first in one message: a reload loses nothing.

/** @typedef {import("../stats/history.js").Sample} Sample */
/** @typedef {import("../stats/history.js").Seen} Seen */
/** @typedef {import("../stats/charts.js").Line} Line */

/**
 * @typedef {object} Panel one chart and what is written beside it
 * @property {string} id
 * @property {number} least
 * @property {(value: number) => string} words
 * @property {() => (Line & {label: string})[]} lines
 */

const SILENT_MS = 6000;
const page = /** @type {HTMLElement} */ (document.getElementById("stats"));
const words = /** @type {Record<string, string>} */ (JSON.parse(document.getElementById("stats-words")?.textContent ?? "{}"));
const state = /** @type {HTMLElement} */ (document.getElementById("stats-state"));
const note = /** @type {HTMLElement} */ (document.getElementById("stats-note"));
const details = /** @type {HTMLDetailsElement} */ (document.getElementById("stats-table"));

/** @param {string} name @param {Record<string, string|number>} [values] */
function say(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/** @param {number} value */
const bytesPerSecond = (value) => say("perSecond", { value: sizeWords(Math.round(value)) });
/** @param {number} value */
const count = (value) => String(Number(value.toFixed(1)));

const history = new History();
/** @type {Sample | null} */ let newest = null;
let span_s = SPAN_S;
/** @type {number | null} */ let pointed = null;
let heardAt = 0;
let isLost = false;

/** Whether the limit is near enough to be drawn beside what is used. */
function isLimitNear() {
  const used = summary(history.at, history.column("memory"), 0);
  return used !== null && !!newest?.memory_limit_bytes && used.highest * 4 > newest.memory_limit_bytes;
}

/** @type {Panel[]} */
const panels = [
  { id: "cpu", least: 1, words: percentWords, lines: () => [{ name: "cpu", label: say("cpuUsed"), colour: 1, isFilled: true }] },
  {
    id: "memory",
    least: 1e6,
    words: sizeWords,
    lines: () => [
      { name: "memory", label: say("memoryUsed"), colour: 1, isFilled: true },
      ...(isLimitNear() ? [{ name: "limit", label: say("memoryLimit"), colour: 4, isDashed: true }] : []),
    ],
  },
  {
    id: "network",
    least: 1000,
    words: bytesPerSecond,
    lines: () =>
      history.interfaces.flatMap((name, index) => [
        { name: `rx:${name}`, label: say("received", { name }), colour: 1 + ((2 * index) % 6) },
        { name: `tx:${name}`, label: say("sent", { name }), colour: 2 + ((2 * index) % 6), isDashed: true },
      ]),
  },
  {
    id: "block",
    least: 1000,
    words: bytesPerSecond,
    lines: () => [
      { name: "read", label: say("read"), colour: 1 },
      { name: "written", label: say("written"), colour: 2, isDashed: true },
    ],
  },
  { id: "pids", least: 4, words: count, lines: () => [{ name: "pids", label: say("pids"), colour: 1, isFilled: true }] },
  { id: "throttled", least: 10, words: percentWords, lines: () => [{ name: "throttled", label: say("throttled"), colour: 4, isFilled: true }] },
];

const charts = new Map(
  panels.map((panel) => {
    const place = /** @type {HTMLElement} */ (document.querySelector(`#chart-${panel.id} .plot`));
    return [panel.id, new Chart(place, { words: panel.words, least: panel.least, onPointer: (index) => point(index) })];
  }),
);

/** @param {number | null} index the sample under the pointer, in every chart the same */
function point(index) {
  if (index === pointed) return;
  pointed = index;
  write();
}

/** What stands beside the CPU's and the memory's figure. @param {string} id @param {number} index */
function limitWords(id, index) {
  if (id === "cpu" && newest?.cpus) return newest.cpus === 1 ? say("cpu") : say("cpus", { n: newest.cpus });
  const limit = id === "memory" ? (history.column("limit")[index] ?? newest?.memory_limit_bytes) : null;
  return limit ? `${say("memoryLimit")} ${sizeWords(limit)}` : "";
}

/** The figures as text: those under the pointer, or else the newest. */
function write() {
  const index = pointed ?? history.at.length - 1;
  const at = history.at[index];
  for (const panel of panels) {
    const card = document.getElementById(`chart-${panel.id}`);
    const list = card?.querySelector(".figures");
    if (!card || !list) continue;
    const lines = panel.lines();
    while (list.children.length > lines.length) list.lastElementChild?.remove();
    lines.forEach((line, place) => {
      const row = list.children[place] ?? list.appendChild(figure());
      const [swatch, name, value] = /** @type {[HTMLElement, HTMLElement, HTMLElement]} */ (/** @type {unknown} */ ([...row.children]));
      swatch.dataset.colour = String(line.colour);
      swatch.toggleAttribute("data-dashed", line.isDashed ?? false);
      const found = history.column(line.name)[index] ?? null;
      put(name, line.label);
      put(value, found === null ? "–" : panel.words(found));
      value.dataset.value = found === null ? "" : String(found);
      value.title = found === null ? say("none") : "";
    });
    put(/** @type {HTMLElement} */ (card.querySelector(".chart-limit")), limitWords(panel.id, index));
    const empty = /** @type {HTMLElement} */ (card.querySelector(".chart-none"));
    const why = !newest?.is_running ? "" : panel.id === "network" && !lines.length ? say("noNetwork") : panel.id === "throttled" && !newest.periods ? say("noLimit") : "";
    put(empty, why);
    empty.hidden = !why;
  }
  put(/** @type {HTMLElement} */ (document.getElementById("stats-at")), at === undefined ? "" : pointed === null ? say("now") : clockWords(at));
  const extent = history.extent;
  put(/** @type {HTMLElement} */ (document.getElementById("stats-since")), extent ? say(extent.hasHoles ? "sinceWithGaps" : "since", { at: minuteWords(extent.from) }) : "");
}

/** @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function figure() {
  const row = document.createElement("div");
  row.className = "figure-line";
  const swatch = document.createElement("i");
  swatch.className = "swatch";
  const name = document.createElement("span");
  const value = document.createElement("b");
  row.append(swatch, name, value);
  return row;
}

function tabulate() {
  const body = details.querySelector("tbody");
  if (!details.open || !body) return;
  const from = (history.at.at(-1) ?? 0) - span_s;
  const rows = panels.flatMap((panel) =>
    panel.lines().map((line) => {
      const found = summary(history.at, history.column(line.name), from);
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      const heading = document.getElementById(`chart-${panel.id}-title`)?.textContent ?? "";
      head.textContent = heading.toLowerCase() === line.label.toLowerCase() ? heading : `${heading}: ${line.label}`;
      const cells = /** @type {const} */ (["now", "lowest", "mean", "highest"]).map((which) => {
        const cell = document.createElement("td");
        const value = found?.[which] ?? null;
        cell.textContent = value === null ? "–" : panel.words(value);
        return cell;
      });
      row.append(head, ...cells);
      return row;
    }),
  );
  body.replaceChildren(...rows);
}

function draw() {
  if (document.hidden) return;
  for (const panel of panels) {
    const lines = panel.lines();
    charts.get(panel.id)?.draw(history.at, lines, lines.map((line) => history.column(line.name)), span_s);
  }
  write();
  tabulate();
}

/** @param {string} kind @param {string} text */
function tell(kind, text) {
  state.dataset.state = kind;
  put(state, text);
}

function tellState() {
  const isRunning = newest?.is_running ?? true;
  page.dataset.samples = String(history.at.length);
  if (isLost) tell("down", say("lost"));
  else if (newest === null) tell("starting", say("connecting"));
  else if (Date.now() - heardAt > SILENT_MS) tell("unknown", say("silent", { at: clockWords(heardAt / 1000) }));
  else tell(isRunning ? "live" : "exited", isRunning ? say("live") : say("stoppedState"));
  note.hidden = isRunning;
}

/** @param {Sample} sample */
function take(sample) {
  newest = sample;
  heardAt = Date.now();
  isLost = false;
  if (history.push(sample, heardAt / 1000)) draw();
  tellState();
}

/** @param {Seen} seen */
function takeUp(seen) {
  history.load(seen, Date.now() / 1000);
  draw();
  tellState();
}

/** @param {number} seconds */
function choose(seconds) {
  span_s = seconds;
  for (const button of document.querySelectorAll("#stats-span button")) button.setAttribute("aria-pressed", String(Number(/** @type {HTMLElement} */ (button).dataset.span) === seconds));
  draw();
}

for (const button of document.querySelectorAll("#stats-span button")) button.addEventListener("click", () => choose(Number(/** @type {HTMLElement} */ (button).dataset.span)));
details.addEventListener("toggle", tabulate);
document.addEventListener("visibilitychange", draw);
new MutationObserver(() => charts.forEach((chart) => chart.repaint())).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
setInterval(tellState, 2000);
choose(SPAN_S);
tellState();

openSocket(
  page.dataset.socket ?? "",
  {
    onText: (message) => {
      if (message.type === "sample") take(/** @type {Sample} */ (/** @type {unknown} */ (message)));
      if (message.type === "history") takeUp(/** @type {Seen} */ (/** @type {unknown} */ (message)));
    },
    onLost: () => {
      isLost = true;
      tellState();
    },
    onEnd: () => {
      tell("removed", say("removed"));
    },
    onProblem: (problem) => {
      tell("down", problem.title);
    },
  },
  { reconnect: { onProblem: (problem) => problem.status >= 500 } },
);
