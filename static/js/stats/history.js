// The samples of the last quarter of an hour as columns, the way charts take them. null: there is no value.

/**
 * @typedef {object} Sample what the stats socket sends (docs/sockets.md); bytes are counted since the container's start
 * @property {string | null} read
 * @property {boolean} is_running
 * @property {number | null} cpu_percent
 * @property {number | null} cpus
 * @property {number | null} memory_bytes
 * @property {number | null} memory_limit_bytes
 * @property {number | null} block_read_bytes
 * @property {number | null} block_written_bytes
 * @property {Record<string, {received_bytes: number, sent_bytes: number}>} interfaces
 * @property {number | null} pids
 * @property {number | null} periods
 * @property {number | null} throttled_periods
 */

/** @typedef {(number | null)[]} Column */
/** @typedef {{at: number[], columns: [string, Column][]}} Kept what `History.kept` gives and `restore` takes */

export const SPAN_S = 15 * 60;
const GAP_S = 3.5; // samples come every second: more than this between two of them is a hole in the line

/** @param {string} read RFC 3339 with nine digits of fraction @returns {number} seconds since the epoch */
export function secondsOf(read) {
  return Date.parse(read.replace(/(\.\d{3})\d+/, "$1")) / 1000;
}

/**
 * What a counter grew by, each second; null where it was not there before or began anew.
 * @param {number | null | undefined} before
 * @param {number | null | undefined} now
 * @param {number} seconds
 */
function rate(before, now, seconds) {
  if (before === null || before === undefined || now === null || now === undefined) return null;
  return now >= before && seconds > 0 ? (now - before) / seconds : null;
}

export class History {
  /** Seconds since the epoch by the engine's clock, rising. @type {number[]} */
  at = [];
  /** By name: cpu, memory, limit, read, written, pids, throttled, and rx:… and tx:… for each interface. @type {Map<string, Column>} */
  columns = new Map();
  /** @type {Sample | null} */
  #before = null;
  #beforeAt = 0;
  #clockAhead_s = 0;

  /** Names of the interfaces seen. */
  get interfaces() {
    return [...this.columns.keys()].filter((name) => name.startsWith("rx:")).map((name) => name.slice(3));
  }

  /** @param {string} name @returns {Column} as long as `at` */
  column(name) {
    let column = this.columns.get(name);
    if (!column) this.columns.set(name, (column = this.at.map(() => null)));
    return column;
  }

  /**
   * Take a sample. One that was there already (a socket that came back begins with the newest) changes nothing.
   * @param {Sample} sample
   * @param {number} arrived_s by our own clock, for a sample without a time: that of a container which does not run
   * @returns {boolean} whether it was new
   */
  push(sample, arrived_s) {
    const at = sample.read ? secondsOf(sample.read) : arrived_s + this.#clockAhead_s;
    const last = this.at.at(-1);
    if (last !== undefined && at <= last) return false;
    if (sample.read) this.#clockAhead_s = at - arrived_s;
    if (last !== undefined && at - last > GAP_S) this.#add(last + 1, {});
    const before = this.#before;
    const seconds = at - this.#beforeAt;
    /** @type {Record<string, number | null>} */
    const values = { cpu: sample.cpu_percent, memory: sample.memory_bytes, limit: sample.memory_limit_bytes, pids: sample.pids };
    values.read = rate(before?.block_read_bytes, sample.block_read_bytes, seconds);
    values.written = rate(before?.block_written_bytes, sample.block_written_bytes, seconds);
    const periods = rate(before?.periods, sample.periods, 1);
    const held = rate(before?.throttled_periods, sample.throttled_periods, 1);
    values.throttled = periods === null || held === null || !sample.periods ? null : periods === 0 ? 0 : (100 * held) / periods;
    for (const [name, counted] of Object.entries(sample.interfaces ?? {})) {
      const earlier = before?.interfaces?.[name];
      values[`rx:${name}`] = rate(earlier?.received_bytes, counted.received_bytes, seconds);
      values[`tx:${name}`] = rate(earlier?.sent_bytes, counted.sent_bytes, seconds);
    }
    this.#add(at, values);
    this.#before = sample.is_running ? sample : null;
    this.#beforeAt = at;
    return true;
  }

  /** What can be kept and restored, without the counters: the first sample after it has no rates. @returns {Kept} */
  kept() {
    return { at: this.at, columns: [...this.columns] };
  }

  /** @param {Kept} kept */
  restore(kept) {
    this.at = kept.at;
    this.columns = new Map(kept.columns);
  }

  /** @param {number} at @param {Record<string, number | null>} values */
  #add(at, values) {
    for (const name of Object.keys(values)) this.column(name);
    this.at.push(at);
    for (const [name, column] of this.columns) column.push(values[name] ?? null);
    const old = this.at.findIndex((each) => each >= at - SPAN_S);
    if (old <= 0) return;
    this.at.splice(0, old);
    for (const column of this.columns.values()) column.splice(0, old);
  }
}

/**
 * The newest, lowest, mean and highest value from a moment on; null without any.
 * @param {number[]} at
 * @param {Column} column
 * @param {number} from
 */
export function summary(at, column, from) {
  let count = 0;
  let sum = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let index = at.length - 1; index >= 0 && /** @type {number} */ (at[index]) >= from; index -= 1) {
    const value = column[index] ?? null;
    if (value === null) continue;
    count += 1;
    sum += value;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return count ? { now: column.at(-1) ?? null, lowest, mean: sum / count, highest } : null;
}
