import { confirmDialog } from "./confirm.js";
import { post } from "./csrf.js";
import { forgetField, sayAtField } from "./field_faults.js";
import { toast, toastOf } from "./toast.js";
import { word } from "./words.js";

// What every request of a page has in common: the CSRF token, a question before loss, the answer's message.

/**
 * Tell of an answer that is not a success. Returns whether the answer may be used.
 * @param {Response} answer
 */
export function isFine(answer) {
  const message = toastOf(answer.headers);
  if (message) toast(message);
  if (answer.ok && !answer.redirected) return true;
  if (answer.redirected && new URL(answer.url).pathname.includes("/accounts/")) {
    toast({ kind: "warn", title: word("signedOut"), hint: word("signedOutHint") });
    return false;
  }
  if (answer.ok || answer.status === 304) return true;
  if (!message) toast({ kind: "error", title: word("failed"), detail: `HTTP ${answer.status}` });
  return false;
}

/** Dockerweb itself was not reached. */
export function unreached() {
  toast({ kind: "error", title: word("unreached"), hint: word("unreachedHint") });
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  const { confirmTitle, confirmDetail, confirmLabel, confirmKeep, confirmDanger } = form.dataset;
  if (!confirmTitle) return true;
  return confirmDialog({
    title: confirmTitle,
    ...(confirmDetail === undefined ? {} : { detail: confirmDetail }),
    ...(confirmLabel === undefined ? {} : { confirm: confirmLabel }),
    ...(confirmKeep === undefined ? {} : { keep: confirmKeep }),
    danger: confirmDanger !== undefined,
  });
}

/**
 * Say at a field why the engine or we refused; its dialog stays open, with what was typed.
 * @param {string} field its id @param {Response} answer
 */
function isSaidAt(field, answer) {
  const message = answer.ok ? null : toastOf(answer.headers);
  if (!message) return false;
  sayAtField(field, [message.title, message.detail, message.hint].filter(Boolean).join(" "));
  document.getElementById(field)?.focus();
  return true;
}

/**
 * Send a `form[data-verb]` without leaving the page; `dockerweb:changed` on it tells the page to look again.
 * With `data-says-at`, the id of a field, its dialog closes only when it is done.
 * @param {HTMLFormElement} form
 * @param {HTMLElement|null} submitter
 */
async function send(form, submitter) {
  if (!(await ask(form))) return;
  const fields = new FormData(form, submitter);
  const { saysAt = "" } = form.dataset;
  if (saysAt) forgetField(saysAt);
  else form.closest("dialog")?.close();
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button"));
  for (const button of buttons) button.disabled = true;
  form.setAttribute("aria-busy", "true");
  const answer = await post(form.action, fields).catch(() => null);
  for (const button of buttons) button.disabled = false;
  form.removeAttribute("aria-busy");
  if (!answer) unreached();
  else if (!saysAt || !isSaidAt(saysAt, answer)) {
    form.closest("dialog")?.close();
    const isDone = isFine(answer);
    form.dispatchEvent(new CustomEvent("dockerweb:changed", { bubbles: true, detail: { isDone, verb: form.dataset.verb } }));
  }
}

/** What the server left to be said on this page, and what allauth's own scripts say. */
function tell() {
  for (const left of document.querySelectorAll("[data-message]")) {
    const { message = "", kind } = /** @type {HTMLElement} */ (left).dataset;
    toast({ kind: kind === "error" || kind === "warn" ? kind : "ok", title: message });
    left.remove();
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    toast({ kind: "warn", title: word("passkeyFailed"), hint: word("passkeyHint") });
  });
}

export function startRequests() {
  tell();
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = event.target;
    if (form.dataset.verb !== undefined) {
      event.preventDefault();
      void send(form, /** @type {HTMLElement|null} */ (event.submitter));
    } else if (form.dataset.confirmTitle && !form.dataset.isConfirmed) {
      event.preventDefault();
      void ask(form).then((isSure) => {
        if (!isSure) return;
        form.dataset.isConfirmed = "yes";
        form.requestSubmit(event.submitter);
        delete form.dataset.isConfirmed;
      });
    }
  });
}
