// Keeps one log flowing into a store: the newest lines first and then what was before them, in ever larger bites; the
// stream followed through lost sockets, engine restarts and container restarts without losing or repeating a record;
// pages of the store that were given back read again when somebody looks at them.

import { backoffMs, openSocket } from "../streams/socket.js";
import { Intake } from "./intake.js";
import { RangeRead } from "./range.js";
import { SeenRecords } from "./resume.js";
import { compareStamps, stampOfMs, stampQuery } from "./stamps.js";
import { ALERT_MARK, LogStore, MARK_LINE } from "./store.js";

/**
 * @typedef {import("./stamps.js").Stamp} Stamp
 * @typedef {import("./store.js").Segment} Segment
 * @typedef {import("../streams/socket.js").Problem} Problem
 * @typedef {object} Wish what the reader wants to see
 * @property {"both" | "stdout" | "stderr"} streams
 * @property {number | null} sinceMs
 * @property {number | null} untilMs
 * @property {number | null} tail records; null: all
 * @typedef {"connecting" | "live" | "lost" | "ended" | "problem"} State
 * @typedef {"idle" | "loading" | "more" | "failed"} Earlier what is known of the lines before the first
 * @typedef {object} Gap what happened to the stream
 * @property {"engine" | "socket" | "container"} kind
 * @property {number} atMs
 * @property {number} tookMs
 * @property {"whole" | "unknown" | "broken"} outcome whether something may be missing
 * @typedef {object} Hooks
 * @property {() => void} onLines there is more in the store
 * @property {() => void} onState
 * @property {() => void} onReset another store begins
 * @property {(gap: Gap) => string} gapWords
 */

const FIRST_TAIL = 1_000;
const BITES = [20_000, 200_000, 2_000_000]; // records; after them: everything
const EAGER_BYTES = 160 << 20; // beyond that earlier lines are loaded when they are asked for
const HEAD_EDGE = 128;
const SETTLE_MS = 120;
const encoder = new TextEncoder();

export class LogFeed {
  store = new LogStore();
  intake = new Intake(this.store, false);
  earliest = this.intake.seen; // whose head is the first of all records read so far
  /** @type {State} */
  state = "connecting";
  endReason = "";
  /** @type {number | null} */
  exitCode = null;
  endedAtMs = 0;
  /** @type {Problem | null} */
  problem = null;
  /** @type {{kind: Gap["kind"], atMs: number} | null} */
  gap = null;
  /** @type {Earlier} */
  earlier = "idle";
  earlierLoaded = 0; // lines of the bite that is being read
  bite = 0;
  wasReady = false;
  failures = 0;

  /**
   * @param {string} address of the logs socket
   * @param {boolean} isTty
   * @param {Hooks} hooks
   * @param {{budgetBytes?: number}} [limits]
   */
  constructor(address, isTty, hooks, { budgetBytes = 192 << 20 } = {}) {
    this.address = address;
    this.isTty = isTty;
    this.hooks = hooks;
    this.budgetBytes = budgetBytes;
    /** @type {import("../streams/socket.js").Socket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout>[]} */
    this.timers = [];
    /** @type {Set<RangeRead>} */
    this.reads = new Set();
    /** @type {Wish} */
    this.wish = { streams: "both", sinceMs: null, untilMs: null, tail: null };
    this.#reset();
  }

