import { copyText } from "./copy.js";
import { icon } from "./icon.js";

// JSON as a tree of <details>: built lazily, so that a big record costs only what is looked at. Text nodes only.

/** @typedef {null|boolean|number|string|Json[]|{[name: string]: Json}} Json */
/** @typedef {{copyPath: string, copyValue: string, items: string}} TreeWords */

/**
 * @param {Json} value
 * @returns {value is Json[] | {[name: string]: Json}}
 */
export function isBranch(value) {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/**
 * A path as jq and people write it: `.Config.Labels["com.example/x"]`, `.Mounts[0]`.
 * @param {(string|number)[]} path
 */
export function pathText(path) {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join("") || ".";
}

/**
 * Where the text occurs, in names and values alike: how often, the paths (as `pathText`) of what holds the places, and
 * the paths of these and of the places themselves.
 * @param {Json} root
 * @param {string} text lower case
 */
export function search(root, text) {
  /** @type {Set<string>} */ const open = new Set();
  /** @type {Set<string>} */ const kept = new Set();
  let hits = 0;
  /** @param {Json} value @param {(string|number)[]} path @returns {boolean} */
  const walk = (value, path) => {
    const name = path.at(-1);
    let isHit = typeof name === "string" && name.toLowerCase().includes(text);
    if (!isBranch(value)) isHit ||= scalarText(value).toLowerCase().includes(text);
    if (isHit) hits += 1;
    let isBelow = false;
    if (isBranch(value)) {
      for (const [key, child] of entriesOf(value)) if (walk(child, [...path, key])) isBelow = true;
      if (isBelow) open.add(pathText(path));
    }
    if (isHit || isBelow) kept.add(pathText(path));
    return isHit || isBelow;
  };
  walk(root, []);
  return { open, kept, hits };
}

/** @param {Json[] | {[name: string]: Json}} branch @returns {[string|number, Json][]} */
function entriesOf(branch) {
  return Array.isArray(branch) ? branch.map((child, index) => [index, child]) : Object.entries(branch);
}

/** @param {Json} value */
function scalarText(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * @param {HTMLElement} into
 * @param {string} text
 * @param {string} wanted lower case
 */
function writeMarked(into, text, wanted) {
  let from = 0;
  const lower = text.toLowerCase();
  while (wanted) {
    const at = lower.indexOf(wanted, from);
    if (at < 0 || lower.length !== text.length) break;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + wanted.length);
    into.append(text.slice(from, at), mark);
    from = at + wanted.length;
  }
  into.append(text.slice(from));
}

/**
 * Draw the tree.
 * @param {HTMLElement} place
 * @param {Json} root
 * @param {{words: TreeWords, wanted?: string, open: (path: (string|number)[]) => boolean, keep?: (path: (string|number)[]) => boolean}} options
 *   `keep`: which children of an opened branch are shown; a branch that is opened by hand shows all of them
 */
export function drawTree(place, root, { words, wanted = "", open, keep = () => true }) {
  /** @param {Json} value @param {(string|number)[]} path */
  const tools = (value, path) => {
    const box = document.createElement("span");
    box.className = "tree-tools";
    for (const [name, label, text] of /** @type {const} */ ([
      ["link", words.copyPath, () => pathText(path)],
      ["copy", words.copyValue, () => (typeof value === "string" ? value : JSON.stringify(value, null, 2))],
    ])) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn-quiet";
      button.title = label;
      button.setAttribute("aria-label", `${label}: ${pathText(path)}`);
      button.append(icon(name));
      button.addEventListener("click", (event) => {
        event.preventDefault();
        void copyText(text());
      });
      box.append(button);
    }
    return box;
  };

  /** @param {(string|number)[]} path */
  const nameOf = (path) => {
    const name = document.createElement("span");
    name.className = "name";
    writeMarked(name, String(path.at(-1) ?? ""), wanted);
    return name;
  };

  /** @param {Json} value @param {(string|number)[]} path @returns {HTMLElement} */
  const node = (value, path) => {
    if (!isBranch(value)) {
      const leaf = document.createElement("div");
      leaf.className = "leaf";
      const shown = document.createElement("span");
      const type = value === null ? "null" : typeof value === "object" ? "empty" : typeof value;
      shown.className = `v-${type}`;
      writeMarked(shown, scalarText(value), wanted);
      if (path.length) leaf.append(nameOf(path));
      leaf.append(shown, tools(value, path));
      return leaf;
    }
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const size = document.createElement("span");
    size.className = "of";
    size.textContent = words.items.replace("{n}", String(Object.keys(value).length));
    if (path.length) summary.append(nameOf(path));
    summary.append(size, tools(value, path));
    details.append(summary);
    let isFilled = false;
    const fill = () => {
      if (isFilled) return;
      isFilled = true;
      const children = entriesOf(value).map(([key, child]) => /** @type {const} */ ([[...path, key], child]));
      const shown = open(path) ? children.filter(([below]) => keep([...below])) : children;
      details.append(...shown.map(([below, child]) => node(child, [...below])));
    };
    details.addEventListener("toggle", () => details.open && fill());
    if (open(path)) {
      fill();
      details.open = true;
    }
    return details;
  };

  place.replaceChildren(...(isBranch(root)
      ? entriesOf(root)
          .filter(([key]) => keep([key]))
          .map(([key, child]) => node(child, [key]))
      : [node(root, [])]));
}
