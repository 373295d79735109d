import { confirmDialog } from "../lib/confirm.js";
import { toast } from "../lib/toast.js";
import { Connection } from "../terminal/connection.js";
import { Screen } from "../terminal/screen.js";
import { keptSize, startSize } from "../terminal/size.js";

/**
 * @typedef {object} Words every sentence of this page, translated by the server; `%s` is filled in
 * @property {string} ready @property {string} connecting @property {string} idle @property {string} waiting
 * @property {string} ended @property {string} exited @property {string} lost @property {string} engineGone
 * @property {string} attached @property {string} shell @property {string} reconnect @property {string} connect
 * @property {string} disconnect @property {string} openLink @property {string} openLinkDetail
 * @property {string} openLinkConfirm @property {string} copied @property {string} nothingFound
 * @property {string} restarting
 */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
function the(selector, kind) {
  const element = document.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return element;
}

const place = the("#terminal", HTMLElement);
/** @type {Words} */
const words = JSON.parse(the("#terminal-words", HTMLScriptElement).textContent ?? "");
const form = the("#terminal-form", HTMLFormElement);
const connectButton = the("#terminal-connect", HTMLButtonElement);
const disconnectButton = the("#terminal-disconnect", HTMLButtonElement);
const shellSelect = the("#terminal-shell", HTMLSelectElement);
const ownCommand = the("#terminal-command", HTMLInputElement);
const facts = the("#terminal-facts", HTMLElement);
const sizeFact = the("#terminal-size", HTMLElement);
const findInput = the("#terminal-find", HTMLInputElement);

/** The value of the choice "another command" in the list of shells. */
const OWN_COMMAND = "own";

/** @type {Connection | null} */
let connection = null;

const screen = new Screen(the("#terminal-screen", HTMLElement), {
  onInput: (bytes) => connection?.type(bytes),
  onResize: (size) => {
    showSize(size);
    connection?.resize(size);
  },
  onLink: async (uri) => {
    const answer = { title: words.openLink, detail: `${uri}\n${words.openLinkDetail}`, confirm: words.openLinkConfirm };
    if (await confirmDialog(answer)) open(uri, "_blank", "noopener,noreferrer");
  },
});

/** @param {{cols: number, rows: number}} size */
function showSize({ cols, rows }) {
  sizeFact.textContent = `${cols} × ${rows}`;
  sizeFact.toggleAttribute("data-fixed", keptSize() !== null);
}

/** @param {"idle" | "connecting" | "live" | "waiting" | "over"} state @param {string} sentence */
function show(state, sentence) {
  place.dataset.state = state;
  facts.textContent = sentence;
  const isOpen = state === "connecting" || state === "live" || state === "waiting";
  disconnectButton.hidden = !isOpen;
  connectButton.hidden = isOpen;
  connectButton.textContent = state === "over" ? words.reconnect : words.connect;
  screen.isReadOnly = !isOpen;
}

/** @returns {"exec" | "attach"} */
function mode() {
  return new FormData(form).get("mode") === "attach" ? "attach" : "exec";
}

/** @returns {string} the socket's address for what the form says */
function address() {
  const query = new URLSearchParams();
  const given = new FormData(form);
  const text = (/** @type {string} */ name) => String(given.get(name) ?? "").trim();
  if (mode() === "attach") {
    if (given.has("logs")) query.set("logs", "1");
    if (!given.has("stdin")) query.set("stdin", "0");
    if (text("streams")) query.set(text("streams") === "stdout" ? "stderr" : "stdout", "0");
    if (text("detach_keys")) query.set("detach_keys", text("detach_keys"));
    return `${place.dataset.attach}?${query}`;
  }
  for (const word of shellSelect.value === OWN_COMMAND ? splitCommand(ownCommand.value) : [shellSelect.value]) {
    if (word) query.append("cmd", word);
  }
  for (const field of ["user", "workdir"]) {
    if (text(field)) query.set(field, text(field));
  }
  for (const line of String(given.get("env") ?? "").split("\n")) if (line.trim()) query.append("env", line.trim());
  if (given.has("privileged")) query.set("privileged", "1");
  query.set("tty", given.has("tty") ? "1" : "0");
  query.set("cols", String(screen.size.cols));
  query.set("rows", String(screen.size.rows));
  return `${place.dataset.exec}?${query}`;
}

