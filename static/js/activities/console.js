// Console text: lines with their colours, in steps that fold. However much comes, the page holds a bounded number of
// lines: what is passed over is counted, and the download has it.

import { colourRules, parseAnsi } from "../logs/ansi.js";

const MOST_LINES = 2000;
const KEPT_OF_A_STEP = 500;
const REST_FACTOR = 4; // drawing may take a fifth of the time: what comes must be taken meanwhile
const LONGEST_CHARS = 16_384;
const MOST_RULES = 4096;

/** Draws lines into one element, the newest at the end. */
class Pane {
  /** @type {string[]} */
  #waiting = [];
  #rest = ""; // a line that has not ended yet
  #passed = 0;

  /**
   * @param {HTMLElement} place
   * @param {Colours} colours
   * @param {string} older words for what is passed over
   */
  constructor(place, colours, older) {
    this.colours = colours;
    this.older = older;
    this.note = document.createElement("p");
    this.note.className = "console-older";
    this.note.hidden = true;
    this.rows = document.createElement("div");
    this.rows.className = "console log-rows";
    place.append(this.note, this.rows);
  }

  /** @param {string} text */
  add(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = /** @type {string} */ (lines.pop()).slice(-LONGEST_CHARS);
    for (const line of lines) this.#waiting.push(line);
    if (this.#waiting.length > MOST_LINES) this.#passed += this.#waiting.splice(0, this.#waiting.length - MOST_LINES).length;
  }

  /** Whether there is something to draw. */
  isBehind() {
    return this.#waiting.length > 0;
  }

  /** @param {boolean} isOver the line that has not ended ends here */
  draw(isOver = false) {
    if (isOver && this.#rest !== "") {
      this.#waiting.push(this.#rest);
      this.#rest = "";
    }
    if (this.#waiting.length === 0) return;
    const drawn = document.createDocumentFragment();
    for (const line of this.#waiting) drawn.append(this.#line(line));
    this.#waiting = [];
    this.rows.append(drawn);
    this.trim(MOST_LINES);
  }

  /** @param {number} most */
  trim(most) {
    const surplus = this.rows.childElementCount - most;
    for (let index = 0; index < surplus; index++) this.rows.firstElementChild?.remove();
    if (surplus > 0) this.#passed += surplus;
    this.note.hidden = this.#passed === 0;
    this.note.textContent = this.older.replace("{n}", this.#passed.toLocaleString());
  }

  /** @param {string} text */
  #line(text) {
    const row = document.createElement("div");
    row.className = "cl";
    // A program that draws a bar over itself goes back to the line's start: what it drew last is what counts.
    const shown = text.endsWith("\r") ? text.slice(0, -1) : text;
    const last = shown.slice(shown.lastIndexOf("\r") + 1).slice(0, LONGEST_CHARS);
    for (const piece of parseAnsi(last)) {
      if (piece.classes === "") row.append(piece.text);
      else {
        const span = document.createElement("span");
        span.className = piece.classes;
        span.textContent = piece.text;
        this.colours.need(piece.classes);
        row.append(span);
      }
    }
    return row;
  }
}

/** Rules for the colours that the style sheet does not have. */
class Colours {
  /** @type {Set<string>} */
  #ruled = new Set();

  constructor() {
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
  }

  /** @param {string} classes */
  need(classes) {
    for (const name of classes.split(" ")) {
      if (this.#ruled.has(name) || this.#ruled.size >= MOST_RULES) continue;
      this.#ruled.add(name);
      for (const rule of colourRules(name)) this.sheet.insertRule(rule);
    }
  }
}

export class Console {
  #isAsked = false;
  #costMs = 0;
  /** @type {{box: HTMLDetailsElement, time: HTMLElement, pane: Pane, sinceS: number} | null} */
  #step = null;

  /**
   * @param {HTMLElement} place
   * @param {{older: string, dropped: string, step: string, failed: string}} words
   */
  constructor(place, words) {
    this.place = place;
    this.words = words;
    this.colours = new Colours();
    /** @type {Pane | null} */
    this.pane = null;
  }

  /** @param {string} text */
  text(text) {
    this.pane ??= new Pane(this.place, this.colours, this.words.older);
    this.pane.add(text);
    this.#drawSoon();
  }

  /**
   * What follows belongs to this step; the one before is folded.
   * @param {number} number
   * @param {number} total
   * @param {string} text
   * @param {number} atS seconds since the beginning
   */
  step(number, total, text, atS) {
    this.#endStep(false, atS);
    const box = document.createElement("details");
    box.className = "step";
    box.dataset.state = "running";
    box.open = true;
    const summary = document.createElement("summary");
    const [count, title, time] = ["step-count", "step-title", "step-time"].map((name) => {
      const part = document.createElement("span");
      part.className = name;
      summary.append(part);
      return part;
    });
    if (!count || !title || !time) return;
    count.textContent = total ? this.words.step.replace("{n}", String(number)).replace("{total}", String(total)) : String(number);
    title.textContent = text;
    box.append(summary);
    this.place.append(box);
    this.pane = new Pane(box, this.colours, this.words.older);
    this.#step = { box, time, pane: this.pane, sinceS: atS };
  }

  /** @param {string} words for something that stands between the lines */
  mark(words) {
    const mark = document.createElement("p");
    mark.className = "console-mark";
    mark.textContent = words;
    this.pane?.draw(true);
    (this.#step?.box ?? this.place).append(mark);
    this.pane = new Pane(this.#step?.box ?? this.place, this.colours, this.words.older);
  }

  /** Where the step that runs stands, null when none does. */
  get running() {
    return this.#step?.box ?? null;
  }

  /**
   * @param {string} state how it ended; unless it is done, the last step stays open: there it was
   * @param {number} atS
   */
  end(state, atS) {
    this.pane?.draw(true);
    const step = this.#step;
    this.#endStep(state !== "done", atS);
    if (!step || state === "done") return;
    step.box.dataset.state = state === "failed" ? "failed" : "stopped";
    if (state === "failed") step.time.textContent = `${this.words.failed} · ${step.time.textContent}`;
  }

  /**
   * @param {boolean} isOpen
   * @param {number} atS
   */
  #endStep(isOpen, atS) {
    const step = this.#step;
    this.pane?.draw(true);
    if (!step) return;
    step.time.textContent = `${Math.max(0, atS - step.sinceS).toFixed(1)} s`;
    step.box.open = isOpen;
    step.box.dataset.state = "done";
    if (!isOpen) step.pane.trim(KEPT_OF_A_STEP);
    this.#step = null;
  }

  #drawSoon() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    setTimeout(() => requestAnimationFrame(() => this.#draw()), REST_FACTOR * this.#costMs);
  }

  #draw() {
    const began = performance.now();
    const scroller = document.scrollingElement;
    const isAtEnd = scroller !== null && scroller.scrollHeight - scroller.scrollTop - innerHeight < 80;
    this.pane?.draw();
    if (isAtEnd && scroller) scroller.scrollTop = scroller.scrollHeight;
    requestAnimationFrame(() => {
      this.#costMs = performance.now() - began; // with the layout and the painting that it led to
      this.#isAsked = false;
      if (this.pane?.isBehind()) this.#drawSoon();
    });
  }
}
