// Dialogs of the page itself: a button with `data-opens="id"` opens one, `data-closes` closes the one it is in.

export function startDialogs() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.getAttribute("data-opens") ?? "");
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) {
      closer.closest("dialog")?.close();
      return;
    }
    // A click on the backdrop lands on the dialog itself, outside its box.
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const { clientX: x, clientY: y } = event;
      if (event.detail > 0 && (x < box.left || x > box.right || y < box.top || y > box.bottom)) event.target.close();
    }
  });
}
