import { forgetField, sayAtField } from "./field_faults.js";
import { icon } from "./icon.js";

// Rows of small inputs above a textarea with one entry a line. The textarea is what is sent; the rows are a way to write
// it, and without scripts it stands alone.

/** @typedef {{ split: (line: string) => string[], join: (parts: string[]) => string }} Writing */

/** @type {Record<string, Writing>} */
const WRITINGS = {
  ports: {
    split: (line) => {
      const [ports = "", protocol = ""] = line.split("/");
      const colon = ports.lastIndexOf(":");
      return colon < 0 ? ["", ports, protocol] : [ports.slice(0, colon), ports.slice(colon + 1), protocol];
    },
    join: ([host = "", inside = "", protocol = ""]) => (host ? `${host}:` : "") + inside + (protocol ? `/${protocol}` : ""),
  },
  env: {
    split: (line) => {
      const equals = line.indexOf("=");
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
    },
    join: ([name = "", value = ""]) => (name || value ? `${name}=${value}` : ""),
  },
  binds: {
    split: (line) => {
      const parts = line.split(":");
      return parts.length === 1 ? ["", line, ""] : [parts[0] ?? "", parts[1] ?? "", parts.slice(2).join(":")];
    },
    join: ([source = "", target = "", options = ""]) => [source, target, options].filter((part) => part).join(":"),
  },
};

/** @param {ArrayBuffer} bytes @returns {string|null} null: it is not UTF-8, and other characters would stand for its own */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * @param {HTMLElement} place `data-rows` names the writing, `data-labels` the columns
 * @param {(name: string) => string} word
 */
export function startRows(place, word) {
  const writing = WRITINGS[place.dataset.rows ?? ""];
  const text = place.querySelector("textarea");
  const label = place.querySelector("label");
  if (!writing || !text || text.disabled) return;
  const columns = (place.dataset.labels ?? "").split("|");
  const rows = document.createElement("div");
  rows.className = "rows";
  const foot = document.createElement("div");
  foot.className = "rows-foot";
  /** Lines that rows cannot show as they are (comments, a name alone, a line in quotes) keep the text in view. */
  const isPlain = () =>
    text.value.split("\n").every((line) => !line.trim() || (!line.startsWith('"') && writing.join(writing.split(line)) === line));

  const write = () => {
    const lines = [...rows.children].map((row) => writing.join([...row.querySelectorAll("input")].map((input) => input.value)));
    text.value = lines.filter((line) => line).join("\n");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** What is said of single lines marks their rows alone, and what is said of the field marks all of them. */
  const wrongLines = () => new Set([...place.querySelectorAll(".errors [data-line]")].map((item) => item.getAttribute("data-line")));

  /** @param {string[]} parts @param {number} [number] of its line */
  const makeRow = (parts, number) => {
    const row = document.createElement("div");
    if (number) row.dataset.line = String(number);
    const wrong = wrongLines();
    const isRight = wrong.size > 0 && !wrong.has(String(number));
    row.className = `rows-row${columns.length === 3 ? " is-three" : ""}`;
    columns.forEach((column, index) => {
      const input = document.createElement("input");
      input.type = "text";
      input.className = "text";
      input.value = parts[index] ?? "";
      input.placeholder = column;
      input.setAttribute("aria-label", `${label?.textContent ?? ""}: ${column}`);
      input.autocomplete = "off";
      input.spellcheck = false;
      for (const name of isRight ? [] : ["aria-invalid", "aria-describedby"]) {
        const said = text.getAttribute(name);
        if (said) input.setAttribute(name, said);
      }
      row.append(input);
    });
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn-quiet";
    remove.setAttribute("aria-label", word("wordRemove"));
    remove.append(icon("x"));
    remove.addEventListener("click", () => {
      row.remove();
      if (!rows.children.length) rows.append(makeRow([]));
      write();
    });
    row.append(remove);
    return row;
  };

  const read = () => {
    const made = text.value.split("\n").map((line, index) => (line.trim() ? [makeRow(writing.split(line), index + 1)] : [])).flat();
    rows.replaceChildren(...(made.length ? made : [makeRow([])]));
  };

  /**
   * @param {string} words
   * @param {SVGElement} picture
   * @param {() => void} act
   */
  const button = (words, picture, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn-quiet";
    const span = document.createElement("span");
    span.textContent = words;
    made.append(picture, span);
    made.addEventListener("click", act);
    foot.append(made);
    return made;
  };

  const add = button(word("wordAdd"), icon("plus"), () => {
    const row = makeRow([]);
    rows.append(row);
    row.querySelector("input")?.focus();
  });
  add.setAttribute("aria-label", `${word("wordAdd")}: ${label?.textContent ?? ""}`);
  const toggle = button(word("wordAsText"), icon("pencil"), () => show(rows.hidden === true));
  toggle.setAttribute("aria-describedby", label?.htmlFor ? `${label.htmlFor}_helptext` : "");

  /** @param {boolean} asRows */
  const show = (asRows) => {
    if (asRows) read();
    rows.hidden = !asRows;
    text.hidden = asRows;
    add.hidden = !asRows;
    const words = toggle.querySelector("span");
    if (words) words.textContent = word(asRows ? "wordAsText" : "wordAsRows");
  };

  if (place.dataset.rows === "env") {
    const file = document.createElement("input");
    file.type = "file";
    file.hidden = true;
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (!chosen) return;
      file.value = "";
      void chosen.arrayBuffer().then((bytes) => {
        forgetField(text.id);
        const content = textOf(bytes);
        if (content === null) return sayAtField(text.id, word("wordNoText"));
        text.value = [text.value.trimEnd(), content.replaceAll("\r\n", "\n").trimEnd()].filter((part) => part).join("\n");
        text.dispatchEvent(new Event("input", { bubbles: true }));
        show(isPlain());
      });
    });
    button(word("wordFile"), icon("file"), () => file.click());
    foot.append(file);
  }

  rows.addEventListener("input", write);
  rows.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text") ?? "";
    if (!pasted.trim().includes("\n")) return;
    event.preventDefault();
    text.value = [text.value.trimEnd(), pasted.replaceAll("\r\n", "\n").trimEnd()].filter((part) => part).join("\n");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    show(isPlain());
  });
  label?.addEventListener("click", () => rows.querySelector("input")?.focus());
  text.before(rows);
  text.after(foot);
  show(isPlain());
}
