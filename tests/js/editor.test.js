import assert from "node:assert/strict";
import { test } from "node:test";
import { languageOf, languageSupport } from "../../static/js/editor/languages.js";

test("a file's language is told by its name, then by its first line", () => {
  const names = {
    Dockerfile: "dockerfile",
    "Dockerfile.dev": "dockerfile",
    "nginx.conf": "nginx",
    "app.conf": "properties",
    ".env.local": "properties",
    ".bashrc": "shell",
    "docker-compose.yml": "yaml",
    "package.json": "json",
    "pyproject.toml": "toml",
    "main.py": "python",
    "index.mjs": "javascript",
    "README.md": "markdown",
    passwd: "",
  };
  for (const [name, language] of Object.entries(names)) assert.equal(languageOf(name, ""), language, name);
  assert.equal(languageOf("entrypoint", "#!/usr/bin/env bash\n"), "shell");
  assert.equal(languageOf("manage", "#!/usr/bin/python3"), "python");
});

test("every language that a name tells can be had", async () => {
  for (const language of ["css", "dockerfile", "html", "javascript", "json", "markdown", "nginx", "properties", "python", "shell", "sql", "toml", "xml", "yaml"]) {
    assert.notEqual(await languageSupport(language), null, language);
  }
  assert.equal(await languageSupport(""), null);
});
