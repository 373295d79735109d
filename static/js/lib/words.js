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
