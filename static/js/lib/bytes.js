const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** @param {number} bytes decimal units with three figures, as the server's filter `size` has it */
export function sizeWords(bytes) {
  let [amount, unit] = [bytes, 0];
  while (Math.abs(amount) >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? amount.toFixed(0) : Number(amount.toPrecision(3))} ${UNITS[unit]}`;
}
