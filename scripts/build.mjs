// Builds what the browser loads into static/dist/: scripts, styles, and one sprite of the icons that are used.
//
//   static/js/app.js, static/js/pages/*.js   modules, with shared chunks (early.js alone is a classic script)
//   static/css/*.css                         those that no other style imports
//   icons.svg                                from the names found in templates, Python and JavaScript
//
// Nothing changed since the last build: nothing is done. `--force` builds all the same.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const OUT = path.join(ROOT, "static/dist");
const STAMP = path.join(ROOT, "var/stamps/build");
const ICONS = path.join(ROOT, "node_modules/@tabler/icons/icons");
const TARGET = ["chrome111", "firefox115", "safari16.4"];

const NAME = "([a-z0-9]+(?:-[a-z0-9]+)*)";
/** Where an icon's name may stand. */
const MENTIONS = [
  new RegExp(`\\{%\\s*icon\\s+["']${NAME}["']`, "g"), // {% icon "x" %}
  new RegExp(`(?:\\b|_)icon["']?\\s*(?::[^=\\n"'{]*)?[:=]\\s*["']${NAME}["']`, "gi"), // icon="x", icon: "x", icon: str = "x"
];
const CALL = /\bicon\(((?:[^()]|\([^()]*\))*)\)/g; // icon("x"), icon(is ? "x" : "y")
const TABLE = /\b[A-Z_]*ICONS\b[^=\n]*=\s*(?:Object\.freeze\()?([{([][^})\]]*)/g; // ICONS = {"running": "player-play"}
const VALUE = new RegExp(`[:,({\\[]\\s*["']${NAME}["']\\s*(?=[,})\\]\\n]|$)`, "g");
const WORD = new RegExp(`(?<![=!]=\\s*)["']${NAME}["']`, "g"); // not what something is compared with

/** @param {string} folder @param {string[]} endings @returns {Promise<string[]>} */
async function filesBelow(folder, endings) {
  const root = path.join(ROOT, folder);
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(OUT + path.sep))
    .sort();
}

/** @param {string} file @param {string} text @returns {Set<string>} */
export function iconNames(file, text) {
  const found = new Set();
  for (const mention of MENTIONS) for (const match of text.matchAll(mention)) found.add(match[1]);
  if (!file.endsWith(".html")) {
    for (const call of text.matchAll(CALL)) for (const word of call[1].matchAll(WORD)) found.add(word[1]);
    for (const table of text.matchAll(TABLE)) for (const value of table[1].matchAll(VALUE)) found.add(value[1]);
  }
  return found;
}

