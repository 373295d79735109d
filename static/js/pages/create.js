import { post } from "../lib/csrf.js";
import { goToField, startLineFaults } from "../lib/field_faults.js";
import { startRows } from "../lib/rows.js";

const PREVIEW_AFTER_MS = 250;

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("create-form"));

/** @param {string} name */
const word = (name) => form?.dataset[name] ?? "";

/** @param {string} id @param {string} text */
function say(id, text) {
  const place = document.getElementById(id);
  if (place) place.textContent = text;
}

/** @type {ReturnType<typeof setTimeout>|undefined} */
let waiting;
let asked = 0;

/** @param {HTMLFormElement} of */
async function preview(of) {
  const turn = ++asked;
  const answer = await post(of.dataset.preview ?? "", new FormData(of)).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const { run, compose, unsaid, left_out, problem } = /** @type {{run: string, compose: string, unsaid: string[], left_out: string[], problem: string}} */ (await answer.json());
  say("run-line", problem || run);
  say("compose", problem || compose);
  document.getElementById("run-copy")?.setAttribute("data-copy", run);
  document.getElementById("compose-copy")?.setAttribute("data-copy", compose);
  say("run-unsaid", word("wordUnsaid").replace("{fields}", unsaid.join(", ")));
  const place = document.getElementById("run-unsaid");
  if (place) place.hidden = unsaid.length === 0;
  const leftOut = document.getElementById("run-left-out");
  if (leftOut) {
    leftOut.hidden = left_out.length === 0;
    leftOut.textContent = (leftOut.dataset.words ?? "").replace("{options}", left_out.join(", "));
  }
}

/** @typedef {{id: string, status: string, current: number|null, total: number|null, error: string}} Progress */

class Pull {
  constructor() {
    /** @type {Map<string, Progress>} */
    this.layers = new Map();
    this.error = "";
    this.lines = 0;
  }

  /** @param {Progress} line */
  take(line) {
    this.lines += 1;
    if (line.error) this.error = line.error;
    if (line.id) this.layers.set(line.id, line);
    else if (line.status) say("pull-words", line.status);
  }

  show() {
    const list = document.getElementById("pull-layers");
    const bar = /** @type {HTMLProgressElement|null} */ (document.getElementById("pull-bar"));
    let current = 0;
    let total = 0;
    const items = [...this.layers.values()].map((layer) => {
      current += layer.current ?? 0;
      total += layer.total ?? 0;
      const item = document.createElement("li");
      const share = layer.total ? ` ${Math.floor((100 * (layer.current ?? 0)) / layer.total)} %` : "";
      item.textContent = `${layer.id} ${layer.status}${share}`;
      return item;
    });
    list?.replaceChildren(...items);
    if (bar && total) {
      bar.hidden = false;
      bar.value = Math.min(1, current / total);
    }
  }
}

/**
 * Pull the image and tell of it while it comes; returns "" or why it failed.
 * @param {HTMLFormElement} of
 */
async function pullImage(of) {
  const fields = new FormData(of);
  const image = String(fields.get("image") ?? "");
  say("pull-words", word("wordPulling").replace("{image}", image));
  const sent = { image, platform: String(fields.get("platform") ?? "") };
  const answer = await post(of.dataset.pull ?? "", sent).catch(() => null);
  if (!answer?.ok || !answer.body) return word("wordNotPulled");
  const pull = new Pull();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line) pull.take(JSON.parse(line));
      pull.show();
    }
  } catch {
    return word("wordCut");
  }
  return pull.error || (pull.lines ? "" : word("wordCut"));
}

if (form) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-rows]"))) startRows(place, word);
  startLineFaults(form);
  const wrong = /** @type {HTMLElement|null} */ (form.querySelector('[aria-invalid="true"]:not([hidden])'));
  if (wrong) {
    wrong.closest("details")?.setAttribute("open", "");
    wrong.focus();
  }
  form.addEventListener("input", (event) => {
    if (event.target instanceof HTMLElement && event.target.id === "line") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => void preview(form), PREVIEW_AFTER_MS);
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || button.name !== "pull") return;
    event.preventDefault();
    button.disabled = true;
    void pullImage(form).then((failure) => {
      button.disabled = false;
      document.getElementById("pull-words")?.classList.toggle("is-bad", failure !== "");
      say("pull-words", failure || word("wordPulled"));
      if (!failure) form.requestSubmit(/** @type {HTMLButtonElement|null} */ (document.getElementById("create-button")));
    });
  });
  for (const link of form.ownerDocument.querySelectorAll(".create-jump")) {
    link.addEventListener("click", (event) => {
      const id = (link.getAttribute("href") ?? "").slice(1);
      if (!document.getElementById(id)) return;
      event.preventDefault();
      goToField(id);
    });
  }
}
