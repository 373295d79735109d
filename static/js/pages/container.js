import { setConnection } from "../lib/connection.js";
import { morphById } from "../lib/morph.js";
import { isFine, unreached } from "../lib/requests.js";
import { openSocket } from "../streams/socket.js";

// The head and the summary of a container follow the engine's events: an event that names the container (or a socket
// that came back) makes the page fetch its moving parts again.

const SETTLE_MS = 60;
const place = document.getElementById("container");

/** @type {ReturnType<typeof setTimeout> | undefined} */ let later;
let isBusy = false;
let isAskedAgain = false;
let isGone = false;

function showGone() {
  isGone = true;
  document.body.classList.add("is-gone");
  document.getElementById("container-gone")?.removeAttribute("hidden");
  document.getElementById("container-head")?.querySelector("[data-container-state]")?.setAttribute("data-state", "removed");
}

/** @param {string} id */
async function look(id) {
  if (isBusy) {
    isAskedAgain = true;
    return;
  }
  isBusy = true;
  const tab = place?.dataset.tab ?? "detail";
  const answer = await fetch(`${place?.dataset.self ?? ""}?tab=${tab}`, {
    headers: { "HX-Request": "true", Accept: "text/html" },
    credentials: "same-origin",
  }).catch(() => null);
  isBusy = false;
  if (answer?.status === 404) showGone();
  else if (answer?.ok && !answer.redirected) {
    await morphById(await answer.text());
    document.dispatchEvent(new CustomEvent("dockerweb:container", { detail: { id } }));
  }
  if (isAskedAgain) {
    isAskedAgain = false;
    void look(id);
  }
}

/** @param {string} id */
function lookSoon(id) {
  if (isGone) return;
  if (later === undefined) void look(id);
  clearTimeout(later);
  later = setTimeout(() => {
    later = undefined;
    void look(id);
  }, SETTLE_MS);
}

/** @param {HTMLButtonElement} button */
async function toggleEnv(button) {
  const isShown = button.getAttribute("aria-pressed") === "true";
  const label = button.querySelector("span");
  const cells = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-env-name]"));
  if (isShown) {
    for (const cell of cells) {
      const mask = document.createElement("span");
      mask.className = "soft";
      mask.textContent = "••••••";
      cell.replaceChildren(mask);
    }
  } else {
    const answer = await fetch(button.dataset.env ?? "", { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
    if (!answer) return unreached();
    if (!isFine(answer)) return;
    const { env } = /** @type {{env: {name: string, value: string}[]}} */ (await answer.json());
    const left = [...env];
    for (const cell of cells) {
      const index = left.findIndex((pair) => pair.name === cell.dataset.envName);
      cell.textContent = index < 0 ? "" : (left.splice(index, 1)[0]?.value ?? "");
    }
  }
  button.setAttribute("aria-pressed", String(!isShown));
  if (label) label.textContent = (isShown ? button.dataset.hidden : button.dataset.shown) ?? "";
}

if (place) {
  const id = place.dataset.id ?? "";
  const { events } = place.dataset;
  document.addEventListener("dockerweb:changed", () => lookSoon(id));
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("#reveal-env") : null;
    if (button instanceof HTMLButtonElement) void toggleEnv(button);
  });
  if (events) {
    let wasLost = false;
    openSocket(
      events,
      {
        onReady: () => {
          setConnection("up");
          if (wasLost) lookSoon(id);
          wasLost = false;
        },
        onText: (message) => {
          const actor = /** @type {{ID?: string}|undefined} */ (message.Actor ?? message.actor);
          if ((actor?.ID ?? message.id ?? message.actor_id) === id) lookSoon(id);
        },
        onProblem: (problem) => {
          if (problem.status >= 502) setConnection("down", { detail: problem.detail });
        },
        onLost: () => {
          wasLost = true;
        },
      },
      { reconnect: { onProblem: (problem) => problem.status >= 502 } },
    );
  }
}
