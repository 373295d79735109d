import assert from "node:assert/strict";
import { test } from "node:test";
import { lastPiece } from "../../static/js/lists/completion.js";
import { sizeWords } from "../../static/js/lib/bytes.js";
import { percentWords } from "../../static/js/lists/figures.js";
import { sentences } from "../../static/js/lib/words.js";

test("the piece that is completed is what stands after the last space outside quotation marks", () => {
  assert.equal(lastPiece(""), "");
  assert.equal(lastPiece("web"), "web");
  assert.equal(lastPiece("web status:ru"), "status:ru");
  assert.equal(lastPiece('web label:note="two wo'), 'label:note="two wo');
  assert.equal(lastPiece('name:"a b" '), "");
});

test("sizes are in decimal units with three figures", () => {
  assert.deepEqual([0, 999, 1000, 1536, 338_000, 1_210_000_000, 5e15].map(sizeWords), ["0 B", "999 B", "1 kB", "1.54 kB", "338 kB", "1.21 GB", "5000 TB"]);
});

test("percentages keep one decimal below a hundred", () => {
  assert.deepEqual([0, 0.04, 12.44, 99.9, 250.4].map(percentWords), ["0 %", "0 %", "12.4 %", "99.9 %", "250 %"]);
});

test("what was said by several is told in sentences", () => {
  assert.equal(sentences(["web was not removed", "conflict: it is used", "", "Stop it first."]), "web was not removed. conflict: it is used. Stop it first.");
  assert.equal(sentences(["Done", ""]), "Done");
});
