#!/usr/bin/env node
// mfa-code-contract: plays a page against an endpoint and tells which rules it breaks.

import { HELP, Misused, read } from "./options.js";
import { Page } from "./page.js";
import { NoPhone, Outbox, Person } from "./phone.js";
import { Purse } from "./purse.js";
import { asJson, asText, foreword } from "./report.js";
import { run } from "./run.js";
import { Secrets } from "./secrets.js";
import { Verdicts } from "./verdicts.js";
import { Visit } from "./visit.js";
import { send } from "./wire-request.js";

const secrets = new Secrets();
const say = (text) => process.stderr.write(`${secrets.hide(text)}\n`);

async function main() {
  const options = read(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  secrets.add(options.ticket, options.otherCookie, ...Object.values(options.headers));
  secrets.addNumber(options.to);
  const page = new Page(options, secrets);
  const phone = options.emulator ? new Outbox(options.emulator, secrets)
    : options.ask ? new Person(secrets) : new NoPhone();
  const purse = new Purse(options.messages);
  const visit = new Visit({ page, phone, purse, verdicts: new Verdicts(), secrets, options, say });
  await isThere(options);
  say(`${foreword(visit)}\n`);
  const rules = await run(visit);
  await phone.ends?.();
  const text = options.json ? asJson(rules, visit) : asText(rules, purse);
  process.stdout.write(`${secrets.hide(text)}\n`);
  const counts = options.strict ? ["FAIL", "warning"] : ["FAIL"];
  return rules.some(({ state }) => counts.includes(state)) ? 1 : 0;
}

async function isThere({ endpoint }) {
  const { failure } = await send(new URL(endpoint), { method: "GET" });
  if (failure) throw new Misused(`the endpoint cannot be reached (${failure})`);
}

try {
  process.exitCode = await main();
} catch (error) {
  const isOurs = error instanceof Misused || error.message?.startsWith("--emulator");
  say(isOurs ? `mfa-code-contract: ${error.message}\nSee --help.` : `mfa-code-contract: ${error.stack}`);
  process.exitCode = 2;
}
