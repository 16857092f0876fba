// Where there is no browser: a server that renders pages imports what they import.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { installed, surroundings } from "./tarball.js";

const run = promisify(execFile);

/** Says which properties of the global object an import has added, taken away or changed. */
const watched = (specifier) => `
  // Node itself puts these in place when they are first asked for.
  void [TextEncoder, TextDecoder];
  const all = () => new Map(Reflect.ownKeys(globalThis).map((key) => {
    const { value, get, set } = Object.getOwnPropertyDescriptor(globalThis, key);
    return [key, [value, get, set]];
  }));
  const before = all();
  const names = Object.keys(await import(${JSON.stringify(specifier)}));
  const after = all();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) =>
    !before.has(key) || !after.has(key) || before.get(key).some((it, at) => !Object.is(it, after.get(key)[at])));
  console.log(JSON.stringify({ names, changed: changed.map(String) }));
`;

test("the package is imported where there is no browser: nothing is thrown, no global is changed", {
  timeout: 120_000,
}, async () => {
  const folder = await installed("plain", "node");
  const imported = async (specifier) => {
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", watched(specifier)], {
      cwd: folder, env: surroundings(),
    });
    assert.equal(stderr, "", specifier);
    return JSON.parse(stdout);
  };
  // What is looked at is seen to change where it does.
  const spoils = "data:text/javascript,globalThis.customElements = {}; globalThis.fetch = null";
  assert.deepEqual((await imported(spoils)).changed.sort(), ["customElements", "fetch"]);
  for (const [specifier, ...names] of [
    ["mfa-code", "start", "verify"], ["mfa-code/define", "MfaCodeElement"], ["mfa-code/inline", "start", "verify"],
  ]) {
    const { names: found, changed } = await imported(specifier);
    for (const name of names) assert.ok(found.includes(name), `${specifier} has no ${name}: ${found}`);
    assert.deepEqual(changed, [], specifier);
  }
});
