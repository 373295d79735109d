import { sizeWords } from "../lib/bytes.js";
import { ask, clockNow, isRunning, showProblem, wordsOf } from "../inside/asking.js";
import { compare, sortKey } from "../inside/sorting.js";

// The processes: as the host sees them (top), or as the container sees them itself. Only of the latter are the numbers
// known by which a signal can be sent. Each look makes events on the engine, so the page looks when it is asked to, or
// every few seconds while it is in view and "live" is on.

/** @typedef {{name: string, label: string, isFigure: boolean}} Column */
/** @typedef {{pid: number, parent: number, user: string, uid: number, state: string, cpu_s: number, memory_bytes: number | null, threads: number, elapsed_s: number | null, start_ticks: number, command: string}} OwnProcess */
/** @typedef {{key: string, cells: string[], keys: (number | string)[], own: OwnProcess | null}} Row */

const EVERY_MS = 3000;
const FIRST_PID = 1;
const page = /** @type {HTMLElement} */ (document.getElementById("processes"));
const table = /** @type {HTMLTableElement} */ (document.getElementById("process-table"));
const filter = /** @type {HTMLInputElement} */ (document.getElementById("process-filter"));
const argsForm = /** @type {HTMLFormElement} */ (document.getElementById("ps-form"));
const argsField = /** @type {HTMLInputElement} */ (document.getElementById("ps-args"));
const live = /** @type {HTMLInputElement} */ (document.getElementById("process-live"));
const problemNote = /** @type {HTMLElement} */ (document.getElementById("process-problem"));
const stopped = /** @type {HTMLElement} */ (document.getElementById("process-stopped"));
const hint = /** @type {HTMLElement} */ (document.getElementById("process-hint"));
const counted = /** @type {HTMLElement} */ (document.getElementById("process-count"));
const moment = /** @type {HTMLElement} */ (document.getElementById("process-at"));
const say = wordsOf("process-words");

const query = new URLSearchParams(location.search);
/** @type {"host" | "own"} */ let view = query.get("view") === "own" && page.dataset.own ? "own" : "host";
/** @type {Column[]} */ let columns = [];
/** @type {Row[]} */ let rows = [];
/** @type {Map<string, HTMLTableRowElement>} */ let drawn = new Map();
let sortedBy = -1;
let isDescending = false;
let asked = 0;
let isBusy = false;
let wasRunning = isRunning();
argsField.value = query.get("ps_args") ?? "";

