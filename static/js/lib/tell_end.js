import { post } from "./csrf.js";
import { isFine } from "./requests.js";
import { toast } from "./toast.js";

// "Tell me when…": the server waits with the engine for a while, and is asked again until it has come.

const EACH_S = 50;
const AGAIN_MS = 3000;
const NOT_THERE = 404;
/** @type {Set<string>} what is waited for */
const waitedFor = new Set();

/** @typedef {{has_ended: boolean, exit_code: number|null, reason: string}} Waited */

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Wait for what was chosen in the form and show the exit code then; the words are on the choice.
 * @param {HTMLFormElement} form
 */
export async function tellEnd(form) {
  const chosen = form.querySelector('[name="condition"]:checked');
  if (!(chosen instanceof HTMLInputElement)) return;
  const condition = chosen.value;
  const { promise = "", ended = "", gone = "" } = chosen.dataset;
  toast({ kind: "ok", title: promise });
  if (waitedFor.has(condition)) return;
  waitedFor.add(condition);
  for (;;) {
    const answer = await post(form.action, { timeout: String(EACH_S), condition }).catch(() => null);
    if (answer?.status === NOT_THERE && gone) {
      toast({ kind: "ok", title: gone }); // it went between two questions
      break;
    }
    if (answer && answer.status < 500) {
      if (!isFine(answer)) break;
      const told = /** @type {Waited} */ (await answer.json().catch(() => ({ has_ended: false, reason: "?" })));
      if (told.has_ended) {
        toast({ kind: told.exit_code === 0 ? "ok" : "warn", title: ended.replace("{code}", String(told.exit_code)), detail: told.reason });
        break;
      }
      if (!told.reason) continue;
    }
    await pause(AGAIN_MS);
  }
  waitedFor.delete(condition);
}

/** Forms with `data-tell-end` wait while the page is open. */
export function startTelling() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.tellEnd === undefined) return;
    event.preventDefault();
    form.closest("dialog")?.close();
    void tellEnd(form);
  });
}
