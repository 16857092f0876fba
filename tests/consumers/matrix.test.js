// The table of docs/consumers.md is about the examples and the tests that are there.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { words } from "./tarball.js";

const ROOT = new URL("../../", import.meta.url);
const here = (file) => fileURLToPath(new URL(file, ROOT));

/** The rows of the table: what stands in its four columns. */
async function rows() {
  const page = await readFile(here("docs/consumers.md"), "utf8");
  const found = page.split("\n").filter((line) => line.startsWith("| ["));
  return found.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The one test of each example, by what it says that it is about. */
async function holders() {
  const files = (await readdir(here("tests/consumers"))).filter((file) => file.endsWith(".test.js"));
  const about = await Promise.all(files.map(async (file) => {
    const text = await readFile(here(`tests/consumers/${file}`), "utf8");
    return [/^(?:consumer|framework)\("(.+?)"/m.exec(text)?.[1], file];
  }));
  return new Map(about.filter(([example]) => example));
}

test("the table of consumers has every example, and the test that signs in at it", async () => {
  const folders = await readdir(here("examples"));
  const examples = folders.filter((name) => existsSync(here(`examples/${name}/package.json`)));
  const tests = await holders();
  assert.deepEqual([...tests.keys()].sort(), examples.sort());
  const table = (await rows()).map(([example, , , held]) => [example, held]);
  assert.deepEqual(table.sort(), examples.map((name) => [
    `[${name}](../examples/${name})`, `[${tests.get(name)}](../tests/consumers/${tests.get(name)})`,
  ]).sort());
});

test("the table of consumers names the versions that the examples are held to", async () => {
  for (const [link, version] of await rows()) {
    const [, example] = /^\[(.+)\]/.exec(link);
    const { manifest: { dependencies, devDependencies }, lock } = await words(example);
    const { "mfa-code": own, ...wanted } = { ...dependencies, ...devDependencies };
    assert.ok(own, example);
    for (const [name, exact] of Object.entries(wanted)) {
      assert.match(exact, /^\d+\.\d+\.\d+$/, `${example} does not pin ${name}`);
      assert.equal(lock.packages[`node_modules/${name}`]?.version, exact, `the lock of ${example}: ${name}`);
    }
    assert.equal(lock.packages["node_modules/mfa-code"], undefined, `the lock of ${example} has the package`);
    assert.doesNotMatch(JSON.stringify(lock), /"resolved"/, `the lock of ${example} names a registry`);
    // `solid` is `solid-js` to npm, `angular` is a scope.
    const name = [example, `${example}-js`, `@${example}/core`].find((one) => one in wanted);
    assert.equal(version, name ? `${name} ${wanted[name]}` : "none: no build");
  }
});
