// Which columns are shown is the reader's own affair: kept in this browser, written on an element around the table.

const KEY = "dockerweb.columns.hidden";

/** @returns {string[]} */
function hidden() {
  try {
    const kept = /** @type {unknown} */ (JSON.parse(localStorage.getItem(KEY) ?? "[]"));
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement | null} menu
 */
export function startColumns(root, menu) {
  const show = () => {
    const gone = hidden();
    root.dataset.hide = gone.join(" ");
    for (const item of menu?.querySelectorAll("[data-column]") ?? []) {
      item.setAttribute("aria-checked", String(!gone.includes(item.getAttribute("data-column") ?? "")));
    }
  };
  menu?.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest("[data-column]") : null;
    const column = item?.getAttribute("data-column");
    if (!column) return;
    event.stopPropagation(); // the menu stays open: one rarely hides a single column
    const gone = hidden();
    const changed = gone.includes(column) ? gone.filter((one) => one !== column) : [...gone, column];
    localStorage.setItem(KEY, JSON.stringify(changed));
    show();
  });
  addEventListener("storage", (event) => {
    if (event.key === KEY) show();
  });
  show();
}
