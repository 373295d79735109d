/** @import { Extension } from "@codemirror/state" */
/** @import { StreamParser } from "@codemirror/language" */

// Which language a file is written in, by its name; each is fetched only when a file of it is opened.

/** @param {Promise<StreamParser<any>>} parser */
async function stream(parser) {
  const [{ StreamLanguage }, rules] = await Promise.all([import("@codemirror/language"), parser]);
  return StreamLanguage.define(rules);
}

/** @type {Record<string, () => Promise<Extension>>} */
const LANGUAGES = {
  css: async () => (await import("@codemirror/lang-css")).css(),
  dockerfile: () => stream(import("@codemirror/legacy-modes/mode/dockerfile").then((mode) => mode.dockerFile)),
  html: async () => (await import("@codemirror/lang-html")).html(),
  javascript: async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true, typescript: true }),
  json: async () => (await import("@codemirror/lang-json")).json(),
  markdown: async () => (await import("@codemirror/lang-markdown")).markdown(),
  nginx: () => stream(import("@codemirror/legacy-modes/mode/nginx").then((mode) => mode.nginx)),
  properties: () => stream(import("@codemirror/legacy-modes/mode/properties").then((mode) => mode.properties)),
  python: async () => (await import("@codemirror/lang-python")).python(),
  shell: () => stream(import("@codemirror/legacy-modes/mode/shell").then((mode) => mode.shell)),
  sql: () => stream(import("@codemirror/legacy-modes/mode/sql").then((mode) => mode.standardSQL)),
  toml: () => stream(import("@codemirror/legacy-modes/mode/toml").then((mode) => mode.toml)),
  xml: async () => (await import("@codemirror/lang-xml")).xml(),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
};

/** @type {[RegExp, string][]} the first that fits a name counts */
const BY_NAME = [
  [/^(Dockerfile|Containerfile)(\..+)?$|\.dockerfile$/i, "dockerfile"],
  [/^(nginx.*\.conf|mime\.types|fastcgi_params|uwsgi_params)$|\.nginx$/i, "nginx"],
  [/\.(ba|z|a|k)?sh$|^\.?(bash|z|k)?(rc|_?profile|_aliases)$|^\.?(bashrc|zshrc|kshrc|ashrc)$|^(PKGBUILD|APKBUILD)$/i, "shell"],
  [/\.ya?ml$/i, "yaml"],
  [/\.(json|jsonc|json5|webmanifest|map)$/i, "json"],
  [/^(Pipfile|poetry\.lock|Cargo\.lock)$|\.toml$/i, "toml"],
  [/\.(ini|cfg|cnf|conf|properties|env|service|socket|timer|desktop|repo)$|^\.?(env|editorconfig|gitconfig|npmrc|my\.cnf)(\..+)?$/i, "properties"],
  [/\.pyw?$/i, "python"],
  [/\.([cm]?[jt]sx?)$/i, "javascript"],
  [/\.(css|scss|less)$/i, "css"],
  [/\.(html?|xhtml|vue|twig|j2)$/i, "html"],
  [/\.(xml|svg|xsl|plist|pom|csproj)$/i, "xml"],
  [/\.(md|markdown)$/i, "markdown"],
  [/\.sql$/i, "sql"],
];

/** @type {[RegExp, string][]} by the first line, where the name says nothing */
const BY_FIRST_LINE = [
  [/^#!.*\b(ba|da|z|k|a)?sh\b/, "shell"],
  [/^#!.*\bpython/, "python"],
  [/^#!.*\b(node|deno|bun)\b/, "javascript"],
  [/^<\?xml\b/, "xml"],
  [/^\s*<!doctype html/i, "html"],
];

/**
 * The name of the language, "" when none is known.
 * @param {string} name of the file @param {string} firstLine
 */
export function languageOf(name, firstLine) {
  const found = BY_NAME.find(([pattern]) => pattern.test(name)) ?? BY_FIRST_LINE.find(([pattern]) => pattern.test(firstLine));
  return found?.[1] ?? "";
}

/**
 * What makes an editor know a language; null when there is none, or it cannot be fetched.
 * @param {string} language
 * @returns {Promise<Extension|null>}
 */
export async function languageSupport(language) {
  const load = LANGUAGES[language];
  return load ? load().catch(() => null) : null;
}
