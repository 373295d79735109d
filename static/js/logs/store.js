// All lines of a log, as bytes. Lines lie one behind the other in segments of about a megabyte with an index of where
// each starts; only what is looked at is ever decoded. When the segments outgrow their budget, the one that was not
// looked at for longest gives its bytes back and remembers how many lines it held and from when to when, so that it can
// be read from the engine again: the list's length and every line's number stay what they were.

/** @typedef {import("./stamps.js").Stamp} Stamp */

export const STDERR_LINE = 1;
export const ENGINE_LINE = 2; // the engine's own words
export const MARK_LINE = 4; // ours: what happened to the stream at this place
export const TRUNCATED = 8;
export const HAS_ESCAPE = 16;
export const ALERT_MARK = 32; // with MARK_LINE: something may be missing here

const SEGMENT_BYTES = 1 << 20;
const SEGMENT_LINES = 1 << 14;
const LINE_COST = 17; // index bytes a line
const ESCAPE = 27;
const CSI = 0x9b;

/**
 * @typedef {object} Line
 * @property {number} id
 * @property {Uint8Array} bytes without newline
 * @property {number} sec
 * @property {number} nanos
 * @property {number} flags
 */

export class Segment {
  /** @param {number} firstId */
  constructor(firstId) {
    this.firstId = firstId;
    this.count = 0;
    this.used = 0;
    /** @type {Uint8Array | null} null: given back */
    this.bytes = new Uint8Array(1 << 16);
    this.starts = new Uint32Array(1 << 9);
    this.secs = new Float64Array(1 << 9);
    this.nanos = new Uint32Array(1 << 9);
    this.flags = new Uint8Array(1 << 9);
    this.isSealed = false;
    this.touched = 0;
    this.hasEscape = false;
    /** @type {Stamp | null} */
    this.from = null;
    /** @type {Stamp | null} */
    this.until = null;
    /** @type {{sec: number, nanos: number, hash: number} | null} the first engine line, to find the place again */
    this.first = null;
    /** @type {{place: number, sec: number, nanos: number, flags: number, bytes: Uint8Array}[]} */
    this.marks = [];
    /** @type {"held" | "dropped" | "loading" | "lost"} */
    this.state = "held";
  }

  get size() {
    return this.bytes === null ? 0 : this.bytes.length + this.secs.length * LINE_COST;
  }

  /** @param {number} length */
  hasRoom(length) {
    return this.count < SEGMENT_LINES && (this.used + length <= SEGMENT_BYTES || this.count === 0);
  }

  /**
   * @param {Uint8Array} line
   * @param {number} sec
   * @param {number} nanos
   * @param {number} flags
   */
  push(line, sec, nanos, flags) {
    const needed = this.used + line.length;
    if (this.bytes === null) throw new Error("segment was given back");
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, Math.min(SEGMENT_BYTES, this.bytes.length * 2)));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    if (this.count === this.secs.length) this.#resizeIndex(this.count * 2);
    if (line.indexOf(ESCAPE) >= 0 || line.indexOf(CSI) >= 0) {
      flags |= HAS_ESCAPE;
      this.hasEscape = true;
    }
    this.bytes.set(line, this.used);
    this.starts[this.count] = this.used;
    this.secs[this.count] = sec;
    this.nanos[this.count] = nanos;
    this.flags[this.count] = flags;
    if (flags & MARK_LINE) this.marks.push({ place: this.count, sec, nanos, flags, bytes: line.slice() });
    else this.#extend(line, sec, nanos);
    this.used = needed;
    this.count += 1;
  }

  /**
   * @param {Uint8Array} line
   * @param {number} sec
   * @param {number} nanos
   */
  #extend(line, sec, nanos) {
    if (this.first === null) {
      this.first = { sec, nanos, hash: lineHash(line) };
      this.from = { sec, nanos };
      this.until = { sec, nanos };
      return;
    }
    const from = /** @type {Stamp} */ (this.from);
    const until = /** @type {Stamp} */ (this.until);
    if (sec > until.sec || (sec === until.sec && nanos > until.nanos)) {
      until.sec = sec;
      until.nanos = nanos;
    } else if (sec < from.sec || (sec === from.sec && nanos < from.nanos)) {
      from.sec = sec;
      from.nanos = nanos;
    }
  }

  /** No more lines: give back what was reserved. */
  seal() {
    if (this.isSealed || this.bytes === null) return;
    this.isSealed = true;
    if (this.bytes.length > this.used) this.bytes = this.bytes.slice(0, this.used);
    this.#resizeIndex(this.count);
  }

  /** @param {number} size */
  #resizeIndex(size) {
    const keep = Math.min(size, this.count);
    const { starts, secs, nanos, flags } = this;
    (this.starts = new Uint32Array(size)).set(starts.subarray(0, keep));
    (this.secs = new Float64Array(size)).set(secs.subarray(0, keep));
    (this.nanos = new Uint32Array(size)).set(nanos.subarray(0, keep));
    (this.flags = new Uint8Array(size)).set(flags.subarray(0, keep));
  }

  /** @param {number} place */
  lineBytes(place) {
    const bytes = /** @type {Uint8Array} */ (this.bytes);
    const end = place + 1 < this.count ? this.starts[place + 1] : this.used;
    return bytes.subarray(this.starts[place], end);
  }

  /** Forget the bytes; counts, times and marks stay. */
  drop() {
    this.bytes = null;
    this.starts = this.nanos = new Uint32Array(0);
    this.secs = new Float64Array(0);
    this.flags = new Uint8Array(0);
    this.state = "dropped";
  }

  /**
   * Take the bytes back from lines read again. False: they are not all there any more.
   * @param {LogStore} source
   */
  refill(source) {
    const lines = [...source.lines()];
    const first = this.first;
    const start = first === null ? 0 : lines.findIndex((line) => line.sec === first.sec && line.nanos === first.nanos && lineHash(line.bytes) === first.hash);
    const wanted = this.count - this.marks.length;
    if (start < 0 || lines.length - start < wanted) {
      this.state = "lost";
      return false;
    }
    const fresh = new Segment(this.firstId);
    const marks = [...this.marks];
    let at = start;
    for (let place = 0; place < this.count; place++) {
      const mark = marks[0]?.place === place ? marks.shift() : undefined;
      const line = mark ?? /** @type {Line} */ (lines[at++]);
      fresh.push(line.bytes, line.sec, line.nanos, line.flags);
    }
    fresh.seal();
    Object.assign(this, { bytes: fresh.bytes, starts: fresh.starts, secs: fresh.secs, nanos: fresh.nanos, flags: fresh.flags, used: fresh.used, state: "held" });
    return true;
  }
}

