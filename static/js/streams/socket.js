// One WebSocket to the server, with everything a live page needs around it: a heartbeat both ways, detection of a
// connection that died silently, close codes turned into reasons, and (when asked for) reconnecting with back-off.
//
// The server's part of the talk (docs/sockets.md): text messages are JSON; the first is {"type":"ready", …facts},
// the last {"type":"exit","code":N} or {"type":"end","reason":…}, a failure {"type":"problem","status":S,…} followed by
// close code 4000 + S. Binary messages are bytes as the engine or the container wrote them.

/**
 * @typedef {Record<string, unknown> & {type: string}} Message a JSON text message
 * @typedef {{status: number, title: string, detail: string, hint: string}} Problem
 * @typedef {{kind: "exit" | "end", code: number | null, reason: string}} Ending
 * @typedef {object} Loss
 * @property {number} code close code (1006 when the connection simply broke)
 * @property {string} reason
 * @property {boolean} wasOpen whether this connection had been open at all
 * @property {number} attempt how many connections in a row were lost, this one included
 * @property {number | null} retryInMs when the next attempt comes; null: none will
 */

/**
 * @typedef {object} Handlers all optional
 * @property {(facts: Message) => void} [onReady] the server's first message
 * @property {(bytes: Uint8Array) => void} [onBytes]
 * @property {(message: Message) => void} [onText] every JSON message that is not ready, problem, exit, end or pong
 * @property {(problem: Problem) => void} [onProblem] the server said no, and it is not tried again; nothing comes after it
 * @property {(ending: Ending) => void} [onEnd] the stream ended as it should
 * @property {(loss: Loss) => void} [onLost] the connection broke, or ended with a problem that is worth another attempt
 * @property {(attempt: number) => void} [onConnecting] a connection is being made
 */

/**
 * @typedef {object} Reconnect
 * @property {number} [firstMs] wait before the first attempt (250)
 * @property {number} [maxMs] longest wait (15,000)
 * @property {number} [attempts] give up after so many in a row (never)
 * @property {(problem: Problem) => boolean} [onProblem] whether a problem is worth another attempt (never)
 */

/**
 * @typedef {object} Options
 * @property {Reconnect | null} [reconnect] null: a lost connection stays lost
 * @property {number} [heartbeatMs] a {"type":"ping"} goes out after so much silence of ours (25,000)
 * @property {number} [answerMs] with an answered heartbeat before, so much silence after a ping means lost (10,000)
 * @property {(url: string) => WebSocket} [connect] for tests
 */

/**
 * @typedef {object} Socket
 * @property {(bytes: Uint8Array | ArrayBuffer) => boolean} send false when not open
 * @property {(message: Message) => boolean} sendMessage false when not open
 * @property {() => void} close for good; no handler is called afterwards
 * @property {() => void} retryNow do not wait for the back-off
 * @property {() => boolean} isOpen
 * @property {() => number} bufferedAmount bytes handed to the browser and not sent yet
 */

const OPEN = 1; // WebSocket.OPEN
const NORMAL = 1000;
const LEAVING = new Set([1001, 1012, 1013]); // the server goes away or restarts: it is the one that ended, not the stream
const SILENT = 4900; // our own close code for "no answer to the heartbeat"

/**
 * The ws: or wss: URL of a path on this site (or of a whole URL), by the page's own scheme.
 * @param {string} address
 * @param {string} [page]
 */
export function socketUrl(address, page = location.href) {
  const url = new URL(address, page);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  return url.href;
}

/**
 * How long to wait before attempt number `attempt` (1 is the first): doubling, with jitter between half and whole.
 * @param {number} attempt
 * @param {{firstMs?: number, maxMs?: number}} [policy]
 * @param {() => number} [random]
 */
export function backoffMs(attempt, { firstMs = 250, maxMs = 15_000 } = {}, random = Math.random) {
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 20));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** @param {unknown} value */
function words(value) {
  return typeof value === "string" ? value : "";
}

/**
 * What a text message says, or null when it is not a JSON object with a type.
 * @param {string} text
 * @returns {Message | null}
 */
export function parseMessage(text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  // An engine event is passed on as the engine wrote it: it has a Type, and no type.
  if ("Type" in value && !("type" in value)) return /** @type {Message} */ ({ ...value, type: "event" });
  if (!("type" in value) || typeof value.type !== "string") return null;
  return /** @type {Message} */ (value);
}

/**
 * Open a socket. `address` may be a function: it is asked anew for every attempt (so a stream can resume where it was).
 * @param {string | (() => string)} address path or URL
 * @param {Handlers} handlers
 * @param {Options} [options]
 * @returns {Socket}
 */
