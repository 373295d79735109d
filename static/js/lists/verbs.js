import { post } from "../lib/csrf.js";
import { isFine, unreached } from "../lib/requests.js";
import { toast } from "../lib/toast.js";
import { sentences } from "../lib/words.js";

// The verbs of the rows: at once, after a question, for one container or for all that are ticked.

const MOST_WAITED_FOR = 8; // what the server does at once; more goes on as an activity

/** @typedef {{id: string, name: string, is_done: boolean, title: string, detail: string, hint: string, links?: {name: string, url: string}[]}} Result */

/** @param {string} text @param {Record<string, string | number>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * @param {HTMLElement} root around the list
 * @param {() => void} look fetch the list again
 */
export function startVerbs(root, look) {
  const bar = document.getElementById("bulk");
  const rowMenu = document.getElementById("row-menu");
  /** @type {Map<string, string>} ids to names of the ticked rows of this page */
  const ticked = new Map();
  /** @type {HTMLElement | null} the row whose menu or dialog is open */
  let subject = null;

  const rows = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll("tr[data-id]")]);
  /** @param {HTMLElement} row */
  const box = (row) => /** @type {HTMLInputElement | null} */ (row.querySelector(".c-tick input"));

  /**
   * @param {HTMLElement} row
   * @param {string} verb
   * @param {Record<string, string>} [fields]
   */
  async function act(row, verb, fields = {}) {
    row.dataset.busy = verb;
    const answer = await post(`${row.dataset.url}${verb}/`, fields).catch(() => null);
    delete row.dataset.busy;
    if (answer) isFine(answer);
    else unreached();
    look();
  }

  /**
   * @param {string} verb
   * @param {Record<string, string>} [fields]
   */
  async function actOnAll(verb, fields = {}) {
    const chosen = rows().filter((row) => ticked.has(row.dataset.id ?? ""));
    const body = new URLSearchParams(fields);
    body.set("verb", verb);
    for (const id of ticked.keys()) body.append("id", id);
    if (ticked.size > MOST_WAITED_FOR) body.set("activity", "1"); // a list whose server knows no such work just answers
    for (const row of chosen) row.dataset.busy = verb;
    bar?.setAttribute("aria-busy", "true");
    const answer = await post(root.dataset.bulkUrl ?? "", body, { Accept: "application/json" }).catch(() => null);
    for (const row of chosen) delete row.dataset.busy;
    bar?.removeAttribute("aria-busy");
    if (!answer) unreached();
    else if (!answer.ok) {
      const problem = /** @type {{title?: string, detail?: string, hint?: string}} */ (await answer.json().catch(() => ({})));
      toast({ kind: "error", title: problem.title ?? `HTTP ${answer.status}`, detail: problem.detail ?? "", hint: problem.hint ?? "" });
    } else if (answer.status === 202) {
      const { title, detail } = /** @type {{title: string, detail: string}} */ (await answer.json());
      toast({ kind: "ok", title, detail });
      forgetTicks();
    } else {
      const report = /** @type {{title: string, failed: number, results: Result[]}} */ (await answer.json());
      for (const result of report.results) if (result.is_done) ticked.delete(result.id);
      if (report.failed) showResults(report.title, report.results);
      else toast({ kind: "ok", title: report.title, detail: report.results.map((result) => result.title).join(" · ") });
      showTicks();
    }
    look();
  }

  /** @param {string} title @param {Result[]} results */
  function showResults(title, results) {
    const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("bulk-results"));
    if (!dialog) return;
    const head = dialog.querySelector("h2");
    if (head) head.textContent = title;
    dialog.querySelector("[data-results]")?.replaceChildren(
      ...results.map((result) => {
        const item = document.createElement("li");
        item.dataset.kind = result.is_done ? "ok" : "error";
        const name = document.createElement("b");
        name.textContent = (ticked.get(result.id) ?? result.name) || result.name;
        const words = document.createElement("span");
        words.textContent = result.is_done ? result.title : sentences([result.title, result.detail, result.hint]);
        item.append(name, words);
        for (const { name: text, url } of result.links ?? []) {
          const link = document.createElement("a");
          link.href = url;
          link.textContent = text;
          item.append(link);
        }
        return item;
      }),
    );
    dialog.showModal();
  }

  function showTicks() {
    for (const row of rows()) {
      const isTicked = ticked.has(row.dataset.id ?? "");
      const input = box(row);
      if (input) input.checked = isTicked;
      row.toggleAttribute("data-ticked", isTicked);
    }
    const all = /** @type {HTMLInputElement | null} */ (document.getElementById("tick-all"));
    const shown = rows().length;
    if (all) {
      all.checked = shown > 0 && ticked.size >= shown;
      all.indeterminate = ticked.size > 0 && ticked.size < shown;
    }
    if (!bar) return;
    bar.hidden = ticked.size === 0;
    const count = bar.querySelector("[data-count]");
    if (count) count.textContent = String(ticked.size);
  }

  function forgetTicks() {
    ticked.clear();
    showTicks();
  }

  /** @param {string} verb @param {HTMLElement[]} chosen */
  function ask(verb, chosen) {
    const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(`ask-${verb}`));
    const title = dialog?.querySelector("h2");
    const form = dialog?.querySelector("form");
    if (!dialog || !title || !form) return;
    form.reset();
    const names = chosen.map((row) => row.dataset.name ?? "");
    const told = chosen.map((row) => row.dataset.names || row.dataset.name);
    const text = (names.length === 1 ? title.dataset.titleOne : title.dataset.titleMany) ?? "";
    title.textContent = filled(text, { name: names[0] ?? "", count: names.length });
    const list = /** @type {HTMLElement | null} */ (dialog.querySelector("[data-names]"));
    if (list) {
      list.textContent = told.join(", ");
      list.hidden = told.join() === names[0];
    }
    const line = /** @type {HTMLElement | null} */ (dialog.querySelector("[data-volumes-line]"));
    if (line) {
      const count = chosen.reduce((sum, row) => sum + Number(row.dataset.volumes ?? 0), 0);
      line.hidden = count === 0;
      line.textContent = filled((count === 1 ? line.dataset.one : line.dataset.many) ?? "", { count });
    }
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      /** @type {Record<string, string>} */
      const fields = {};
      for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") fields[name] = value;
      const [only] = chosen;
      if (subject && only === subject) void act(subject, verb, fields);
      else void actOnAll(verb, fields);
    };
    dialog.showModal();
  }

  const tickedRows = () => rows().filter((row) => ticked.has(row.dataset.id ?? ""));

  // Before the menus' own listener opens it, the one menu of all rows is made that of this row.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-menu="row-menu"]') : null;
      const row = button?.closest("tr");
      if (!row || !rowMenu) return;
      subject = row;
      const state = row.dataset.state ?? "";
      const name = rowMenu.querySelector("[data-name]");
      if (name) name.textContent = row.dataset.name ?? "";
      for (const item of rowMenu.querySelectorAll("[data-row-link]")) {
        item.setAttribute("href", `${row.dataset.url ?? ""}${item.getAttribute("data-row-link") ?? ""}`);
      }
      for (const item of rowMenu.querySelectorAll("[data-for]")) {
        const states = (item.getAttribute("data-for") ?? "").split(" ");
        item.toggleAttribute("hidden", !(states.includes("*") || states.includes(state)));
      }
    },
    true,
  );

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("[data-do], [data-ask], [data-bulk], [data-bulk-ask], [data-bulk-get], [data-bulk-clear]");
    if (!(button instanceof HTMLElement)) return;
    const { do: verb, ask: question, bulk, bulkAsk, bulkGet } = button.dataset;
    const row = button.closest("tr") ?? subject;
    if (verb && row) void act(row, verb);
    else if (question && row) {
      subject = row;
      ask(question, [row]);
    } else if (bulk) void actOnAll(bulk);
    else if (bulkGet) location.assign(`${root.dataset.listUrl ?? ""}${bulkGet}?${new URLSearchParams([...ticked.keys()].map((id) => ["names", id]))}`);
    else if (bulkAsk) {
      subject = null;
      ask(bulkAsk, tickedRows());
    } else if (button.hasAttribute("data-bulk-clear")) forgetTicks();
  });

  /** @type {HTMLElement | null} */
  let lastTicked = null;
  let isRange = false;
  root.addEventListener("click", (event) => (isRange = event.shiftKey), true);
  root.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "checkbox") return;
    const row = /** @type {HTMLElement | null} */ (input.closest("tr[data-id]"));
    const all = rows();
    let changed = row ? [row] : all;
    if (row && isRange && lastTicked && all.includes(lastTicked)) {
      const [from, to] = [all.indexOf(lastTicked), all.indexOf(row)].sort((a, b) => a - b);
      changed = all.slice(from, (to ?? 0) + 1);
    }
    for (const one of changed) {
      const id = one.dataset.id ?? "";
      if (input.checked) ticked.set(id, one.dataset.name ?? "");
      else ticked.delete(id);
    }
    lastTicked = row;
    showTicks();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && ticked.size && !document.querySelector("dialog[open], :popover-open")) forgetTicks();
  });

  return {
    /** The rows changed: what is ticked and no longer here is forgotten. */
    refresh() {
      const here = new Set(rows().map((row) => row.dataset.id));
      for (const id of ticked.keys()) if (!here.has(id)) ticked.delete(id);
      showTicks();
    },
    forgetTicks,
  };
}
