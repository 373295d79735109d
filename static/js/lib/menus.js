// Menus are native popovers: they close by Escape and by a click beside them. This places them beside their button
// (on a phone the style sheet makes a sheet at the bottom of them) and moves the focus with the arrows.

/** @param {Element} menu */
function items(menu) {
  return /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role^="menuitem"]')]).filter((item) => item.offsetParent !== null);
}

/**
 * @param {HTMLElement} menu
 * @param {Element} button
 */
function place(menu, button) {
  const from = button.getBoundingClientRect();
  const gap = 4;
  const left = Math.max(8, Math.min(from.left + menu.offsetWidth > innerWidth - 8 ? from.right - menu.offsetWidth : from.left, innerWidth - menu.offsetWidth - 8));
  const isAbove = from.bottom + gap + menu.offsetHeight > innerHeight - 8 && from.top > menu.offsetHeight + gap;
  menu.style.left = `${left}px`;
  menu.style.top = `${isAbove ? from.top - gap - menu.offsetHeight : from.bottom + gap}px`;
}

/** @param {Element} button */
function toggle(button) {
  const menu = document.getElementById(button.getAttribute("data-menu") ?? "");
  if (!menu) return;
  if (menu.matches(":popover-open")) {
    menu.hidePopover();
    return;
  }
  menu.showPopover();
  place(menu, button);
  button.setAttribute("aria-expanded", "true");
  items(menu)[0]?.focus();
  menu.addEventListener(
    "toggle",
    (event) => {
      if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
      button.setAttribute("aria-expanded", "false");
      if (menu.contains(document.activeElement) || document.activeElement === document.body) /** @type {HTMLElement} */ (button).focus();
    },
    { signal: AbortSignal.any([closed(menu)]) },
  );
}

/**
 * Aborts once the menu has closed, so that listeners do not pile up.
 * @param {HTMLElement} menu
 */
function closed(menu) {
  const end = new AbortController();
  const watch = (/** @type {Event} */ event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    menu.removeEventListener("toggle", watch);
    setTimeout(() => end.abort());
  };
  menu.addEventListener("toggle", watch);
  return end.signal;
}

export function startMenus() {
  // A click on the button of an open menu first dismisses it by itself; remember that, so that it does not open again.
  let dismissed = /** @type {Element|null} */ (null);
  document.addEventListener(
    "pointerdown",
    (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-menu]") : null;
      const menu = button && document.getElementById(button.getAttribute("data-menu") ?? "");
      dismissed = menu?.matches(":popover-open") ? button : null;
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("[data-menu]");
    if (button) {
      if (button === dismissed && event.detail > 0) dismissed = null;
      else toggle(button);
      return;
    }
    const item = event.target.closest('[role^="menuitem"]');
    const menu = item?.closest("[popover]");
    if (menu instanceof HTMLElement && menu.matches(":popover-open")) menu.hidePopover();
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target instanceof Element ? event.target.closest('[role="menu"]') : null;
    if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const all = items(menu);
    const now = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key] ?? 0;
    all[(next + all.length) % all.length]?.focus();
  });
}
