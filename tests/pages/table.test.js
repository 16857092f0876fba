// docs/pages.md says what the tests of this folder try.

import assert from "node:assert/strict";
import { test } from "node:test";

import { documents } from "./table.js";

test("docs/pages.md is what `node tests/pages/table.js` writes", async () => {
  const { is, must } = await documents();
  assert.equal(is, must);
});
