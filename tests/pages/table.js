// Writes the table of docs/pages.md from what the tests of this folder declare. What stands before the
// table is written by hand, and kept:
//
//   node tests/pages/table.js

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const PAGE = new URL("../../docs/pages.md", import.meta.url);
const HEADING = "\n## What is tried\n";

/** Whose pages have a row each. */
const FILES = ["morphers", "updaters", "frameworks", "submitters", "dialogs"];

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** A package and its version, by the name that the tests have for it. */
function versioned(name) {
  const version = dependencies[name];
  if (!version) throw new Error(`${name} is not in tests/pages/package.json`);
  const [, alias, exact] = /^npm:(.+)@(.+)$/.exec(version) ?? [];
  return `${alias ?? name} ${exact ?? version}`;
}

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

async function rows() {
  process.env.MFA_PAGES_DECLARED = "yes";
  const { declared } = await import("./lab.js");
  const sections = [];
  for (const file of FILES) {
    const from = declared.length;
    await import(`./${file}.test.js`);
    for (const { name, uses, special } of declared.slice(from)) {
      const with_ = uses.map(versioned).join(", ") || "by hand";
      sections.push(`| ${[with_, special, name].map(cell).join(" | ")} | [${file}](../tests/pages/${file}.test.js) |`);
    }
  }
  return sections;
}

/** The document as it must be, and as it is. */
export async function documents() {
  const is = readFileSync(PAGE, "utf8");
  const [prose] = is.split(HEADING);
  const table = ["| with | what is special | what holds | test |", "|---|---|---|---|", ...(await rows())];
  const must = `${prose}${HEADING}
Written by \`node tests/pages/table.js\` from what the tests declare. Each is a page of its own in Chromium
before the real proxy, with the packages at these versions; a wrong code and a sign-in, the field over its
slots, its name and description, what is read out, and the post are looked at.

${table.join("\n")}
`;
  return { is, must };
}

if (pathToFileURL(process.argv[1]).href === import.meta.url) {
  const { is, must } = await documents();
  if (is === must) console.log(`${fileURLToPath(PAGE)} is as the tests declare`);
  else writeFileSync(PAGE, must);
}
