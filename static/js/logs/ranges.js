// Which time the reader means.

const QUARTER_MS = 15 * 60 * 1000;

/** @typedef {{sinceMs: number | null, untilMs: number | null, tail: number | null}} Range */

/**
 * @param {string} name quarter, today or all
 * @param {number} nowMs
 * @returns {Range}
 */
export function rangeOf(name, nowMs) {
  let sinceMs = null;
  if (name === "quarter") sinceMs = nowMs - QUARTER_MS;
  if (name === "today") sinceMs = new Date(nowMs).setHours(0, 0, 0, 0);
  return { sinceMs, untilMs: null, tail: null };
}

/**
 * What the fields of the dialog say; null: it cannot be meant.
 * @param {HTMLInputElement} since
 * @param {HTMLInputElement} until
 * @param {HTMLInputElement} tail
 * @returns {Range | null}
 */
export function rangeFields(since, until, tail) {
  const sinceMs = since.value === "" ? null : new Date(since.value).getTime();
  const untilMs = until.value === "" ? null : new Date(until.value).getTime();
  const count = tail.value === "" ? null : Number(tail.value);
  if (Number.isNaN(sinceMs) || Number.isNaN(untilMs) || (sinceMs !== null && untilMs !== null && sinceMs >= untilMs)) return null;
  return { sinceMs, untilMs, tail: count };
}