export function openSocket(address, handlers, options = {}) {
  const { reconnect = null, heartbeatMs = 25_000, answerMs = 10_000 } = options;
  const connect = options.connect ?? ((url) => new WebSocket(url));
  /** @type {WebSocket | null} */
  let socket = null;
  let isClosed = false; // by our caller
  let attempt = 0; // connections lost in a row
  let isAnswering = false; // this server answers heartbeats
  let heardAt = 0;
  let saidAt = 0;
  /** @type {Problem | null} */
  let problem = null;
  /** @type {Ending | null} */
  let ending = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retryTimer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let beatTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let answerTimer;

  function isOpen() {
    return socket !== null && socket.readyState === OPEN;
  }

  function start() {
    if (isClosed) return;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    problem = null;
    ending = null;
    handlers.onConnecting?.(attempt);
    const current = connect(socketUrl(typeof address === "function" ? address() : address));
    current.binaryType = "arraybuffer";
    socket = current;
    let wasOpen = false;
    current.onopen = () => {
      wasOpen = true;
      heardAt = saidAt = Date.now();
      beatTimer = setInterval(beat, Math.max(50, heartbeatMs / 5));
    };
    current.onmessage = (event) => {
      if (socket !== current) return;
      heardAt = Date.now();
      if (typeof event.data === "string") hear(event.data);
      else handlers.onBytes?.(new Uint8Array(/** @type {ArrayBuffer} */ (event.data)));
    };
    current.onclose = (event) => {
      if (socket === current) closed(event.code, event.reason, wasOpen);
    };
  }

  /** @param {string} text */
  function hear(text) {
    const message = parseMessage(text);
    if (message === null) return;
    if (message.type === "pong") {
      isAnswering = true;
    } else if (message.type === "ready") {
      attempt = 0;
      handlers.onReady?.(message);
    } else if (message.type === "problem") {
      problem = {
        status: Number(message.status) || 0,
        title: words(message.title),
        detail: words(message.detail),
        hint: words(message.hint),
      };
    } else if (message.type === "exit" || message.type === "end") {
      const code = typeof message.code === "number" ? message.code : null;
      ending = { kind: message.type, code, reason: words(message.reason) };
    } else {
      handlers.onText?.(message);
    }
  }

  /**
   * @param {number} code
   * @param {string} reason
   * @param {boolean} wasOpen
   */
  function closed(code, reason, wasOpen) {
    stopBeating();
    socket = null;
    if (isClosed) return;
    if (problem === null && code >= 4400 && code < 4600) {
      problem = { status: code - 4000, title: reason, detail: "", hint: "" };
    }
    if (problem !== null) {
      const isRetried = reconnect?.onProblem?.(problem) ?? false;
      if (!isRetried) {
        handlers.onProblem?.(problem);
        return;
      }
      reason = reason || problem.title;
    } else if ((ending !== null && !LEAVING.has(code)) || code === NORMAL) {
      handlers.onEnd?.(ending ?? { kind: "end", code: null, reason });
      return;
    }
    attempt += 1;
    const isRetried = reconnect !== null && attempt <= (reconnect.attempts ?? Infinity);
    const retryInMs = isRetried ? backoffMs(attempt, reconnect ?? {}) : null;
    if (retryInMs !== null) retryTimer = setTimeout(start, retryInMs);
    handlers.onLost?.({ code: code === SILENT ? 1006 : code, reason, wasOpen, attempt, retryInMs });
  }

  function beat() {
    if (Date.now() - saidAt >= heartbeatMs) ping(answerMs);
  }

  /** @param {number} patienceMs */
  function ping(patienceMs) {
    if (!sendMessage({ type: "ping" }) || !isAnswering || answerTimer !== undefined) return;
    const askedAt = Date.now();
    const asked = socket;
    answerTimer = setTimeout(() => {
      answerTimer = undefined;
      if (heardAt < askedAt && socket === asked) dead();
    }, patienceMs);
  }

  /** The other side is gone though nobody told us: do not wait for the close handshake. */
  function dead() {
    const silent = socket;
    if (silent === null) return;
    silent.onmessage = silent.onclose = silent.onopen = null;
    silent.close();
    closed(SILENT, "no answer", true);
  }

  function stopBeating() {
    clearInterval(beatTimer);
    clearTimeout(answerTimer);
    beatTimer = answerTimer = undefined;
  }

  /** After sleep, a lid or another network: ask at once instead of at the next beat. */
  function wake() {
    if (document.visibilityState === "hidden") return;
    if (isOpen()) ping(Math.min(answerMs, 5_000));
    else retryNow();
  }

  function retryNow() {
    if (retryTimer === undefined || isClosed) return;
    start();
  }

  /** @param {Message} message */
  function sendMessage(message) {
    if (!isOpen() || socket === null) return false;
    saidAt = Date.now();
    socket.send(JSON.stringify(message));
    return true;
  }

  if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", wake);
    addEventListener("online", wake);
  }
  start();

  return {
    send(bytes) {
      if (!isOpen() || socket === null) return false;
      socket.send(/** @type {ArrayBuffer} */ (bytes));
      return true;
    },
    sendMessage,
    close() {
      isClosed = true;
      clearTimeout(retryTimer);
      stopBeating();
      if (typeof document !== "undefined") {
        document.removeEventListener("visibilitychange", wake);
        removeEventListener("online", wake);
      }
      const open = socket;
      socket = null;
      open?.close(NORMAL);
    },
    retryNow,
    isOpen,
    bufferedAmount: () => socket?.bufferedAmount ?? 0,
  };
}
