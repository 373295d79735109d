// The search field: looks through the lines in slices while the page goes on, says "n of m", walks the matches.

import { Search } from "./search.js";

/**
 * @typedef {import("./store.js").LogStore} LogStore
 * @typedef {object} Parts
 * @property {HTMLInputElement} field
 * @property {HTMLElement} count
 * @property {HTMLElement} previous
 * @property {HTMLElement} next
 */

const TYPING_MS = 120;

export class Finder {
  /**
   * @param {Parts} parts
   * @param {{view: import("./view.js").LogView, rows: import("./rows.js").Rows, word: (name: string, values?: Record<string, string | number>) => string}} page
   */
  constructor(parts, { view, rows, word }) {
    this.parts = parts;
    this.view = view;
    this.rows = rows;
    this.word = word;
    /** @type {Search | null} */
    this.search = null;
    this.isRunning = false;
    this.isSettled = false; // a first match has been chosen
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let typing;
    parts.field.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.#start(), TYPING_MS);
    });
    parts.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        clearTimeout(typing);
        if (this.search?.needle === parts.field.value.toLowerCase()) this.go(event.shiftKey ? -1 : 1);
        else this.#start();
      } else if (event.key === "Escape") {
        parts.field.value = "";
        this.#start();
        this.view.scroller.focus({ preventScroll: true });
      }
    });
    parts.previous.addEventListener("click", () => this.go(-1));
    parts.next.addEventListener("click", () => this.go(1));
  }

  /** @param {LogStore} store */
  reset(store) {
    this.search = new Search(store);
    this.rows.current = NaN;
    if (this.parts.field.value !== "") this.#start();
  }

  /** There are more lines to look through. */
  more() {
    if (this.search?.isActive) this.#run();
  }

  #start() {
    this.rows.needle = this.parts.field.value.toLowerCase();
    this.rows.current = NaN;
    this.search?.start(this.parts.field.value);
    this.isSettled = false;
    this.view.redraw();
    this.#show();
    this.#run();
  }

  #run() {
    if (this.isRunning) return;
    this.isRunning = true;
    const slice = () => {
      const isDone = this.search?.step() ?? true;
      this.isRunning = !isDone;
      if (!this.isSettled && isDone) this.#settle();
      this.#show();
      if (!isDone) setTimeout(slice, 0);
    };
    setTimeout(slice, 0);
  }

  /** Stand on the first match in view or after it; when following, on the newest. */
  #settle() {
    if (!this.search?.isActive || this.search.total === 0) return;
    this.isSettled = true;
    const { store } = this.search;
    const id = this.view.isFollowing ? this.search.next(store.endId, -1) : this.search.next(this.view.anchorId - 1, 1);
    if (id !== null) this.#stand(id);
  }

  /** @param {1 | -1} direction */
  go(direction) {
    if (!this.search?.isActive) return;
    const from = Number.isNaN(this.rows.current) ? this.view.anchorId - 1 : this.rows.current;
    const id = this.search.next(from, direction);
    if (id !== null) this.#stand(id);
    this.#show();
  }

  /** @param {number} id */
  #stand(id) {
    this.rows.current = id;
    this.view.reveal(id);
  }

  #show() {
    const { count, previous, next } = this.parts;
    const search = this.search;
    const isActive = search?.isActive ?? false;
    const hasMatches = isActive && (search?.total ?? 0) > 0;
    previous.hidden = next.hidden = !hasMatches;
    let text = "";
    if (search && isActive) {
      const n = Number.isNaN(this.rows.current) ? 0 : search.ordinal(this.rows.current);
      text = hasMatches ? this.word("matches", { n: n.toLocaleString(), m: search.total.toLocaleString() }) : this.isRunning ? "…" : this.word("noMatch");
      const unheld = search.unheld;
      count.title = unheld > 0 ? this.word("unsearched", { n: unheld.toLocaleString() }) : "";
      if (unheld > 0) text += " *";
    }
    if (count.textContent !== text) count.textContent = text;
  }
}
