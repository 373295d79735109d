/** Bytes the server lets through before it waits for word that they were drawn. */
const ACKNOWLEDGE_EVERY_BYTES = 128 * 1024;
/** A message of input: below the server's limit of 64 KiB a message. */
const INPUT_MESSAGE_BYTES = 16 * 1024;
/** Input that may wait in the browser's own buffer before more of it is handed over. */
const INPUT_BUFFER_BYTES = 256 * 1024;
const INPUT_RETRY_MS = 20;

/** Tells the server how much the terminal has drawn, so that a flood waits at its source. */
export class Acknowledger {
  #bytes = 0;
  #send;

  /** @param {(bytes: number) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {number} bytes */
  drawn(bytes) {
    this.#bytes += bytes;
    if (this.#bytes < ACKNOWLEDGE_EVERY_BYTES) return;
    this.#send(this.#bytes);
    this.#bytes = 0;
  }
}

/**
 * What was typed or pasted, on its way to the server: in messages that it takes, in order, and no faster than
 * the line carries them, so that a paste of any size arrives whole.
 */
export class InputQueue {
  /** @type {Uint8Array[]} */
  #waiting = [];
  #socket;
  #timer = 0;

  /** @param {{send: (bytes: Uint8Array<ArrayBuffer>) => void, bufferedAmount: () => number}} socket */
  constructor(socket) {
    this.#socket = socket;
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    for (let start = 0; start < bytes.length; start += INPUT_MESSAGE_BYTES) {
      this.#waiting.push(bytes.slice(start, start + INPUT_MESSAGE_BYTES));
    }
    this.#drain();
  }

  /** Forgets what was not sent: its connection is gone. */
  clear() {
    this.#waiting = [];
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #drain() {
    if (this.#timer) return;
    while (this.#waiting.length > 0) {
      if (this.#socket.bufferedAmount() > INPUT_BUFFER_BYTES) {
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#drain();
        }, INPUT_RETRY_MS);
        return;
      }
      const next = this.#waiting.shift();
      if (next) this.#socket.send(/** @type {Uint8Array<ArrayBuffer>} */ (next));
    }
  }
}
