// Other people's style sheets: the field lies over its slots and is hit everywhere, and no row moves
// when the module comes. The same as `tests/pages` in Chromium, which looks at more states.

import { readFileSync } from "node:fs";

import { html, OwnHost, WASM } from "../e2e/own-host.js";
import { nothingWrong } from "../pages/in-page.js";
import { SHEETS } from "../pages/sheets-catalog.js";
import { stories } from "./story.js";

const GEOMETRY = readFileSync(new URL("../pages/sheets-geometry.js", import.meta.url), "utf8");

const looks = async () => (await import("/geometry.js")).measured(document.querySelector("mfa-code"));
const hasField = () => document.querySelector("mfa-code > [slot=field]") !== null;
const isEntered = () => document.querySelector("mfa-code[data-state=entering]")?.shadowRoot.querySelectorAll("[part~=filled]").length === 2;

/** What is wrong before the module is there, and while a code is entered that the site's backend asked for. */
async function faultsUnder({ css, body }, { visitor, host }) {
  let comes;
  const there = new Promise((resolve) => (comes = resolve));
  host.files[WASM] = ({ usual }) => there.then(usual);
  host.pages["/own/styled"] = html(body.replace("ticket=", `interaction="0b8a4bfd" ticket=`), { head: `<style>${await css}</style>` });
  await visitor.opens("/own/styled", host.url);
  await visitor.until(hasField);
  const before = await visitor.page.evaluates(looks);
  comes();
  await visitor.standsAt("entering");
  await visitor.page.evaluates(() => document.querySelector("mfa-code").focus());
  await visitor.types("12");
  await visitor.until(isEntered);
  const after = await visitor.page.evaluates(looks);
  const moved = Object.keys(before.rows).filter((row) => before.rows[row] !== after.rows[row])
    .map((row) => `${row}: ${after.rows[row]} was ${before.rows[row]}`);
  return [...before.faults.map((fault) => `before the module: ${fault}`), ...after.faults, ...moved];
}

stories("A page in somebody else's style", (story) => {
  story("has the field over its slots", async ({ visitor, site }) => {
    const host = await OwnHost.opens(site);
    host.pages["/geometry.js"] = { body: GEOMETRY, headers: { "content-type": "text/javascript" } };
    try {
      const found = [];
      for (const [name, sheet] of Object.entries(SHEETS)) {
        for (const fault of await faultsUnder(sheet(), { visitor, host })) found.push(`${name}: ${fault}`);
      }
      nothingWrong(found);
    } finally {
      await host.closes();
    }
  }, { timeout: 300_000 });
});
