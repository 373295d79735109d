// Columns of samples, sorting, and the tree of changes.
import assert from "node:assert/strict";
import test from "node:test";
import { openFirst, treeOf } from "../../static/js/inside/changes.js";
import { compare, sortKey } from "../../static/js/inside/sorting.js";
import { History, SPAN_S, secondsOf, summary } from "../../static/js/stats/history.js";

const T0 = Date.UTC(2026, 0, 1) / 1000;

/** @param {number} seconds @param {object} [values] */
function sample(seconds, values = {}) {
  return {
    read: `${new Date((T0 + seconds) * 1000).toISOString().replace("Z", "")}123456Z`,
    is_running: true,
    cpu_percent: 10,
    cpus: 2,
    memory_bytes: 100,
    memory_limit_bytes: 1000,
    block_read_bytes: seconds * 10,
    block_written_bytes: seconds * 20,
    interfaces: { eth0: { received_bytes: seconds * 1000, sent_bytes: seconds * 2000 } },
    pids: 3,
    periods: null,
    throttled_periods: null,
    ...values,
  };
}
const STOPPED = { read: null, is_running: false, cpu_percent: null, memory_bytes: null, memory_limit_bytes: null, block_read_bytes: null, block_written_bytes: null, interfaces: {}, pids: null };

test("nine digits of fraction are read", () => {
  assert.equal(secondsOf("2026-01-01T00:00:01.250999999Z"), T0 + 1.25);
});

test("counters become rates from the second sample on", () => {
  const history = new History();
  history.push(sample(1), T0 + 1);
  history.push(sample(2), T0 + 2);
  history.push(sample(4), T0 + 4);
  assert.deepEqual(history.column("rx:eth0"), [null, 1000, 1000]);
  assert.deepEqual(history.column("tx:eth0"), [null, 2000, 2000]);
  assert.deepEqual(history.column("read"), [null, 10, 10]);
  assert.deepEqual(history.interfaces, ["eth0"]);
});

test("a sample that was there already changes nothing", () => {
  const history = new History();
  assert.equal(history.push(sample(1), T0 + 1), true);
  assert.equal(history.push(sample(1), T0 + 9), false);
  assert.equal(history.at.length, 1);
});

test("a container that stops has no values, and after a start no rate against what was before", () => {
  const history = new History();
  history.push(sample(1), T0 + 101);
  history.push(sample(2), T0 + 102);
  history.push(sample(0, STOPPED), T0 + 103);
  history.push(sample(4, { cpu_percent: null, block_read_bytes: 7 }), T0 + 104);
  history.push(sample(5, { block_read_bytes: 9 }), T0 + 105);
  assert.deepEqual(history.at.map((at) => Math.round(at - T0)), [1, 2, 3, 4, 5], "our own clock is brought to the engine's");
  assert.deepEqual(history.column("cpu"), [10, 10, null, null, 10]);
  assert.deepEqual(history.column("read"), [null, 10, null, null, 2]);
  assert.deepEqual(history.column("memory"), [100, 100, null, 100, 100]);
});

test("a counter that begins anew gives no rate", () => {
  const history = new History();
  history.push(sample(1, { block_read_bytes: 500 }), T0 + 1);
  history.push(sample(2, { block_read_bytes: 5 }), T0 + 2);
  assert.deepEqual(history.column("read"), [null, null]);
});

test("a hole in the samples is a hole in the line", () => {
  const history = new History();
  history.push(sample(1), T0 + 1);
  history.push(sample(60), T0 + 60);
  assert.deepEqual(history.column("cpu"), [10, null, 10]);
});

test("an interface that comes later has no values before", () => {
  const history = new History();
  history.push(sample(1), T0 + 1);
  history.push(sample(2, { interfaces: { eth1: { received_bytes: 5, sent_bytes: 5 } } }), T0 + 2);
  assert.deepEqual(history.column("rx:eth1"), [null, null]);
  assert.equal(history.column("rx:eth0").length, history.at.length);
});

test("no more than a quarter of an hour is kept", () => {
  const history = new History();
  for (let second = 0; second <= SPAN_S + 100; second += 1) history.push(sample(second), T0 + second);
  assert.equal(history.at[0], T0 + 100);
  for (const column of history.columns.values()) assert.equal(column.length, history.at.length);
});

test("throttling is the share of the periods between two samples", () => {
  const history = new History();
  history.push(sample(1, { periods: 10, throttled_periods: 5 }), T0 + 1);
  history.push(sample(2, { periods: 20, throttled_periods: 8 }), T0 + 2);
  history.push(sample(3, { periods: 20, throttled_periods: 8 }), T0 + 3);
  assert.deepEqual(history.column("throttled"), [null, 30, 0]);
  history.push(sample(4, { periods: 0, throttled_periods: 0 }), T0 + 4);
  assert.equal(history.column("throttled").at(-1), null, "without a limit there is nothing to hold back");
});

