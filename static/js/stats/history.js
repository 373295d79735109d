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
/**
 * @typedef {{now: number, at: number[], is_running: boolean[], interfaces: Record<string, Record<string, Column>>} & Record<string, Column>} Seen
 *   what the server kept of the samples before, as columns (docs/sockets.md); times are seconds since the epoch
 */

export const SPAN_S = 15 * 60;
const GAP_PACES = 3.5; // samples come every second (some engines: every five): so many of them missing are a hole in the line
const PLAIN = /** @type {const} */ (["cpu_percent", "memory_bytes", "memory_limit_bytes", "block_read_bytes", "block_written_bytes", "pids", "periods", "throttled_periods"]);

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
  /** When the lines are broken: nobody watched. @type {number[]} */
  #holes = [];
  /** @type {Sample | null} */
  #before = null;
  #beforeAt = 0;
  #clockAhead_s = 0;
  #pace_s = 0;

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
    if (sample.read) {
      this.#clockAhead_s = at - arrived_s;
      if (at < (this.at.at(-1) ?? 0) - GAP_PACES) this.#clear(); // the engine's clock was set back
    }
    return this.#take(sample, at);
  }

  /**
   * Take what the server has seen before; what is there already stays as it is.
   * @param {Seen} seen
   * @param {number} arrived_s by our own clock
   */
  load(seen, arrived_s) {
    this.#clockAhead_s = seen.now - arrived_s;
    if (seen.now < (this.at.at(-1) ?? 0) - GAP_PACES) this.#clear();
    seen.at.forEach((at, index) => {
      /** @param {Column | undefined} column */
      const value = (column) => column?.[index] ?? null;
      /** @type {Sample["interfaces"]} */
      const interfaces = {};
      for (const [name, columns] of Object.entries(seen.interfaces)) {
        const received_bytes = value(columns.received_bytes);
        const sent_bytes = value(columns.sent_bytes);
        if (received_bytes !== null && sent_bytes !== null) interfaces[name] = { received_bytes, sent_bytes };
      }
      const values = /** @type {Record<typeof PLAIN[number], number | null>} */ (Object.fromEntries(PLAIN.map((name) => [name, value(seen[name])])));
      this.#take({ read: null, is_running: seen.is_running[index] ?? false, cpus: null, interfaces, ...values }, at);
    });
  }

  /** From when on there are samples, and whether there is a hole in them; null without any. */
  get extent() {
    const from = this.at[0];
    return from === undefined ? null : { from, hasHoles: this.#holes.length > 0 };
  }

  /** @param {Sample} sample @param {number} at @returns {boolean} whether it was new */
  #take(sample, at) {
    const last = this.at.at(-1);
    if (last !== undefined && at <= last) return false;
    if (last !== undefined) {
      if (at - last > GAP_PACES * (this.#pace_s || 1)) {
        this.#add(last + 1, {});
        this.#holes.push(last + 1);
        this.#before = null; // it may have been started anew meanwhile
      }
      this.#pace_s = Math.max(1, Math.min(this.#pace_s || Infinity, at - last));
    }
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

  #clear() {
    this.at = [];
    this.columns.clear();
    this.#holes = [];
    this.#before = null;
  }

  /** @param {number} at @param {Record<string, number | null>} values */
  #add(at, values) {
    for (const name of Object.keys(values)) this.column(name);
    this.at.push(at);
    for (const [name, column] of this.columns) column.push(values[name] ?? null);
    let old = this.at.findIndex((each) => each >= at - SPAN_S);
    if (old <= 0) return;
    if (this.#holes.includes(/** @type {number} */ (this.at[old]))) old += 1; // what is kept begins with a sample
    this.at.splice(0, old);
    this.#holes = this.#holes.filter((each) => each > (this.at[0] ?? 0));
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
