// Bring a part of the page to what the server says now, touching only what differs: focus, ticks, selections and open
// menus stay. Children with an id are matched by it, others by their place. An element whose `data-keep` is the same on
// both sides is left as it is: scripts own what is inside.

/**
 * @param {Element} now
 * @param {Element} next
 */
export function morph(now, next) {
  if (now.tagName !== next.tagName) {
    now.replaceWith(next.cloneNode(true));
    return;
  }
  const keep = now.getAttribute("data-keep");
  if (keep !== null && keep === next.getAttribute("data-keep")) return;
  morphAttributes(now, next);
  morphChildren(now, next);
}

/**
 * @param {Element} now
 * @param {Element} next
 */
function morphAttributes(now, next) {
  for (const { name, value } of [...next.attributes]) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  for (const { name } of [...now.attributes]) {
    // What scripts say of an element while it is open stays.
    if (!next.hasAttribute(name) && name !== "data-busy") now.removeAttribute(name);
  }
}

/**
 * @param {Element} now
 * @param {Element} next
 */
function morphChildren(now, next) {
  /** @type {Map<string, Element>} */
  const byId = new Map();
  for (const child of now.children) if (child.id) byId.set(child.id, child);
  const wanted = new Set([...next.children].map((child) => child.id).filter(Boolean));
  for (const [id, child] of byId) if (!wanted.has(id)) child.remove();
  let at = now.firstChild;
  for (const node of [...next.childNodes]) {
    if (node instanceof Element && node.id) {
      const known = byId.get(node.id);
      if (known && known.tagName === node.tagName) {
        if (known === at) at = at.nextSibling;
        else now.insertBefore(known, at);
        morph(known, node);
        continue;
      }
      now.insertBefore(node.cloneNode(true), at);
      continue;
    }
    if (at && at.nodeType === node.nodeType && !(at instanceof Element && at.id)) {
      const current = at;
      at = at.nextSibling;
      if (current instanceof Element && node instanceof Element) morph(current, node);
      else if (current.nodeValue !== node.nodeValue) current.nodeValue = node.nodeValue;
      continue;
    }
    now.insertBefore(node.cloneNode(true), at);
  }
  while (at) {
    const following = at.nextSibling;
    at.remove();
    at = following;
  }
}
