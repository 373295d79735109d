// Which columns are shown is the reader's own affair: kept in this browser, written on an element around the table.

const KEY = "dockerweb.columns.hidden";

/**
 * @param {string} key
 * @param {string[]} first what is hidden until the reader chooses
 * @returns {string[]}
 */
function hidden(key, first) {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return first;
    const kept = /** @type {unknown} */ (JSON.parse(text));
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return first;
  }
}

/**
 * @param {HTMLElement} root `data-columns` names a list with columns of its own, `data-hidden-first` those it hides at first
 * @param {HTMLElement | null} menu
 */
export function startColumns(root, menu) {
  const key = root.dataset.columns ? `${KEY}.${root.dataset.columns}` : KEY;
  const first = (root.dataset.hiddenFirst ?? "").split(" ").filter(Boolean);
  const show = () => {
    const gone = hidden(key, first);
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
    const gone = hidden(key, first);
    const changed = gone.includes(column) ? gone.filter((one) => one !== column) : [...gone, column];
    localStorage.setItem(key, JSON.stringify(changed));
    show();
  });
  addEventListener("storage", (event) => {
    if (event.key === key) show();
  });
  show();
}
