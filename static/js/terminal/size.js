// The terminal fills its place, or keeps a size that somebody chose; this browser remembers which.

/** @typedef {import("./screen.js").Screen} Screen */
/** @typedef {{cols: number, rows: number}} Size */

const KEY = "terminal-size";
const SIZE = /^(\d{1,4})x(\d{1,4})$/;

/** @returns {Size | null} the size that was chosen; null: it fills its place */
export function keptSize() {
  let text = "";
  try {
    text = localStorage.getItem(KEY) ?? "";
  } catch {
    // A browser that keeps nothing: it fits.
  }
  const found = SIZE.exec(text);
  return found ? { cols: Number(found[1]), rows: Number(found[2]) } : null;
}

/** @param {Size | null} size */
function keep(size) {
  try {
    if (size) localStorage.setItem(KEY, `${size.cols}x${size.rows}`);
    else localStorage.removeItem(KEY);
  } catch {
    // It counts for this page only.
  }
}

/**
 * Have the page's dialog choose the size.
 * @param {Screen} screen
 * @param {() => void} onChosen
 */
export function startSize(screen, onChosen) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("terminal-size-form"));
  const dialog = /** @type {HTMLDialogElement} */ (form.closest("dialog"));
  const ways = /** @type {RadioNodeList} */ (form.elements.namedItem("way"));
  const cols = /** @type {HTMLInputElement} */ (form.elements.namedItem("cols"));
  const rows = /** @type {HTMLInputElement} */ (form.elements.namedItem("rows"));

  const fill = () => {
    const size = keptSize();
    ways.value = size ? "fixed" : "fit";
    const shown = size ?? screen.size;
    cols.value = String(shown.cols);
    rows.value = String(shown.rows);
  };
  for (const field of [cols, rows]) field.addEventListener("input", () => (ways.value = "fixed"));
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("[data-cols]"))) {
    button.addEventListener("click", () => {
      ways.value = "fixed";
      cols.value = button.dataset.cols ?? "";
      rows.value = button.dataset.rows ?? "";
    });
  }
  document.querySelector('[data-opens="terminal-size-dialog"]')?.addEventListener("click", fill);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = ways.value === "fixed" ? { cols: cols.valueAsNumber, rows: rows.valueAsNumber } : null;
    keep(size);
    screen.fixed = size;
    dialog.close();
    onChosen();
  });
  screen.fixed = keptSize();
}
