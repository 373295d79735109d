import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameSplitter } from "../../static/js/streams/frames.js";
import { backoffMs, openSocket, parseMessage, socketUrl } from "../../static/js/streams/socket.js";
import { Utf8Streams } from "../../static/js/streams/utf8.js";
import { chance, frame, join, pieces } from "./chance.js";

/** @param {Uint8Array[]} parts */
function split(parts) {
  const splitter = new FrameSplitter();
  /** @type {[number, string][]} */
  const found = [];
  for (const part of parts) splitter.feed(part, (stream, payload) => found.push([stream, Buffer.from(payload).toString("hex")]));
  return { found, pending: splitter.pending };
}

test("frames come out the same wherever the bytes are cut", () => {
  const whole = join([frame(1, "hello\n"), frame(2, ""), frame(3, "engine"), frame(1, "x".repeat(300)), frame(2, "last")]);
  const expected = split([whole]);
  assert.equal(expected.found.length, 5);
  assert.equal(expected.pending, 0);
  for (let at = 0; at <= whole.length; at++) {
    assert.deepEqual(split([whole.slice(0, at), whole.slice(at)]), expected);
  }
  for (let seed = 1; seed <= 60; seed++) {
    assert.deepEqual(split(pieces(whole, chance(seed), 1 + (seed % 23))), expected);
  }
});

test("a frame that never became whole is counted as pending, not handed on", () => {
  const whole = frame(1, "abcdef");
  assert.deepEqual(split([whole.slice(0, 11)]), { found: [], pending: 11 });
});

test("a header that promises four gigabytes takes no memory in advance", () => {
  const splitter = new FrameSplitter();
  splitter.feed(Uint8Array.of(1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 65), () => assert.fail("no frame is whole"));
  assert.ok(splitter.rest.length < 1024);
});

test("text is the same wherever its bytes are cut, invalid bytes become U+FFFD, streams do not mix", () => {
  const random = chance(7);
  for (let turn = 0; turn < 60; turn++) {
    const out = turn % 2 ? random.bytes(80) : new TextEncoder().encode("zażółć 🐳 gęślą \u{1F468}\u200D\u{1F469} jaźń");
    const err = random.bytes(40);
    const streams = new Utf8Streams();
    let outText = "";
    let errText = "";
    for (const part of pieces(out, random, 5)) {
      outText += streams.decode(1, part);
      errText += streams.decode(2, err.subarray(errText.length, errText.length));
    }
    for (const part of pieces(err, random, 3)) errText += streams.decode(2, part);
    assert.equal(outText + streams.end(1), new TextDecoder("utf-8", { ignoreBOM: true }).decode(out));
    assert.equal(errText + streams.end(2), new TextDecoder("utf-8", { ignoreBOM: true }).decode(err));
  }
});

test("a socket's address follows the page's scheme", () => {
  assert.equal(socketUrl("/ws/a/?b=1", "http://h:8000/x/"), "ws://h:8000/ws/a/?b=1");
  assert.equal(socketUrl("/sub/ws/", "https://h/x"), "wss://h/sub/ws/");
});

test("the wait before another attempt doubles, stays between half and whole, and has an end", () => {
  for (let attempt = 1; attempt < 40; attempt++) {
    const whole = Math.min(15_000, 250 * 2 ** (attempt - 1));
    assert.ok(backoffMs(attempt, {}, () => 0) >= Math.floor(whole / 2));
    assert.ok(backoffMs(attempt, {}, () => 1) <= whole);
  }
});

test("what is no JSON object with a type is no message", () => {
  for (const odd of ["", "x", "null", "[]", "1", "{}", '{"type":1}']) assert.equal(parseMessage(odd), null);
  assert.deepEqual(parseMessage('{"type":"ready","tty":true}'), { type: "ready", tty: true });
});

/** @type {any} */ (globalThis).location = { href: "http://h/" };

