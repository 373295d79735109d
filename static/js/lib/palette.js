import { icon } from "./icon.js";

// Ctrl K: pages and actions are what the frame itself offers (`data-palette`), containers and images come from the lists' JSON.

/** @typedef {{words: string, detail: string, icon: Element, act: () => void}} Entry */
/** @typedef {{id: string, name: string, image?: string, state?: string}} Found */

const SHOWN = 40;
const ASK_MS = 120;

/** @param {Element} element */
function entryOf(element) {
  const drawn = element.querySelector("svg")?.cloneNode(true);
  const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent?.trim() ?? "");
  return /** @type {Entry} */ ({
    words: text.join(" ").trim(),
    detail: "",
    icon: drawn instanceof Element ? drawn : icon("arrow-right"),
    act: () => /** @type {HTMLElement} */ (element).click(),
  });
}

/**
 * What holds every typed word, as a list finds it: a page of them at most.
 * @param {string|undefined} listUrl
 * @param {string} typed
 * @returns {Promise<Record<string, unknown>>} the list's answer; empty when there is none
 */
async function listed(listUrl, typed) {
  if (!listUrl) return {};
  // Quoted words are looked for as they are; nothing typed here is a filter of the list's language.
  const words = typed.split(/\s+/).map((word) => word.replace(/["\\]/g, "")).filter(Boolean);
  const query = new URLSearchParams({ all: "1", q: words.map((word) => `"${word}"`).join(" ") });
  const answer = await fetch(`${listUrl}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.json().catch(() => ({})) : {};
}

/** @param {string|undefined} listUrl @param {string} typed @returns {Promise<Entry[]>} */
async function containersOf(listUrl, typed) {
  const { containers } = await listed(listUrl, typed);
  return /** @type {Found[]} */ (containers ?? []).map((row) => ({
    words: row.name,
    detail: [row.state, row.image].filter(Boolean).join(" · "),
    icon: icon("box"),
    act: () => location.assign(`${listUrl}${row.id}/`),
  }));
}

/** @param {string|undefined} listUrl @param {string} typed @returns {Promise<Entry[]>} those with a name */
async function imagesOf(listUrl, typed) {
  const { images } = await listed(listUrl, typed);
  return /** @type {{id: string, tags: string[]}[]} */ (images ?? []).flatMap(({ id, tags: [name, ...others] }) =>
    name ? [{ words: name, detail: others.join(" · "), icon: icon("stack-2"), act: () => location.assign(`${listUrl}${id}/`) }] : [],
  );
}

/**
 * Every typed word must stand in the entry; entries that begin with the text come first.
 * @param {Entry[]} entries
 * @param {string} typed
 */
export function found(entries, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = entries.filter((entry) => words.every((word) => `${entry.words} ${entry.detail}`.toLowerCase().includes(word)));
  const first = words[0] ?? "";
  return hits.sort((a, b) => Number(b.words.toLowerCase().startsWith(first)) - Number(a.words.toLowerCase().startsWith(first))).slice(0, SHOWN);
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  const input = dialog?.querySelector("input");
  const list = dialog?.querySelector('[role="listbox"]');
  if (!(dialog instanceof HTMLDialogElement) || !input || !list) return;
  /** @type {Entry[]} */ let pages = [];
  /** @type {Entry[]} */ let things = [];
  /** @type {Entry[]} */ let shown = [];
  let chosen = 0;

  const mark = () => {
    [...list.children].forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === chosen));
      if (index === chosen) row.scrollIntoView({ block: "nearest" });
    });
    if (shown.length) input.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  };

  const draw = (isSameText = false) => {
    const before = shown[chosen];
    shown = found([...pages, ...things], input.value);
    chosen = Math.max(0, isSameText && before ? shown.indexOf(before) : 0);
    list.replaceChildren(
      ...shown.map((entry, index) => {
        const row = document.createElement("div");
        row.id = `palette-${index}`;
        row.className = "palette-row";
        row.setAttribute("role", "option");
        const name = document.createElement("span");
        name.textContent = entry.words;
        const detail = document.createElement("small");
        detail.textContent = entry.detail;
        row.append(entry.icon, name, detail);
        row.addEventListener("click", () => act(index));
        row.addEventListener("pointermove", () => {
          if (chosen === index) return;
          chosen = index;
          mark();
        });
        return row;
      }),
    );
    dialog.querySelector(".palette-none")?.toggleAttribute("hidden", shown.length > 0);
    mark();
  };

  const act = (/** @type {number} */ index) => {
    const entry = shown[index];
    dialog.close();
    entry?.act();
  };

  const open = () => {
    if (dialog.open) return;
    // What is nearest comes first: this thing's pages, the sections, then what the menus offer.
    const offered = [...document.querySelectorAll("[data-palette]")];
    const near = ["main [data-palette]", ".side [data-palette]"].map((place) => offered.filter((one) => one.matches(place)));
    pages = [...new Set([...near.flat(), ...offered])].map(entryOf);
    things = [];
    input.value = "";
    draw();
    dialog.showModal();
    input.focus();
    void ask();
  };

  /** Ask the lists; what was typed meanwhile makes an older answer worthless. */
  const ask = async () => {
    const { containers, images } = dialog.dataset;
    const typed = input.value;
    const answers = await Promise.all([containersOf(containers, typed), imagesOf(images, typed)]);
    if (!dialog.open || typed !== input.value) return;
    things = answers.flat();
    draw(true);
  };

  /** @type {ReturnType<typeof setTimeout> | undefined} */ let later;
  input.addEventListener("input", () => {
    draw();
    clearTimeout(later);
    later = setTimeout(() => void ask(), ASK_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      act(chosen);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(shown.length, 1);
      mark();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-palette-open]")) open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
}
