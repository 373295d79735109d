import { isFine, unreached } from "./requests.js";

// Values of environment variables stay on the server until somebody asks for them.

/**
 * Show or hide the values beside the names.
 * @param {HTMLButtonElement} button `data-env`: where the values are asked for
 */
export async function toggleEnv(button) {
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

/**
 * Values that were asked for stay on screen while the rest of the page moves.
 * @param {Element} next what comes in place of the page's part
 */
export function keepRevealed(next) {
  if (document.getElementById("reveal-env")?.getAttribute("aria-pressed") !== "true") return;
  for (const part of ["env", "reveal-env"]) {
    const shown = document.getElementById(part);
    if (shown) next.querySelector(`#${part}`)?.replaceWith(shown.cloneNode(true));
  }
}
