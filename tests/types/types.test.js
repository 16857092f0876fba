// The package's types, as a site's compiler sees them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";

import { PACKAGE, Project, RESOLUTIONS } from "./project.js";

const use = (name) => readFile(new URL(`uses/${name}`, import.meta.url), "utf8");
const types = (name) => readFile(join(PACKAGE, "dist", name), "utf8");

/** What the examples take for granted. */
const AROUND = `import { isMfaError, start, verify, type Interaction } from "mfa-code";
declare const ticket: string, code: string;
declare let interaction: Interaction;
declare function say(words: string): void;
declare function submit(receipt?: string): void;
export async function example() {`;

/** The examples of the declarations and of the reference page, each as a file. */
async function examples() {
  const files = {};
  for (const name of ["index.d.ts", "element.d.ts", "define.d.ts", "locales/locale.d.ts"]) {
    for (const [, lines] of (await types(name)).matchAll(/^ \* ```ts\n(.*?)^ \* ```$/gms)) {
      const text = lines.replace(/^ \* ?/gm, "");
      const around = name === "index.d.ts" ? AROUND : `import "mfa-code";\nexport function example() {`;
      const file = `example-${Object.keys(files).length}.ts`;
      files[file] = text.startsWith("import") ? `${text}\nexport {};` : `${around}\n${text}}`;
    }
  }
  const page = await readFile(new URL("../../docs/element.md", import.meta.url), "utf8");
  for (const [, text] of page.matchAll(/^```ts\n(.*?)^```$/gms)) files[`page-${Object.keys(files).length}.ts`] = text;
  return files;
}

const site = await Project.of({ "right.ts": await use("right.ts"), "wrong.ts": await use("wrong.ts") });
const readers = await Project.of(await examples());
after(() => Promise.all([site.removes(), readers.removes()]));

for (const resolution of Object.keys(RESOLUTIONS)) {
  test(`with moduleResolution ${resolution} what is right is let pass, and what is wrong is refused`, async () => {
    assert.deepEqual(await site.complaints(resolution), []);
  });
}

test("a project that is not strict, or of an older year, can use them too", async () => {
  assert.deepEqual(await site.complaints("bundler", { exactOptionalPropertyTypes: false }), []);
  const old = { target: "es2018", lib: ["es2018", "dom", "dom.iterable"] };
  assert.deepEqual(await site.complaints("node16", old), []);
});

test("every example of the declarations and of the reference page is compiled", async () => {
  const files = Object.keys(await examples());
  assert.ok(files.length >= 10, `${files.length} have been found`);
  assert.deepEqual(await readers.complaints("bundler"), []);
});
