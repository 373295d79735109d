import { sizeWords } from "../lib/bytes.js";

// Bars: one for each layer or part, and one for all of them, with the rate and the time that is left.

const RATE_OVER_MS = 8000;
const HERE = new Set(["Pull complete", "Already exists", "Pushed", "Layer already exists", "Loaded layer"]);
const FETCHED = new Set(["Download complete", "Verifying Checksum"]); // with no figures of their own
const TO_COME = new Set(["Pulling fs layer", "Waiting", "Preparing"]);

/**
 * @typedef {{id: string, status: string, current: number, total: number}} Part
 * @typedef {{layers: string, left: string, rate: string, seconds: string, minutes: string}} BarWords
 */

/** @param {Part} part a layer that is where it was to be */
export function isHere(part) {
  const isLoaded = part.status === "Loading layer" && part.total > 0 && part.current >= part.total; // no word comes after it
  return isLoaded || HERE.has(part.status) || part.status.startsWith("Mounted from");
}

/**
 * How much of a part is done: a layer that is pulled is half done once it is here.
 * @param {Part} part
 */
export function doneOf(part) {
  if (isHere(part)) return part.total;
  if (part.status === "Downloading") return part.current / 2;
  if (part.status === "Extracting") return part.total / 2 + part.current / 2;
  if (FETCHED.has(part.status)) return part.total / 2;
  return Math.min(part.current, part.total);
}

/** @param {Part} part how many of its bytes have come, or gone */
function hereOf(part) {
  if (isHere(part) || FETCHED.has(part.status) || part.status === "Extracting") return part.total;
  return Math.min(part.current, part.total || part.current);
}

/**
 * All parts together, in bytes. How large a layer is that still waits nobody knows: it counts like the known ones on
 * average, or else a pull would seem nearly done while half of its layers have not begun.
 * @param {Part[]} parts
 */
export function summed(parts) {
  let [total, done, here, known, waiting] = [0, 0, 0, 0, 0];
  for (const part of parts) {
    total += part.total;
    done += doneOf(part);
    here += hereOf(part);
    if (part.total > 0) known += 1;
    else if (TO_COME.has(part.status)) waiting += 1;
  }
  return { total: known ? total * (1 + waiting / known) : total, done, here };
}

/** How many bytes came in the last seconds. */
export class Rate {
  /** @type {[number, number][]} */
  #marks = [];

  /**
   * @param {number} bytes so far
   * @param {number} now
   * @returns {number} a second; 0 while it is not known
   */
  at(bytes, now) {
    const first = this.#marks[0];
    if (first && bytes < first[1]) this.#marks = [];
    this.#marks.push([now, bytes]);
    while (this.#marks.length > 2 && now - /** @type {[number, number]} */ (this.#marks[0])[0] > RATE_OVER_MS) this.#marks.shift();
    const [since, before] = /** @type {[number, number]} */ (this.#marks[0]);
    return now - since < 400 ? 0 : ((bytes - before) * 1000) / (now - since);
  }
}

export class Bars {
  /** @type {Map<string, Part>} */
  #parts = new Map();
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  /** @type {Set<string>} */
  #changed = new Set();
  #rate = new Rate();
  #isAsked = false;

  /**
   * @param {HTMLElement} place
   * @param {BarWords} words
   */
  constructor(place, words) {
    this.words = words;
    this.place = place;
    this.total = this.#row("bar-total");
    this.list = document.createElement("div");
    this.list.className = "bars";
    place.hidden = true;
    place.append(this.total, this.list);
    this.ticking = setInterval(() => this.draw(), 1000); // the rate falls when nothing comes
  }

  /** @param {Record<string, unknown>} message a `layer` or a `progress` message */
  hear(message) {
    const id = String(message.id ?? message.what ?? "");
    const known = this.#parts.get(id);
    const total = Math.max(Number(message.total) || 0, known?.total ?? 0);
    const status = typeof message.status === "string" ? message.status : "";
    this.#parts.set(id, { id, status, current: Number(message.current) || 0, total });
    this.#changed.add(id);
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.draw();
    });
  }

