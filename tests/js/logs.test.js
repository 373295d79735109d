import assert from "node:assert/strict";
import { test } from "node:test";

import { colourRules, parseAnsi, visibleText } from "../../static/js/logs/ansi.js";
import { Intake, LONGEST_LINE } from "../../static/js/logs/intake.js";
import { SeenRecords } from "../../static/js/logs/resume.js";
import { Search, places } from "../../static/js/logs/search.js";
import { StampReader, compareStamps, stampOfMs, stampQuery } from "../../static/js/logs/stamps.js";
import { ENGINE_LINE, HAS_ESCAPE, LogStore, MARK_LINE, STDERR_LINE, TRUNCATED } from "../../static/js/logs/store.js";
import { chance, frame, join, pieces } from "./chance.js";

const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
const decode = (/** @type {Uint8Array} */ bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** @param {number} nanos since a moment in 2026 */
function stamp(nanos) {
  const second = String(Math.floor(nanos / 1e9) % 60).padStart(2, "0");
  return `2026-11-21T10:42:${second}.${String(nanos % 1e9).padStart(9, "0")}Z `;
}

/** @typedef {{stream: number, at: number, payload: Uint8Array}} Rec */

/**
 * @param {number} stream
 * @param {number} at
 * @param {string | Uint8Array} payload
 * @returns {Rec}
 */
const rec = (stream, at, payload) => ({ stream, at, payload: typeof payload === "string" ? encode(payload) : payload });

/** @param {Rec[]} records */
const wire = (records) => join(records.map(({ stream, at, payload }) => frame(stream, join([encode(stamp(at)), payload]))));
/** @param {Rec[]} records */
const rawWire = (records) => join(records.map(({ at, payload }) => join([encode(stamp(at)), payload])));

/**
 * @param {Uint8Array[]} parts
 * @param {boolean} isTty
 */
function read(parts, isTty = false) {
  const store = new LogStore();
  const intake = new Intake(store, isTty);
  for (const part of parts) intake.feed(part);
  intake.end();
  return store;
}

/** @param {LogStore} store */
const shown = (store) => [...store.lines()].map((line) => decode(line.bytes));
/** @param {LogStore} store */
const flags = (store) => [...store.lines()].map((line) => line.flags & ~HAS_ESCAPE);

test("timestamps are read to the nanosecond, also from engines that write fewer digits or an offset", () => {
  const reader = new StampReader();
  assert.equal(reader.read(encode("2026-11-21T10:42:12.205123456Z hello"), 0), 31);
  assert.deepEqual([reader.sec, reader.nanos], [Date.parse("2026-11-21T10:42:12Z") / 1000, 205123456]);
  assert.equal(reader.read(encode("2026-11-21T11:42:12.5+01:00 hello"), 0), 28);
  assert.deepEqual([reader.sec, reader.nanos], [Date.parse("2026-11-21T10:42:12Z") / 1000, 500000000]);
  for (const odd of ["", "hello", "2026-11-21", "2026-99-99T10:42:12.205123456Z x", "2026-11-21T10:42:12.20512345xZ x"]) assert.equal(reader.read(encode(odd), 0), 0);
  assert.equal(stampQuery({ sec: 5, nanos: 70 }), "5.000000070");
  assert.equal(stampQuery(stampOfMs(1234.5)), "1.234500000");
  assert.ok(compareStamps({ sec: 1, nanos: 2 }, { sec: 1, nanos: 3 }) < 0);
});

test("a log comes out the same wherever its bytes are cut", () => {
  const long = "x".repeat(16384);
  const records = [rec(1, 1, "one\n"), rec(2, 2, "two\r\n"), rec(1, 3, long), rec(2, 4, "between\n"), rec(1, 3, "y\n"), rec(3, 5, "engine says"), rec(1, 6, "\n"), rec(1, 7, "no newline")];
  const expected = read([wire(records)]);
  assert.deepEqual(shown(expected), ["one", "two", "between", `${long}y`, "engine says", "", "no newline"]);
  assert.deepEqual(flags(expected), [0, STDERR_LINE, STDERR_LINE, 0, ENGINE_LINE, 0, 0]);
  for (let seed = 1; seed < 25; seed++) {
    const store = read(pieces(wire(records), chance(seed), 1 + seed * 37));
    assert.deepEqual([shown(store), flags(store)], [shown(expected), flags(expected)]);
  }
});

test("with a TTY records are told apart without frames, long ones joined, wherever the bytes are cut", () => {
  const long = "z".repeat(16384);
  const records = [rec(1, 1, "a\r\n"), rec(1, 2, long), rec(1, 2, long), rec(1, 2, "end\r\n"), rec(1, 3, "\r\n"), rec(1, 4, "prompt $ ")];
  const wanted = ["a", `${long}${long}end`, "", "prompt $ "];
  assert.deepEqual(shown(read([rawWire(records)], true)), wanted);
  for (let seed = 1; seed < 25; seed++) assert.deepEqual(shown(read(pieces(rawWire(records), chance(seed), 1 + seed * 61), true)), wanted);
});

test("the engine's complaint in a TTY log is the engine's line", () => {
  const store = read([encode("Error grabbing logs: open /x: no such file\n")], true);
  assert.deepEqual([shown(store), flags(store)], [["Error grabbing logs: open /x: no such file"], [ENGINE_LINE]]);
});

test("conformance 21: a 40 kB line in three records of equal time is one line, even when its pieces are equal", () => {
  const part = "A".repeat(16384);
  assert.deepEqual(shown(read([wire([rec(1, 1, part), rec(1, 1, part), rec(1, 1, `${"A".repeat(7232)}\n`)])])), ["A".repeat(40000)]);
});

test("a character cut by the engine at 16 KiB is whole again in the joined line", () => {
  const whole = encode(`${"x".repeat(16383)}é!\n`);
  const store = read([wire([rec(1, 1, whole.slice(0, 16384)), rec(1, 1, whole.slice(16384))])]);
  assert.equal(shown(store)[0]?.slice(-3), "xé!");
});

test("a last piece without newline does not swallow the next record", () => {
  const store = read([wire([rec(1, 1, "q".repeat(16384)), rec(1, 1, "tail"), rec(1, 2, "next\n")])]);
  assert.deepEqual(shown(store).map((line) => line.slice(-4)), ["tail", "next"]);
});

test("a line beyond a megabyte is cut there and says so; the next line is whole", () => {
  const part = encode("B".repeat(16384));
  const store = read([wire([...Array.from({ length: 80 }, () => rec(1, 1, part)), rec(1, 1, "end\n"), rec(1, 2, "next\n")])]);
  const lines = [...store.lines()];
  assert.deepEqual(lines.map((line) => [line.bytes.length, line.flags & TRUNCATED]), [[LONGEST_LINE, TRUNCATED], [4, 0]]);
});

test("conformance 20: a line that log rotation delivered twice is shown once, equal lines at different times both", () => {
  const store = read([wire([rec(1, 1, "a\n"), rec(1, 2, "b\n"), rec(1, 2, "b\n"), rec(1, 3, "b\n"), rec(2, 3, "b\n")])]);
  assert.deepEqual(shown(store), ["a", "b", "b", "b"]);
});

test("conformance 19: a stream cut anywhere and resumed shows every record once, equal and disordered times among them", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    /** @type {Rec[]} */
    const records = [];
    let at = 0;
    for (let number = 0; number < 200; number++) {
      if (random.next() < 0.7) at += random.under(3) + (random.next() < 0.05 ? 2e9 : 0);
      const jitter = random.next() < 0.1 && at > 2 ? 2 : 0; // written by the other stream a little earlier
      records.push(rec(1 + random.under(2), at - jitter, `line ${number} ${"w".repeat(random.under(20))}\n`));
      if (random.next() < 0.02) {
        at += 1;
        for (let piece = 0; piece < 2; piece++) records.push(rec(1, at, "P".repeat(16384)));
        records.push(rec(1, at, `end of ${number}\n`));
      }
    }
    const expected = shown(read([wire(records)]));
    const store = new LogStore();
    const intake = new Intake(store, false);
    let written = 20;
    let isFirst = true;
    for (let turn = 0; turn < 40 && (turn < 6 || written < records.length || store.count < expected.length); turn++) {
      const since = intake.seen.since();
      const from = since === null ? -1 : since.sec % 60 * 1e9 + since.nanos;
      const offered = records.slice(0, written).filter((record) => record.at >= from);
      if (!isFirst) intake.resume();
      isFirst = false;
      const bytes = wire(offered);
      const cut = turn < 6 ? random.under(bytes.length + 1) : bytes.length;
      for (const part of pieces(bytes.slice(0, cut), random, 5000)) intake.feed(part);
      written = Math.min(records.length, written + 60);
    }
    intake.end();
    assert.deepEqual(shown(store), expected, `seed ${seed}`);
  }
});

