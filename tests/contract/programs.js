// The real programs, each as a process of its own.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const DEMO = process.env.MFA_DEMO ?? join(ROOT, "target/debug/mfa-demo");

/** Ends with the test that began it, and says what it printed where it does not get ready. */
export async function runs(program, args, { ready, env = {}, cwd = ROOT }) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const printed = await new Promise((resolve, reject) => {
    const hears = (text) => {
      said += text;
      const found = ready.exec(said);
      if (found) resolve(found.slice(1));
    };
    child.stdout.on("data", hears);
    child.stderr.on("data", hears);
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`${program} ended: ${said}`)));
  });
  return { printed, said: () => said, ends: () => child.kill() };
}

const ours = (name) => join(dirname(DEMO), name + extname(DEMO));

export const CREDENTIALS = { project: "YourProjectID", token: "YourAuthToken" };

export async function emulator() {
  const { printed: [url], ends } = await runs(ours("mfa-emulator"), ["--listen", "127.0.0.1:0"], {
    ready: /(http:\/\/127\S+)\s/,
  });
  return { url, ends };
}

/** The demo person's number; 555-01xx is kept free for stories. */
export const NUMBER = "+12125550123";

const SETTINGS = (resendAfter) => `
[policies.default]
resend_after = ${resendAfter}
[limits]
sends_per_number = ["900/10m"]
sends_per_subject = ["100/1h"]
sends_per_session = ["100/1h"]
sends_per_address = ["900/10m"]
sends_per_range = []
sends_per_country = []
sends_in_all = ["900/1m"]
failed_per_day = 90
`;

/** The real proxy, whose cooldown is short enough to be waited for. */
export async function proxy(upstream, { resendAfter = 2 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "mfa-contract-"));
  await writeFile(join(folder, "proxy.toml"), SETTINGS(resendAfter));
  const key = () => randomBytes(32).toString("base64");
  const apiKey = key();
  const { printed: [open, inner], ends } = await runs(ours("mfa-proxy"), [
    "--config", join(folder, "proxy.toml"), "--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0",
  ], {
    ready: /public (\S+)\nprivate (\S+)\n/,
    env: {
      MFA_UPSTREAM_URL: upstream, MFA_PROJECT_ID: CREDENTIALS.project, MFA_API_TOKEN: CREDENTIALS.token,
      MFA_SEALING_KEYS: key(), MFA_RECEIPT_KEYS: key(), MFA_API_KEY: apiKey,
    },
  });
  let subjects = 0;
  return {
    url: open,
    async ticket() {
      subjects += 1;
      const answer = await fetch(`${inner}/tickets`, {
        method: "POST", body: JSON.stringify({ subject: `ada-${subjects}`, to: NUMBER }),
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      });
      return (await answer.json()).ticket;
    },
    async ends() {
      ends();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
