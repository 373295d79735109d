// The line below the log, the button for new lines, what stands in an empty log, what is known of earlier lines.

/**
 * @typedef {object} Page
 * @property {import("./feed.js").LogFeed} feed
 * @property {import("./view.js").LogView} view
 * @property {(name: string, values?: Record<string, string | number>) => string} word
 * @property {() => number} newFrom the first line that came after following stopped
 * @property {() => boolean} hasPart only a part of the time is shown
 * @property {number} skewMs the server's clock minus ours
 */

const EVERY_MS = 250;
const RATE_MS = 2_000;
const BEHIND_MS = 3_000;

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class FactsLine {
  /**
   * @param {HTMLElement} place
   * @param {Page} page
   */
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.isAsked = false;
    /** @type {{at: number, endId: number}[]} */
    this.marks = [];
    setInterval(() => {
      if (!document.hidden) this.ask();
    }, 1_000);
  }

  ask() {
    if (this.isAsked) return;
    this.isAsked = true;
    setTimeout(() => {
      this.isAsked = false;
      this.#show();
    }, EVERY_MS);
  }

  /** @param {string} id */
  #part(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  #show() {
    const { feed, view, word, newFrom } = this.page;
    const { store } = feed;
    this.place.dataset.state = feed.state;
    this.place.dataset.following = view.isFollowing ? "yes" : "no";
    this.place.dataset.lines = String(store.count);
    this.place.dataset.earlier = feed.earlier;
    say(this.#part("log-count"), store.count === 1 ? word("line") : word("lines", { n: store.count.toLocaleString() }));
    say(this.#part("log-rate"), this.#rate());
    const follow = this.#part("log-follow");
    say(follow, word(view.isFollowing ? "following" : "paused"));
    follow.setAttribute("aria-pressed", String(view.isFollowing));
    say(this.#part("log-state"), this.#state());
    const fresh = store.endId - newFrom();
    const button = this.#part("log-new");
    button.hidden = view.isFollowing || store.count === 0;
    say(/** @type {HTMLElement} */ (button.querySelector("span")), fresh <= 0 ? word("toEnd") : fresh === 1 ? word("newLine") : word("newLines", { n: fresh.toLocaleString() }));
    this.#earlier();
    this.#empty();
  }

  #rate() {
    const { feed, word } = this.page;
    const now = performance.now();
    const { endId } = feed.store;
    const last = this.marks[this.marks.length - 1];
    if (last && endId < last.endId) this.marks = [];
    this.marks.push({ at: now, endId });
    while (this.marks.length > 2 && now - /** @type {{at: number}} */ (this.marks[0]).at > RATE_MS) this.marks.shift();
    const first = /** @type {{at: number, endId: number}} */ (this.marks[0]);
    if (feed.state !== "live" || now - first.at < 500) return "";
    const perSecond = ((endId - first.endId) * 1000) / (now - first.at);
    const rate = word("rate", { n: perSecond >= 10 || perSecond === 0 ? Math.round(perSecond).toLocaleString() : perSecond.toFixed(1) });
    const seen = feed.intake.seen.last;
    const behindMs = seen === null ? 0 : Date.now() + this.page.skewMs - seen.sec * 1000;
    return perSecond > 100 && behindMs > BEHIND_MS ? `${rate} · ${word("behind", { n: Math.round(behindMs / 1000).toLocaleString() })}` : rate;
  }

  #state() {
    const { feed, word } = this.page;
    if (feed.state === "lost") return word(feed.gap?.kind === "engine" ? "engineLost" : "lostState");
    if (feed.state === "problem") return feed.problem?.title ?? "";
    if (feed.state !== "ended") return word(feed.state);
    if (feed.endReason === "stopped" && feed.exitCode !== null) return word("stoppedCode", { code: feed.exitCode });
    return ["stopped", "created", "removed"].includes(feed.endReason) ? word(feed.endReason) : word("complete");
  }

  #earlier() {
    const { feed, word } = this.page;
    const bar = this.#part("log-earlier");
    const text = /** @type {HTMLElement} */ (bar.querySelector("span"));
    const button = /** @type {HTMLElement} */ (bar.querySelector("button"));
    const isLong = feed.earlier === "loading" && feed.earlierLoaded > 0;
    bar.hidden = !(isLong || feed.earlier === "more" || feed.earlier === "failed");
    say(text, isLong ? word("earlierLoading", { n: feed.earlierLoaded.toLocaleString() }) : "");
    button.hidden = feed.earlier === "loading";
    if (!button.hidden) say(button, word(feed.earlier === "failed" ? "earlierFailed" : "earlierMore"));
  }

  #empty() {
    const { feed, word, hasPart } = this.page;
    const box = this.#part("log-empty");
    const [title, detail, hint, button] = /** @type {HTMLElement[]} */ ([...box.children]);
    const { problem } = feed;
    box.hidden = feed.store.count > 0 || (problem === null && (feed.state === "connecting" || feed.state === "lost"));
    if (box.hidden || !title || !detail || !hint || !button) return;
    if (problem !== null) {
      const isDriver = problem.status === 501;
      say(title, isDriver ? word("driver") : problem.title);
      say(detail, problem.detail);
      say(hint, isDriver ? word("driverHint") : problem.hint);
    } else {
      say(title, word(hasPart() ? "emptyPart" : "empty"));
      say(detail, "");
      say(hint, word(hasPart() ? "emptyPartHint" : "emptyHint"));
    }
    button.hidden = problem === null || problem.status === 501;
    say(button, word("retry"));
  }
}
