// The filter line: what is typed is asked for after a pause, and the last piece of it can be completed (a combobox as
// the ARIA practices have it: the focus stays in the field, arrows walk through the list).

const PAUSE_MS = 150;

/**
 * The unfinished piece before the caret: what stands after the last space that is not within quotation marks.
 * @param {string} text
 */
export function lastPiece(text) {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === " " && !isQuoted) start = at + 1;
  }
  return text.slice(start);
}

/**
 * @param {HTMLFormElement} form
 * @param {(line: string) => void} apply
 */
export function startFilter(form, apply) {
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const list = /** @type {HTMLElement} */ (form.querySelector('[role="listbox"]'));
  const clear = form.querySelector("[data-clear]");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  let applied = field.value;
  let chosen = -1;
  let asked = 0;

  /** Whether the reader is in the middle of a term: it has a key and no value yet. */
  function isUnfinished() {
    return document.activeElement === field && /^[-!]?\w+:$/.test(lastPiece(field.value));
  }

  function use() {
    clearTimeout(later);
    if (isUnfinished()) return;
    if (clear instanceof HTMLElement) clear.hidden = field.value === "";
    if (field.value.trim() === applied) return;
    applied = field.value.trim();
    apply(applied);
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  function choose(index) {
    const items = [...list.children];
    chosen = items.length ? (index + items.length) % items.length : -1;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    const item = items[chosen];
    if (!item) return;
    field.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} term */
  function take(term) {
    const end = field.selectionEnd ?? field.value.length;
    const before = field.value.slice(0, end);
    const head = before.slice(0, before.length - lastPiece(before).length);
    const isWhole = !term.endsWith(":");
    const tail = field.value.slice(end).trimStart();
    field.value = `${head}${term}${isWhole ? " " : ""}${tail}`;
    const caret = head.length + term.length + (isWhole ? 1 : 0);
    field.setSelectionRange(caret, caret);
    close();
    if (isWhole) use();
    else void suggest();
  }

  async function suggest() {
    const piece = lastPiece(field.value.slice(0, field.selectionEnd ?? field.value.length));
    if (!piece || document.activeElement !== field) return close();
    asked += 1;
    const mine = asked;
    const answer = await fetch(`${form.dataset.complete ?? ""}?complete=${encodeURIComponent(piece)}`, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    }).catch(() => null);
    if (mine !== asked) return;
    if (!answer?.ok) return close();
    const { suggestions } = /** @type {{suggestions: string[]}} */ (await answer.json());
    if (mine !== asked || document.activeElement !== field) return;
    const terms = suggestions.filter((term) => term !== piece);
    if (!terms.length) return close();
    list.replaceChildren(
      ...terms.map((term, index) => {
        const item = document.createElement("li");
        item.id = `q-option-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = term;
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(term);
        });
        return item;
      }),
    );
    list.hidden = false;
    chosen = -1;
    field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", "true");
  }

  field.addEventListener("input", () => {
    if (clear instanceof HTMLElement) clear.hidden = field.value === "";
    clearTimeout(later);
    later = setTimeout(use, PAUSE_MS);
    void suggest();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return void suggest();
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen]?.textContent ?? "");
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (!list.hidden) close();
      else if (field.value) {
        field.value = "";
        use();
      } else field.blur();
    }
  });
  field.addEventListener("blur", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    use();
  });
  clear?.addEventListener("click", () => {
    field.value = "";
    close();
    use();
    field.focus();
  });
  return {
    /** @param {string} line what the address says now */
    set(line) {
      if (line === applied) return;
      applied = line;
      field.value = line;
      if (clear instanceof HTMLElement) clear.hidden = line === "";
    },
  };
}
