/**
 * xterm.js writes its rules into `<style>` elements and colours single cells by `setAttribute("style", …)`.
 * A page whose Content-Security-Policy allows neither would lose them. The CSS object model is free of that
 * rule, so the terminal is given a document whose elements speak it instead; the policy stays as strict as
 * everywhere else.
 */

/** Stands in for a `<style>` element: its text becomes a constructed style sheet of the document. */
class SheetElement extends HTMLElement {
  #sheet = new CSSStyleSheet();
  #text = "";

  connectedCallback() {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
  }

  disconnectedCallback() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  /** @returns {string} */
  get textContent() {
    return this.#text;
  }

  set textContent(text) {
    this.#text = text ?? "";
    this.#sheet.replaceSync(this.#text);
  }
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLElement} the same element; its style attribute is set through the object model
 */
function withStyleThroughObjectModel(element) {
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (name, value) => {
    if (name === "style") element.style.cssText = value;
    else setAttribute(name, value);
  };
  return element;
}

/** @param {string} name */
function createStrictElement(name) {
  const create = Document.prototype.createElement.bind(document);
  return name === "style" ? create("terminal-sheet") : withStyleThroughObjectModel(create(name));
}

/** @returns {Document} the page's document, except for how it makes elements */
export function strictDocument() {
  if (!customElements.get("terminal-sheet")) customElements.define("terminal-sheet", SheetElement);
  return new Proxy(document, {
    get(target, key) {
      if (key === "createElement") return createStrictElement;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/**
 * Runs `act` while the page's own document makes strict elements too: xterm.js 6.0 opens its scrollbar's style
 * there whatever document it was given (`CoreBrowserTerminal.open`, a matter of precedence between `??` and `?:`).
 * @param {() => void} act
 */
export function withStrictElements(act) {
  document.createElement = /** @type {typeof document.createElement} */ (createStrictElement);
  try {
    act();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}
