import { openSocket } from "../streams/socket.js";
import { Acknowledger, InputQueue } from "./flow.js";
import { LineInput } from "./line_input.js";

/**
 * @typedef {import("./screen.js").Screen} Screen
 * @typedef {import("../streams/socket.js").Message} Message
 * @typedef {import("../streams/socket.js").Problem} Problem
 * @typedef {import("../streams/socket.js").Ending} Ending
 *
 * @typedef {object} Events
 * @property {(facts: Message) => void} onReady
 * @property {() => void} onLive the container that was waited for runs
 * @property {(problem: Problem) => void} onProblem
 * @property {(ending: Ending) => void} onEnd
 * @property {() => void} onLost the line was cut before the end
 */

/** One session between the terminal on the page and a process in a container. */
export class Connection {
  #screen;
  #socket;
  #input;
  #isTty = true;
  #isOver = false;
  /** @type {LineInput} */
  #lines;

  /**
   * @param {string} address of the socket, with its query
   * @param {Screen} screen
   * @param {Events} events
   */
  constructor(address, screen, events) {
    this.#screen = screen;
    const acknowledger = new Acknowledger((bytes) => this.#socket.sendMessage({ type: "ack", bytes }));
    this.#socket = openSocket(address, {
      onReady: (facts) => {
        this.#isTty = facts.tty !== false;
        screen.isTty = this.#isTty;
        this.resize(screen.size);
        events.onReady(facts);
      },
      onBytes: (bytes) => screen.write(bytes, () => acknowledger.drawn(bytes.length)),
      onText: (message) => {
        if (message.type !== "live") return;
        this.resize(screen.size);
        events.onLive();
      },
      onProblem: (problem) => this.#finish(() => events.onProblem(problem)),
      onEnd: (ending) => this.#finish(() => events.onEnd(ending)),
      onLost: () => this.#finish(events.onLost),
    });
    this.#input = new InputQueue(this.#socket);
    this.#lines = new LineInput({
      echo: (text) => screen.write(text),
      send: (bytes) => this.#input.push(bytes),
    });
  }

  /** @param {Uint8Array} bytes */
  type(bytes) {
    if (this.#isOver) return;
    if (this.#isTty) this.#input.push(bytes);
    else this.#lines.type(bytes);
  }

  /** @param {{cols: number, rows: number}} size */
  resize({ cols, rows }) {
    if (this.#isTty) this.#socket.sendMessage({ type: "resize", cols, rows });
  }

  close() {
    this.#isOver = true;
    this.#input.clear();
    this.#socket.close();
  }

  /** What came before is drawn first: the end is told below it. @param {() => void} tell */
  #finish(tell) {
    this.#isOver = true;
    this.#input.clear();
    this.#screen.write("", tell);
  }
}
