import { morph } from "../lists/morph.js";

/**
 * Put the new state of some elements in place of the old one, keeping focus, scroll and what is open.
 * The answer's top elements are matched by their ids.
 * @param {string} html an answer of our own server
 * @param {(next: Element) => void} [prepare] change what comes before it is put in place
 */
export function morphById(html, prepare) {
  // eslint-disable-next-line no-restricted-syntax -- our own server's fragment; the document it makes runs nothing
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const next of [...page.body.children]) {
    const now = next.id ? document.getElementById(next.id) : null;
    if (!now) continue;
    prepare?.(next);
    morph(now, next);
  }
}
