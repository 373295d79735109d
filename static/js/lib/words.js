// Words for people stay in the templates, where they are translated; this reads them.

/**
 * A word of the page's `#words` element.
 * @param {string} name data attribute in camel case
 * @param {Record<string, string|number>} [values] fill `{name}` places
 */
export function word(name, values = {}) {
  const text = document.getElementById("words")?.dataset[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * Words of several sources one after the other; what ends without a full stop gets one.
 * @param {string[]} parts
 */
export function sentences(parts) {
  const said = parts.map((part) => part.trim()).filter(Boolean);
  return said.map((part, at) => (at < said.length - 1 && !/[.!?:…]$/.test(part) ? `${part}.` : part)).join(" ");
}
