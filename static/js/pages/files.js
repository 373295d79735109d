import { confirmDialog } from "../lib/confirm.js";
import { csrfToken, post } from "../lib/csrf.js";
import { chosen, dropped } from "../lib/dropped.js";
import { forgetField } from "../lib/field_faults.js";
import { icon } from "../lib/icon.js";
import { morphById } from "../lib/morph.js";
import { isFine, unreached } from "../lib/requests.js";
import { toast, toastOf } from "../lib/toast.js";

// A folder of a container: files are sent one after the other as they are (the address says where they go), and the
// list is drawn anew after every change.

const page = /** @type {HTMLElement} */ (document.getElementById("files"));
const uploads = /** @type {HTMLElement} */ (document.getElementById("uploads"));
const list = /** @type {HTMLElement} */ (document.getElementById("upload-list"));

/** @typedef {import("../lib/dropped.js").Found} Found */
/** @typedef {{folder: string, folders: string[]}} Place where something comes: a folder of the container, and folders below it */
/** @typedef {{file: File, folder: string, folders: string[], row: HTMLElement, request: XMLHttpRequest|null, isCancelled: boolean}} Upload */

/** @type {Upload[]} */ const queue = [];
/** @type {Place[]} */ const empty = [];
let isSending = false;

const folderPath = () => document.getElementById("folder")?.dataset.path ?? "/";

async function redraw() {
  const answer = await fetch(location.href, { headers: { "X-Fragment": "1", Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (!answer) return unreached();
  if (answer.status === 404) location.reload();
  else if (isFine(answer)) morphById(await answer.text());
}

/** @param {Upload} upload @param {string} state @param {string} words */
function tell({ row }, state, words) {
  row.dataset.state = state;
  const place = row.querySelector(".how");
  if (place) place.textContent = words;
  if (state === "waiting" || state === "sending") return;
  row.querySelector("progress")?.remove();
  row.querySelector("button")?.remove();
}

/** @param {Found} found */
function add({ file, folders }) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = [...folders, file.name].join("/");
  const how = document.createElement("span");
  how.className = "how";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "btn-quiet";
  cancel.setAttribute("aria-label", (page.dataset.cancel ?? "").replace("{name}", file.name));
  cancel.append(icon("x"));
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(name, how, cancel, bar);
  list.append(row);
  /** @type {Upload} */ const upload = { file, folder: folderPath(), folders, row, request: null, isCancelled: false };
  cancel.addEventListener("click", () => {
    upload.isCancelled = true;
    upload.request?.abort();
    tell(upload, "cancelled", page.dataset.cancelled ?? "");
  });
  tell(upload, "waiting", page.dataset.waiting ?? "");
  queue.push(upload);
}

/**
 * Send one file; resolves with the answer, null when none came.
 * @param {Upload} upload @param {boolean} replaces
 * @returns {Promise<XMLHttpRequest|null>}
 */
function send(upload, replaces) {
  const request = new XMLHttpRequest();
  upload.request = request;
  const query = `path=${upload.folders.reduce(below, upload.folder)}&name=${encodeURIComponent(upload.file.name)}${replaces ? "&replace=1" : ""}`;
  request.open("POST", `${page.dataset.upload ?? ""}?${query}`);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("X-Fragment", "1");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  const bar = upload.row.querySelector("progress");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    if (bar) bar.value = event.loaded / event.total;
    tell(upload, "sending", event.loaded < event.total ? `${Math.floor((100 * event.loaded) / event.total)} %` : (page.dataset.writing ?? ""));
  });
  return new Promise((resolve) => {
    request.addEventListener("load", () => resolve(request));
    for (const kind of ["error", "abort"]) request.addEventListener(kind, () => resolve(null));
    request.send(upload.file);
  });
}

/**
 * The address of a name in a folder. Addresses are never read here: their bytes need not be UTF-8.
 * @param {string} folder @param {string} name
 */
const below = (folder, name) => `${folder === "/" ? "" : folder}/${encodeURIComponent(name)}`;

/** @type {Set<string>} */ const made = new Set();

/**
 * Make the folders that a file comes in; those that are there already stay as they are.
 * @param {Place} place
 */
async function makeFolders({ folder, folders }) {
  let address = folder;
  for (const name of folders) {
    const next = below(address, name);
    if (!made.has(next)) {
      const answer = await post(page.dataset.make ?? "", { address, name }).catch(() => null);
      if (!answer?.ok && answer?.status !== 409) return answer;
      made.add(next);
    }
    address = next;
  }
  return undefined;
}

