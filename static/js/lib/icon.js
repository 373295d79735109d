/**
 * An icon of the sprite, hidden from readers of screens. The name must also stand in some template or script
 * as a literal, or the build leaves it out of the sprite.
 * @param {string} name Tabler's name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.sprite ?? ""}#${name}`);
  svg.append(use);
  return svg;
}