/** What the server says it has seen. @param {number[]} seconds @param {Partial<import("../../static/js/stats/history.js").Seen>} [values] */
function seen(seconds, values = {}) {
  const counted = seconds.map((second) => second * 10);
  const none = seconds.map(() => null);
  return /** @type {import("../../static/js/stats/history.js").Seen} */ (
    /** @type {unknown} */ ({
      now: T0 + (seconds.at(-1) ?? 0) + 1,
      at: seconds.map((second) => T0 + second),
      is_running: seconds.map(() => true),
      cpu_percent: seconds.map(() => 10),
      memory_bytes: seconds.map(() => 100),
      memory_limit_bytes: seconds.map(() => 1000),
      block_read_bytes: counted,
      block_written_bytes: counted,
      pids: seconds.map(() => 3),
      periods: none,
      throttled_periods: none,
      interfaces: { eth0: { received_bytes: seconds.map((second) => second * 1000), sent_bytes: none } },
      ...values,
    })
  );
}

test("what the server has seen comes before what is live, and the lines go on", () => {
  const history = new History();
  history.load(seen([1, 2, 3]), T0 + 500);
  history.push(sample(3, { read: new Date((T0 + 3) * 1000).toISOString() }), T0 + 502);
  history.push(sample(4), T0 + 503);
  assert.deepEqual(history.at.map((at) => Math.floor(at - T0)), [1, 2, 3, 4]);
  assert.deepEqual(history.column("cpu"), [10, 10, 10, 10]);
  assert.deepEqual(history.column("read").slice(0, 3), [null, 10, 10]);
  assert.deepEqual(history.extent, { from: T0 + 1, hasHoles: false });
});

test("what was seen already is not taken twice when the socket comes back", () => {
  const history = new History();
  history.load(seen([1, 2, 3]), T0 + 4);
  history.load(seen([1, 2, 3, 4]), T0 + 5);
  assert.deepEqual(history.at.map((at) => at - T0), [1, 2, 3, 4]);
});

test("where nobody watched there is a hole, and no rate is taken across it", () => {
  const history = new History();
  history.load(seen([1, 2, 60, 61]), T0 + 62);
  assert.deepEqual(history.column("cpu"), [10, 10, null, 10, 10]);
  assert.deepEqual(history.column("read"), [null, 10, null, null, 10]);
  assert.deepEqual(history.extent, { from: T0 + 1, hasHoles: true });
});

test("once the samples before a hole are too old, what is kept begins after it", () => {
  const history = new History();
  history.load(seen([1, 2, 60, 61]), T0 + 62);
  for (let second = 62; second <= SPAN_S + 3; second += 1) history.push(sample(second), T0 + second);
  assert.equal(Math.floor((history.extent?.from ?? 0) - T0), 60);
  assert.equal(history.extent?.hasHoles, false);
});

test("a sample of a stopped container follows what was seen by the engine's clock", () => {
  const history = new History();
  history.load(seen([1, 2, 3]), T0 - 500);
  history.push(sample(0, STOPPED), T0 - 499.5);
  assert.deepEqual(history.at.map((at) => at - T0), [1, 2, 3, 4.5]);
});

test("an engine that sends samples every five seconds has no holes but the first", () => {
  const history = new History();
  for (const second of [0, 5, 10, 15]) history.push(sample(second), T0 + second);
  assert.deepEqual(history.column("cpu"), [10, null, 10, 10, 10]);
});

test("a clock that is set back makes the lines begin anew", () => {
  const history = new History();
  history.push(sample(100), T0 + 100);
  history.push(sample(1), T0 + 101);
  assert.deepEqual(history.column("cpu"), [10]);
  assert.deepEqual(history.extent?.from, history.at[0]);
});

test("a summary looks at the values of the time it is given", () => {
  assert.deepEqual(summary([1, 2, 3, 4], [100, 2, null, 4], 2), { now: 4, lowest: 2, mean: 3, highest: 4 });
  assert.equal(summary([1, 2], [null, null], 0), null);
});

test("figures sort by value, lengths of time by length, words by the alphabet", () => {
  const sorted = (/** @type {string[]} */ texts) => [...texts].sort((one, other) => compare(sortKey(one), sortKey(other)));
  assert.deepEqual(sorted(["10", "9", "-1", "2.5"]), ["-1", "2.5", "9", "10"]);
  assert.deepEqual(sorted(["1-00:00:00", "23:59:59", "00:05", "10:00"]), ["00:05", "10:00", "23:59:59", "1-00:00:00"]);
  assert.deepEqual(sorted(["sh", "Bash", "3"]), ["3", "Bash", "sh"]);
});

test("changes become a tree, with folders that are only on the way", () => {
  const root = treeOf([
    { path: "/etc", kind: "changed" },
    { path: "/etc/passwd", kind: "changed" },
    { path: "/srv/a/b", kind: "added" },
  ]);
  assert.deepEqual([...root.children.keys()], ["etc", "srv"]);
  assert.equal(root.children.get("etc")?.kind, "changed");
  assert.equal(root.children.get("srv")?.kind, null);
  assert.equal(root.children.get("srv")?.below, 1);
  assert.equal(root.below, 3);
});

test("folders are open as long as there is room", () => {
  const many = Array.from({ length: 50 }, (_, index) => /** @type {const} */ ({ path: `/big/${index}`, kind: "added" }));
  const root = treeOf([...many, { path: "/small/one", kind: "deleted" }]);
  const names = [...openFirst(root, 20)].map((node) => node.name);
  assert.deepEqual(names, ["small"]);
});
