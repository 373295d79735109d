// One line of a log as an element: time, a bar for its stream, the text with colours and marked matches. Text only ever
// becomes text nodes; colours beyond the style sheet's sixteen become rules of a sheet of our own.

import { textOf } from "../streams/utf8.js";
import { colourRules, parseAnsi, visibleText } from "./ansi.js";
import { places } from "./search.js";
import { ALERT_MARK, ENGINE_LINE, MARK_LINE, STDERR_LINE, TRUNCATED } from "./store.js";

/** @typedef {import("./store.js").Line} Line */

const LONGEST_SHOWN = 16_384; // characters of a line that are drawn unless it is unfolded
const MOST_RULES = 4_096;

/**
 * @typedef {object} RowWords
 * @property {string} stderr
 * @property {string} engine
 * @property {string} truncated
 * @property {string} more "{n}" is how many characters are folded away
 * @property {string} loading
 * @property {string} lost
 */

export class Rows {
  /** @param {RowWords} words */
  constructor(words) {
    this.words = words;
    this.needle = "";
    this.current = NaN; // the match one stands on
    /** @type {Set<number>} lines shown whole though they are long */
    this.unfolded = new Set();
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
    /** @type {Set<string>} */
    this.ruled = new Set();
    this.today = "";
    this.time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.date = new Intl.DateTimeFormat(undefined, { month: "short", day: "2-digit" });
    this.setToday();
  }

  setToday() {
    this.today = new Date().toDateString();
  }

  /**
   * A time of day in the reader's zone with milliseconds; the date before it when it is not today's.
   * @param {Line} line
   */
  clock(line) {
    const at = new Date(line.sec * 1000);
    const text = `${this.time.format(at)}.${String(Math.floor(line.nanos / 1e6)).padStart(3, "0")}`;
    return at.toDateString() === this.today ? text : `${this.date.format(at)} ${text}`;
  }

  /** @param {Line} line */
  isDated(line) {
    return new Date(line.sec * 1000).toDateString() !== this.today;
  }

  /**
   * @param {Line} line
   * @returns {HTMLElement}
   */
  element(line) {
    const row = document.createElement("div");
    row.className = "l";
    row.dataset.line = String(line.id);
    row.setAttribute("role", "listitem");
    const text = textOf(line.bytes);
    if (line.flags & MARK_LINE) {
      row.classList.add("mk");
      if (line.flags & ALERT_MARK) row.classList.add("alert");
      row.textContent = text;
      return row;
    }
    const time = this.#span("t", this.clock(line));
    if (this.isDated(line)) row.dataset.dated = "";
    time.title = `${new Date(line.sec * 1000).toISOString().slice(0, 19)}.${String(line.nanos).padStart(9, "0")}Z`;
    row.append(time, this.#span("s", ""));
    const from = line.flags & ENGINE_LINE ? "engine" : line.flags & STDERR_LINE ? "stderr" : "";
    if (from !== "") {
      row.classList.add(from === "engine" ? "eng" : "err");
      row.append(this.#span("from visually-hidden", `${this.words[from]}: `));
    }
    row.append(this.#text(line, text));
    if (line.id === this.current) row.classList.add("current");
    return row;
  }

  /**
   * A line whose bytes are not here at the moment.
   * @param {number} id
   * @param {boolean} isLost
   */
  hollow(id, isLost) {
    const row = document.createElement("div");
    row.className = "l hollow";
    row.dataset.line = String(id);
    row.setAttribute("role", "listitem");
    row.textContent = isLost ? this.words.lost : this.words.loading;
    return row;
  }

  /**
   * What copying a line gives.
   * @param {Line} line
   * @param {boolean} withTime
   */
  plain(line, withTime) {
    const text = visibleText(textOf(line.bytes));
    return withTime && !(line.flags & MARK_LINE) ? `${this.clock(line)} ${text}` : text;
  }

  /**
   * @param {Line} line
   * @param {string} text
   */
  #text(line, text) {
    const box = this.#span("x", "");
    const isFolded = text.length > LONGEST_SHOWN && !this.unfolded.has(line.id);
    const pieces = parseAnsi(isFolded ? text.slice(0, LONGEST_SHOWN) : text);
    const whole = this.needle === "" ? "" : pieces.map((piece) => piece.text).join("");
    const matches = this.needle === "" ? [] : places(whole, this.needle);
    let at = 0;
    for (const piece of pieces) {
      for (const classes of piece.classes === "" ? [] : piece.classes.split(" ")) this.#rule(classes);
      const parent = piece.classes === "" ? box : this.#span(piece.classes, "");
      this.#marked(parent, piece.text, at, matches);
      if (parent !== box) box.append(parent);
      at += piece.text.length;
    }
    if (isFolded) {
      const more = document.createElement("button");
      more.type = "button";
      more.className = "unfold";
      more.dataset.unfold = String(line.id);
      more.textContent = this.words.more.replace("{n}", (text.length - LONGEST_SHOWN).toLocaleString());
      box.append(" ", more);
    }
    if (line.flags & TRUNCATED) box.append(" ", this.#span("cut", this.words.truncated));
    return box;
  }

  /**
   * @param {HTMLElement} parent
   * @param {string} text
   * @param {number} at where the text begins in the line
   * @param {[number, number][]} matches
   */
  #marked(parent, text, at, matches) {
    let done = 0;
    for (const [start, end] of matches) {
      const from = Math.max(start - at, done);
      const until = Math.min(end - at, text.length);
      if (until <= from) continue;
      if (from > done) parent.append(text.slice(done, from));
      const mark = document.createElement("mark");
      mark.append(text.slice(from, until));
      parent.append(mark);
      done = until;
    }
    if (done < text.length) parent.append(text.slice(done));
  }

  /** @param {string} name */
  #rule(name) {
    if (this.ruled.has(name) || this.ruled.size >= MOST_RULES) return;
    this.ruled.add(name);
    for (const rule of colourRules(name)) this.sheet.insertRule(rule);
  }

  /**
   * @param {string} classes
   * @param {string} text
   */
  #span(classes, text) {
    const span = document.createElement("span");
    span.className = classes;
    if (text !== "") span.append(text);
    return span;
  }
}
