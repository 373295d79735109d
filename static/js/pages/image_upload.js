import { sizeWords } from "../lib/bytes.js";
import { csrfToken, post } from "../lib/csrf.js";

// Load and import: the archive goes up with a bar, then the page of the activity takes over. Whatever is refused is
// told here, with everything that was filled in still standing.

const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-upload]"));
const progress = document.getElementById("upload-progress");
const problem = document.getElementById("upload-problem");
const bar = /** @type {HTMLProgressElement|null} */ (document.getElementById("upload-bar"));
const input = /** @type {HTMLInputElement|null} */ (form?.querySelector("input[type=file]") ?? null);

/** "" at rest, "sending" while it goes up (leaving would break it off), "taken" once the server has it all. */
let state = "";
/** Whether the server has what was filled in: leaving loses nothing. */
export const isTaken = () => state === "taken";

/** @param {string} text */
function say(text) {
  const place = document.getElementById("upload-words");
  if (place) place.textContent = text;
}

/** @param {string} title @param {string} detail */
function refuse(title, detail) {
  if (!problem) return;
  const [head, words] = problem.querySelectorAll("b, span");
  if (head) head.textContent = title;
  if (words) words.textContent = detail;
  problem.hidden = false;
  problem.scrollIntoView({ block: "nearest" });
}

/** @param {boolean} isSending */
function busy(isSending) {
  state = isSending ? "sending" : "";
  if (progress) progress.hidden = !isSending;
  const button = /** @type {HTMLButtonElement|null} */ (form?.querySelector("button[type=submit]") ?? null);
  if (button) button.disabled = isSending;
}

/** @param {HTMLFormElement} of */
function send(of) {
  if (problem) problem.hidden = true;
  const fields = new FormData(of);
  const hasFile = [...fields.values()].some((value) => value instanceof File && value.size > 0);
  const request = new XMLHttpRequest();
  request.open("POST", of.action);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  if (bar) bar.value = 0;
  busy(true);
  say(hasFile ? "" : (progress?.dataset.writing ?? ""));
  if (bar) bar.hidden = !hasFile;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable || !hasFile) return;
    if (bar) bar.value = event.loaded / event.total;
    const words = progress?.dataset.sending ?? "";
    say(event.loaded < event.total ? words.replace("{done}", sizeWords(event.loaded)).replace("{total}", sizeWords(event.total)) : (progress?.dataset.writing ?? ""));
  });
  let isWhole = false;
  let isCancelled = false;
  request.upload.addEventListener("load", () => {
    isWhole = true;
  });
  request.addEventListener("load", async () => {
    const answer = /** @type {{address?: string, title?: string, detail?: string, hint?: string}|null} */ (request.response);
    if (request.status === 202 && answer?.address) {
      state = "taken";
      if (isCancelled) await post(`${answer.address}cancel/`, {}, { Accept: "application/json" }).catch(() => null); // its page tells how it went
      location.assign(answer.address);
      return;
    }
    busy(false);
    refuse(answer?.title ?? `HTTP ${request.status}`, [answer?.detail, answer?.hint].filter(Boolean).join(" "));
  });
  request.addEventListener("error", () => {
    busy(false);
    refuse(progress?.dataset.cut ?? "", progress?.dataset.cutHint ?? "");
  });
  request.addEventListener("abort", () => busy(false));
  const cancel = /** @type {HTMLButtonElement|null} */ (document.getElementById("upload-cancel"));
  if (cancel) {
    cancel.disabled = false;
    cancel.onclick = () => {
      // Once all of it is there the answer may be on its way: what it names is cancelled, so that nothing goes on unseen.
      if (!isWhole) return request.abort();
      isCancelled = cancel.disabled = true;
      say(progress?.dataset.cancelling ?? "");
    };
  }
  request.send(fields);
}

window.addEventListener("beforeunload", (event) => {
  if (state === "sending") event.preventDefault();
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  send(form);
});
form?.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.dataset.dropping = "yes";
});
form?.addEventListener("dragleave", (event) => {
  if (!(event.relatedTarget instanceof Node) || !form.contains(event.relatedTarget)) delete form.dataset.dropping;
});
form?.addEventListener("drop", (event) => {
  if (!form || !input || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  delete form.dataset.dropping;
  input.files = event.dataTransfer.files;
});