test("a resumed stream that does not repeat what we know says so", () => {
  const seen = new SeenRecords();
  assert.equal(seen.since(), null);
  seen.isNew(1, encode("a\n"), 100, 5, false);
  seen.resume();
  assert.ok(seen.isNew(1, encode("later\n"), 200, 0, false));
  assert.equal(seen.matched, 0);
  seen.resume();
  assert.equal(seen.isNew(1, encode("later\n"), 200, 0, false), false);
  assert.equal(seen.matched, 1);
});

/**
 * @param {LogStore} store
 * @param {number} count
 * @param {number} [from]
 */
function fill(store, count, from = 0) {
  for (let number = from; number < from + count; number++) store.append(encode(`line ${number}`), 1000 + number, number, 0);
}

test("earlier lines go before the first, numbers stay", () => {
  const store = new LogStore();
  fill(store, 40_000, 60_000);
  const earlier = new LogStore();
  fill(earlier, 60_000);
  const mark = store.line(123)?.bytes.slice();
  store.prepend(earlier);
  assert.deepEqual([store.firstId, store.endId, store.count], [-60_000, 40_000, 100_000]);
  assert.deepEqual(store.line(123)?.bytes.slice(), mark);
  assert.equal(decode(/** @type {any} */ (store.line(-60_000)).bytes), "line 0");
  assert.equal(decode(/** @type {any} */ (store.line(-1)).bytes), "line 59999");
  assert.deepEqual(shown(store), Array.from({ length: 100_000 }, (_, number) => `line ${number}`));
});

