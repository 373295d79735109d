import assert from "node:assert/strict";
import { test } from "node:test";
import { isHere, Rate, summed } from "../../static/js/activities/bars.js";

/** @param {string} status @param {number} current @param {number} total */
const part = (status, current = 0, total = 0) => ({ id: `${status} ${total}`, status, current, total });

test("layers that wait count like the known ones, those that are here already not at all", () => {
  const parts = [part("Downloading", 50, 100), part("Waiting"), part("Pulling fs layer"), part("Already exists")];
  assert.deepEqual(summed(parts), { total: 300, done: 25, here: 50 });
  assert.deepEqual(summed([part("Waiting"), part("Waiting")]), { total: 0, done: 0, here: 0 });
});

test("a layer that is fetched has not gone back to nothing", () => {
  for (const status of ["Verifying Checksum", "Download complete"]) assert.deepEqual(summed([part(status, 0, 100)]), { total: 100, done: 50, here: 100 });
  assert.deepEqual(summed([part("Extracting", 40, 100)]), { total: 100, done: 70, here: 100 });
  assert.deepEqual(summed([part("Pull complete", 0, 100)]), { total: 100, done: 100, here: 100 });
});

test("a layer that is loaded counts as one that is here, though the engine says no last word of it", () => {
  assert.equal(isHere(part("Loading layer", 50, 100)), false);
  assert.equal(isHere(part("Loading layer", 100, 100)), true);
  assert.equal(isHere(part("Loading layer")), false);
  assert.equal(isHere(part("Downloading", 100, 100)), false);
});

test("the rate is what came in the last seconds", () => {
  const rate = new Rate();
  assert.equal(rate.at(0, 0), 0);
  assert.equal(rate.at(2000, 1000), 2000);
  assert.equal(rate.at(2000, 2000), 1000);
  const other = new Rate();
  other.at(500, 0);
  assert.equal(other.at(100, 1000), 0); // it began anew
});
