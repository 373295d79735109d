// Which records were seen already. A log stream is resumed by `since`, which is inclusive, with timestamps that are not
// unique (the pieces of one long line share theirs) and, with two streams writing at once, not quite in order. So the
// last records are remembered one by one, and what comes again is dropped one for one: nothing lost, nothing twice.

import { PARTIAL } from "./records.js";
import { compareStamps } from "./stamps.js";

/** @typedef {import("./stamps.js").Stamp} Stamp */

const KEPT = 8_192;
const LOOK_BACK = 1_024; // how many records out of order we allow for
const LOOK_BACK_S = 5;
const ROTATION_BACK = 64;

/**
 * A number that tells a record's stream and payload from another's.
 * @param {number} stream
 * @param {Uint8Array} payload
 */
export function recordKey(stream, payload) {
  let hash = 0x811c9dc5 ^ stream;
  for (let at = 0; at < payload.length; at++) hash = Math.imul(hash ^ /** @type {number} */ (payload[at]), 0x01000193);
  return (hash ^ Math.imul(payload.length, 0x9e3779b1)) >>> 0;
}

export class SeenRecords {
  constructor() {
    this.secs = new Float64Array(KEPT);
    this.nanos = new Uint32Array(KEPT);
    this.keys = new Uint32Array(KEPT);
    this.count = 0; // of all that were ever noted
    /** @type {Map<string, number> | null} what the resumed stream will say again, and how often */
    this.expected = null;
    this.expectedLeft = 0;
    /** @type {Stamp} */
    this.expectedUntil = { sec: 0, nanos: 0 };
    this.matched = 0;
    this.dropped = 0; // repeated by the engine's log rotation
    /** @type {{sec: number, nanos: number, key: number}[]} the first records, to put earlier ones before them */
    this.head = [];
  }

  /** After a resume: everything that was known has come again. */
  get isCaughtUp() {
    return this.matched > 0 && this.expectedLeft === 0;
  }

  /** The newest record's time; null before the first. @returns {Stamp | null} */
  get last() {
    return this.count === 0 ? null : this.#at(this.count - 1);
  }

  /**
   * Where to resume so that nothing can be missed: a little before the last record. Null: nothing was seen yet.
   * @returns {Stamp | null}
   */
  since() {
    const last = this.last;
    if (last === null) return null;
    let earliest = last;
    for (let index = this.count - 1; index >= Math.max(0, this.count - LOOK_BACK); index--) {
      const stamp = this.#at(index);
      if (stamp.sec < last.sec - LOOK_BACK_S) break;
      if (compareStamps(stamp, earliest) < 0) earliest = stamp;
    }
    return earliest;
  }

  /**
   * These records are known from elsewhere: each is dropped once.
   * @param {{sec: number, nanos: number, key: number}[]} records
   */
  expect(records) {
    this.expected = new Map();
    this.expectedLeft = records.length;
    this.matched = 0;
    for (const record of records) {
      const name = this.#name(record.sec, record.nanos, record.key);
      this.expected.set(name, (this.expected.get(name) ?? 0) + 1);
      if (compareStamps(record, this.expectedUntil) > 0) this.expectedUntil = record;
    }
  }

  /** A stream from `since()` starts: what was seen from there on will come again. */
  resume() {
    const since = this.since();
    this.expected = new Map();
    this.expectedLeft = 0;
    this.matched = 0;
    if (since === null) return;
    this.expectedUntil = since;
    for (let index = Math.max(0, this.count - KEPT); index < this.count; index++) {
      const stamp = this.#at(index);
      if (compareStamps(stamp, since) < 0) continue;
      const name = this.#name(stamp.sec, stamp.nanos, /** @type {number} */ (this.keys[index % KEPT]));
      this.expected.set(name, (this.expected.get(name) ?? 0) + 1);
      this.expectedLeft += 1;
      if (compareStamps(stamp, this.expectedUntil) > 0) this.expectedUntil = stamp;
    }
  }

  /**
   * Whether a record is new; a new one is remembered.
   * @param {number} stream
   * @param {Uint8Array} payload
   * @param {number} sec
   * @param {number} nanos
   * @param {boolean} isContinued it is a further piece of a long line
   */
  isNew(stream, payload, sec, nanos, isContinued) {
    const key = recordKey(stream, payload);
    if (this.expected !== null && this.#isExpected(sec, nanos, key)) return false;
    if (!isContinued && payload.length < PARTIAL && this.#isRepeated(sec, nanos, key)) {
      this.dropped += 1;
      return false;
    }
    const place = this.count % KEPT;
    this.secs[place] = sec;
    this.nanos[place] = nanos;
    this.keys[place] = key;
    this.count += 1;
    if (this.head.length < LOOK_BACK) this.head.push({ sec, nanos, key });
    return true;
  }

  /**
   * @param {number} sec
   * @param {number} nanos
   * @param {number} key
   */
  #isExpected(sec, nanos, key) {
    if (this.expected === null) return false;
    const until = this.expectedUntil;
    if (this.expectedLeft === 0 || sec > until.sec + LOOK_BACK_S) {
      this.expected = null;
      return false;
    }
    if (sec > until.sec || (sec === until.sec && nanos > until.nanos)) return false;
    const name = this.#name(sec, nanos, key);
    const left = this.expected.get(name) ?? 0;
    if (left === 0) return false;
    this.expected.set(name, left - 1);
    this.expectedLeft -= 1;
    this.matched += 1;
    return true;
  }

  /**
   * The same time and the same bytes a moment ago: written once, read twice while the log file was rotated.
   * @param {number} sec
   * @param {number} nanos
   * @param {number} key
   */
  #isRepeated(sec, nanos, key) {
    for (let index = this.count - 1; index >= Math.max(0, this.count - ROTATION_BACK); index--) {
      const place = index % KEPT;
      const earlier = /** @type {number} */ (this.secs[place]);
      if (earlier < sec || (earlier === sec && /** @type {number} */ (this.nanos[place]) < nanos)) return false;
      if (earlier === sec && this.nanos[place] === nanos && this.keys[place] === key) return true;
    }
    return false;
  }

  /**
   * @param {number} index
   * @returns {Stamp}
   */
  #at(index) {
    return { sec: /** @type {number} */ (this.secs[index % KEPT]), nanos: /** @type {number} */ (this.nanos[index % KEPT]) };
  }

  /**
   * @param {number} sec
   * @param {number} nanos
   * @param {number} key
   */
  #name(sec, nanos, key) {
    return `${sec}.${nanos}.${key}`;
  }
}
