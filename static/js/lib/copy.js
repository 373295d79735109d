import { toast } from "./toast.js";
import { word } from "./words.js";

/**
 * Put text on the clipboard and say so. Without HTTPS browsers offer the old way only.
 * @param {string} text
 */
export async function copyText(text) {
  const isCopied = (await modern(text)) || old(text);
  toast(isCopied ? { kind: "ok", title: word("copied") } : { kind: "warn", title: word("copyFailed") });
}

/** @param {string} text */
async function modern(text) {
  if (!navigator.clipboard) return false;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}

/** @param {string} text */
function old(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

export function startCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (button) void copyText(button.getAttribute("data-copy") ?? "");
  });
}
