// What docs/frameworks.md shows is what the examples have, and these sign in.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const text = (file) => readFile(fileURLToPath(new URL(file, ROOT)), "utf8");

/** Without its place in the page. */
const lines = (code) => code.trim().split("\n").map((line) => line.trim()).join("\n");

test("every snippet of the page about frameworks is part of an example", async () => {
  const page = await text("docs/frameworks.md");
  const snippets = [...page.matchAll(/^```(.*)\n([^]*?)^```$/gm)];
  assert.ok(snippets.length >= 8, "there are some");
  for (const [, head, code] of snippets) {
    const [, file] = head.split(" ");
    assert.ok(file, `it is not said where this is from:\n${code}`);
    assert.ok(lines(await text(file)).includes(lines(code)), `${file} has not:\n${code}`);
  }
});

test("the page about frameworks names the versions that the examples are tried with", async () => {
  const page = await text("docs/frameworks.md");
  for (const [example, name] of Object.entries({
    react: "react", preact: "preact", vue: "vue", svelte: "svelte", solid: "solid-js", angular: "@angular/core",
  })) {
    const { dependencies } = JSON.parse(await text(`examples/${example}/package.json`));
    const row = page.split("\n").find((line) => line.includes(`[${example}](`));
    assert.ok(row.includes(`| ${dependencies[name]}`), `${row} is not about ${dependencies[name]}`);
  }
});
