import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";

import { strictDocument, withStrictElements } from "./strict_document.js";

/** Colours of the dark surface that logs and terminals share in both themes. */
const THEME = {
  background: "#0d1117",
  foreground: "#c9d1d9",
  cursor: "#79c0ff",
  selectionBackground: "#264f78",
  black: "#484f58",
  red: "#ff7b72",
  green: "#7ee787",
  yellow: "#e3b341",
  blue: "#79c0ff",
  magenta: "#d2a8ff",
  cyan: "#76e3ea",
  white: "#c9d1d9",
  brightBlack: "#8b949e",
  brightRed: "#ffa198",
  brightGreen: "#aff5b4",
  brightYellow: "#f2cc60",
  brightBlue: "#a5d6ff",
  brightMagenta: "#e2c5ff",
  brightCyan: "#b3f0ff",
  brightWhite: "#f0f6fc",
};

/** Sizes the server accepts, in cells. */
const CELLS_MIN = 1;
const CELLS_MAX = 1000;

/**
 * @typedef {object} ScreenWords
 * @property {string} openLink asks before a link that a container wrote is followed
 * @property {string} openLinkConfirm the button of that question
 */

/**
 * @typedef {object} ScreenOptions
 * @property {(bytes: Uint8Array) => void} onInput what was typed or pasted, in UTF-8, or bytes of a mouse report
 * @property {(size: {cols: number, rows: number}) => void} onResize the new size in cells
 * @property {(uri: string) => void} onLink a link was chosen; only http and https get here
 */

/** The terminal on the page: xterm.js with what a container may not do switched off. */
export class Screen {
  #terminal;
  #fit = new FitAddon();
  #search = new SearchAddon();
  #encoder = new TextEncoder();
  #parent;
  /** @type {{cols: number, rows: number} | null} */
  #fixed = null;
  #isFollowing = false;

