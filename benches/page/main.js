// `npm run bench`: everybody's page in one run, round by round. Prints Markdown; what it is doing
// meanwhile goes to the terminal.

import { parseArgs } from "node:util";

import { launch } from "../../tests/e2e/browser.js";
import { CONTESTANTS, prepare, version } from "./contestants.js";
import { comings, crowds, perKey } from "./crowd.js";
import { report } from "./report.js";
import { Server } from "./server.js";
import { fast, slowly } from "./visit.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "10" }, only: { type: "string", multiple: true, default: [] } },
});
const rounds = Number(values.rounds);
const say = (text) => process.stderr.write(`${text}\n`);

const unknown = values.only.find((only) => !CONTESTANTS.some(({ name }) => name === only));
if (unknown || !(rounds > 0)) {
  say(`--only takes ${CONTESTANTS.map(({ name }) => name).join(", ")}; --rounds a number`);
  process.exit(2);
}
// The others are told by these two.
const always = ["empty", "bare"];
const contestants = CONTESTANTS.filter(({ name }) =>
  !values.only.length || [...always, ...values.only].includes(name));

const server = await Server.opens();
const browser = await launch({}, [`--ignore-certificate-errors-spki-list=${server.hash}`]);
try {
  await prepare(server, contestants);
  const results = new Map(contestants.map(({ name }) => [name, { slow: [], quick: [] }]));
  for (let round = 0; round <= rounds; round++) {
    say(round ? `Round ${round} of ${rounds}` : "Warming up");
    for (const contestant of contestants) {
      const slow = contestant.name !== "empty" && await slowly(browser, server, contestant);
      const quick = await fast(browser, server, contestant);
      // The first round warms up: the browser's own caches and processes.
      if (!round) continue;
      const all = results.get(contestant.name);
      if (slow) all.slow.push(slow);
      all.quick.push(quick);
    }
  }
  say("A thousand keys");
  const kept = new Map();
  for (const contestant of contestants) {
    if (contestant.name !== "empty") kept.set(contestant.name, await perKey(browser, server, contestant));
  }
  const withOurs = contestants.some(({ name }) => name === "mfa-code");
  if (withOurs) say("A thousand elements");
  const versions = new Map();
  for (const { of } of contestants) if (of) versions.set(of, await version(of));
  process.stdout.write(report({
    date: new Date().toISOString().slice(0, 10), rounds, chromium: browser.version(), node: process.version,
    contestants, versions, results, perKey: kept,
    crowd: withOurs && await crowds(browser, server), comings: withOurs && await comings(browser, server),
  }).replace(/\n{3,}/g, "\n\n"));
} finally {
  await browser.close();
  await server.closes();
}
