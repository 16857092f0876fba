// The command, as a person runs it.

import { spawn } from "node:child_process";
import { join } from "node:path";

import { ROOT } from "./programs.js";

/** Out of the package as npm would publish it, where the test step has one; else the source. */
export const COMMAND = process.env.MFA_DIST
  ? join(process.env.MFA_DIST, "contract.js") : join(ROOT, "src/contract/main.js");

export async function contract(args, { env = {}, typed = "" } = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env } });
  let out = "";
  let err = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => {
    err += text;
    // Somebody who reads the code off the phone.
    if (typeof typed === "function" && String(text).includes("empty to go on")) {
      typed().then((line) => child.stdin.write(`${line}\n`));
    }
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { status, out, err };
}

/** What was found, by rule. */
export async function verdicts(args, more) {
  const { status, out, err } = await contract([...args, "--json"], more);
  if (!out) throw new Error(`status ${status}: ${err}`);
  const { rules, summary, messages } = JSON.parse(out);
  const named = (state) => rules.filter((rule) => rule.state === state).map(({ name }) => name);
  return {
    status, err, rules, summary, messages,
    failed: named("FAIL"), warned: named("warning"), unchecked: named("not checked"), passed: named("pass"),
  };
}