/**
 * Words of a command line; quotes keep blanks together. No shell reads them.
 * @param {string} line
 */
function splitCommand(line) {
  return Array.from(line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, double, single, bare]) => double ?? single ?? bare ?? "");
}

function connect() {
  connection?.close();
  screen.reset();
  show("connecting", words.connecting);
  connection = new Connection(address(), screen, {
    onReady: (ready) => {
      if (ready.waiting === true) show("waiting", words.waiting);
      else show("live", mode() === "attach" ? words.attached : words.shell.replace("%s", commandOf(ready)));
      screen.focus();
    },
    onLive: () => show("live", words.attached),
    onProblem: ({ title, detail, hint }) => finish([title, detail, hint].filter(Boolean).join(" ")),
    onEnd: (ending) => finish(endSentence(ending)),
    onLost: () => finish(words.lost),
  });
}

/** @param {Record<string, unknown>} ready */
function commandOf(ready) {
  return Array.isArray(ready.cmd) ? ready.cmd.join(" ") : "";
}

/** @param {import("../streams/socket.js").Ending} ending */
function endSentence({ kind, code, reason }) {
  if (kind === "exit") return words.exited.replace("%s", String(code));
  if (reason === "engine_gone") return words.engineGone;
  if (reason === "restarting") return words.restarting;
  return words.ended;
}

/** @param {string} sentence */
function finish(sentence) {
  connection = null;
  screen.note(sentence);
  show("over", sentence);
}

function disconnect() {
  connection?.close();
  finish(words.ended);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  connect();
});
form.addEventListener("change", reveal);
disconnectButton.addEventListener("click", disconnect);
addEventListener("pagehide", () => connection?.close());

/** Shows the fields that the chosen way needs, and no others. */
function reveal() {
  const isExec = mode() === "exec";
  for (const field of place.querySelectorAll("[data-exec-only], [data-attach-only]")) {
    if (field instanceof HTMLElement) field.hidden = field.hasAttribute("data-exec-only") ? !isExec : isExec;
  }
  ownCommand.hidden = !isExec || shellSelect.value !== OWN_COMMAND;
}

/** Asks which shells the container has and offers them, the best first. */
async function offerShells() {
  const answer = await fetch(place.dataset.shells ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  /** @type {{shells: string[]}} */
  const { shells } = await answer.json();
  const own = shellSelect.querySelector(`option[value="${OWN_COMMAND}"]`);
  for (const shell of shells) {
    const option = document.createElement("option");
    option.value = option.textContent = shell;
    shellSelect.insertBefore(option, own);
  }
}

for (const button of document.querySelectorAll("[data-terminal-act]")) {
  button.addEventListener("click", () => act(button instanceof HTMLElement ? (button.dataset.terminalAct ?? "") : ""));
}

/** @param {string} name */
async function act(name) {
  if (name === "larger") screen.zoom(1);
  else if (name === "smaller") screen.zoom(-1);
  else if (name === "fullscreen") {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await place.requestFullscreen();
    screen.focus();
  } else if (name === "copy") {
    await navigator.clipboard.writeText(screen.text());
    toast({ kind: "ok", title: words.copied });
  }
}

findInput.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    const isFound = screen.find(findInput.value, { backwards: !event.shiftKey });
    findInput.setCustomValidity(isFound ? "" : words.nothingFound);
    findInput.reportValidity();
    event.preventDefault();
  } else if (event.key === "Escape") {
    findInput.value = "";
    screen.find("");
    screen.focus();
  }
});
findInput.addEventListener("input", () => findInput.setCustomValidity(""));

// Keys the page keeps for itself: everything else belongs to the program in the container.
screen.onKey((key) => {
  if (key !== "Ctrl+Shift+F") return false;
  findInput.focus();
  return true;
});

startSize(screen, () => {
  showSize(screen.size);
  screen.focus();
});
showSize(screen.size);
reveal();
if (place.dataset.running === "yes") {
  void offerShells();
  if (mode() === "exec") connect();
  else show("idle", words.idle);
} else {
  show("idle", words.idle);
}
