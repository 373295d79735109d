// Reads a part of a log that is over, once, into a store of its own.

import { openSocket } from "../streams/socket.js";
import { Intake } from "./intake.js";
import { LogStore } from "./store.js";

/** @typedef {import("./stamps.js").Stamp} Stamp */

/**
 * @typedef {object} Part
 * @property {boolean} isTty
 * @property {import("./resume.js").SeenRecords} seen records that are known already are dropped
 * @property {Stamp | null} until later records are not wanted (old engines send them all the same)
 * @property {number} budgetBytes
 * @property {(lines: number) => void} onProgress
 */

const ATTEMPTS = 3;

export class RangeRead {
  /**
   * @param {(withUntil: boolean) => string} address
   * @param {Part} part
   */
  constructor(address, part) {
    /** @type {(read: this) => void} */
    let fulfil = () => undefined;
    /** @type {(reason: Error) => void} */
    let refuse = () => undefined;
    /** @type {Promise<this>} settles when the whole part is there; rejects when it could not be had */
    this.done = new Promise((resolve, reject) => {
      fulfil = resolve;
      refuse = reject;
    });
    this.store = new LogStore(part.budgetBytes);
    this.intake = new Intake(this.store, part.isTty, part.seen, part.until);
    let withUntil = true;
    let attempts = 0;
    const finish = () => {
      this.socket.close();
      this.intake.end();
      fulfil(this);
    };
    const connect = () => {
      attempts += 1;
      return openSocket(address(withUntil), {
        onBytes: (bytes) => {
          this.intake.feed(bytes);
          part.onProgress(this.store.count);
          if (this.intake.isPast) finish();
        },
        onEnd: (ending) => {
          if (ending.reason === "engine_gone") again(ending.reason);
          else finish();
        },
        onProblem: (problem) => {
          if (withUntil && problem.status < 500) {
            withUntil = false; // before API 1.35 there is no `until`
            this.socket = connect();
          } else again(problem.title);
        },
        onLost: (loss) => again(loss.reason),
      });
    };
    /** @param {string} reason */
    const again = (reason) => {
      if (attempts >= ATTEMPTS || this.intake.records > 0) refuse(new Error(reason));
      else setTimeout(() => (this.socket = connect()), 1_000);
    };
    this.socket = connect();
  }

  close() {
    this.socket.close();
  }
}
