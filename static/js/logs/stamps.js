// The engine's timestamps: "2026-11-21T10:42:12.205123456Z ", nine digits and Z, before every record. Kept as whole
// seconds and nanoseconds, because a double cannot hold both.

/** @typedef {{sec: number, nanos: number}} Stamp sec: Unix seconds; nanos: 0 … 999,999,999 */

/**
 * @param {Stamp} one
 * @param {Stamp} other
 */
export function compareStamps(one, other) {
  return one.sec - other.sec || one.nanos - other.nanos;
}

/**
 * The only form `since` and `until` take: seconds, a point, nine digits.
 * @param {Stamp} stamp
 */
export function stampQuery({ sec, nanos }) {
  return `${sec}.${String(nanos).padStart(9, "0")}`;
}

/** @param {number} ms Unix milliseconds */
export function stampOfMs(ms) {
  const sec = Math.floor(ms / 1000);
  return { sec, nanos: Math.round((ms - sec * 1000) * 1e6) };
}

const ZERO = 48;
const SECONDS = 19; // "2026-11-21T10:42:12"
const FIXED = 31; // with fraction, Z and the space after it
const LONGEST = 48;

/** @param {number | undefined} byte */
function isDigit(byte) {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Reads timestamps off the front of records; remembers the last second, because most records share it. */
export class StampReader {
  constructor() {
    this.sec = 0;
    this.nanos = 0;
    this.known = new Uint8Array(SECONDS);
    this.knownSec = 0;
    this.hasKnown = false;
  }

  /**
   * Read the timestamp at `at` into `sec` and `nanos`. Returns its length with the space after it; 0: there is none.
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  read(bytes, at) {
    if (bytes.length - at >= FIXED && bytes[at + 19] === 46 && bytes[at + 29] === 90 && bytes[at + 30] === 32) {
      let nanos = 0;
      for (let digit = at + 20; digit < at + 29; digit++) {
        const byte = /** @type {number} */ (bytes[digit]);
        if (byte < 48 || byte > 57) return 0;
        nanos = nanos * 10 + byte - ZERO;
      }
      if (!this.#readSecond(bytes, at)) return 0;
      this.nanos = nanos;
      return FIXED;
    }
    return this.#readOther(bytes, at);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  #readSecond(bytes, at) {
    let same = this.hasKnown;
    for (let place = SECONDS - 1; same && place >= 0; place--) same = bytes[at + place] === this.known[place];
    if (!same) {
      const text = String.fromCharCode(...bytes.subarray(at, at + SECONDS));
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return false;
      const ms = Date.parse(`${text}Z`);
      if (Number.isNaN(ms)) return false;
      this.known.set(bytes.subarray(at, at + SECONDS));
      this.knownSec = ms / 1000;
      this.hasKnown = true;
    }
    this.sec = this.knownSec;
    return true;
  }

  /**
   * Other engines: fewer digits, or an offset instead of Z.
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  #readOther(bytes, at) {
    if (!isDigit(bytes[at]) || bytes[at + 4] !== 45 || bytes[at + 10] !== 84) return 0;
    const space = bytes.subarray(at, at + LONGEST).indexOf(32);
    if (space < 20) return 0;
    const text = String.fromCharCode(...bytes.subarray(at, at + space));
    const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
    const ms = parts ? Date.parse(`${parts[1]}${parts[3]}`) : NaN;
    if (!parts || Number.isNaN(ms)) return 0;
    this.sec = ms / 1000;
    this.nanos = Number((parts[2] ?? "").padEnd(9, "0"));
    return space + 1;
  }
}
