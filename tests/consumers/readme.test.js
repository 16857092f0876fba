// The snippet of the README, as a reader's TypeScript sees it with the package installed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { installed } from "./tarball.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** What the reader's page has around the snippet. */
const AROUND = "declare const ticket: string;\ndeclare function signIn(receipt?: string): Promise<void>;\n";

/** How modules are looked up, each with the modules that it goes with. */
const LOOKUPS = { bundler: "esnext", node16: "node16" };

/** What a compiler must not let pass: what the snippet has, and what in its place is wrong. */
const MISTAKES = [
  ["channel: \"sms\"", "channel: \"fax\"", /"fax"/],
  ["interaction.to}", "interaction.two}", /'two'/],
  ["result.attemptsLeft", "result.attempts", /'attempts'/],
  ["case \"closed\"", "case \"close\"", /"close"/],
];

test("the snippet of the README passes the strictest TypeScript, and a mistake in it does not", {
  timeout: 240_000,
}, async () => {
  const folder = await installed("plain", "readme");
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, snippet] = /^```js\n([^]*?)^```$/m.exec(readme);
  assert.ok(snippet.includes("\"/mfa-code/index.js\""));
  const right = AROUND + snippet.replace("/mfa-code/index.js", "mfa-code");

  /** What the compiler says of this text. */
  const saysOf = async (text, lookup) => {
    await writeFile(join(folder, "snippet.ts"), text);
    const asked = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom",
      "--types", "", "--module", LOOKUPS[lookup], "--moduleResolution", lookup, "snippet.ts"];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    return run(process.execPath, [tsc, ...asked], { cwd: folder }).then(() => "", ({ stdout }) => stdout);
  };
  const wrong = MISTAKES.reduce((text, [what, instead]) => {
    assert.ok(text.includes(what), `the snippet has no ${what}`);
    return text.replace(what, instead);
  }, right);
  for (const lookup of Object.keys(LOOKUPS)) {
    assert.equal(await saysOf(right, lookup), "", lookup);
    const said = await saysOf(wrong, lookup);
    for (const [, instead, complaint] of MISTAKES) assert.match(said, complaint, `${instead} is let pass`);
  }
});
