import { icon } from "./icon.js";
import { word } from "./words.js";

/** @typedef {{kind?: "ok"|"warn"|"error", title: string, detail?: string, hint?: string, href?: string}} Toast `href`: where the title leads */

const ICONS = { ok: "circle-check", warn: "alert-triangle", error: "alert-circle" };
const LASTS_MS = { ok: 5000, warn: 9000, error: 0 };

/**
 * Show a message in the corner. Errors stay until they are dismissed.
 * @param {Toast} message
 */
export function toast(message) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const kind = message.kind ?? "ok";
  const box = document.createElement("div");
  box.className = "toast-box";
  box.dataset.kind = kind;
  if (kind === "error") box.setAttribute("role", "alert");
  const text = document.createElement("div");
  text.className = "toast-text";
  for (const [tag, content] of /** @type {const} */ ([["b", message.title], ["span", message.detail], ["small", message.hint]])) {
    if (!content) continue;
    const line = document.createElement(tag);
    if (tag === "b" && message.href) {
      const link = document.createElement("a");
      link.href = message.href;
      link.textContent = content;
      line.append(link);
    } else line.textContent = content;
    text.append(line);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-quiet";
  close.setAttribute("aria-label", word("dismiss"));
  close.append(icon("x"));
  close.addEventListener("click", () => box.remove());
  box.append(icon(ICONS[kind]), text, close);
  place.append(box);
  while (place.children.length > 5) place.firstElementChild?.remove();
  if (LASTS_MS[kind]) fade(box, LASTS_MS[kind]);
}

/**
 * A message goes by itself, unless the pointer or the focus is on it.
 * @param {HTMLElement} box
 * @param {number} after_ms
 */
function fade(box, after_ms) {
  setTimeout(() => {
    if (box.matches(":hover, :focus-within")) fade(box, 1500);
    else box.remove();
  }, after_ms);
}

/**
 * The toast of an answer's `X-Toast` header, if it carries one.
 * @param {Headers} headers
 */
export function toastOf(headers) {
  const header = headers.get("X-Toast");
  return header ? /** @type {Toast} */ (JSON.parse(header)) : null;
}
