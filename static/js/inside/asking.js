import { word } from "../lib/words.js";

// What the pages that ask for JSON have in common: an answer, or a problem in words shown where the answer would be.

/** @typedef {{title: string, detail?: string, hint?: string, status?: number}} Problem */

/**
 * @param {string} url
 * @param {string} unreached what to say when nobody answered
 * @returns {Promise<{answer: Record<string, any>} | {problem: Problem}>}
 */
export async function ask(url, unreached) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (!response) return { problem: { title: unreached } };
  if (response.redirected || response.status === 401) return { problem: { title: word("signedOut"), hint: word("signedOutHint"), status: 401 } };
  /** @type {Record<string, any> | null} */
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return { answer };
  return { problem: { title: answer?.title ?? word("failed"), detail: answer?.detail ?? "", hint: answer?.hint ?? "", status: response.status } };
}

/**
 * Fill a `.note` (or `.empty`) that has a `b`, a `.detail` and a `.hint`; null hides it.
 * @param {HTMLElement} place
 * @param {Problem | null} problem
 */
export function showProblem(place, problem) {
  place.hidden = !problem;
  if (!problem) return;
  for (const [selector, text] of /** @type {const} */ ([["b", problem.title], [".detail", problem.detail], [".hint", problem.hint]])) {
    const element = place.querySelector(selector);
    if (element && element.textContent !== (text ?? "")) element.textContent = text ?? "";
  }
}

/** The page's words: a JSON script, filled in by `{name}`. @param {string} id */
export function wordsOf(id) {
  const words = /** @type {Record<string, string>} */ (JSON.parse(document.getElementById(id)?.textContent ?? "{}"));
  /** @param {string} name @param {Record<string, string|number>} [values] */
  return (name, values = {}) => (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The present moment, in words. */
export function clockNow() {
  return clock.format(new Date());
}

/** Whether the container runs, as the head of the page says. */
export function isRunning() {
  return document.getElementById("container-head")?.dataset.running === "yes";
}
