import { setConnection } from "../lib/connection.js";
import { openSocket } from "../streams/socket.js";
import { startColumns } from "./columns.js";
import { startFilter } from "./completion.js";
import { morph } from "./morph.js";
import { startVerbs } from "./verbs.js";

// The list moves by itself: an engine event (or a socket that came back) makes it fetch itself again with the same
// query, and only what differs is touched. The first event of a burst is answered at once, then again after a pause and
// when all is quiet: an engine may tell of a change a moment before its own list says so.

const SETTLE_MS = 100;
const SETTLED_MS = 500;
const RETRY_MS = 4000; // while the engine does not answer there are no events to wait for

/**
 * @typedef {object} ListParts
 * @property {string} count whose number stands in the navigation: `data-count` there
 * @property {(event: Record<string, unknown>) => boolean} [concerns] whether an event may change the list; all of them without
 * @property {(root: HTMLElement) => () => void} [figures] what else moves in the rows: called once, then after each change
 */

/**
 * @param {HTMLElement} root
 * @param {ListParts} parts
 */
export function startList(root, parts) {
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  let isLive = false;
  let isLost = false; // the engine's events broke off; what it answers on its way out says nothing of the next moment
  let isBusy = false;
  let isAskedAgain = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let final;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;

  function showLive() {
    const foot = document.getElementById("live");
    const words = foot?.querySelector("[data-words]");
    const list = document.getElementById("list");
    if (!foot || !words || !list) return;
    const { takenAt, failure } = list.dataset;
    const isTrue = isLive && !failure;
    foot.dataset.state = isTrue ? "live" : failure ? "down" : "unknown";
    const time = takenAt ? clock.format(new Date(takenAt)) : "";
    const text = (isTrue ? foot.dataset.wordLive : takenAt ? foot.dataset.wordAsOf : foot.dataset.wordNever) ?? "";
    const said = text.replace("{time}", time);
    if (words.textContent !== said) words.textContent = said;
  }

  /** @param {string} html */
  function take(html) {
    // eslint-disable-next-line no-restricted-syntax -- an answer of our own server; what is parsed so runs nothing
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("list");
    const now = document.getElementById("list");
    if (!next || !now) return;
    morph(now, next);
    const { failure, total } = next.dataset;
    if (failure) setConnection("down", { detail: failure });
    else setConnection("up");
    clearTimeout(retry);
    if (failure || isLost) retry = setTimeout(() => void look(), RETRY_MS * (0.8 + Math.random() * 0.4));
    for (const place of document.querySelectorAll(`[data-count="${parts.count}"]`)) place.textContent = total ?? "";
    showLive();
    verbs.refresh();
    lookAtFigures?.();
  }

  async function look() {
    if (isBusy) {
      isAskedAgain = true;
      return;
    }
    isBusy = true;
    const address = location.href;
    const answer = await fetch(address, {
      headers: { "X-Fragment": "1", Accept: "text/html" },
      credentials: "same-origin",
      cache: "no-store",
    }).catch(() => null);
    if (answer?.ok && !answer.redirected && address === location.href) take(await answer.text());
    isBusy = false;
    if (isAskedAgain || address !== location.href) {
      isAskedAgain = false;
      void look();
    }
  }

  function lookSoon() {
    clearTimeout(final);
    final = setTimeout(() => void look(), SETTLED_MS);
    if (later !== undefined) return;
    void look();
    later = setTimeout(() => {
      later = undefined;
      void look();
    }, SETTLE_MS);
  }

  /** @param {string} href @param {{replace?: boolean}} [how] */
  function go(href, how = {}) {
    if (how.replace) history.replaceState(null, "", href);
    else history.pushState(null, "", href);
    filter?.set(new URL(href, location.href).searchParams.get("q") ?? "");
    void look();
  }

  const verbs = startVerbs(root, () => void look());
  startColumns(root, document.getElementById("columns-menu"));
  const form = document.getElementById("filter");
  const filter =
    form instanceof HTMLFormElement
      ? startFilter(form, (line) => {
          const url = new URL(location.href);
          url.searchParams.delete("page");
          if (line) url.searchParams.set("q", line);
          else url.searchParams.delete("q");
          verbs.forgetTicks();
          go(url.href, { replace: true });
        })
      : null;
  const lookAtFigures = parts.figures?.(root);

  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-list]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    verbs.forgetTicks();
    go(link.href);
  });
  addEventListener("popstate", () => {
    filter?.set(new URL(location.href).searchParams.get("q") ?? "");
    void look();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) void look();
  });
  document.addEventListener("dockerweb:changed", () => void look());
  document.addEventListener("keydown", (event) => walk(root, event));

  let wasLost = false;
  openSocket(
    root.dataset.eventsUrl ?? "",
    {
      onReady: () => {
        isLive = true;
        isLost = false;
        // Whatever happened between the page (or the loss) and now was not heard.
        wasLost = false;
        void look();
      },
      onText: (message) => {
        if (message.type === "lost") {
          isLive = false;
          isLost = true;
          void look();
          return;
        }
        if (message.type === "resync") {
          isLive = true;
          isLost = false;
          void look();
          return;
        }
        if (parts.concerns?.(message) ?? true) lookSoon();
      },
      onProblem: () => {
        isLive = false;
        showLive();
      },
      onLost: () => {
        isLive = false;
        if (!wasLost) void look();
        wasLost = true;
        showLive();
      },
    },
    { reconnect: { onProblem: (problem) => problem.status >= 500 } },
  );
  showLive();
  if (document.getElementById("list")?.dataset.failure) retry = setTimeout(() => void look(), RETRY_MS);
}

/**
 * Arrows walk through the rows by their names; Space ticks the row.
 * @param {HTMLElement} root
 * @param {KeyboardEvent} event
 */
function walk(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const focus = document.activeElement;
  const row = focus?.closest("tr[data-id]");
  const isOnName = focus?.matches("a.name") ?? false;
  if (event.key === " " && row && isOnName) {
    const box = row.querySelector(".c-tick input");
    if (!(box instanceof HTMLInputElement)) return;
    event.preventDefault();
    box.click();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const isFree = !focus || focus === document.body || focus.id === "main" || isOnName;
  if (!isFree || document.querySelector("dialog[open], :popover-open")) return;
  const names = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("tr[data-id] a.name")]);
  const at = names.indexOf(/** @type {HTMLElement} */ (focus));
  const next = names[at < 0 ? (event.key === "ArrowDown" ? 0 : names.length - 1) : at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
