import { ask, clockNow, showProblem, wordsOf } from "../inside/asking.js";
import { openFirst, treeOf } from "../inside/changes.js";

// What the container changed in its image's files, as a tree. Folders are drawn when they are opened, and a crowded one
// in parts, so that a hundred thousand changes cost only what is looked at.

/** @typedef {import("../inside/changes.js").Change} Change */
/** @typedef {import("../inside/changes.js").Node} Node */

const LINES_FIRST = 60;
const LINES_FOUND = 400;
const PART = 500;
const TONES = { added: "running", changed: "paused", deleted: "failed" };
const page = /** @type {HTMLElement} */ (document.getElementById("changes"));
const place = /** @type {HTMLElement} */ (document.getElementById("change-tree"));
const filter = /** @type {HTMLInputElement} */ (document.getElementById("change-filter"));
const problemNote = /** @type {HTMLElement} */ (document.getElementById("change-problem"));
const none = /** @type {HTMLElement} */ (document.getElementById("change-none"));
const noneFit = /** @type {HTMLElement} */ (document.getElementById("change-none-fit"));
const moment = /** @type {HTMLElement} */ (document.getElementById("change-at"));
const chips = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("#change-kinds button")]);
const say = wordsOf("change-words");

/** @type {Change[] | null} */ let changes = null;
/** @type {Set<Node>} */ let open = new Set();
let asked = 0;

/**
 * A file that is there leads to its page, for who may see it; a name that did not come through whole leads nowhere.
 * @param {Node} node @param {string} path
 */
function nameOf(node, path) {
  const { files } = page.dataset;
  const isLink = files && !node.children.size && node.kind !== "deleted" && !path.includes("\ufffd");
  const name = document.createElement(isLink ? "a" : "span");
  if (name instanceof HTMLAnchorElement) name.href = `${files}?path=${encodeURIComponent(path)}`;
  name.className = "name";
  name.textContent = node.children.size ? `${node.name}/` : node.name;
  const parts = [name];
  if (node.kind) {
    const kind = document.createElement("span");
    kind.className = "tag";
    kind.dataset.state = TONES[node.kind];
    kind.textContent = say(node.kind);
    parts.push(kind);
  }
  if (node.below) {
    const below = document.createElement("span");
    below.className = "of";
    below.textContent = say("below", { n: node.below });
    parts.push(below);
  }
  return parts;
}

/** @param {Node} node @param {string} above the path of its folder @returns {HTMLElement} */
function drawn(node, above) {
  const path = `${above}/${node.name}`;
  if (!node.children.size) {
    const leaf = document.createElement("div");
    leaf.className = "leaf";
    leaf.append(...nameOf(node, path));
    return leaf;
  }
  const folder = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(...nameOf(node, path));
  folder.append(summary);
  let isFilled = false;
  const fill = () => {
    if (isFilled) return;
    isFilled = true;
    append(folder, [...node.children.values()], path);
  };
  folder.addEventListener("toggle", () => folder.open && fill());
  if (open.has(node)) {
    fill();
    folder.open = true;
  }
  return folder;
}

/** @param {HTMLElement} into @param {Node[]} nodes @param {string} above */
function append(into, nodes, above) {
  into.append(...nodes.slice(0, PART).map((node) => drawn(node, above)));
  const left = nodes.slice(PART);
  if (!left.length) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "btn change-more";
  more.textContent = say("more", { n: left.length });
  more.addEventListener("click", () => {
    more.remove();
    append(into, left, above);
  });
  into.append(more);
}

function draw() {
  const found = changes ?? [];
  const wanted = filter.value.trim().toLowerCase();
  const kinds = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.kind));
  const isFiltered = wanted !== "" || kinds.size > 0;
  const shown = isFiltered ? found.filter(({ path, kind }) => (!wanted || path.toLowerCase().includes(wanted)) && (!kinds.size || kinds.has(kind))) : found;
  const root = treeOf(shown);
  open = openFirst(root, isFiltered ? LINES_FOUND : LINES_FIRST);
  place.replaceChildren();
  append(place, [...root.children.values()], "");
  place.hidden = !shown.length;
  none.hidden = changes === null || found.length > 0;
  noneFit.hidden = !found.length || shown.length > 0;
}

async function look() {
  const mine = (asked += 1);
  moment.textContent = say("reading");
  const said = await ask(page.dataset.self ?? "", say("unreached"));
  if (mine !== asked) return;
  if ("problem" in said) {
    moment.textContent = "";
    showProblem(problemNote, said.problem);
    return;
  }
  showProblem(problemNote, null);
  changes = /** @type {Change[]} */ (said.answer.changes);
  for (const chip of chips) /** @type {HTMLElement} */ (chip.querySelector("b")).textContent = String(said.answer.counts[chip.dataset.kind ?? ""] ?? 0);
  moment.textContent = say("asOf", { at: clockNow() });
  draw();
}

for (const chip of chips) {
  chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    draw();
  });
}
filter.addEventListener("input", draw);
document.getElementById("change-refresh")?.addEventListener("click", () => void look());
void look();