/** @param {Uint8Array} line */
function lineHash(line) {
  let hash = 0x811c9dc5 ^ line.length;
  for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ /** @type {number} */ (line[at]), 0x01000193);
  return hash >>> 0;
}

export class LogStore {
  /** @param {number} [budgetBytes] what the segments may hold together */
  constructor(budgetBytes = 192 << 20) {
    this.budgetBytes = budgetBytes;
    /** @type {Segment[]} oldest first */
    this.segments = [new Segment(0)];
    this.heldBytes = this.#open.size;
    this.clock = 0;
  }

  get #open() {
    return /** @type {Segment} */ (this.segments[this.segments.length - 1]);
  }

  /** Number of the first line; negative once earlier lines were put before. */
  get firstId() {
    return /** @type {Segment} */ (this.segments[0]).firstId;
  }

  /** One past the last line's number. */
  get endId() {
    return this.#open.firstId + this.#open.count;
  }

  get count() {
    return this.endId - this.firstId;
  }

  /**
   * @param {Uint8Array} line without its newline
   * @param {number} sec
   * @param {number} nanos
   * @param {number} flags
   */
  append(line, sec, nanos, flags) {
    let open = this.#open;
    const before = open.size;
    if (!open.hasRoom(line.length)) {
      open.seal();
      this.heldBytes += open.size - before;
      open = new Segment(this.endId);
      this.segments.push(open);
      open.push(line, sec, nanos, flags);
      this.heldBytes += open.size;
    } else {
      open.push(line, sec, nanos, flags);
      this.heldBytes += open.size - before;
    }
    open.touched = ++this.clock;
    if (this.heldBytes > this.budgetBytes) this.#makeRoom(open);
  }

  /**
   * Put everything another store holds before our first line; that store is spent.
   * @param {LogStore} earlier
   */
  prepend(earlier) {
    if (earlier.count === 0) return;
    earlier.#open.seal();
    let id = this.firstId;
    for (const segment of earlier.segments.toReversed()) {
      id -= segment.count;
      segment.firstId = id;
      segment.touched = 0;
    }
    this.segments = [...earlier.segments.filter((segment) => segment.count > 0), ...this.segments];
    this.heldBytes = this.segments.reduce((sum, segment) => sum + segment.size, 0);
    while (this.heldBytes > this.budgetBytes && this.#makeRoom(this.#open));
  }

  /** @param {Segment} spared */
  #makeRoom(spared) {
    let oldest = null;
    for (const segment of this.segments) {
      if (segment === spared || segment === this.#open || segment.state !== "held" || segment.count === 0) continue;
      if (oldest === null || segment.touched < oldest.touched) oldest = segment;
    }
    if (oldest === null) return false;
    oldest.seal();
    this.heldBytes -= oldest.size;
    oldest.drop();
    return true;
  }

  /**
   * The segment that holds line `id`.
   * @param {number} id
   */
  segmentOf(id) {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (/** @type {Segment} */ (this.segments[middle]).firstId <= id) low = middle;
      else high = middle - 1;
    }
    const segment = /** @type {Segment} */ (this.segments[low]);
    return id >= segment.firstId && id < segment.firstId + segment.count ? segment : null;
  }

  /**
   * Line number `id`; null when its bytes are not held (see `segmentOf(id).state`).
   * @param {number} id
   * @returns {Line | null}
   */
  line(id) {
    const segment = this.segmentOf(id);
    if (segment === null || segment.bytes === null) return null;
    segment.touched = ++this.clock;
    const place = id - segment.firstId;
    return {
      id,
      bytes: segment.lineBytes(place),
      sec: /** @type {number} */ (segment.secs[place]),
      nanos: /** @type {number} */ (segment.nanos[place]),
      flags: /** @type {number} */ (segment.flags[place]),
    };
  }

  /**
   * @param {Segment} segment
   * @param {LogStore} source
   */
  refill(segment, source) {
    const isWhole = segment.refill(source);
    this.heldBytes += segment.size;
    segment.touched = ++this.clock;
    while (this.heldBytes > this.budgetBytes && this.#makeRoom(segment));
    return isWhole;
  }

  /** Every line held, oldest first. */
  *lines() {
    for (let id = this.firstId; id < this.endId; id++) {
      const line = this.line(id);
      if (line !== null) yield line;
    }
  }
}