  #reset() {
    this.socket?.close();
    this.socket = null;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
    for (const read of this.reads) read.close();
    this.reads.clear();
    this.store = new LogStore(this.budgetBytes);
    this.intake = new Intake(this.store, this.isTty, new SeenRecords());
    this.earliest = this.intake.seen;
    this.wasReady = false;
    this.state = "connecting";
    this.endReason = "";
    this.exitCode = null;
    this.problem = null;
    this.gap = null;
    this.earlier = "idle";
    this.earlierLoaded = 0;
    this.bite = 0;
    this.failures = 0;
  }

  /**
   * Show another part of the log.
   * @param {Wish} wish
   */
  open(wish) {
    this.#reset();
    this.wish = wish;
    this.hooks.onReset();
    this.#connect();
  }

  /** The container was started: a stream that ended with it goes on. */
  containerStarted() {
    if (this.state === "ended" && this.isFollowing && this.endReason !== "removed") this.#reopen("container");
  }

  retryNow() {
    if (this.state === "ended" || this.state === "problem") this.#reopen(this.state === "ended" ? "container" : "engine");
    else this.socket?.retryNow();
  }

  get isFollowing() {
    return this.wish.untilMs === null;
  }

  get #isBacked() {
    return this.wish.tail === null && this.isFollowing;
  }

  #connect() {
    this.#setState("connecting");
    this.socket = openSocket(() => this.#url(), {
      onReady: (facts) => this.#ready(facts),
      onBytes: (bytes) => this.#take(bytes),
      onProblem: (problem) => this.#failed(problem),
      onEnd: (ending) => this.#ended(ending),
      onLost: (loss) => this.#lost(loss.code >= 4500 ? "engine" : "socket"),
    }, { reconnect: { firstMs: 250, maxMs: 5_000, onProblem: (problem) => problem.status >= 502 } });
  }

  #url() {
    if (this.wasReady) this.intake.resume();
    const since = this.intake.seen.since();
    const { sinceMs, untilMs, tail } = this.wish;
    return this.query({
      follow: this.isFollowing ? "1" : "0",
      since: since ?? (sinceMs === null ? null : stampOfMs(sinceMs)),
      until: untilMs === null ? null : stampOfMs(untilMs),
      tail: since !== null ? null : (tail ?? (this.#isBacked ? FIRST_TAIL : null)),
    });
  }

  /**
   * The socket's address for a part of the log in the streams that are wanted.
   * @param {{follow: string, since: Stamp | null, until: Stamp | null, tail: number | null}} part
   */
  query({ follow, since, until, tail }) {
    const { streams } = this.wish;
    const fields = new URLSearchParams({ follow, timestamps: "1", stdout: streams === "stderr" ? "0" : "1", stderr: streams === "stdout" ? "0" : "1" });
    fields.set("tail", tail === null ? "all" : String(tail));
    if (since !== null) fields.set("since", stampQuery(since));
    if (until !== null) fields.set("until", stampQuery(until));
    return `${this.address}?${fields.toString()}`;
  }

  /** @param {import("../streams/socket.js").Message} facts */
  #ready(facts) {
    const isTty = typeof facts.multiplexed === "boolean" ? !facts.multiplexed : this.isTty;
    if (isTty !== this.isTty) {
      this.isTty = isTty;
      if (!this.wasReady) this.intake = new Intake(this.store, isTty, this.intake.seen);
    }
    if (!this.wasReady && this.#isBacked) this.#later(SETTLE_MS, () => this.#backSoon());
    const knewNothing = this.intake.seen.count === 0;
    if (this.gap !== null && knewNothing) this.#markGap("unknown");
    else if (this.gap !== null) this.intake.onFirstNew = () => this.#markGap(this.intake.seen.matched > 0 ? "whole" : "broken");
    this.wasReady = true;
    this.#setState("live");
  }

  /** @param {Uint8Array} bytes */
  #take(bytes) {
    this.failures = 0;
    this.intake.feed(bytes);
    if (this.gap !== null && this.intake.seen.isCaughtUp) this.#markGap("whole");
    this.hooks.onLines();
  }

  /** @param {import("../streams/socket.js").Ending} ending */
  #ended({ reason, code }) {
    if (reason === "engine_gone") {
      this.#lost("engine");
      this.#reconnectLater("engine");
      return;
    }
    this.intake.end();
    if (this.gap !== null) this.#markGap(this.intake.seen.matched > 0 || this.intake.seen.count === 0 ? "whole" : "broken");
    this.endReason = reason;
    this.exitCode = code;
    this.endedAtMs = Date.now();
    this.#setState("ended");
    this.hooks.onLines();
    if (reason === "restarted") this.#reconnectLater("container");
  }

  /** @param {Gap["kind"]} kind */
  #lost(kind) {
    this.intake.onFirstNew = null;
    if (this.wasReady) this.gap ??= { kind, atMs: Date.now() };
    if (this.gap !== null && kind === "engine") this.gap.kind = kind;
    this.#setState("lost");
  }

  /** @param {Problem} problem */
  #failed(problem) {
    this.problem = problem;
    this.#setState("problem");
  }

  /** @param {Gap["kind"]} kind */
  #reconnectLater(kind) {
    this.failures += 1;
    this.#later(this.failures === 1 && kind === "container" ? 0 : backoffMs(this.failures, { firstMs: 250, maxMs: 5_000 }), () => this.#reopen(kind));
  }

  /** @param {Gap["kind"]} kind */
  #reopen(kind) {
    this.socket?.close();
    if (this.wasReady) this.gap ??= { kind, atMs: kind === "container" ? this.endedAtMs : Date.now() };
    this.problem = null;
    this.#connect();
  }

  /** @param {Gap["outcome"]} outcome */
  #markGap(outcome) {
    this.intake.onFirstNew = null;
    if (this.gap === null) return;
    const { kind, atMs } = this.gap;
    this.gap = null;
    const now = stampOfMs(Date.now());
    const words = this.hooks.gapWords({ kind, atMs, tookMs: Date.now() - atMs, outcome });
    this.store.append(encoder.encode(words), now.sec, now.nanos, MARK_LINE | (outcome === "broken" ? ALERT_MARK : 0));
    this.hooks.onLines();
  }

  /** @param {State} state */
  #setState(state) {
    this.state = state;
    this.hooks.onState();
  }

  /**
   * @param {number} ms
   * @param {() => void} act
   */
  #later(ms, act) {
    this.timers.push(setTimeout(act, ms));
  }

  // what was before

  #backSoon() {
    if (this.intake.seen.head.length === 0) {
      if (this.state === "live") this.#later(SETTLE_MS * 2, () => this.#backSoon());
      return;
    }
    this.loadEarlier();
  }

  /** Read the next bite of the lines before the first one we have, and put it there when it is whole. */
  loadEarlier() {
    const { head } = this.earliest;
    if (this.earlier === "loading" || head.length === 0) return;
    let edge = /** @type {Stamp} */ (head[0]);
    for (const record of head.slice(0, HEAD_EDGE)) if (compareStamps(record, edge) > 0) edge = record;
    const isRanged = this.wish.sinceMs !== null;
    const bite = isRanged ? null : (BITES[this.bite] ?? null);
    const { store } = this;
    this.earlier = "loading";
    this.earlierLoaded = 0;
    this.hooks.onState();
    const seen = new SeenRecords();
    seen.expect(head);
    this.#read({ since: isRanged ? stampOfMs(/** @type {number} */ (this.wish.sinceMs)) : null, until: edge, tail: bite }, seen, (count) => {
      this.earlierLoaded = count;
      this.hooks.onState();
    }).then((read) => {
      if (store !== this.store) return;
      store.prepend(read.store);
      if (seen.head.length > 0) this.earliest = seen;
      // The engine counts its tail from the newest record, and there may be ever more of those: only a read without
      // a tail is sure to begin at the beginning. Where a bite brought little, that read is a short one.
      const isAll = bite === null;
      const isShort = !isAll && seen.count < bite / 2;
      this.bite = isShort ? BITES.length : this.bite + 1;
      this.earlier = isAll ? "idle" : "more";
      this.hooks.onState();
      this.hooks.onLines();
      if (isShort || (!isAll && store.heldBytes < EAGER_BYTES)) this.loadEarlier();
    }, () => {
      if (store !== this.store) return;
      this.earlier = "failed";
      this.hooks.onState();
    });
  }

  /**
   * Read the lines of a segment again that gave its bytes back.
   * @param {Segment} segment
   */
  restore(segment) {
    if (segment.state !== "dropped" || segment.from === null) return;
    const { store } = this;
    segment.state = "loading";
    this.#read({ since: segment.from, until: segment.until, tail: null }, new SeenRecords(), () => undefined).then((read) => {
      if (store !== this.store) return;
      store.refill(segment, read.store);
      this.hooks.onLines();
    }, () => {
      segment.state = "dropped";
    });
  }

  /**
   * @param {{since: Stamp | null, until: Stamp | null, tail: number | null}} part
   * @param {SeenRecords} seen
   * @param {(count: number) => void} onProgress
   */
  #read(part, seen, onProgress) {
    const read = new RangeRead((withUntil) => this.query({ ...part, follow: "0", until: withUntil ? part.until : null }), {
      isTty: this.isTty, seen, until: part.until, budgetBytes: this.budgetBytes, onProgress,
    });
    this.reads.add(read);
    return read.done.finally(() => this.reads.delete(read));
  }
}
