// The package as npm would publish it, and an example that has installed it. No test here sees the
// source tree.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples");
const COPIES = join(ROOT, "target/consumers");
const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];

const run = promisify(execFile);

/** Runs npm; what it says is told where it fails. */
export async function npm(folder, ...args) {
  try {
    return await run("npm", args, { cwd: folder, env: surroundings(await nodeFor(folder)), maxBuffer: 1 << 24 });
  } catch ({ stdout, stderr }) {
    throw new Error(`npm ${args.join(" ")} in ${folder}:\n${stdout}\n${stderr}`);
  }
}

/** What an `npm test` around this one says, and Node to its tests; but not how the registry is reached. */
const OURS = /^(npm_(?!config_(registry|cache|cafile|(https?_|no)?proxy)$)|NODE_(ENV|PATH|TEST_CONTEXT)$)/i;

/** The environment of an example: this one without what is about the tests. */
export function surroundings(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return { ...Object.fromEntries(own), CI: "1", ...more };
}

let packing;

/** Packed by whoever runs all of these tests, or else once for a file of them. */
export function tarball() {
  packing ??= (async () => {
    if (process.env.MFA_TARBALL) return process.env.MFA_TARBALL;
    const to = join(COPIES, `packed-${process.pid}`);
    await mkdir(to, { recursive: true });
    const { stdout } = await npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", to);
    return join(to, JSON.parse(stdout)[0].filename);
  })();
  return packing;
}

/**
 * What the environment of this folder says besides: where its tools want a newer Node than this one,
 * a Node of their own comes first on the path.
 */
export async function nodeFor(folder) {
  const { engines } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (!engines || isIn(engines.node, process.versions.node)) return {};
  return { PATH: `${await newerNode()}${delimiter}${process.env.PATH}` };
}

/** Whether a version is in a range such as `^22.22.3 || >=26.0.0`. */
function isIn(range, version) {
  const numbers = (text) => text.match(/\d+/g).map(Number);
  const [major, minor, patch] = numbers(version);
  return range.split("||").some((part) => {
    const [least, atLeastMinor, atLeastPatch] = numbers(part);
    if (major !== least) return major > least && part.includes(">=");
    return minor !== atLeastMinor ? minor > atLeastMinor : patch >= atLeastPatch;
  });
}

let fetchingNode;

/** The folder of a Node that npm fetches, held to a version by a lock as everything is. */
function newerNode() {
  fetchingNode ??= (async () => {
    const folder = join(COPIES, `node-${process.pid}`);
    await cp(fileURLToPath(new URL("node", import.meta.url)), folder, { recursive: true });
    await npm(folder, "ci", ...QUIET);
    return join(folder, "node_modules", ".bin");
  })();
  return fetchingNode;
}

/**
 * A fresh copy of an example with the package installed, as examples/README.md says; `as` is the copy's
 * name. Versions of the tools other than the example's stand in a folder of that name beside this file.
 */
export async function installed(example, as = example) {
  const folder = join(COPIES, as);
  await rm(folder, { recursive: true, force: true });
  const isMade = /\/(node_modules|dist|\.next|\.parcel-cache|\.angular)$/;
  await cp(join(EXAMPLES, example), folder, { recursive: true, filter: (from) => !isMade.test(from) });
  const versions = fileURLToPath(new URL(as, import.meta.url));
  if (as !== example && existsSync(versions)) await cp(versions, folder, { recursive: true });
  await cp(join(EXAMPLES, "site.js"), join(COPIES, "site.js"));
  await npm(folder, "install", "--no-save", ...QUIET, await tarball());
  return folder;
}

/** An example's words for npm, and the versions that its lock holds it to. */
export async function words(example) {
  const json = async (file) => JSON.parse(await readFile(join(EXAMPLES, example, file), "utf8"));
  return { manifest: await json("package.json"), lock: await json("package-lock.json") };
}

/** A fresh copy of a project in this folder, with the package installed. */
export async function copied(project) {
  const folder = join(COPIES, project);
  await rm(folder, { recursive: true, force: true });
  await cp(fileURLToPath(new URL(project, import.meta.url)), folder, { recursive: true });
  await npm(folder, "install", "--no-save", ...QUIET, await tarball());
  return folder;
}
