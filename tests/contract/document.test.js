// The command, its document and the contract say the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { RULES } from "../../src/contract/rules.js";
import { CHANNELS, CODES, DEFAULTS, RANGES, REASONS } from "../../src/contract/wire.js";
import { contract } from "./command.js";
import { ROOT } from "./programs.js";

const read = (file) => readFileSync(join(ROOT, file), "utf8");
const CONTRACT = read("docs/contract.yaml");
/** A part of the document, from its name to the next one that stands as far left. */
const part = (name, indent) => new RegExp(`^ {${indent}}${name}:\\n((?: {${indent + 1},}.*\\n|\\n)+)`, "m").exec(CONTRACT)[1];

describe("What the command knows of the wire", () => {
  test("are the contract's ranges", () => {
    const answer = part("StartAnswer", 4);
    for (const [name, [least, most]] of Object.entries(RANGES)) {
      const said = new RegExp(`${name}: \\{ type: integer, minimum: (\\d+)(?:, maximum: (\\d+))? \\}`).exec(answer);
      assert.deepEqual([Number(said?.[1]), Number(said?.[2] ?? Infinity)], [least, most], name);
    }
    const ranged = [...answer.matchAll(/^ +(\w+): \{ type: integer/gm)].map(([, name]) => name);
    assert.deepEqual(ranged.sort(), Object.keys(RANGES).sort());
    assert.match(answer, new RegExp(`channel: \\{ enum: \\[${CHANNELS.join(", ")}\\] \\}`));
    assert.match(answer, /required: \[id, success\]/);
  });

  test("are the contract's problem codes, with their statuses", () => {
    const codes = part("x-status", 6);
    const said = [...codes.matchAll(/^ +(\w+): (\d+)$/gm)].map(([, code, status]) => [code, Number(status)]);
    assert.deepEqual(Object.fromEntries(said), CODES);
    assert.match(CONTRACT, new RegExp(`reason: \\{ enum: \\[${REASONS.join(", ")}\\] \\}`));
  });

  test("are SignalWire's defaults, as the product's own rules have them", () => {
    const config = read("src/core/config.rs");
    for (const [name, value] of Object.entries(DEFAULTS)) {
      assert.match(config.replaceAll("_", ""), new RegExp(`${name.replaceAll("_", "")}: ${value}\\b`), name);
    }
  });
});

test("docs/contract.md lists the rules of the command, word for word", () => {
  const rows = read("docs/contract.md").split("\n").filter((line) => /^\| `[a-z-]+` \| (MUST|SHOULD)/.test(line));
  const written = RULES.map(({ name, level, kind, what, why, source }) =>
    `| \`${name}\` | ${level}${kind === "safety" ? " ⚠" : ""} | ${what} | ${why} | ${source} |`);
  assert.deepEqual(rows, written);
});

test("every option that the help tells is one that the command reads", async () => {
  const { status, out } = await contract(["--help"]);
  assert.equal(status, 0);
  const told = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  const options = /const OPTIONS = \{([^]*?)\n\};/.exec(read("src/contract/options.js"))[1];
  const known = [...options.matchAll(/"?([a-z-]+)"?: /g)].map(([, name]) => name).filter((name) => name !== "multiple");
  assert.deepEqual(told.sort(), known.sort());
});
