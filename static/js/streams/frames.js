// The engine's multiplexed stream: each frame is [type, 0, 0, 0, length as 32 bit big endian] and its payload.
// Frames arrive cut at any byte; what goes in may be cut anywhere, what comes out never is.

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const ENGINE = 3; // the engine's own words (an error while it read the log)

const HEADER = 8;

export class FrameSplitter {
  constructor() {
    /** @type {Uint8Array} header or payload that is not whole yet */
    this.rest = new Uint8Array(0);
    this.kept = 0;
    this.header = new Uint8Array(HEADER);
  }

  /**
   * Take bytes, hand each whole frame to `onFrame`. The payload is a view that holds only during the call.
   * @param {Uint8Array} bytes
   * @param {(stream: number, payload: Uint8Array) => void} onFrame
   */
  feed(bytes, onFrame) {
    let at = 0;
    if (this.kept > 0) {
      at = this.#finish(bytes, onFrame);
      if (at < 0) return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (bytes.length - at >= HEADER) {
      const length = view.getUint32(at + 4);
      if (bytes.length - at - HEADER < length) break;
      const start = at + HEADER;
      at = start + length;
      onFrame(/** @type {number} */ (bytes[start - HEADER]), bytes.subarray(start, at));
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  /** Bytes of a frame that never became whole; 0 when the stream ended where a frame did. */
  get pending() {
    return this.kept;
  }

  /**
   * Complete the frame that an earlier feed began. Returns where the next one starts, -1 when still not whole.
   * @param {Uint8Array} bytes
   * @param {(stream: number, payload: Uint8Array) => void} onFrame
   */
  #finish(bytes, onFrame) {
    let at = 0;
    if (this.kept < HEADER) {
      at = Math.min(HEADER - this.kept, bytes.length);
      this.#keep(bytes.subarray(0, at));
      if (this.kept < HEADER) return -1;
    }
    const length = new DataView(this.rest.buffer).getUint32(4);
    const take = Math.min(HEADER + length - this.kept, bytes.length - at);
    this.#keep(bytes.subarray(at, at + take), HEADER + length);
    if (this.kept < HEADER + length) return -1;
    const whole = this.rest.subarray(0, this.kept);
    this.kept = 0;
    onFrame(/** @type {number} */ (whole[0]), whole.subarray(HEADER));
    return at + take;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} [whole] the size it will have, as far as known (memory grows with what came, not with what was said)
   */
  #keep(bytes, whole = 0) {
    const needed = this.kept + bytes.length;
    if (this.rest.length < needed) {
      const grown = new Uint8Array(Math.max(needed, Math.min(whole, needed * 2), 64));
      grown.set(this.rest.subarray(0, this.kept));
      this.rest = grown;
    }
    this.rest.set(bytes, this.kept);
    this.kept = needed;
  }
}
