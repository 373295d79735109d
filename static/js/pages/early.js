// Runs before the first paint, as a classic script: a page never flashes in the wrong theme.
{
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("dockerweb.theme") ?? "auto";
  } catch {
    // A browser that forbids storage follows the system.
  }
  const isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  document.documentElement.dataset.themeChoice = chosen;
}