  /**
   * @param {HTMLElement} parent
   * @param {ScreenOptions} options
   */
  constructor(parent, { onInput, onResize, onLink }) {
    const follow = (/** @type {string} */ uri) => {
      if (/^https?:\/\//i.test(uri)) onLink(uri);
    };
    this.#parent = parent;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      documentOverride: strictDocument(),
      fontFamily: 'ui-monospace, SFMono-Regular, "DejaVu Sans Mono", Menlo, monospace',
      fontSize: 13,
      lineHeight: 1.2,
      scrollback: 10000,
      theme: THEME,
      // OSC 8 links are written by the container: they are followed only after a question.
      linkHandler: { activate: (_event, uri) => follow(uri), allowNonHttpProtocols: false },
      // No window reports: what a program asks of the window would be typed back into it.
      windowOptions: {},
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = "11";
    this.#terminal.loadAddon(new WebLinksAddon((_event, uri) => follow(uri)));
    withStrictElements(() => this.#terminal.open(parent));
    this.#useWebgl();
    // OSC 52 would let a container read and write the clipboard of whoever looks at it.
    this.#terminal.parser.registerOscHandler(52, () => true);
    this.#terminal.onData((text) => onInput(this.#encoder.encode(text)));
    this.#terminal.onBinary((text) => onInput(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    this.#terminal.onResize(({ cols, rows }) => onResize(clamped(cols, rows)));
    this.#terminal.onCursorMove(() => this.#followCursor());
    new ResizeObserver(() => this.fit()).observe(parent);
    this.fit();
  }

  /** @returns {{cols: number, rows: number}} */
  get size() {
    return clamped(this.#terminal.cols, this.#terminal.rows);
  }

  /** @param {boolean} isTty a container without a TTY ends its lines with a bare newline */
  set isTty(isTty) {
    this.#terminal.options.convertEol = !isTty;
  }

  /** @param {boolean} isReadOnly keystrokes and reports go nowhere */
  set isReadOnly(isReadOnly) {
    this.#terminal.options.disableStdin = isReadOnly;
    this.#terminal.options.cursorBlink = !isReadOnly;
  }

  /**
   * @param {Uint8Array | string} bytes
   * @param {() => void} [onParsed] called when the terminal has taken them in
   */
  write(bytes, onParsed) {
    this.#terminal.write(bytes, onParsed);
  }

  /** A line of ours between what the container wrote: dim, on a line of its own.
   * @param {string} sentence */
  note(sentence) {
    this.#terminal.write(`\r\n\x1b[0;2m${sentence}\x1b[0m\r\n`);
  }

  reset() {
    this.#terminal.reset();
  }

  focus() {
    this.#terminal.focus();
  }

  /** @param {{cols: number, rows: number} | null} size that it keeps whatever its place is like; null: it fills that */
  set fixed(size) {
    this.#fixed = size;
    this.#parent.toggleAttribute("data-fixed", size !== null);
    this.fit();
  }

  fit() {
    const proposed = this.#fixed ?? this.#fit.proposeDimensions();
    if (!proposed || Number.isNaN(proposed.cols) || Number.isNaN(proposed.rows)) return;
    const { cols, rows } = clamped(proposed.cols, proposed.rows);
    if (cols !== this.#terminal.cols || rows !== this.#terminal.rows) this.#terminal.resize(cols, rows);
  }

  /** @param {number} step pixels added to the letters' height */
  zoom(step) {
    const size = (this.#terminal.options.fontSize ?? 13) + step;
    this.#terminal.options.fontSize = Math.min(28, Math.max(8, size));
    this.fit();
  }

  /**
   * @param {string} words
   * @param {{backwards?: boolean}} [options]
   * @returns {boolean} whether they were found
   */
  find(words, { backwards = false } = {}) {
    if (words === "") {
      this.#search.clearDecorations();
      return true;
    }
    const decorations = {
      matchOverviewRuler: "#bb8009",
      activeMatchColorOverviewRuler: "#f2cc60",
      matchBackground: "#5a4208",
      activeMatchBackground: "#9e6a03",
    };
    return backwards ? this.#search.findPrevious(words, { decorations }) : this.#search.findNext(words, { decorations });
  }

  /** @returns {string} everything held, as text without colours */
  text() {
    const buffer = this.#terminal.buffer.active;
    const lines = [];
    for (let row = 0; row < buffer.length; row += 1) lines.push(buffer.getLine(row)?.translateToString(true) ?? "");
    return lines.join("\n").trimEnd();
  }

  /** @param {(text: string) => boolean} isTaken returns true when a key was dealt with by the page */
  onKey(isTaken) {
    this.#terminal.attachCustomKeyEventHandler((event) => event.type !== "keydown" || !isTaken(keyName(event)));
  }

  /** A terminal larger than its place is scrolled to where one types. */
  #followCursor() {
    if (!this.#fixed || this.#isFollowing) return;
    this.#isFollowing = true;
    requestAnimationFrame(() => {
      this.#isFollowing = false;
      const cells = this.#parent.querySelector(".xterm-screen");
      if (!(cells instanceof HTMLElement) || !this.#fixed) return;
      const { cursorX, cursorY } = this.#terminal.buffer.active;
      const width = cells.offsetWidth / this.#terminal.cols;
      const height = cells.offsetHeight / this.#terminal.rows;
      this.#parent.scrollTop = shown(this.#parent.scrollTop, this.#parent.clientHeight, cursorY * height, 2 * height);
      this.#parent.scrollLeft = shown(this.#parent.scrollLeft, this.#parent.clientWidth, cursorX * width, 4 * width);
    });
  }

  #useWebgl() {
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.#terminal.loadAddon(webgl);
    } catch {
      // No WebGL in this browser: xterm.js draws with elements instead, only slower.
    }
  }
}

/**
 * How far to scroll so that what begins at `start` is in view; no farther than it takes.
 * @param {number} scrolled pixels that are scrolled away now
 * @param {number} room pixels that are in view
 * @param {number} start
 * @param {number} length
 */
function shown(scrolled, room, start, length) {
  return Math.max(0, Math.min(Math.max(scrolled, start + length - room), start));
}

/**
 * @param {KeyboardEvent} event
 * @returns {string} such as "Ctrl+Shift+F"
 */
function keyName(event) {
  const parts = [];
  if (event.ctrlKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  if (event.metaKey) parts.push("Meta");
  return [...parts, event.key.length === 1 ? event.key.toUpperCase() : event.key].join("+");
}

/**
 * @param {number} cols
 * @param {number} rows
 */
function clamped(cols, rows) {
  const clamp = (/** @type {number} */ cells) => Math.min(CELLS_MAX, Math.max(CELLS_MIN, Math.floor(cells)));
  return { cols: clamp(cols), rows: clamp(rows) };
}