/** @param {Upload} upload */
async function carry(upload) {
  const failure = await makeFolders(upload);
  if (failure !== undefined) {
    tell(upload, "failed", page.dataset.failed ?? "");
    if (failure) isFine(failure);
    else unreached();
    return;
  }
  if (upload.isCancelled) return;
  let answer = await send(upload, false);
  if (upload.isCancelled) return;
  if (answer?.status === 412) {
    const isSure = await confirmDialog({
      title: (page.dataset.replaceTitle ?? "").replace("{name}", upload.file.name),
      detail: page.dataset.replaceDetail ?? "",
      confirm: page.dataset.replace ?? "",
      danger: true,
    });
    if (!isSure) return tell(upload, "skipped", page.dataset.skipped ?? "");
    answer = await send(upload, true);
    if (upload.isCancelled) return;
  }
  if (answer && answer.status === 200) return tell(upload, "done", page.dataset.done ?? "");
  tell(upload, "failed", page.dataset.failed ?? "");
  if (!answer) return unreached();
  const message = toastOf(new Headers({ "X-Toast": answer.getResponseHeader("X-Toast") ?? "" }));
  toast(message ?? { kind: "error", title: page.dataset.failed ?? "", detail: `HTTP ${answer.status}` });
}

async function work() {
  if (isSending) return;
  isSending = true;
  for (let place = empty.shift(); place; place = empty.shift()) {
    const failure = await makeFolders(place);
    if (failure) isFine(failure);
    else if (failure === null) unreached();
  }
  for (let upload = queue.shift(); upload; upload = queue.shift()) if (!upload.isCancelled) await carry(upload);
  isSending = false;
  made.clear();
  await redraw();
}

/** @param {Iterable<Found|string[]>} files folders alone stand for one that is empty */
function take(files) {
  for (const found of files) {
    if (Array.isArray(found)) empty.push({ folder: folderPath(), folders: found });
    else add(found);
  }
  uploads.hidden = list.children.length === 0;
  void work();
}

const mayUpload = () => document.getElementById("upload-pick") !== null;

page.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest("#upload-pick")) document.getElementById("upload-files")?.click();
  if (event.target.closest("#upload-pick-folder")) document.getElementById("upload-folder")?.click();
  if (event.target.closest("#uploads-close")) uploads.hidden = true;
  const opener = event.target.closest("[data-file-dialog]");
  const row = /** @type {HTMLElement|null} */ (opener?.closest("tr") ?? null);
  const dialog = document.getElementById(opener?.getAttribute("data-file-dialog") ?? "");
  if (!row || !(dialog instanceof HTMLDialogElement)) return;
  const { address = "", name = "", path = name, kind = "" } = row.dataset;
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("input[name=address]"))) field.value = address;
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("input[name=name]"))) field.value = path.slice(path.lastIndexOf("/") + 1);
  for (const place of dialog.querySelectorAll("[data-file-name]")) place.textContent = name;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-for]"))) place.hidden = (place.dataset.for === "folder") !== (kind === "folder");
  forgetField("file-rename-name");
  dialog.showModal();
});

page.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement) || !["upload-files", "upload-folder"].includes(event.target.id)) return;
  take(chosen(event.target.files));
  event.target.value = "";
});

page.addEventListener("dragover", (event) => {
  if (!mayUpload() || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  page.dataset.dropping = "yes";
});
page.addEventListener("dragleave", (event) => {
  if (!(event.relatedTarget instanceof Node) || !page.contains(event.relatedTarget)) delete page.dataset.dropping;
});
page.addEventListener("drop", (event) => {
  delete page.dataset.dropping;
  if (!mayUpload() || !event.dataTransfer) return;
  event.preventDefault();
  void dropped(event.dataTransfer).then(take);
});

document.addEventListener("dockerweb:changed", (event) => {
  const form = event.target;
  if (form instanceof HTMLFormElement && form.closest("#folder-dialog, #file-rename-dialog, #delete-dialog")) {
    form.reset();
    void redraw();
  }
});
// The container started or stopped: what may be done here is another.
document.addEventListener("dockerweb:container", () => {
  const isRunning = document.getElementById("container-head")?.dataset.running === "yes";
  const wasRunning = document.getElementById("folder")?.dataset.running === "yes";
  if (isRunning !== wasRunning) location.reload();
});
