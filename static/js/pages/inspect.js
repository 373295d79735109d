import { copyText } from "../lib/copy.js";
import { ask } from "../inside/asking.js";
import { sizeWords } from "../lib/bytes.js";
import { toast } from "../lib/toast.js";
import { drawTree, pathText, search } from "../lib/tree.js";
import { word } from "../lib/words.js";

/** @typedef {import("../lib/tree.js").Json} Json */

const page = /** @type {HTMLElement} */ (document.getElementById("inspect"));
const place = /** @type {HTMLElement} */ (document.getElementById("inspect-tree"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("inspect-find"));
const found = /** @type {HTMLElement} */ (document.getElementById("inspect-hits"));
const envButton = document.getElementById("inspect-env");
const sizeButton = document.getElementById("inspect-size");
const words = { copyPath: page.dataset.copyPath ?? "", copyValue: page.dataset.copyValue ?? "", items: page.dataset.items ?? "{n}" };
const OPEN_FIRST = new Set([".State", ".Config"]);

/** @type {Json} */ let record = JSON.parse(document.getElementById("inspect-record")?.textContent ?? "null");
/** @type {"first"|"all"|"none"} */ let unfolded = "first";

function draw() {
  const wanted = field.value.trim().toLowerCase();
  if (wanted) {
    const { open, kept, hits } = search(record, wanted);
    found.textContent = hits ? (page.dataset.hits ?? "{n}").replace("{n}", String(hits)) : (page.dataset.noHits ?? "");
    drawTree(place, record, { words, wanted, open: (path) => open.has(pathText(path)), keep: (path) => kept.has(pathText(path)) });
    return;
  }
  found.textContent = sizesInWords();
  drawTree(place, record, { words, open: (path) => unfolded === "all" || (unfolded === "first" && OPEN_FIRST.has(pathText(path))) });
}

/** What was measured, or nothing. */
function sizesInWords() {
  if (record === null || typeof record !== "object" || Array.isArray(record)) return "";
  const { SizeRootFs: all, SizeRw: written } = record;
  if (typeof all !== "number") return "";
  const sizes = { written: sizeWords(typeof written === "number" ? written : 0), all: sizeWords(all) };
  return (page.dataset.sizes ?? "").replace("{written}", sizes.written).replace("{all}", sizes.all);
}

/** @param {"all"|"none"} how */
function fold(how) {
  unfolded = how;
  field.value = "";
  draw();
}

/** @param {Element | null} button */
function isPressed(button) {
  return button?.getAttribute("aria-pressed") === "true";
}

/**
 * Asks for the record anew; says whether it came.
 * @param {{ env: boolean, size: boolean }} wanted
 */
async function reload({ env, size }) {
  const query = new URLSearchParams([...(env ? [["env", "1"]] : []), ...(size ? [["size", "1"]] : [])]);
  const got = await ask(`${page.dataset.self ?? ""}?${query}`, word("unreached"));
  if ("problem" in got) {
    toast({ kind: "error", title: got.problem.title, detail: got.problem.detail, hint: got.problem.hint });
    return false;
  }
  record = /** @type {Json} */ (got.answer);
  return true;
}

async function toggleSize() {
  if (!(sizeButton instanceof HTMLButtonElement)) return;
  const isMeasured = isPressed(sizeButton);
  sizeButton.disabled = true; // an engine takes its time to measure
  const came = await reload({ env: isPressed(envButton), size: !isMeasured });
  sizeButton.disabled = false;
  if (!came) return;
  sizeButton.setAttribute("aria-pressed", String(!isMeasured));
  draw();
}

async function toggleEnv() {
  const isShown = isPressed(envButton);
  if (!(await reload({ env: !isShown, size: isPressed(sizeButton) }))) return;
  envButton?.setAttribute("aria-pressed", String(!isShown));
  const label = envButton?.querySelector("span");
  if (label) label.textContent = (isShown ? page.dataset.hidden : page.dataset.shown) ?? "";
  draw();
}

field.addEventListener("input", draw);
document.getElementById("inspect-open")?.addEventListener("click", () => fold("all"));
document.getElementById("inspect-close")?.addEventListener("click", () => fold("none"));
document.getElementById("inspect-copy")?.addEventListener("click", () => void copyText(JSON.stringify(record, null, 2)));
envButton?.addEventListener("click", () => void toggleEnv());
sizeButton?.addEventListener("click", () => void toggleSize());
draw();
