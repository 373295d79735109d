import { post } from "./csrf.js";
import { isFine, unreached } from "./requests.js";

// A form with `data-dialog-form` in a dialog is sent without leaving the page. The server answers with the form again,
// which says what was refused, or leads on.

/** @param {HTMLFormElement} form */
async function send(form) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button"));
  for (const button of buttons) button.disabled = true;
  form.setAttribute("aria-busy", "true");
  const answer = await post(form.action, new FormData(form)).catch(() => null);
  for (const button of buttons) button.disabled = false;
  form.removeAttribute("aria-busy");
  if (!answer) return unreached();
  const next = answer.headers.get("X-Go-To");
  if (next) return location.assign(next);
  if (answer.headers.has("X-Toast") || answer.redirected) return void isFine(answer);
  // eslint-disable-next-line no-restricted-syntax -- our own server's fragment; the document it makes runs nothing
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const again = page.querySelector("form");
  if (!again) return void isFine(answer);
  form.replaceWith(document.adoptNode(again));
  /** @type {HTMLElement|null} */ (again.querySelector("[aria-invalid]"))?.focus();
}

export function startDialogForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.dialogForm === undefined || !form.closest("dialog")) return;
    event.preventDefault();
    void send(form);
  });
}