class FakeSocket {
  constructor() {
    this.readyState = 1;
    /** @type {string[]} */
    this.sent = [];
    this.bufferedAmount = 0;
  }
  /** @param {string} text */
  send(text) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
}

/** @param {object} [options] */
function talk(options = {}) {
  /** @type {any[]} */
  const sockets = [];
  /** @type {string[]} */
  const urls = [];
  /** @type {any[]} */
  const heard = [];
  /** @param {string} name */
  const note = (name) => (/** @type {any} */ value) => heard.push([name, value]);
  const socket = openSocket(() => `ws://h/${sockets.length}`, {
    onReady: note("ready"), onBytes: note("bytes"), onText: note("text"), onProblem: note("problem"), onEnd: note("end"), onLost: note("lost"),
  }, { connect: (url) => { urls.push(url); sockets.push(new FakeSocket()); return sockets.at(-1); }, ...options });
  return { socket, sockets, urls, heard };
}

test("each way a stream can end is told by exactly one word", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const cases = /** @type {[string[], number, string][]} */ ([
    [['{"type":"exit","code":3}'], 1000, "end"],
    [['{"type":"end","reason":"removed"}'], 1000, "end"],
    [[], 1000, "end"],
    [['{"type":"problem","status":404,"title":"t","detail":"d","hint":"h"}'], 4404, "problem"],
    [[], 4403, "problem"],
    [[], 1006, "lost"],
    [['{"type":"end","reason":"restarting"}'], 1012, "lost"],
  ]);
  for (const [messages, code, word] of cases) {
    const { sockets, heard } = talk();
    sockets[0].onopen();
    for (const text of messages) sockets[0].onmessage({ data: text });
    sockets[0].onclose({ code, reason: "" });
    assert.deepEqual(heard.map(([name]) => name), [word]);
    t.mock.timers.tick(120_000);
    assert.equal(sockets.length, 1, "nothing reconnects unless asked to");
  }
});

test("a lost socket is opened again with its address asked anew, a problem only when the caller says so", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const { sockets, urls, heard } = talk({ reconnect: { onProblem: (/** @type {any} */ p) => p.status === 502 } });
  sockets[0].onopen();
  sockets[0].onclose({ code: 1006, reason: "" });
  t.mock.timers.tick(20_000);
  sockets[1].onmessage({ data: '{"type":"problem","status":502,"title":"gone"}' });
  sockets[1].onclose({ code: 4502, reason: "" });
  t.mock.timers.tick(20_000);
  sockets[2].onmessage({ data: '{"type":"ready"}' });
  sockets[2].onmessage({ data: '{"type":"problem","status":403,"title":"no"}' });
  sockets[2].onclose({ code: 4403, reason: "" });
  t.mock.timers.tick(60_000);
  assert.deepEqual(urls, ["ws://h/0", "ws://h/1", "ws://h/2"]);
  assert.deepEqual(heard.map(([name]) => name), ["lost", "lost", "ready", "problem"]);
});

test("an answered heartbeat that stops being answered means lost; one never answered means nothing", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const { sockets, heard } = talk();
  sockets[0].onopen();
  t.mock.timers.tick(26_000);
  assert.deepEqual(sockets[0].sent, ['{"type":"ping"}']);
  t.mock.timers.tick(60_000);
  assert.deepEqual(heard, []);
  sockets[0].onmessage({ data: '{"type":"pong"}' });
  for (let second = 0; second < 60; second++) t.mock.timers.tick(1_000);
  assert.deepEqual(heard.map(([name]) => name), ["lost"]);
});

test("after close nothing is heard any more", () => {
  const { socket, sockets, heard } = talk();
  socket.close();
  sockets[0].onmessage({ data: '{"type":"ready"}' });
  sockets[0].onclose({ code: 1000, reason: "" });
  assert.deepEqual(heard, []);
  assert.equal(socket.sendMessage({ type: "ping" }), false);
});
