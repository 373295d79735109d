import { setConnection } from "../lib/connection.js";
import { startDialogForms } from "../lib/dialog_forms.js";
import { morphById } from "../lib/morph.js";
import { startRecreating } from "../lib/recreating.js";
import { keepRevealed, toggleEnv } from "../lib/reveal_env.js";
import { startTelling } from "../lib/tell_end.js";
import { openSocket } from "../streams/socket.js";

// The head and the summary of a container follow the engine's events: an event that names the container (or a socket
// that came back) makes the page fetch its moving parts again.

const SETTLE_MS = 60;
const AGAIN_MS = 3000;
const QUIET = new Set(["exec_create", "exec_start", "exec_detach", "attach", "detach", "resize", "top", "export", "copy", "archive-path", "extract-to-dir", "commit"]);
const place = document.getElementById("container");

/** @type {ReturnType<typeof setTimeout> | undefined} */ let later;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let again;
let isOverdue = false;
let isBusy = false;
let isAskedAgain = false;
let isGone = false;
let isLost = false; // the engine's events broke off; what it answers on its way out says nothing of the next moment
/** @type {Date | null} */ let downSince = null;

function showGone() {
  isGone = true;
  document.body.classList.add("is-gone");
  document.getElementById("container-gone")?.removeAttribute("hidden");
  for (const dot of document.querySelectorAll("#container-head [data-state], #container-head")) dot.setAttribute("data-state", "removed");
  const words = document.querySelector("[data-container-state]");
  if (words) words.textContent = place?.dataset.removed ?? "";
}

/** @param {string} id */
async function look(id) {
  if (isGone) return;
  if (isBusy) {
    isAskedAgain = true;
    return;
  }
  isBusy = true;
  const tab = place?.dataset.tab ?? "detail";
  const answer = await fetch(`${place?.dataset.self ?? ""}?tab=${tab}`, {
    headers: { "X-Fragment": "1", Accept: "text/html" },
    credentials: "same-origin",
  }).catch(() => null);
  isBusy = false;
  if (answer?.status === 404) showGone();
  else if (answer && answer.status >= 502) {
    setConnection("down", { since: downSince ??= new Date() });
    clearTimeout(again);
    again = setTimeout(() => lookSoon(id), AGAIN_MS);
  } else if (answer?.ok && !answer.redirected) {
    if (isLost) {
      clearTimeout(again);
      again = setTimeout(() => lookSoon(id), AGAIN_MS);
    } else {
      downSince = null;
      setConnection("up");
    }
    morphById(await answer.text(), keepRevealed);
    document.dispatchEvent(new CustomEvent("dockerweb:container", { detail: { id } }));
  }
  if (isAskedAgain) {
    isAskedAgain = false;
    void look(id);
  }
}

/** @param {Record<string, unknown>} event @param {string} id */
function isRemoval(event, id) {
  const actor = /** @type {{ID?: string}|undefined} */ (event.Actor);
  return event.Action === "destroy" && actor?.ID === id;
}

/**
 * The first event of a burst is answered at once, the others together after a pause.
 * @param {string} id
 */
function lookSoon(id) {
  if (later !== undefined) {
    isOverdue = true;
    return;
  }
  void look(id);
  later = setTimeout(() => {
    later = undefined;
    const isAsked = isOverdue;
    isOverdue = false;
    if (isAsked) lookSoon(id);
  }, SETTLE_MS);
}

/** What runs is removed by force only: then the tick is asked for, otherwise it is not offered. */
function prepareRemoval() {
  const force = document.querySelector('#remove-dialog [name="force"]');
  if (!(force instanceof HTMLInputElement)) return;
  const isRunning = document.getElementById("container-head")?.dataset.running === "yes";
  force.checked = false;
  force.required = isRunning;
  force.closest("label")?.toggleAttribute("hidden", !isRunning);
}

/**
 * Whether an event changes what this page shows. Health checks are execs: their end brings a new line.
 * @param {Record<string, unknown>} event
 * @param {string} id
 */
function concerns(event, id) {
  const actor = /** @type {{ID?: string, Attributes?: {container?: string}}|undefined} */ (event.Actor);
  if (actor?.ID !== id && actor?.Attributes?.container !== id) return false;
  const kind = String(event.Action ?? "").split(":")[0] ?? "";
  return !QUIET.has(kind);
}

// On a phone not all tabs fit: the one the reader is on comes into view.
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

if (place) {
  const id = place.dataset.id ?? "";
  const { events } = place.dataset;
  startDialogForms();
  startRecreating();
  startTelling();
  document.addEventListener("dockerweb:changed", () => lookSoon(id));
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("#reveal-env");
    if (button instanceof HTMLButtonElement) void toggleEnv(button);
    if (event.target.closest('[data-opens="remove-dialog"]')) prepareRemoval();
  });
  if (events) {
    openSocket(
      events,
      {
        onReady: () => {
          isLost = false;
          // Whatever happened between the page (or the loss) and now was not heard.
          lookSoon(id);
        },
        onText: (message) => {
          if (message.type === "lost") {
            isLost = true;
            setConnection("down", { since: downSince ??= new Date() });
          } else if (message.type === "resync") {
            isLost = false;
            lookSoon(id);
          } else if (isRemoval(message, id)) showGone();
          else if (concerns(message, id)) lookSoon(id);
        },
        onLost: ({ code }) => {
          if (code >= 4500) lookSoon(id); // a problem of the engine's: the page's own request tells more of it
        },
      },
      { reconnect: { onProblem: (problem) => problem.status >= 500 } },
    );
  }
}
