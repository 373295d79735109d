import { tarPieces } from "../build/tar.js";
import { openEditor } from "../editor/editor.js";
import { chosen, dropped } from "../lib/dropped.js";
import { isTaken } from "./image_upload.js";

// The form of a build: an editor for the Dockerfile, and a folder packed here.

const form = /** @type {HTMLFormElement} */ (document.getElementById("build-form"));
const area = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("dockerfile_text"));
const archive = /** @type {HTMLInputElement} */ (form.elements.namedItem("archive"));
const host = /** @type {HTMLElement} */ (document.getElementById("editor"));
const drop = /** @type {HTMLElement} */ (document.getElementById("build-drop"));
const folderWords = /** @type {HTMLElement} */ (document.getElementById("build-folder"));

/** @typedef {import("../lib/dropped.js").Found} Found */
/** @type {(Found|string[])[]} folders alone stand for one that is empty */
let folder = [];

/** @param {string} name @param {Record<string, string|number>} [values] */
const word = (name, values = {}) => (form.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_all, key) => String(values[key] ?? ""));

function showSource() {
  const source = /** @type {RadioNodeList} */ (form.elements.namedItem("source")).value;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".build-source"))) part.hidden = !part.dataset.source?.split(" ").includes(source);
}

/** @param {Found|string[]} found */
const foldersOf = (found) => (Array.isArray(found) ? found : found.folders);

/** @param {(Found|string[])[]} found */
function takeFolder(found) {
  folder = found;
  const [first] = found;
  const count = found.filter((each) => !Array.isArray(each)).length;
  folderWords.textContent = first ? word("wordFolder", { name: foldersOf(first)[0] ?? "", count }) : "";
  if (found.length) archive.value = "";
}

/** What is in the folder, by the paths in it. */
function packed() {
  const tops = new Set(folder.map((each) => foldersOf(each)[0] ?? ""));
  const strip = tops.size === 1 && !tops.has("") ? 1 : 0; // a single folder is the root itself
  const files = folder.map((each) =>
    Array.isArray(each)
      ? { name: `${each.slice(strip).join("/")}/`, size: 0, seconds: 0, content: "" }
      : {
          name: [...each.folders.slice(strip), each.file.name].join("/"),
          size: each.file.size,
          seconds: Math.floor(each.file.lastModified / 1000),
          content: each.file,
        },
  );
  return new Blob(tarPieces(files.filter(({ name }) => name !== "/")), { type: "application/x-tar" });
}

host.hidden = false;
area.hidden = true;
const view = openEditor(host, {
  text: area.value,
  name: "Dockerfile",
  label: form.querySelector(`label[for="${area.id}"]`)?.textContent ?? "",
  words: JSON.parse(document.getElementById("editor-words")?.textContent ?? "{}"),
  onChange: () => {
    area.value = view.state.doc.toString();
  },
});
const given = view.state.doc.toString();
window.addEventListener("beforeunload", (event) => {
  if (view.state.doc.toString() !== given && !isTaken()) event.preventDefault();
});
const wrong = Number(form.dataset.line);
if (wrong > 0 && wrong <= view.state.doc.lines) {
  const line = view.state.doc.line(wrong);
  view.dispatch({ selection: { anchor: line.from, head: line.to }, scrollIntoView: true });
  view.focus();
}
for (const label of /** @type {NodeListOf<HTMLElement>} */ (drop.querySelectorAll("label[hidden]"))) label.hidden = false;

showSource();
form.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement)) return;
  if (event.target.name === "source") showSource();
  if (event.target === archive && archive.files?.length) takeFolder([]);
  if (event.target.id === "build-pick-folder") takeFolder(chosen(event.target.files));
});
drop.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.dataset.dropping = "yes";
});
drop.addEventListener("dragleave", () => delete drop.dataset.dropping);
drop.addEventListener("drop", (event) => {
  delete drop.dataset.dropping;
  if (!event.dataTransfer) return;
  event.preventDefault();
  event.stopPropagation(); // elsewhere in the form files are dropped beside the Dockerfile
  delete form.dataset.dropping;
  const files = event.dataTransfer.files;
  void dropped(event.dataTransfer).then((found) => {
    if (found.some((each) => foldersOf(each).length)) return takeFolder(found);
    archive.files = files;
    takeFolder([]);
  });
});
// image_upload.js sends the form; what stands nowhere in its fields is added when they are taken.
form.addEventListener("formdata", (event) => {
  event.formData.set("dockerfile_text", view.state.doc.toString());
  if (event.formData.get("source") === "archive" && folder.length) event.formData.set("archive", packed(), "context.tar");
});
