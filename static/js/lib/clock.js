import { word } from "./words.js";

// <time datetime="…" data-clock="age|time|moment"> (moment where nothing is said): the server writes a text in UTC,
// this puts it into the reader's zone. The exact moment is in the title.

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/**
 * @param {number} since_s
 * @returns {string} one unit, as the server's `age` filter says it
 */
export function ageWords(since_s) {
  if (since_s < 1) return word("justNow");
  if (since_s < 60) return word("seconds", { n: Math.floor(since_s) });
  if (since_s < 3600) return word("minutes", { n: Math.floor(since_s / 60) });
  if (since_s < 86400 * 2) return word("hours", { n: Math.floor(since_s / 3600) });
  return word("days", { n: Math.floor(since_s / 86400) });
}

/** @param {HTMLTimeElement} element */
function dress(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const title = exact.format(at);
  if (element.title !== title) element.title = title;
  const kind = element.dataset.clock;
  const text = kind === "age" ? ageWords((Date.now() - at.getTime()) / 1000) : kind === "time" ? time.format(at) : moment.format(at);
  if (element.textContent !== text) element.textContent = text;
}

function dressAll() {
  for (const element of document.querySelectorAll("time[datetime]")) dress(/** @type {HTMLTimeElement} */ (element));
}

export function startClock() {
  dressAll();
  let isAsked = false;
  new MutationObserver(() => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      dressAll();
    });
  }).observe(document.body, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["datetime"] });
  setInterval(() => {
    if (!document.hidden) dressAll();
  }, 5000);
  document.addEventListener("visibilitychange", dressAll);
}