/** @param {string} name @returns {Promise<string | null>} */
async function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = filled ? `filled/${name.slice(0, -7)}.svg` : `outline/${name}.svg`;
  if (!existsSync(path.join(ICONS, file))) return null;
  const drawing = await readFile(path.join(ICONS, file), "utf8");
  const inside = drawing
    .slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"))
    .replace(/<path[^>]*d="M0 0h24v24H0z"[^>]*\/>/g, "")
    .replace(/\s*\n\s*/g, "");
  const paint = filled
    ? 'fill="currentColor" stroke="none"'
    : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inside}</symbol>`;
}

/** @param {string[]} files */
async function sprite(files) {
  /** @type {Map<string, string>} */
  const wanted = new Map();
  for (const file of files) {
    for (const name of iconNames(file, await readFile(file, "utf8"))) {
      if (!wanted.has(name)) wanted.set(name, path.relative(ROOT, file));
    }
  }
  const symbols = [];
  const unknown = [];
  for (const [name, file] of [...wanted].sort()) {
    const drawn = await symbol(name);
    if (drawn) symbols.push(drawn);
    else unknown.push(`  ${name} (${file})`);
  }
  if (unknown.length) throw new Error(`no such icon in @tabler/icons:\n${unknown.join("\n")}`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  return { path: path.join(OUT, "icons.svg"), contents: Buffer.from(drawing), count: symbols.length };
}

/**
 * What the server hands to a browser that takes it so: the same, compressed.
 * @param {{path: string, contents: Uint8Array}} file
 */
async function compressed(file) {
  if (file.contents.length < 1024 || !/\.(js|css|svg)$/.test(file.path)) return [];
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  return [
    { path: `${file.path}.gz`, contents: await promisify(gzip)(file.contents, { level: 9 }) },
    { path: `${file.path}.br`, contents: await promisify(brotliCompress)(file.contents, quality) },
  ];
}

/**
 * In one step, so that a server that runs meanwhile never reads half a file; the same again is left alone.
 * @param {{path: string, contents: Uint8Array}} file
 */
async function write(file) {
  if (existsSync(file.path) && Buffer.compare(await readFile(file.path), file.contents) === 0) return;
  await mkdir(path.dirname(file.path), { recursive: true });
  await writeFile(`${file.path}.new`, file.contents);
  await rename(`${file.path}.new`, file.path);
}

/** Styles that no other style imports. @param {string[]} styles */
async function entryStyles(styles) {
  const imported = new Set();
  for (const style of styles) {
    for (const match of (await readFile(style, "utf8")).matchAll(/@import\s+(?:url\()?["'](\.[^"']+)["']/g)) {
      imported.add(path.resolve(path.dirname(style), match[1]));
    }
  }
  return styles.filter((style) => path.dirname(style) === path.join(ROOT, "static/css") && !imported.has(style));
}

async function build() {
  const scripts = await filesBelow("static/js", [".js"]);
  const styles = await filesBelow("static/css", [".css"]);
  const words = [...(await filesBelow("templates", [".html"])), ...(await filesBelow("apps", [".py", ".html"]))];

  const digest = createHash("sha256");
  const own = ["scripts/build.mjs", "package-lock.json"].map((name) => path.join(ROOT, name));
  for (const file of [...own, ...scripts, ...styles, ...words]) {
    digest.update(path.relative(ROOT, file)).update("\0").update(await readFile(file)).update("\0");
  }
  const state = digest.digest("hex");
  const isBuilt = existsSync(STAMP) && existsSync(path.join(OUT, "icons.svg"));
  if (isBuilt && (await readFile(STAMP, "utf8")) === state && !process.argv.includes("--force")) return;

  const started = Date.now();
  await rm(STAMP, { force: true });
  await mkdir(OUT, { recursive: true });
  const pages = scripts.filter((file) => path.dirname(file) === path.join(ROOT, "static/js/pages"));
  const early = pages.filter((file) => path.basename(file) === "early.js");
  const modules = [path.join(ROOT, "static/js/app.js"), ...pages].filter((file) => !early.includes(file));
  /** @type {esbuild.BuildOptions} */
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    write: false,
    target: TARGET,
    legalComments: "linked",
    logLevel: "warning",
    logOverride: { "css-syntax-error": "silent" },
    outdir: OUT,
  };
  const results = await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: modules,
      outbase: path.join(ROOT, "static/js"),
      format: "esm",
      splitting: true,
      chunkNames: "chunks/[hash]",
    }),
    esbuild.build({ ...common, entryPoints: early, outbase: path.join(ROOT, "static/js"), format: "iife" }),
    esbuild.build({
      ...common,
      entryPoints: await entryStyles(styles),
      outbase: path.join(ROOT, "static/css"),
      assetNames: "assets/[name]-[hash]",
      loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".svg": "dataurl", ".png": "file" },
    }),
  ]);
  const icons = await sprite([...words, ...scripts]);
  const made = [...results.flatMap((result) => result.outputFiles ?? []), icons];
  const files = [...made, ...(await Promise.all(made.map(compressed))).flat()];
  await Promise.all(files.map(write));

  const kept = new Set(files.map((file) => file.path));
  for (const entry of await readdir(OUT, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(file)) await rm(file, { force: true });
  }
  await mkdir(path.dirname(STAMP), { recursive: true });
  await writeFile(STAMP, state);
  console.log(`front end: ${made.length} files, ${icons.count} icons, ${Date.now() - started} ms`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    console.error(`front end: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
