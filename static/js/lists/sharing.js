import { sizeWords } from "../lib/bytes.js";

// What layers the images share: slow to measure, so it is asked for once the page stands, and again after a change.

/** @typedef {{shared: Record<string, number>, layers: number | null}} Sharing */

/**
 * @param {HTMLElement} root
 * @returns {() => void} call it when the rows may have changed
 */
export function startSharing(root) {
  let isBusy = false;
  let isAskedAgain = false;
  /** @type {Sharing | null} */
  let known = null;
  /** Which images were here when it was asked last: a failure is not asked for again until they are others. */
  let asked = "";

  const cells = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-shared]")]);

  function show() {
    const total = document.getElementById("layers-total");
    if (total) {
      const size = known?.layers ? (total.dataset.words ?? "").replace("{size}", sizeWords(known.layers)) : "";
      total.textContent = isBusy ? (total.dataset.busyWords ?? "") : size;
    }
    if (!known) return;
    for (const cell of cells()) {
      const row = cell.closest("tr");
      const shared = known.shared[cell.dataset.shared ?? ""];
      const size = Number(row?.dataset.size ?? Number.NaN);
      if (shared === undefined) continue;
      cell.textContent = sizeWords(shared);
      const unique = row?.querySelector("[data-unique]");
      if (unique && Number.isFinite(size)) unique.textContent = sizeWords(Math.max(0, size - shared));
    }
  }

  async function ask() {
    if (isBusy) {
      isAskedAgain = true;
      return;
    }
    isBusy = true;
    show();
    const answer = await fetch(root.dataset.sizesUrl ?? "", {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
    }).catch(() => null);
    if (answer?.ok && !answer.redirected) known = /** @type {Sharing} */ (await answer.json());
    isBusy = false;
    show();
    if (isAskedAgain) {
      isAskedAgain = false;
      void ask();
    }
  }

  function look() {
    const list = document.getElementById("list");
    show();
    if (list?.dataset.failure || !cells().length) return;
    const here = `${list?.dataset.total ?? ""} ${cells().map((cell) => cell.dataset.shared).join(" ")}`;
    const isKnown = known !== null && cells().every((cell) => (cell.dataset.shared ?? "") in (known?.shared ?? {}));
    if (here === asked || (isKnown && asked.split(" ")[0] === list?.dataset.total)) return;
    asked = here;
    void ask();
  }
  return look;
}
