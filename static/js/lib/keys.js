// Keys that work on every page. A page's own keys stay with the page.

/** @param {EventTarget|null} target */
export function isTyping(target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"], .xterm, .editor') !== null;
}

export function startKeys() {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-keys-open]")) showKeys();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") showKeys();
    if (event.key === "/") {
      const field = document.querySelector("[data-find], .filter input");
      if (!(field instanceof HTMLInputElement)) return;
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
