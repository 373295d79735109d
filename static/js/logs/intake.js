// From the bytes of a log stream to lines in a store: records are told apart, those seen before are dropped, the pieces
// of long lines are joined (same time, the piece before was 16,384 bytes without newline), and a line beyond a megabyte
// is cut there and says so.

import { ENGINE, STDERR } from "../streams/frames.js";
import { PARTIAL, RecordReader } from "./records.js";
import { SeenRecords } from "./resume.js";
import { ENGINE_LINE, STDERR_LINE, TRUNCATED } from "./store.js";

/** @typedef {import("./store.js").LogStore} LogStore */

export const LONGEST_LINE = 1 << 20;
const NEWLINE = 10;
const RETURN = 13;

/**
 * @typedef {object} Pending pieces of a long line
 * @property {number} sec
 * @property {number} nanos
 * @property {number} size
 * @property {Uint8Array[]} parts
 * @property {boolean} isSwallowing it was cut at the limit; what follows of it is dropped
 */

export class Intake {
  /**
   * @param {LogStore} store
   * @param {boolean} isTty
   * @param {SeenRecords} [seen]
   * @param {import("./stamps.js").Stamp | null} [until] records after it are not taken
   */
  constructor(store, isTty, seen = new SeenRecords(), until = null) {
    this.store = store;
    this.isTty = isTty;
    this.seen = seen;
    /** @type {Map<number, Pending>} by stream */
    this.pending = new Map();
    this.records = 0; // that this intake was given, seen ones too
    this.until = until;
    this.isPast = false; // a record after `until` was met
    /** @type {(() => void) | null} called once, before the next record that was not seen yet becomes a line */
    this.onFirstNew = null;
    this.reader = this.#newReader();
  }

  #newReader() {
    return new RecordReader(this.isTty, (stream, payload, sec, nanos) => this.#take(stream, payload, sec, nanos));
  }

  /** @param {Uint8Array} bytes */
  feed(bytes) {
    this.reader.feed(bytes);
  }

  /** The connection broke and another one follows from `seen.since()`: half a frame is nothing, half a line is kept. */
  resume() {
    this.reader = this.#newReader();
    this.seen.resume();
  }

  /** The stream ended: what is pending is a line. */
  end() {
    this.reader.end();
    for (const stream of [...this.pending.keys()]) this.#flush(stream);
    this.reader = this.#newReader();
  }

  /**
   * @param {number} stream
   * @param {Uint8Array} payload
   * @param {number} sec
   * @param {number} nanos
   */
  #take(stream, payload, sec, nanos) {
    if (this.until !== null && (sec > this.until.sec || (sec === this.until.sec && nanos > this.until.nanos))) {
      this.isPast = true;
      return;
    }
    this.records += 1;
    const pending = this.pending.get(stream);
    const isContinued = pending !== undefined && pending.sec === sec && pending.nanos === nanos;
    if (!this.seen.isNew(stream, payload, sec, nanos, isContinued)) return;
    this.onFirstNew?.();
    if (pending !== undefined && !isContinued) this.#flush(stream);
    const isPartial = payload.length === PARTIAL && payload[PARTIAL - 1] !== NEWLINE;
    if (isContinued) this.#continue(stream, pending, payload, isPartial);
    else if (isPartial) this.pending.set(stream, { sec, nanos, size: payload.length, parts: [payload.slice()], isSwallowing: false });
    else this.#line(stream, payload, sec, nanos, 0);
  }

  /**
   * @param {number} stream
   * @param {Pending} pending
   * @param {Uint8Array} payload
   * @param {boolean} isPartial
   */
  #continue(stream, pending, payload, isPartial) {
    if (!pending.isSwallowing) {
      pending.parts.push(payload.slice());
      pending.size += payload.length;
      if (pending.size > LONGEST_LINE) {
        this.#line(stream, joined(pending), pending.sec, pending.nanos, TRUNCATED);
        pending.isSwallowing = true;
        pending.parts = [];
      }
    }
    if (!isPartial) this.#flush(stream);
  }

  /** @param {number} stream */
  #flush(stream) {
    const pending = this.pending.get(stream);
    this.pending.delete(stream);
    if (pending && !pending.isSwallowing) this.#line(stream, joined(pending), pending.sec, pending.nanos, 0);
  }

  /**
   * @param {number} stream
   * @param {Uint8Array} bytes
   * @param {number} sec
   * @param {number} nanos
   * @param {number} flags
   */
  #line(stream, bytes, sec, nanos, flags) {
    let end = bytes.length;
    if (end > 0 && bytes[end - 1] === NEWLINE) end -= 1;
    if (end > 0 && bytes[end - 1] === RETURN) end -= 1;
    if (end > LONGEST_LINE) {
      end = LONGEST_LINE;
      flags |= TRUNCATED;
    }
    if (stream === STDERR) flags |= STDERR_LINE;
    if (stream === ENGINE) flags |= ENGINE_LINE;
    this.store.append(bytes.subarray(0, end), sec, nanos, flags);
  }
}

/** @param {Pending} pending */
function joined(pending) {
  const whole = new Uint8Array(pending.parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of pending.parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
