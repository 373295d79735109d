import { openSocket } from "../streams/socket.js";
import { icon } from "./icon.js";
import { toast } from "./toast.js";

// The tray: what runs, live on every page, and a message to the starter when it ends. Several pages of one person may
// be open: the one that is looked at asks for the words of an end, and only the first that asks gets them.

/**
 * @typedef {object} Running
 * @property {string} id
 * @property {string} title
 * @property {string} icon
 * @property {string} host
 * @property {number | null} percent
 */
/** @typedef {{id: string, kind: "ok"|"warn"|"error", title: string, detail: string}} Told */

/** @param {string} id */
function pageOf(id) {
  const all = /** @type {HTMLAnchorElement} */ (document.getElementById("tray-all"));
  return `${all.pathname}${id}/`;
}

/** @param {Running} activity */
function row(activity) {
  const link = document.createElement("a");
  link.className = "menu-item tray-row";
  link.setAttribute("role", "menuitem");
  link.dataset.id = activity.id;
  link.href = pageOf(activity.id);
  const title = document.createElement("b");
  const figure = document.createElement("small");
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.append(document.createElement("i"));
  link.append(icon(activity.icon), title, figure, bar);
  return link;
}

/**
 * @param {HTMLElement} place
 * @param {Running[]} running
 */
function show(place, running) {
  /** @type {Map<string, HTMLElement>} */
  const known = new Map([...place.children].map((each) => [/** @type {HTMLElement} */ (each).dataset.id ?? "", /** @type {HTMLElement} */ (each)]));
  for (const activity of running) {
    const link = known.get(activity.id) ?? row(activity);
    known.delete(activity.id);
    const [title, figure] = [link.querySelector("b"), link.querySelector("small")];
    if (title) title.textContent = activity.title;
    if (figure) figure.textContent = activity.percent === null ? activity.host : `${activity.percent} %`;
    const fill = /** @type {HTMLElement | null} */ (link.querySelector(".bar > i"));
    if (fill) fill.style.transform = `scaleX(${(activity.percent ?? 0) / 100})`;
    if (link.parentElement !== place) place.append(link);
  }
  for (const gone of known.values()) gone.remove();
}

/**
 * @param {HTMLElement} button
 * @param {Running[]} running
 */
function count(button, running) {
  const [badge, words, none] = ["tray-count", "tray-words", "tray-none"].map((id) => document.getElementById(id));
  if (!badge || !words || !none) return;
  badge.hidden = running.length === 0;
  badge.textContent = String(running.length);
  none.hidden = running.length > 0;
  words.textContent = running.length ? (button.dataset.some ?? "").replace("{n}", String(running.length)) : (button.dataset.none ?? "");
  button.toggleAttribute("data-busy", running.length > 0);
}

export function startTray() {
  const button = document.getElementById("tray");
  const place = document.getElementById("tray-rows");
  if (!button || !place) return;
  /** @type {Set<string>} */
  const untold = new Set();
  const tell = () => {
    if (document.visibilityState !== "visible") return;
    for (const id of untold) if (socket.sendMessage({ type: "tell", id })) untold.delete(id);
  };
  const socket = openSocket(
    button.dataset.socket ?? "",
    {
      onText(message) {
        if (message.type === "running") {
          const running = /** @type {Running[]} */ (message.activities);
          show(place, running);
          count(button, running);
          document.dispatchEvent(new CustomEvent("dockerweb:activities", { detail: running }));
        } else if (message.type === "ended") {
          untold.add(String(message.id));
          tell();
        } else if (message.type === "told") {
          const { id, kind, title, detail } = /** @type {Told} */ (message.activity);
          const isShown = document.querySelector(`[data-activity="${CSS.escape(id)}"]`) !== null;
          if (!isShown) toast({ kind, title, detail, href: pageOf(id) });
        }
      },
    },
    { reconnect: { firstMs: 1000, maxMs: 30_000 } },
  );
  document.addEventListener("visibilitychange", tell);
}
