import assert from "node:assert/strict";
import { test } from "node:test";

import { found } from "../../static/js/lib/palette.js";
import { isBranch, pathText, search } from "../../static/js/lib/tree.js";

const record = { Config: { Env: ["A=1"], Labels: { "com.example/team": "payments" } }, Mounts: [{ Name: "Team" }], Empty: {} };

test("a path is written as jq reads it", () => {
  assert.equal(pathText(["Config", "Labels", "com.example/team"]), '.Config.Labels["com.example/team"]');
  assert.equal(pathText(["Mounts", 0, "Name"]), ".Mounts[0].Name");
  assert.equal(pathText([]), ".");
});

test("a search finds names and values, whatever their case, and opens what holds them", () => {
  const { open, kept, hits } = search(record, "team");
  assert.equal(hits, 2);
  assert.deepEqual([...open].sort(), [".", ".Config", ".Config.Labels", ".Mounts", ".Mounts[0]"]);
  assert.ok(kept.has('.Config.Labels["com.example/team"]'));
  assert.ok(!kept.has(".Config.Env"));
});

test("what holds nothing is no branch", () => {
  assert.ok(!isBranch({}));
  assert.ok(!isBranch([]));
  assert.ok(!isBranch(null));
  assert.ok(isBranch([0]));
});

test("the palette wants every word and puts first what begins with the first", () => {
  const entry = (words, detail = "") => ({ words, detail, icon: null, act: () => undefined });
  const all = [entry("old-api", "exited · shop/api"), entry("api", "running · shop/api"), entry("web", "running · shop/web")];
  assert.deepEqual(found(all, "api").map((one) => one.words), ["api", "old-api"]);
  assert.deepEqual(found(all, "shop running").map((one) => one.words), ["api", "web"]);
  assert.equal(found(all, "").length, 3);
});
