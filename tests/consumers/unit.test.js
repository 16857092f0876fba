// A site's own unit tests, in a DOM without a browser: they neither break nor hang.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";

import { copied, nodeFor, surroundings } from "./tarball.js";

const run = promisify(execFile);

describe("A unit test of a page with the element passes", () => {
  let folder;
  before(async () => {
    folder = await copied("unit");
  }, { timeout: 300_000 });

  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--environment"];
  const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--env"];
  for (const [what, ...words] of [
    ["Vitest with jsdom", ...vitest, "jsdom"],
    ["Vitest with happy-dom", ...vitest, "happy-dom"],
    ["Jest with jsdom", ...jest, "jsdom"],
  ]) {
    test(`in ${what}`, { timeout: 120_000 }, async () => {
      // That it ends by itself, and with nothing left unhandled, is what its exit code says.
      const { stdout, stderr } = await run("node", words, { cwd: folder, env: surroundings(await nodeFor(folder)) })
        .catch(({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`));
      assert.match(stdout + stderr, /4 passed/);
      assert.doesNotMatch(stdout + stderr, /unhandled|did not exit/i);
    });
  }
});
