import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { tarPieces } from "../../static/js/build/tar.js";

test("a tar made of pieces is unpacked by tar itself, whatever the names", async () => {
  const files = [
    { name: "Dockerfile", text: "FROM scratch\n" },
    { name: "empty", text: "" },
    { name: `deep/${"long-".repeat(30)}name.txt`, text: "x".repeat(1025) },
    { name: "Zürich/日本.txt", text: "ü" },
    { name: "exactly/one/block", text: "y".repeat(512) },
  ];
  const given = files.map(({ name, text }) => ({ name, size: Buffer.byteLength(text), seconds: 1_700_000_000, content: text }));
  const folder = mkdtempSync(path.join(os.tmpdir(), "tar-"));
  try {
    const archive = path.join(folder, "context.tar");
    writeFileSync(archive, Buffer.from(await new Blob(tarPieces(given)).arrayBuffer()));
    execFileSync("tar", ["-xf", archive, "-C", folder], { env: { ...process.env, LC_ALL: "C.UTF-8" } });
    for (const { name, text } of files) assert.equal(readFileSync(path.join(folder, name), "utf8"), text, name);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
