// Writes the lock of an example after a version in its package.json has changed:
//
//   node tests/consumers/lock.js vite
//   node tests/consumers/lock.js ../tests/consumers/vite-6
//
// `npm install` alone cannot: it looks for mfa-code at the registry.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

for (const name of process.argv.slice(2)) {
  const example = join(ROOT, "examples", name);
  mkdirSync(join(ROOT, "target"), { recursive: true });
  const work = mkdtempSync(join(ROOT, "target/lock-"));
  const manifest = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  delete manifest.dependencies["mfa-code"];
  writeFileSync(join(work, "package.json"), JSON.stringify({ name: basename(name), ...manifest }));
  // Which registry they came from is nobody's business: a lock without it works with any.
  execFileSync("npm", ["install", "--package-lock-only", "--omit-lockfile-registry-resolved"], {
    cwd: work, stdio: "inherit", shell: process.platform === "win32",
  });
  cpSync(join(work, "package-lock.json"), join(example, "package-lock.json"));
  rmSync(work, { recursive: true });
}
