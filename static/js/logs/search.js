// Search through the lines of a store, in slices that leave the page answering. Lines without escapes are compared as
// bytes (case folded for ASCII); the others, and needles beyond ASCII, as the text a reader sees.

import { textOf } from "../streams/utf8.js";
import { visibleText } from "./ansi.js";
import { HAS_ESCAPE, MARK_LINE } from "./store.js";

/**
 * @typedef {import("./store.js").LogStore} LogStore
 * @typedef {import("./store.js").Segment} Segment
 * @typedef {{scanned: number, places: number[]}} Found places: line places within the segment, ascending
 */

const SLICE_MS = 8;
const CHECK_EVERY = 256; // lines between looks at the clock

export class Search {
  /** @param {LogStore} store */
  constructor(store) {
    this.store = store;
    this.needle = "";
    this.needleBytes = new Uint8Array(0);
    this.isAscii = true;
    /** @type {Map<Segment, Found>} */
    this.found = new Map();
    this.total = 0;
  }

  /** @param {string} needle "" ends the search */
  start(needle) {
    this.needle = needle.toLowerCase();
    this.needleBytes = new TextEncoder().encode(this.needle);
    this.isAscii = this.needleBytes.length === this.needle.length;
    this.found.clear();
    this.total = 0;
  }

  get isActive() {
    return this.needle !== "";
  }

  /**
   * Look through what was not looked through yet, newest segments first, for one slice of time.
   * @param {number} [sliceMs]
   * @returns {boolean} whether everything held has been looked through
   */
  step(sliceMs = SLICE_MS) {
    if (!this.isActive) return true;
    const until = performance.now() + sliceMs;
    const { segments } = this.store;
    for (let index = segments.length - 1; index >= 0; index--) {
      const segment = /** @type {Segment} */ (segments[index]);
      if (segment.bytes === null) continue;
      let found = this.found.get(segment);
      if (found === undefined) this.found.set(segment, (found = { scanned: 0, places: [] }));
      while (found.scanned < segment.count) {
        this.#scan(segment, found, Math.min(segment.count, found.scanned + CHECK_EVERY));
        if (performance.now() > until) return false;
      }
    }
    return true;
  }

  /**
   * @param {Segment} segment
   * @param {Found} found
   * @param {number} end
   */
  #scan(segment, found, end) {
    for (let place = found.scanned; place < end; place++) {
      if (!this.#matches(segment, place)) continue;
      found.places.push(place);
      this.total += 1;
    }
    found.scanned = end;
  }

  /**
   * @param {Segment} segment
   * @param {number} place
   */
  #matches(segment, place) {
    const flags = /** @type {number} */ (segment.flags[place]);
    if (flags & MARK_LINE) return false;
    const bytes = segment.lineBytes(place);
    if (bytes.length === 0) return false;
    if (this.isAscii && !(flags & HAS_ESCAPE)) return holds(bytes, this.needleBytes);
    return visibleText(textOf(bytes)).toLowerCase().includes(this.needle);
  }

  /** How many lines in memory are not looked through because their bytes were given back. */
  get unheld() {
    return this.store.segments.reduce((sum, segment) => sum + (segment.bytes === null && !this.found.has(segment) ? segment.count : 0), 0);
  }

  /**
   * Which match a line is, counted from the oldest; 0: none.
   * @param {number} id
   */
  ordinal(id) {
    let before = 0;
    for (const segment of this.store.segments) {
      const places = this.found.get(segment)?.places ?? [];
      if (id < segment.firstId + segment.count) {
        const index = places.indexOf(id - segment.firstId);
        return index < 0 ? 0 : before + index + 1;
      }
      before += places.length;
    }
    return 0;
  }

  /**
   * The next matching line after `id` (or before it), going round at the end. Null: nothing matches.
   * @param {number} id
   * @param {1 | -1} direction
   * @returns {number | null}
   */
  next(id, direction) {
    const { segments } = this.store;
    const ordered = direction > 0 ? segments : segments.toReversed();
    /** @type {number | null} */
    let first = null;
    for (const segment of ordered) {
      const places = this.found.get(segment)?.places ?? [];
      if (places.length === 0) continue;
      first ??= segment.firstId + /** @type {number} */ (direction > 0 ? places[0] : places[places.length - 1]);
      const place = direction > 0 ? places.find((at) => segment.firstId + at > id) : places.findLast((at) => segment.firstId + at < id);
      if (place !== undefined) return segment.firstId + place;
    }
    return first;
  }
}

/**
 * Whether a lower-case ASCII needle is in the bytes, whatever their case.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} needle
 */
function holds(bytes, needle) {
  const first = /** @type {number} */ (needle[0]);
  const last = bytes.length - needle.length;
  for (let at = 0; at <= last; at++) {
    if (lower(/** @type {number} */ (bytes[at])) !== first) continue;
    let same = 1;
    while (same < needle.length && lower(/** @type {number} */ (bytes[at + same])) === needle[same]) same += 1;
    if (same === needle.length) return true;
  }
  return false;
}

/** @param {number} byte */
function lower(byte) {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/**
 * Where a needle stands in a text, whatever the case: [start, end) pairs.
 * @param {string} text
 * @param {string} needle lower case, not empty
 * @returns {[number, number][]}
 */
export function places(text, needle) {
  /** @type {[number, number][]} */
  const pairs = [];
  const folded = text.toLowerCase();
  if (folded.length !== text.length) return pairs; // folding moved the places (İ): the line is listed, not marked
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + needle.length)) pairs.push([at, at + needle.length]);
  return pairs;
}
