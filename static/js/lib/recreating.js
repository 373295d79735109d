import { post } from "./csrf.js";
import { forgetField, goToField, sayAtField } from "./field_faults.js";
import { isFine, unreached } from "./requests.js";

// A form with `data-recreate` replaces a container: what the server tells while it does so is shown in a dialog, line by
// line. An answer that is no such telling is a page (a form with its faults) and is asked for as one.

const LINES = "application/x-ndjson";

/** @typedef {{type: "layer", id: string, status: string, current: number|null, total: number|null}} Layer */
/** @typedef {{type: "step", step: string, text: string}} Step */
/** @typedef {{type: "end", kind: string, status: number, title: string, detail: string, hint: string, url: string, is_changed: boolean, field?: string, field_words?: string}} End */

/** @param {string} id */
const part = (id) => document.getElementById(id);

class Progress {
  /** @param {HTMLDialogElement} dialog @param {HTMLFormElement} form */
  constructor(dialog, form) {
    this.dialog = dialog;
    this.form = form;
    /** @type {Map<string, HTMLElement>} */
    this.layers = new Map();
    /** @type {Map<string, {current: number, total: number}>} */
    this.bytes = new Map();
    this.hasEnded = false;
    /** The id of the field because of which it failed. */
    this.fault = "";
    const title = part("recreating-title");
    if (title) title.textContent = title.dataset.running ?? "";
    part("recreate-steps")?.replaceChildren();
    part("recreate-layers")?.replaceChildren();
    for (const id of ["recreate-layers", "recreate-bar", "recreate-end", "recreate-foot", "recreate-anyway", "recreate-go"]) part(id)?.setAttribute("hidden", "");
    if (!dialog.open) dialog.showModal();
    title?.focus();
  }

  /** @param {string} text */
  take(text) {
    const line = /** @type {Layer|Step|End} */ (JSON.parse(text));
    if (line.type === "step") {
      if (line.step === "back") part("recreate-steps")?.lastElementChild?.classList.add("is-failed");
      this.step(line.text);
    }
    else if (line.type === "layer") this.layer(line);
    else this.end(line);
  }

  /** @param {string} text */
  step(text) {
    part("recreate-layers")?.setAttribute("hidden", "");
    part("recreate-bar")?.setAttribute("hidden", "");
    const item = document.createElement("li");
    item.textContent = text;
    part("recreate-steps")?.append(item);
  }

  /** @param {Layer} line */
  layer(line) {
    if (!line.id) {
      if (line.status) this.step(line.status);
      return;
    }
    const list = part("recreate-layers");
    const item = this.layers.get(line.id) ?? document.createElement("li");
    if (!this.layers.has(line.id)) {
      this.layers.set(line.id, item);
      list?.append(item);
    }
    const share = line.total ? Math.floor((100 * (line.current ?? 0)) / line.total) : null;
    const words = share === null ? line.status : (this.dialog.dataset.wordShare ?? "").replace("{status}", line.status).replace("{share}", String(share));
    item.textContent = `${line.id} ${words}`;
    list?.removeAttribute("hidden");
    if (line.total) this.bytes.set(line.id, { current: line.current ?? 0, total: line.total });
    const all = [...this.bytes.values()];
    const total = all.reduce((sum, each) => sum + each.total, 0);
    const bar = /** @type {HTMLProgressElement|null} */ (part("recreate-bar"));
    if (bar && total) {
      bar.hidden = false;
      bar.value = Math.min(1, all.reduce((sum, each) => sum + each.current, 0) / total);
    }
  }

  /** @param {End} end */
  end(end) {
    this.hasEnded = true;
    part("recreate-layers")?.setAttribute("hidden", "");
    part("recreate-bar")?.setAttribute("hidden", "");
    const steps = part("recreate-steps");
    steps?.classList.toggle("is-bad", end.kind === "error");
    steps?.classList.add("is-over");
    const title = part("recreating-title");
    if (title) title.textContent = end.title;
    const note = part("recreate-end");
    if (note && (end.detail || end.hint)) {
      note.hidden = false;
      note.dataset.kind = end.kind;
      for (const [name, words] of [["detail", end.detail], ["hint", end.hint]]) {
        const place = note.querySelector(`.${name}`);
        if (place) place.textContent = words ?? "";
      }
    }
    part("recreate-foot")?.removeAttribute("hidden");
    const go = /** @type {HTMLAnchorElement|null} */ (part("recreate-go"));
    const isElsewhere = end.url !== part("container")?.dataset.self;
    if (go && end.url && isElsewhere) {
      go.href = end.url;
      go.hidden = false;
    }
    // The container of this page is gone: there is nothing to come back to.
    part("recreate-close")?.toggleAttribute("hidden", end.is_changed);
    const isIdle = end.kind !== "error" && !end.is_changed;
    part("recreate-anyway")?.toggleAttribute("hidden", !isIdle);
    (end.is_changed ? go : part("recreate-close"))?.focus();
    if (!end.field || !this.form.elements.namedItem(end.field)) return;
    this.fault = `id_${end.field}`;
    sayAtField(this.fault, end.field_words ?? "");
  }

  cut() {
    const { wordCut = "", wordCutHint = "" } = this.dialog.dataset;
    this.end({ type: "end", kind: "error", status: 0, title: wordCut, detail: wordCutHint, hint: "", url: "", is_changed: false });
  }
}

/** @param {NonNullable<Response["body"]>} body @param {Progress} progress */
async function follow(body, progress) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line) progress.take(line);
    }
  } catch {
    // What came is what is known.
  }
  if (!progress.hasEnded) progress.cut();
}

/** @param {HTMLFormElement} form @param {HTMLElement|null} submitter @param {Record<string, string>} more */
async function send(form, submitter, more) {
  const dialog = part("recreate-progress");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const fields = new FormData(form, submitter);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button"));
  for (const button of buttons) button.disabled = true;
  const answer = await post(form.action, fields, { Accept: LINES }).catch(() => null);
  for (const button of buttons) button.disabled = false;
  if (!answer) return unreached();
  if (answer.ok && answer.body && answer.headers.get("Content-Type")?.startsWith(LINES)) {
    const around = form.closest("dialog");
    if (around !== dialog) around?.close();
    if (current?.fault) forgetField(current.fault);
    const progress = new Progress(dialog, form);
    current = progress;
    return follow(answer.body, progress);
  }
  if (answer.headers.has("X-Toast") || answer.redirected) return void isFine(answer);
  form.submit();
}

/** @type {Progress|null} */
let current = null;

export function startRecreating() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.recreate === undefined) return;
    if (form.dataset.confirmTitle && !form.dataset.isConfirmed) return;
    event.preventDefault();
    void send(form, /** @type {HTMLElement|null} */ (event.submitter), {});
  });
  part("recreate-anyway")?.addEventListener("click", () => {
    if (current) void send(current.form, null, { anyway: "1" });
  });
  part("recreate-progress")?.addEventListener("close", () => {
    if (current?.fault) goToField(current.fault);
  });
  // While it goes on there is nothing to close: it would go on all the same.
  part("recreate-progress")?.addEventListener("cancel", (event) => {
    if (current && !current.hasEnded) event.preventDefault();
  });
}
