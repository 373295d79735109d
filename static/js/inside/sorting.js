// Sorting rows of text as people mean it: numbers by value, lengths of time by length, all else by the reader's alphabet.

const NUMBER = /^-?\d+(\.\d+)?$/;
const LENGTH = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?$/; // [[days-]hours:]minutes:seconds

/**
 * @param {string} text
 * @returns {number | string}
 */
export function sortKey(text) {
  if (NUMBER.test(text)) return Number(text);
  const length = LENGTH.exec(text);
  if (!length) return text.toLocaleLowerCase();
  const [days, hours, minutes, seconds] = length.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

/**
 * Numbers come before words; what is equal stays in its order.
 * @param {number | string} one
 * @param {number | string} other
 */
export function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "number") return -1;
  if (typeof other === "number") return 1;
  return one.localeCompare(other);
}
