// What the package's manifest says of the element.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** As built, or as npm would publish it. */
const DIST = process.env.MFA_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

const manifest = JSON.parse(readFileSync(join(DIST, "custom-elements.json"), "utf8"));

export const modules = manifest.modules;

export const element = modules.flatMap(({ declarations = [] }) => declarations)
  .find(({ customElement }) => customElement);

export const fields = element.members.filter(({ kind, static: isStatic }) => kind === "field" && !isStatic);
export const methods = element.members.filter(({ kind, static: isStatic }) => kind === "method" && !isStatic);
export const statics = element.members.filter((member) => member.static);

export const names = (list) => list.map(({ name }) => name).sort();

/** The keys of an event's `detail`; a `?` behind those that may be absent. */
export function detail({ type }) {
  const [, inside] = /^CustomEvent<\{(.*)\}>$/.exec(type.text);
  return inside.split(";").map((field) => field.split(":")[0].trim()).filter(Boolean).sort();
}
