/** @typedef {"auto"|"light"|"dark"} Theme */

const KEY = "dockerweb.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {Theme} */
export function chosenTheme() {
  const chosen = document.documentElement.dataset.themeChoice;
  return chosen === "dark" || chosen === "light" ? chosen : "auto";
}

/** @param {Theme} theme */
export function chooseTheme(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice holds for this page.
  }
  document.documentElement.dataset.themeChoice = theme;
  show();
}

function show() {
  const theme = chosenTheme();
  const isDark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme]")) {
    button.setAttribute("aria-checked", String(button.getAttribute("data-theme") === theme));
  }
}

export function startTheme() {
  show();
  system.addEventListener("change", show);
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    document.documentElement.dataset.themeChoice = event.newValue ?? "auto";
    show();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-theme]") : null;
    if (button) chooseTheme(/** @type {Theme} */ (button.getAttribute("data-theme")));
  });
}