test("beyond its budget a store gives back what was not looked at, keeps its numbers, and takes the bytes back", () => {
  const store = new LogStore(2 << 20);
  store.append(encode("what happened"), 0, 0, MARK_LINE);
  fill(store, 150_000);
  assert.equal(store.count, 150_001);
  assert.ok(store.heldBytes <= 2 << 20);
  const segment = /** @type {any} */ (store.segmentOf(5));
  assert.equal(segment.state, "dropped");
  assert.equal(store.line(5), null);
  const again = new LogStore();
  fill(again, segment.count + 10);
  assert.equal(store.refill(segment, again), true);
  assert.equal(decode(/** @type {any} */ (store.line(0)).bytes), "what happened");
  assert.equal(decode(/** @type {any} */ (store.line(5)).bytes), "line 4");
  assert.ok(store.heldBytes <= 2 << 20);
});

test("bytes that the engine does not have any more are told as lost", () => {
  const store = new LogStore(1 << 20);
  fill(store, 100_000);
  const segment = /** @type {any} */ (store.segmentOf(0));
  const other = new LogStore();
  fill(other, 10, 500_000);
  assert.equal(store.refill(segment, other), false);
  assert.equal(segment.state, "lost");
});

test("search finds what a reader sees, whatever the case, the escapes or the script, and counts in order", () => {
  const store = new LogStore();
  const texts = ["Connection reset", "nothing", "\x1b[31mconn\x1b[1mECTION\x1b[0m", "ŻÓŁW connection żółw", "reconnections", ""];
  for (const [number, text] of texts.entries()) store.append(encode(text), number, 0, 0);
  store.append(encode("connection lost"), 9, 0, MARK_LINE);
  const search = new Search(store);
  search.start("Connection");
  while (!search.step());
  assert.equal(search.total, 4);
  assert.deepEqual([0, 2, 3, 4, 1].map((id) => search.ordinal(id)), [1, 2, 3, 4, 0]);
  assert.deepEqual([search.next(0, 1), search.next(4, 1), search.next(0, -1), search.next(3, -1)], [2, 0, 4, 2]);
  store.append(encode("CONNECTION"), 10, 0, 0);
  while (!search.step());
  assert.equal(search.total, 5);
  search.start("żółw");
  while (!search.step());
  assert.equal(search.total, 1);
  assert.deepEqual(places("aXbxX", "x"), [[1, 2], [3, 4], [4, 5]]);
  search.start("none of them");
  while (!search.step());
  assert.equal(search.next(0, 1), null);
});

