import { openEditor } from "../editor/editor.js";
import { confirmDialog } from "../lib/confirm.js";
import { csrfToken } from "../lib/csrf.js";
import { morphById } from "../lib/morph.js";
import { isFine, unreached } from "../lib/requests.js";
import { toast, toastOf } from "../lib/toast.js";

// A text file of a container: the text area becomes an editor, and saving leaves the page as it is.

const form = /** @type {HTMLFormElement} */ (document.getElementById("edit-form"));
const area = /** @type {HTMLTextAreaElement} */ (document.getElementById("edit-text"));
const host = /** @type {HTMLElement} */ (document.getElementById("editor"));
const moment = /** @type {HTMLElement} */ (document.getElementById("edit-moment"));
const close = /** @type {HTMLAnchorElement} */ (document.getElementById("edit-close"));
/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("editor-words")?.textContent ?? "{}");

// A refused save without scripts, or a way back to this page, has left what was typed in the area.
let savedText = area.defaultValue === area.value && !form.querySelector("[role=alert]") ? area.value : null;
let isSaving = false;

host.hidden = false;
const view = openEditor(host, {
  text: area.value,
  name: form.dataset.name ?? "",
  label: area.getAttribute("aria-label") ?? "",
  words,
  onChange: () => tell(),
});
area.hidden = true;
const keys = document.getElementById("edit-keys");
if (keys) keys.hidden = false;

const text = () => view.state.doc.toString();
const isChanged = () => savedText === null || text() !== savedText;

function tell() {
  const { changed = "", saving = "" } = form.dataset;
  moment.textContent = isSaving ? saving : isChanged() ? changed : "";
}

/** @param {boolean} overwrites */
async function save(overwrites) {
  if (isSaving) return;
  isSaving = true;
  tell();
  const sent = text();
  const fields = new FormData(form);
  fields.set("text", sent);
  if (overwrites) fields.set("overwrite", "1");
  const answer = await fetch(form.action, {
    method: "POST",
    body: fields,
    headers: { "X-CSRFToken": csrfToken(), "X-Fragment": "1", Accept: "text/html" },
    credentials: "same-origin",
  }).catch(() => null);
  isSaving = false;
  if (!answer) unreached();
  else if (answer.headers.get("X-Edit-State") === null) isFine(answer);
  else {
    morphById(await answer.text());
    const message = toastOf(answer.headers);
    if (message) toast(message);
    if (answer.ok) savedText = sent;
    else document.getElementById("edit-overwrite")?.focus();
  }
  tell();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void save(event.submitter?.id === "edit-overwrite");
});
// Before the editor or the browser sees it.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    void save(false);
  },
  { capture: true },
);
close.addEventListener("click", (event) => {
  if (!isChanged() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { leaveTitle = "", leaveDetail = "", leave = "" } = form.dataset;
  void confirmDialog({ title: leaveTitle, detail: leaveDetail, confirm: leave, danger: true }).then((isSure) => {
    if (!isSure) return;
    savedText = text();
    location.href = close.href;
  });
});
window.addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});
tell();
view.focus();
