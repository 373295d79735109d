// On a narrow screen the side is an off-canvas sheet.

const narrow = matchMedia("(max-width: 860px)");

/** @param {boolean} isOpen */
function show(isOpen) {
  const side = document.getElementById("side");
  const shade = document.querySelector(".side-shade");
  if (!side) return;
  const wasOpen = document.body.classList.contains("side-is-open");
  document.body.classList.toggle("side-is-open", isOpen);
  side.inert = narrow.matches && !isOpen;
  if (shade instanceof HTMLElement) shade.hidden = !isOpen;
  const opener = document.querySelector(".side-open");
  opener?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) side.querySelector("a")?.focus();
  else if (wasOpen && narrow.matches && opener instanceof HTMLElement) opener.focus();
}

export function startSide() {
  show(false);
  narrow.addEventListener("change", () => show(false));
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-side-toggle]")) {
      show(!document.body.classList.contains("side-is-open"));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("side-is-open")) show(false);
  });
}
