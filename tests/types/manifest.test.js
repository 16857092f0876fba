// The manifest, the declarations and the reference page say the same of the element.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";

import Ajv from "ajv";

import { declared } from "./declared.js";
import { listed, quoted, rows } from "./document.js";
import { PACKAGE, Project } from "./project.js";

const require = createRequire(import.meta.url);
const json = async (path) => JSON.parse(await readFile(path, "utf8"));

const about = await json(join(PACKAGE, "package.json"));
const manifest = await json(join(PACKAGE, about.customElements));
const [index] = manifest.modules;
const element = index.declarations.find(({ customElement }) => customElement);
const types = await declared();
after(() => types.closes());

const names = (list) => list.map(({ name }) => name).sort();
const sorted = (list) => [...new Set(list)].sort();
const members = (kind) => element.members.filter((member) => member.kind === kind && !member.static);
const withoutCall = (list) => list.map((name) => name.replace(/\(.*/, "")).sort();
/** Of every element, and overloads of them only know the events. */
const LISTENERS = ["addEventListener", "removeEventListener"];
const numbers = (text) => text.match(/\d+/g) ?? [];
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

test("the manifest is one, by the schema that editors read it by", async () => {
  const schema = await json(require.resolve("custom-elements-manifest"));
  const ajv = new Ajv({ strict: false, allErrors: true });
  assert.ok(ajv.validate(schema, manifest), ajv.errorsText());
  const { version } = await json(require.resolve("custom-elements-manifest/package.json"));
  assert.equal(manifest.schemaVersion, version);
});

test("every reference of the manifest leads to something", () => {
  for (const { exports, declarations } of manifest.modules) {
    for (const { declaration: { name, module } } of exports) {
      const there = module ? manifest.modules.find(({ path }) => path === module).declarations : declarations;
      assert.ok(names(there).includes(name), name);
    }
  }
});

test("the entries that register the element are those that have a side effect", () => {
  const registers = manifest.modules
    .filter(({ exports }) => exports.some(({ kind }) => kind === "custom-element-definition"));
  // Beside it, its twin for development servers.
  const twins = about.sideEffects.filter((file) => !file.startsWith("./dist/development/"));
  assert.deepEqual(registers.map(({ path }) => `./${path}`).sort(), twins.toSorted());
  for (const { development, default: own } of Object.values(about.exports).filter((it) => it.development)) {
    assert.equal(about.sideEffects.includes(development), about.sideEffects.includes(own), development);
  }
});

test("the attributes of the manifest are those of the reference page", () => {
  const table = rows("| attribute | value | meaning |");
  assert.deepEqual(listed("| attribute | value | meaning |"), names(element.attributes));
  for (const [cell, value, meaning] of table.filter(([first]) => first)) {
    const { name, type, default: said } = element.attributes.find((it) => `\`${it.name}\`` === cell);
    assert.equal(value === "flag", type.text === "boolean", name);
    const range = /^(\d+) to (\d+)$/.exec(value);
    if (!range) continue;
    assert.ok(numbers(meaning).includes(said), `${name}: ${meaning} does not name ${said}`);
    const words = element.attributes.find((it) => it.name === name).description;
    assert.ok(words.includes(`from ${range[1]} to ${range[2]}`), `${name}: ${words}`);
    const { words: own } = types.members("MfaCodeElement").get(camel(name));
    const typed = own.replaceAll(",", "").replaceAll(/\s+/g, " ");
    assert.ok(typed.includes(`from ${range[1]} to ${range[2]}`), `${name}: ${typed}`);
    assert.ok(numbers(typed).includes(said), `${name}: ${typed} does not name ${said}`);
  }
});

test("the properties and methods of the manifest are those of the reference page and of the type", () => {
  const twins = element.attributes.map(({ fieldName }) => fieldName).filter(Boolean);
  const own = listed("| property | |");
  assert.deepEqual(sorted([...own, ...twins]), names(members("field")));
  assert.deepEqual(withoutCall(listed("| method | |")), names(members("method")));
  const typed = [...types.members("MfaCodeElement").keys()].filter((name) => !LISTENERS.includes(name));
  assert.deepEqual(sorted(typed), names(element.members));
});

test("the events of the manifest, and what each tells, are those of the reference page and of the type", () => {
  const table = rows("| event | `detail` | when |");
  assert.deepEqual(listed("| event | `detail` | when |"), names(element.events));
  assert.deepEqual(sorted(types.members("MfaCodeEventMap").keys()), names(element.events));
  for (const [cell, told, when] of table) {
    const [name] = quoted(cell);
    const { type, description } = element.events.find((event) => event.name === name);
    const [, inside] = /\{(.*)\}/.exec(type.text);
    const keys = inside.split(";").map((field) => field.split(":")[0].trim()).filter(Boolean).sort();
    assert.deepEqual(keys, quoted(told).sort(), name);
    assert.deepEqual(keys.map((key) => key.replace("?", "")), types.detail(name), name);
    assert.equal(description.includes("Cancel it"), when.includes("cancel it"), name);
  }
});

test("the kinds of errors of the type, and which can be tried again, are those of the reference page", () => {
  const table = rows("| `kind` | retryable | meaning |")
    .map(([kind, retryable]) => [quoted(kind)[0], retryable === "yes"]);
  const typed = types.variants("MfaErrorDetail", "kind")
    .flatMap(({ texts, is }) => texts.map((kind) => [kind, is("retryable") === "true"]));
  assert.deepEqual(typed.sort(), table.sort());
  const described = [...types.words("MfaErrorDetail").matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind);
  assert.deepEqual(described.sort().filter((kind) => kind !== "kind"), table.map(([kind]) => kind));
});

test("the outcomes of verify are those of the reference page", () => {
  const outcomes = rows("| result | |").map(([cell]) => /status: "(\w+)"/.exec(cell)[1]);
  const typed = types.variants("VerifyResult", "status").flatMap(({ texts }) => texts);
  assert.deepEqual(typed.sort(), outcomes.sort());
});

test("the states of the manifest are those of the reference page and of the type", () => {
  assert.deepEqual(listed("| state | meaning |"), names(element.cssStates));
  assert.deepEqual(types.union("Phase"), names(element.cssStates));
  const phases = types.variants("MfaCodeState", "phase").flatMap(({ texts }) => texts);
  assert.deepEqual(sorted(phases), names(element.cssStates));
});

test("the parts, slots and custom properties of the manifest are those of the reference page", () => {
  const parts = rows("| part | what |").flatMap((cells) => quoted(cells.join(" "))).sort();
  assert.deepEqual(parts, names(element.cssParts));
  const slots = rows("| slot | what |").map(([name]) => quoted(name)[0] ?? "").sort();
  assert.deepEqual(slots, names(element.slots));
  const head = "| custom property | default |";
  assert.deepEqual(listed(head), names(element.cssProperties));
  for (const [cell, said] of rows(head)) {
    const { default: value } = element.cssProperties.find(({ name }) => name === quoted(cell)[0]);
    const defaults = /^light-dark\((.*), (.*)\)$/.exec(value)?.slice(1) ?? [value];
    const words = quoted(said);
    if (words.length) assert.deepEqual(words, defaults, cell);
    else assert.match(value, /currentColor/, `${cell} is ${said}`);
  }
});

for (const { path, exports } of manifest.modules) {
  test(`what the manifest says that ${path} exports is declared`, async () => {
    const file = path.replace("dist/", "").replace(".js", ".d.ts");
    assert.deepEqual(sorted(await types.exports(file)), names(exports.filter(({ kind }) => kind === "js")));
  });
}

test("the types that the manifest names are those that are declared", async () => {
  const is = [];
  const says = (what, as, { text }) => is.push(`is<Same<${as}, ${text}>>(); // ${what}`);
  const call = (what, of, { parameters = [], return: result }) => {
    parameters.forEach(({ type: { text }, optional }, at) =>
      says(`${what}, ${at}`, `Parameters<${of}>[${at}]`, { text: optional ? `${text} | undefined` : text }));
    is.push(`is<Same<Required<Parameters<${of}>>["length"], ${parameters.length}>>(); // ${what}`);
    // What a function says of its parameter is no type by itself.
    says(what, `ReturnType<${of}>`, / is /.test(result.type.text) ? { text: "boolean" } : result.type);
  };
  for (const member of element.members) {
    const of = member.static ? `typeof MfaCodeElement.${member.name}` : `MfaCodeElement["${member.name}"]`;
    if (member.kind === "field") says(member.name, of, member.type);
    else call(member.name, of, member);
  }
  for (const { name, type } of element.events) {
    // An error's detail is a union of what is said here in one.
    const as = `MfaCodeEventMap["${name}"]`;
    if (name === "mfa-error") is.push(`is<${as} extends ${type.text} ? true : false>(); // ${name}`);
    else says(name, as, type);
  }
  for (const made of index.declarations.filter(({ kind }) => kind === "function")) {
    call(made.name, `typeof ${made.name}`, made);
  }
  const project = await Project.of({
    "manifest.ts": `import {${types.named().join(", ")}} from "mfa-code";
type Any<T> = 0 extends 1 & T ? true : false;
type Same<A, B> = Any<A> extends Any<B> ? [A] extends [B] ? [B] extends [A] ? true : false : false : false;
declare function is<T extends true>(): T;
${is.join("\n")}`,
  });
  const complaints = await project.complaints("bundler");
  await project.removes();
  const written = complaints.map((line) => `${line} ${is[/\((\d+),/.exec(line)?.[1] - 5] ?? ""}`);
  assert.deepEqual(written, []);
});

test("every type, option and member is described", () => {
  const bare = types.named().filter((name) => !types.words(name));
  assert.deepEqual(bare, []);
  // As of any form control, or of any class that stands for one.
  const known = [...LISTENERS, "formAssociated", "observedAttributes", "validity", "validationMessage",
    "willValidate", "checkValidity", "reportValidity"];
  for (const name of ["MfaCodeElement", "MfaCodeEventMap", "MfaCodeProgress", "StartOptions", "Interaction", "VerifyOptions"]) {
    for (const [member, { words }] of types.members(name)) {
      assert.ok(words || known.includes(member), `${name}.${member} has no words`);
    }
  }
});
