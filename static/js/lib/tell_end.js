import { post } from "./csrf.js";
import { isFine } from "./requests.js";
import { toast } from "./toast.js";

// "Tell me when it ends": the server waits with the engine for a while, and is asked again until the end has come.

const EACH_S = 50;
const AGAIN_MS = 3000;
let isAsked = false;

/** @typedef {{has_ended: boolean, exit_code: number|null, reason: string}} Waited */

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Show the exit code of the container once there is one; the words are on the button.
 * @param {HTMLElement} button
 */
export async function tellEnd(button) {
  const { tellEnd: url = "", promise = "", ended = "" } = button.dataset;
  toast({ kind: "ok", title: promise });
  if (isAsked) return;
  isAsked = true;
  for (;;) {
    const answer = await post(url, { timeout: String(EACH_S) }).catch(() => null);
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
  isAsked = false;
}
