import { setConnection } from "../lib/connection.js";
import { startDialogForms } from "../lib/dialog_forms.js";
import { morphById } from "../lib/morph.js";
import { isFine, unreached } from "../lib/requests.js";
import { keepRevealed, toggleEnv } from "../lib/reveal_env.js";
import { openSocket } from "../streams/socket.js";

// The page of an image follows the engine's events: names come and go, containers are made from it.

const SETTLE_MS = 150;
const AGAIN_MS = 3000;
const CONTAINER_NEWS = new Set(["create", "destroy", "rename", "start", "die", "pause", "unpause"]);
const place = document.getElementById("image");

/** @type {ReturnType<typeof setTimeout> | undefined} */ let later;
let isBusy = false;
let isAskedAgain = false;
let isGone = false;
let isLost = false; // the engine's events broke off; what it answers on its way out says nothing of the next moment
/** @type {Date | null} */ let downSince = null;

function showGone() {
  isGone = true;
  document.body.classList.add("is-gone");
  document.getElementById("image-gone")?.removeAttribute("hidden");
}

async function look() {
  if (isGone || !place) return;
  if (isBusy) {
    isAskedAgain = true;
    return;
  }
  isBusy = true;
  const answer = await fetch(`${place.dataset.self ?? ""}?tab=${place.dataset.tab ?? "detail"}`, {
    headers: { "X-Fragment": "1", Accept: "text/html" },
    credentials: "same-origin",
  }).catch(() => null);
  isBusy = false;
  if (answer?.status === 404) showGone();
  else if (answer && answer.status >= 502) {
    setConnection("down", { since: (downSince ??= new Date()) });
    clearTimeout(later);
    later = setTimeout(() => void look(), AGAIN_MS);
  } else if (answer?.ok && !answer.redirected) {
    if (isLost) {
      clearTimeout(later);
      later = setTimeout(() => void look(), AGAIN_MS);
    } else {
      downSince = null;
      setConnection("up");
    }
    morphById(await answer.text(), keepRevealed);
  }
  if (isAskedAgain) {
    isAskedAgain = false;
    void look();
  }
}

/** An event is told a moment before the engine's own answers know of it: look when all is quiet. */
function lookSoon() {
  clearTimeout(later);
  later = setTimeout(() => void look(), SETTLE_MS);
}

/** @param {Record<string, unknown>} event */
function concerns(event) {
  if (event.Type === "image") return true;
  return event.Type === "container" && CONTAINER_NEWS.has(String(event.Action ?? "").split(":")[0] ?? "");
}

/** @param {HTMLButtonElement} button */
async function askRegistries(button) {
  const slot = document.getElementById("updates");
  if (!slot) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(button.dataset.updates ?? "", {
    headers: { "X-Fragment": "1", Accept: "text/html" },
    credentials: "same-origin",
  }).catch(() => null);
  button.disabled = false;
  button.removeAttribute("aria-busy");
  if (!answer) return unreached();
  if (!isFine(answer)) return;
  // eslint-disable-next-line no-restricted-syntax -- our own server's fragment; the document it makes runs nothing
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  slot.replaceChildren(...[...told.body.children].map((node) => document.adoptNode(node)));
}

// On a phone not all tabs fit: the one the reader is on comes into view.
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

if (place) {
  startDialogForms();
  document.addEventListener("dockerweb:changed", lookSoon);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("#reveal-env, [data-updates]");
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.id === "reveal-env") void toggleEnv(button);
    else void askRegistries(button);
  });
  openSocket(
    place.dataset.events ?? "",
    {
      onReady: () => {
        isLost = false;
        lookSoon();
      },
      onText: (message) => {
        if (message.type === "lost") {
          isLost = true;
          setConnection("down", { since: (downSince ??= new Date()) });
        } else if (message.type === "resync") {
          isLost = false;
          lookSoon();
        } else if (concerns(message)) lookSoon();
      },
      onLost: ({ code }) => {
        if (code >= 4500) lookSoon(); // a problem of the engine's: the page's own request tells more of it
      },
    },
    { reconnect: { onProblem: (problem) => problem.status >= 500 } },
  );
}
