// The mock's one file: what it can do and what leads to it, without a browser.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { CODES } from "../../src/contract/wire.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = process.env.MFA_DIST ?? join(ROOT, "dist");

describe("The file of the mock", () => {
  test("is led to by no other file of the package", async () => {
    const files = (await readdir(DIST, { recursive: true })).filter((file) => /\.(js|wasm)$/.test(file) && file !== "mock.js");
    for (const needed of ["define.js", "index.js", "inline.js", "element.js"]) assert.ok(files.includes(needed), needed);
    for (const file of files) assert.doesNotMatch(await readFile(join(DIST, file), "latin1"), /mock/i, file);
  });

  test("has no name for what could send something, and loads nothing", async () => {
    const text = await readFile(join(DIST, "mock.js"), "utf8");
    // Without the module itself, and without texts.
    const code = text.replace(/"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/g, '""');
    const ways = /\bfetch\b|XMLHttpRequest|sendBeacon|WebSocket|EventSource|WebTransport|\bimport\b(?!\.meta)|\bfrom""/g;
    assert.deepEqual(code.match(ways) ?? [], []);
  });

  test("answers as the contract says, without a browser too", async () => {
    const { Response, fetch } = globalThis;
    const answers = [];
    globalThis.fetch = () => assert.fail("the mock has called out");
    globalThis.Response = function (body, init) {
      answers.push({ body: JSON.parse(body), ...init });
      return new Response(body, init);
    };
    try {
      const mock = await import(pathToFileURL(join(DIST, "mock.js")));
      assert.equal(mock.defineMock(), undefined);
      const interaction = await mock.start({ endpoint: "mock:" });
      const outcomes = ["verified", "wrong", "expired", "exhausted", "used", "rate-limited", "last"];
      await Promise.all(outcomes.map((outcome) => mock.verify(interaction, mock.code(outcome)).catch(mock.isMfaError)));
      const endpoints = ["summary", "rate-limited", "unavailable", "channel-unavailable", "number-refused", "ticket-expired"];
      await Promise.all(endpoints.map((name) => mock.start({ endpoint: `mock:${name}`, channel: "call" }).catch(mock.isMfaError)));
      await assert.rejects(mock.verify(interaction, mock.code("offline")), { kind: "network" });
      await assert.rejects(mock.start({ endpoint: "mock:offline" }), { kind: "network" });
      assert.equal(answers.length, 1 + outcomes.length + endpoints.length);
    } finally {
      Object.assign(globalThis, { Response, fetch });
    }
    const contract = await readFile(join(ROOT, "docs/contract.yaml"), "utf8");
    for (const { status, headers, body } of answers) {
      const about = JSON.stringify({ status, body });
      const problem = status !== 200;
      assert.equal(headers["content-type"], problem ? "application/problem+json" : "application/json", about);
      for (const name of Object.keys(body)) assert.match(contract, new RegExp(`^        ${name}: `, "m"), about);
      if (!problem) continue;
      assert.equal(CODES[body.code], status, about);
      if ([409, 429, 503].includes(status)) assert.match(headers["retry-after"], /^[1-9]\d*$/, about);
    }
  });
});