  draw() {
    this.place.hidden = this.#parts.size === 0;
    for (const id of this.#changed) {
      const part = this.#parts.get(id);
      if (part) this.#drawPart(part);
    }
    this.#changed.clear();
    this.#drawTotal();
  }

  /** No rate and no time left once it has ended. */
  rest() {
    clearInterval(this.ticking);
    this.draw();
    const figures = this.total.querySelector(".bar-figures");
    if (figures) figures.textContent = this.#counts();
    this.total.dataset.isResting = "";
  }

  /** @param {Part} part */
  #drawPart(part) {
    let row = this.#rows.get(part.id);
    if (!row) {
      row = this.#row("bar-row");
      this.#rows.set(part.id, row);
      this.list.append(row);
    }
    const isMoving = part.total > 0 && !isHere(part) && !FETCHED.has(part.status) && part.current > 0 && part.current < part.total;
    fill(row, part.id, isMoving ? `${part.status} ${sizeWords(part.current)} / ${sizeWords(part.total)}`.trim() : part.status || sizeWords(part.total), share(part));
    row.dataset.done = isHere(part) || isSent(part) ? "yes" : "no";
  }

  #drawTotal() {
    if (this.total.dataset.isResting !== undefined) return;
    const parts = [...this.#parts.values()];
    this.total.hidden = parts.length === 0 || (parts.length === 1 && parts.every(isSent)); // then its own bar says all
    const { total, done, here } = summed(parts);
    const rate = this.#rate.at(here, performance.now());
    const words = [this.#counts()];
    if (rate > 0) words.push(this.words.rate.replace("{rate}", sizeWords(rate)));
    if (rate > 0 && total > here) words.push(this.words.left.replace("{time}", this.#span((total - here) / rate)));
    const share = total ? done / total : parts.filter(isHere).length / Math.max(1, parts.length);
    fill(this.total, `${Math.floor(100 * share)} %`, words.filter(Boolean).join(" · "), share);
  }

  #counts() {
    const layers = [...this.#parts.values()].filter((part) => part.status !== "");
    if (layers.length === 0) return "";
    const done = layers.filter((part) => isHere(part)).length;
    return this.words.layers.replace("{done}", String(done)).replace("{total}", String(layers.length));
  }

  /** @param {number} seconds */
  #span(seconds) {
    return seconds < 90 ? this.words.seconds.replace("{n}", String(Math.ceil(seconds))) : this.words.minutes.replace("{n}", String(Math.ceil(seconds / 60)));
  }

  /** @param {string} name */
  #row(name) {
    const row = document.createElement("div");
    row.className = name;
    for (const [tag, part] of /** @type {const} */ ([["span", "bar-name"], ["span", "bar"], ["span", "bar-figures"]])) {
      const cell = document.createElement(tag);
      cell.className = part;
      if (part === "bar") cell.append(document.createElement("i"));
      row.append(cell);
    }
    return row;
  }
}

/** @param {Part} part no layer, and all of it is through */
function isSent(part) {
  return part.status === "" && part.total > 0 && part.current >= part.total;
}

/** @param {Part} part */
function share(part) {
  if (isHere(part) || FETCHED.has(part.status)) return 1;
  return part.total > 0 ? Math.min(1, part.current / part.total) : 0;
}

/**
 * @param {HTMLElement} row
 * @param {string} name
 * @param {string} figures
 * @param {number} part 0 to 1
 */
function fill(row, name, figures, part) {
  const [first, bar, last] = /** @type {HTMLElement[]} */ ([...row.children]);
  if (!first || !bar || !last) return;
  first.textContent = name;
  last.textContent = figures;
  const inner = /** @type {HTMLElement} */ (bar.firstElementChild);
  inner.style.transform = `scaleX(${part})`;
}
