// The worked endpoints, each run as its README says, against the emulator.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { verdicts } from "./command.js";
import { CREDENTIALS, NUMBER, ROOT, emulator, runs } from "./programs.js";

const FOLDER = join(ROOT, "examples/proxies");
const has = (program, ...args) => spawnSync(program, args).status === 0;
const done = (program, args, cwd) => {
  const { status, stderr } = spawnSync(program, args, { cwd });
  assert.equal(status, 0, `${program} ${args.join(" ")}: ${stderr}`);
};

/** How each is started, and what is missing where it cannot be. */
const EXAMPLES = {
  "node-fetch": { start: () => [process.execPath, "serve.js"] },
  "node-express": {
    start(cwd) {
      const npm = process.platform === "win32" ? "npm.cmd" : "npm";
      if (!existsSync(join(cwd, "node_modules"))) done(npm, ["ci", "--no-audit", "--no-fund"], cwd);
      return [process.execPath, "server.js"];
    },
  },
  "python-flask": {
    missing: has("python3", "-c", "import ensurepip, venv") ? undefined : "python3 with venv is not on this machine",
    start(cwd) {
      const python = join(ROOT, "target/contract-venv/bin/python");
      if (!existsSync(python)) done("python3", ["-m", "venv", join(ROOT, "target/contract-venv")], cwd);
      done(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"], cwd);
      return [python, "app.py"];
    },
  },
  php: {
    missing: has("php", "--version") ? undefined : "php is not on this machine",
    start: (cwd, port) => ["php", "-S", `127.0.0.1:${port}`, "index.php"],
  },
  ruby: {
    missing: has("ruby", "-e", "require 'webrick'") ? undefined : "ruby with webrick is not on this machine",
    start: () => ["ruby", "server.rb"],
  },
};

const README = readFileSync(join(FOLDER, "README.md"), "utf8");

/** The rules that the README says an example does not keep, in its row of the table. */
const admitted = (name) => {
  const row = README.split("\n").find((line) => line.startsWith(`| [\`${name}\``));
  return [...row.split("|").at(-2).matchAll(/`([a-z-]+)`/g)].map(([, rule]) => rule);
};

/** Somebody who has shown a password, as the browser knows it. */
async function signsIn(url) {
  const answer = await fetch(`${url}/login`, { method: "POST", redirect: "manual" });
  assert.equal(answer.status, 303);
  return answer.headers.getSetCookie().at(-1).split(";")[0];
}

const page = async (url, cookie) => (await fetch(`${url}/`, { headers: { cookie } })).text();

describe("The worked endpoints keep every MUST of the contract:", () => {
  for (const [name, { start, missing }] of Object.entries(EXAMPLES)) {
    test(name, { skip: missing, timeout: 300_000 }, async () => {
      const cwd = join(FOLDER, name);
      const phone = await emulator();
      const port = 20_000 + (process.pid % 20_000);
      const [program, ...args] = start(cwd, port);
      const site = await runs(program, args, {
        cwd, ready: /(http:\/\/127\.0\.0\.1:\d+)/,
        env: {
          MFA_UPSTREAM_URL: phone.url, MFA_PROJECT_ID: CREDENTIALS.project, MFA_API_TOKEN: CREDENTIALS.token,
          SESSION_SECRET: "0123456789abcdef0123456789abcdef", PORT: name === "php" ? String(port) : "0",
          RESEND_AFTER: "2", DEMO_NUMBER: NUMBER, STATE_FILE: join(ROOT, `target/contract-${name}-${port}.json`),
        },
      });
      try {
        const [url] = site.printed;
        const [cookie, other] = [await signsIn(url), await signsIn(url)];
        assert.doesNotMatch(await page(url, cookie), /Signed in\./);
        for (const file of ["define.js", "locales/de.js"]) {
          assert.equal((await fetch(`${url}/mfa-code/${file}`)).status, 200, file);
        }
        const found = await verdicts([
          `${url}/mfa`, "--emulator", phone.url, "--cookie", cookie, "--other-cookie", other,
        ]);
        const trouble = JSON.stringify(found.rules.filter(({ broken }) => broken));
        assert.deepEqual(found.failed, [], trouble + site.said());
        assert.deepEqual([found.warned, found.unchecked], [admitted(name), []], trouble);
        // What the visit has verified is in the session on the server, and in that one alone.
        assert.match(await page(url, cookie), /Signed in\./);
        assert.doesNotMatch(await page(url, other), /Signed in\./);
      } finally {
        site.ends();
        phone.ends();
      }
    });
  }
});
