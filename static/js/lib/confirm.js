/**
 * Ask before something is lost. The dialog names it; the safe answer (`keep`) has the focus.
 * @param {{title: string, detail?: string, confirm?: string, keep?: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmDialog(question) {
  const dialog = /** @type {HTMLDialogElement|null} */ (document.getElementById("confirm"));
  if (!dialog) return Promise.resolve(false);
  const title = /** @type {HTMLElement} */ (dialog.querySelector("h2"));
  const detail = /** @type {HTMLElement} */ (dialog.querySelector("p"));
  const yes = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-yes]"));
  title.textContent = question.title;
  detail.textContent = question.detail ?? "";
  const no = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-no]"));
  no.dataset.label ??= no.textContent ?? "";
  no.textContent = question.keep ?? no.dataset.label;
  yes.dataset.label ??= yes.textContent ?? "";
  yes.textContent = question.confirm ?? yes.dataset.label;
  yes.classList.toggle("btn-danger", question.danger ?? false);
  yes.classList.toggle("btn-primary", !question.danger);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
