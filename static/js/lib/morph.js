/**
 * Put the new state of some elements in place of the old one, keeping focus, scroll and what is open.
 * The answer's top elements are matched by their ids.
 * @param {string} html an answer of our own server
 */
export async function morphById(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const { htmx } = /** @type {{htmx?: {swap: (context: object) => Promise<void>}}} */ (/** @type {unknown} */ (globalThis));
  for (const next of [...page.body.children]) {
    const now = next.id ? document.getElementById(next.id) : null;
    if (!now) continue;
    if (htmx) await htmx.swap({ sourceElement: now, target: now, text: next.outerHTML, swap: "outerMorph" });
    else now.replaceWith(next);
  }
}