test("SGR becomes classes: 16 colours, 256, true colour in both writings, attributes and their ends", () => {
  const cases = /** @type {[string, string][]} */ ([
    ["\x1b[31mx", "f1"], ["\x1b[1;32mx", "f2 ab"], ["\x1b[97;44mx", "f15 b4"], ["\x1b[38;5;196mx", "f196"], ["\x1b[48;5;17mx", "b17"],
    ["\x1b[38;2;255;0;16mx", "fxff0010"], ["\x1b[38:2::1:2:3mx", "fx010203"], ["\x1b[38:2:1:2:3mx", "fx010203"], ["\x1b[38:5:9mx", "f9"],
    ["\x1b[7mx", "fi bi"], ["\x1b[31;7mx", "fi b1"], ["\x1b[1;2;3;4;9mx", "ab ad ai au as"], ["\x1b[1;22;3;23;4;24;9;29mx", ""],
    ["\x1b[31;39;41;49mx", ""], ["\x1b[31m\x1b[mx", ""], ["\x1b[31;0;1mx", "ab"], ["\u009b31mx", "f1"], ["\x1b[38;5;999mx", ""], ["\x1b[4:0mx", ""], ["\x1b[58;5;3;31mx", "f1"],
  ]);
  for (const [text, classes] of cases) assert.deepEqual(parseAnsi(text), [{ text: "x", classes }], JSON.stringify(text));
});

test("other escapes are dropped, unfinished ones hide nothing, control characters are shown", () => {
  const cases = /** @type {[string, string][]} */ ([
    ["a\x1b[2Jb\x1b[10;10Hc", "abc"], ["a\x1b]0;title\x07b", "ab"], ["a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"], ["a\x1b]52;c;AAAA", "a52;c;AAAA"],
    ["a\x1bPq\x1b\\b", "ab"], ["a\x1b(Bb", "ab"], ["a\x1b", "a"], ["a\x1b[", "a"], ["a\x1b[31", "a"], ["a\x1b=b", "ab"], ["50%\r100%", "50%␍100%"], ["\0\b\x7f", "␀␈␡"], ["a\tb", "a\tb"], ["\u0085", "\ufffd"], ["\x1b[?25lx", "x"], ["\x1b[8mhidden", "hidden"],
  ]);
  for (const [text, wanted] of cases) assert.equal(visibleText(text), wanted, JSON.stringify(text));
});

test("parsing takes time in proportion to the text: every kind of unfinished sequence, a megabyte of each", () => {
  for (const unit of ["\x1b]", "\x1bP", "\x1b[", "\x1b[3", "\x1b[1;", "\x1b", "\x1b[31m", "\r"]) parseAnsi(unit.repeat(Math.floor((1 << 20) / unit.length)));
});

test("any text at all gives pieces without control characters", () => {
  const random = chance(11);
  const alphabet = ["\x1b", "[", "]", "m", ";", ":", "3", "8", "5", "\x07", "\\", "a", "é", "\r", "\u009b", "P", "?", " "];
  for (let turn = 0; turn < 2000; turn++) {
    const text = Array.from({ length: random.under(24) }, () => alphabet[random.under(alphabet.length)]).join("");
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(visibleText(text), /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  }
});

test("colour rules are made for known classes only, and too dark a colour is lightened unless it has its own ground", () => {
  assert.match(colourRules("f196")[0] ?? "", /{color:rgb\(255 0 0\)}/);
  assert.deepEqual(colourRules("b232"), [".log-rows .b232{background-color:rgb(8 8 8)}"]);
  assert.match(colourRules("fxff0010")[0] ?? "", /{color:rgb\(255 0 16\)}/);
  assert.doesNotMatch(colourRules("fx010203")[0] ?? "", /rgb\(1 2 3\)/);
  assert.match(colourRules("fx010203")[1] ?? "", /rgb\(1 2 3\)/);
  for (const name of ["f1", "ab", "fi", "fx}", "f1x", "x", "f256", "fx12345"]) assert.deepEqual(colourRules(name), []);
});
