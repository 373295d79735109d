// The bytes of a log stream asked with timestamps=1, taken apart into the engine's records. With a TTY the engine sends
// them raw, one after the other; without, each record is one frame.

import { ENGINE, FrameSplitter, STDOUT } from "../streams/frames.js";
import { StampReader } from "./stamps.js";

export const PARTIAL = 16_384; // the engine cuts longer lines into records of exactly so many bytes
const NEWLINE = 10;
const SLACK = 64; // a timestamp, and the one after a cut

/**
 * @callback OnRecord
 * @param {number} stream 1 stdout, 2 stderr, 3 the engine itself
 * @param {Uint8Array} payload as the container wrote it, with its newline; holds only during the call
 * @param {number} sec Unix seconds
 * @param {number} nanos
 * @returns {void}
 */

export class RecordReader {
  /**
   * @param {boolean} isTty
   * @param {OnRecord} onRecord
   */
  constructor(isTty, onRecord) {
    this.isTty = isTty;
    this.onRecord = onRecord;
    this.stamps = new StampReader();
    this.splitter = new FrameSplitter();
    this.rest = new Uint8Array(0);
    /** @type {(stream: number, payload: Uint8Array) => void} */
    this.onFrame = (stream, payload) => {
      const length = this.stamps.read(payload, 0);
      this.onRecord(stream, payload.subarray(length), this.stamps.sec, this.stamps.nanos);
    };
  }

  /** @param {Uint8Array} bytes */
  feed(bytes) {
    if (this.isTty) this.#feedRaw(bytes);
    else this.splitter.feed(bytes, this.onFrame);
  }

  /** The stream ended: a last line without newline is a line too. */
  end() {
    if (this.rest.length > 0) this.#takeRaw(this.rest, true);
    this.rest = new Uint8Array(0);
  }

  /** @param {Uint8Array} bytes */
  #feedRaw(bytes) {
    let whole = bytes;
    if (this.rest.length > 0) {
      whole = new Uint8Array(this.rest.length + bytes.length);
      whole.set(this.rest);
      whole.set(bytes, this.rest.length);
    }
    this.rest = whole.slice(this.#takeRaw(whole, false));
  }

  /**
   * @param {Uint8Array} bytes
   * @param {boolean} isLast
   * @returns {number} how many were taken
   */
  #takeRaw(bytes, isLast) {
    let at = 0;
    while (at < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, at);
      const isShort = newline >= 0 && newline - at < PARTIAL;
      if (!isShort && !isLast && bytes.length - at < PARTIAL + 2 * SLACK) break;
      const length = this.stamps.read(bytes, at);
      const { sec, nanos } = this.stamps;
      const start = at + length;
      let end = newline < 0 ? bytes.length : newline + 1;
      if (length > 0 && end - start > PARTIAL && this.#isCutAt(bytes, start + PARTIAL)) end = start + PARTIAL;
      else if (newline < 0 && !isLast) break;
      this.onRecord(length > 0 ? STDOUT : ENGINE, bytes.subarray(start, end), sec, nanos);
      at = end;
    }
    return at;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  #isCutAt(bytes, at) {
    const { sec, nanos } = this.stamps;
    const isStamp = this.stamps.read(bytes, at) > 0 && this.stamps.sec === sec && this.stamps.nanos === nanos;
    this.stamps.sec = sec;
    this.stamps.nanos = nanos;
    return isStamp;
  }
}
