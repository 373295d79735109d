import { copyText } from "../lib/copy.js";
import { isFine, unreached } from "../lib/requests.js";
import { drawTree, pathText, search } from "../lib/tree.js";

/** @typedef {import("../lib/tree.js").Json} Json */

const page = /** @type {HTMLElement} */ (document.getElementById("inspect"));
const place = /** @type {HTMLElement} */ (document.getElementById("inspect-tree"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("inspect-find"));
const found = /** @type {HTMLElement} */ (document.getElementById("inspect-hits"));
const envButton = document.getElementById("inspect-env");
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
  found.textContent = "";
  drawTree(place, record, { words, open: (path) => unfolded === "all" || (unfolded === "first" && OPEN_FIRST.has(pathText(path))) });
}

/** @param {"all"|"none"} how */
function fold(how) {
  unfolded = how;
  field.value = "";
  draw();
}

async function toggleEnv() {
  const isShown = envButton?.getAttribute("aria-pressed") === "true";
  const answer = await fetch(`${page.dataset.self ?? ""}${isShown ? "" : "?env=1"}`, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  }).catch(() => null);
  if (!answer) return unreached();
  if (!isFine(answer)) return;
  record = /** @type {Json} */ (await answer.json());
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
draw();