/** @param {number} seconds as ps writes it */
function lengthWords(seconds) {
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  return `${days ? `${days}-` : ""}${days || seconds >= 3600 ? `${two((seconds % 86400) / 3600)}:` : ""}${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

const OWN = /** @type {const} */ (["pid", "parent", "user", "state", "cpu", "memory", "threads", "elapsed", "command"]);

/** @param {OwnProcess} own @returns {Row} */
function ownRow(own) {
  const { pid, parent, user, state, cpu_s, memory_bytes, threads, elapsed_s, command } = own;
  const memory = memory_bytes === null ? "–" : sizeWords(memory_bytes);
  const elapsed = elapsed_s === null ? "–" : lengthWords(elapsed_s);
  return {
    key: `${pid}.${own.start_ticks}`,
    cells: [String(pid), String(parent), user, state, `${cpu_s.toFixed(2)} s`, memory, String(threads), elapsed, command],
    keys: [pid, parent, user, state, cpu_s, memory_bytes ?? -1, threads, elapsed_s ?? -1, command.toLocaleLowerCase()],
    own,
  };
}

/** @param {string[]} titles @param {string[][]} found */
function takeHost(titles, found) {
  const pid = titles.indexOf("PID");
  rows = found.map((cells, index) => ({ key: pid < 0 ? String(index) : (cells[pid] ?? ""), cells, keys: cells.map(sortKey), own: null }));
  columns = titles.map((title, index) => ({ name: title, label: title, isFigure: rows.length > 0 && rows.every((row) => typeof row.keys[index] === "number") }));
}

/** @param {OwnProcess[]} found */
function takeOwn(found) {
  rows = found.map(ownRow);
  columns = OWN.map((name) => ({ name, label: say(name), isFigure: !["user", "state", "command"].includes(name) }));
}

function drawHead() {
  const line = document.createElement("tr");
  columns.forEach((column, index) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    if (column.isFigure) cell.className = "is-figure";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.label;
    button.title = say("sort", { name: column.label });
    button.addEventListener("click", () => {
      isDescending = sortedBy === index ? !isDescending : column.isFigure && index > 1;
      sortedBy = index;
      draw();
    });
    cell.append(button);
    line.append(cell);
  });
  if (view === "own") {
    const cell = document.createElement("th");
    cell.scope = "col";
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = say("actions");
    cell.append(hidden);
    line.append(cell);
  }
  table.tHead?.replaceChildren(line);
}

/** @param {Row} row @returns {HTMLTableRowElement} */
function lineOf(row) {
  const line = document.createElement("tr");
  row.cells.forEach((_text, index) => {
    const cell = document.createElement("td");
    const column = columns[index];
    cell.dataset.label = column?.label ?? "";
    if (column?.isFigure) cell.className = "is-figure";
    cell.append(document.createElement("span"));
    line.append(cell);
  });
  if (row.own) {
    const cell = document.createElement("td");
    cell.className = "row-tools";
    // The first process is shielded from the others: the engine signals it from outside, by the container's own verb.
    if (row.own.pid > FIRST_PID || document.getElementById("kill-dialog")) cell.append(signalButton(row.own));
    line.append(cell);
  }
  return line;
}

/** @param {OwnProcess} own */
function signalButton(own) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = say("signal");
  if (own.pid <= FIRST_PID) {
    button.dataset.opens = "kill-dialog";
    button.setAttribute("aria-label", say("signalFirst"));
    return button;
  }
  button.setAttribute("aria-label", say("signalTo", { pid: own.pid }));
  button.addEventListener("click", () => {
    const dialog = document.getElementById("signal-dialog");
    if (!(dialog instanceof HTMLDialogElement)) return;
    for (const [name, value] of /** @type {const} */ ([["pid", own.pid], ["start", own.start_ticks], ["uid", own.uid]])) {
      /** @type {HTMLInputElement} */ (dialog.querySelector(`[name="${name}"]`)).value = String(value);
    }
    /** @type {HTMLElement} */ (dialog.querySelector("h2")).textContent = say("signalTo", { pid: own.pid });
    /** @type {HTMLElement} */ (dialog.querySelector("code")).textContent = own.command;
    dialog.showModal();
  });
  return button;
}

function draw() {
  const wanted = filter.value.trim().toLocaleLowerCase();
  const shown = rows.filter((row) => !wanted || row.cells.some((cell) => cell.toLocaleLowerCase().includes(wanted)));
  if (sortedBy >= 0 && sortedBy < columns.length) {
    const way = isDescending ? -1 : 1;
    shown.sort((one, other) => way * compare(one.keys[sortedBy] ?? "", other.keys[sortedBy] ?? ""));
  }
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((cell, index) => (index === sortedBy ? cell.setAttribute("aria-sort", isDescending ? "descending" : "ascending") : cell.removeAttribute("aria-sort")));
  /** @type {Map<string, HTMLTableRowElement>} */ const lines = new Map();
  for (const row of shown) {
    const line = drawn.get(row.key) ?? lineOf(row);
    row.cells.forEach((text, index) => {
      const cell = line.cells[index]?.firstElementChild;
      if (cell && cell.textContent !== text) cell.textContent = text;
    });
    lines.set(row.key, line);
  }
  const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0]);
  const now = [...body.rows];
  const next = [...lines.values()];
  if (now.length !== next.length || now.some((line, index) => line !== next[index])) body.replaceChildren(...next); // what has the focus moves with its row
  drawn = lines;
  table.hidden = !rows.length;
  const total = rows.length;
  counted.textContent = !total ? "" : shown.length < total ? say("shown", { n: shown.length, m: total }) : total === 1 ? say("one") : say("count", { n: total });
  const none = /** @type {HTMLElement} */ (document.getElementById("process-none"));
  none.hidden = !total || shown.length > 0;
}

function clear() {
  rows = [];
  drawn = new Map();
  draw();
}

async function look() {
  wasRunning = isRunning();
  stopped.hidden = wasRunning;
  if (!wasRunning) {
    asked += 1;
    moment.textContent = "";
    showProblem(problemNote, null);
    hint.hidden = true;
    clear();
    return;
  }
  const mine = (asked += 1);
  const psArgs = argsField.value.trim();
  const address = view === "own" ? (page.dataset.own ?? "") : `${page.dataset.self ?? ""}${psArgs ? `?ps_args=${encodeURIComponent(psArgs)}` : ""}`;
  if (!rows.length) moment.textContent = say("reading");
  isBusy = true;
  const said = await ask(address, say("unreached"));
  if (mine !== asked) return;
  isBusy = false;
  if ("problem" in said) {
    moment.textContent = "";
    showProblem(problemNote, said.problem);
    clear();
    return;
  }
  showProblem(problemNote, null);
  const before = columns.map((column) => column.name).join("\n");
  if (view === "own") takeOwn(said.answer.processes);
  else takeHost(said.answer.titles, said.answer.rows);
  hint.hidden = view === "own" || said.answer.ps_args !== null;
  if (before !== columns.map((column) => column.name).join("\n")) {
    drawn = new Map();
    if (before) sortedBy = -1;
    drawHead();
  }
  moment.textContent = say("asOf", { at: clockNow() });
  draw();
}

function remember() {
  const next = new URLSearchParams();
  if (view === "own") next.set("view", "own");
  else if (argsField.value.trim()) next.set("ps_args", argsField.value.trim());
  history.replaceState(null, "", next.size ? `?${next}` : location.pathname);
}

function showView() {
  argsForm.hidden = view === "own";
  for (const button of document.querySelectorAll("#process-view button")) button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.view === view));
  for (const text of document.querySelectorAll("[data-of-view]")) /** @type {HTMLElement} */ (text).hidden = /** @type {HTMLElement} */ (text).dataset.ofView !== view;
}

for (const button of document.querySelectorAll("#process-view button")) {
  button.addEventListener("click", () => {
    view = /** @type {HTMLElement} */ (button).dataset.view === "own" ? "own" : "host";
    showView();
    remember();
    clear();
    void look();
  });
}
filter.addEventListener("input", draw);
argsForm.addEventListener("submit", (event) => {
  event.preventDefault();
  remember();
  clear();
  void look();
});
document.getElementById("process-refresh")?.addEventListener("click", () => void look());
live.addEventListener("change", () => live.checked && void look());
document.addEventListener("visibilitychange", () => live.checked && !document.hidden && void look());
document.addEventListener("dockerweb:container", () => isRunning() !== wasRunning && void look());
document.addEventListener("dockerweb:changed", (event) => event.target instanceof Element && event.target.closest("#signal-dialog") && void look());
setInterval(() => live.checked && !document.hidden && !isBusy && isRunning() && void look(), EVERY_MS);
showView();
void look();
