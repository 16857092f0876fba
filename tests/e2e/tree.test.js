// What assistive technology is given: the accessibility tree of each state, as it is written down
// in `snapshots`. `UPDATE=1 node --test tests/e2e/tree.test.js` writes it down anew: look at the
// difference.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";

import { storyBehind } from "./behind.js";
import { SUMMARY, closed, onTheWay, settings } from "./states.js";
import { stories, story } from "./story.js";

const GREENWICH = { timezoneId: "UTC" };

/** What the field is described by, as the browser works it out. */
async function description(session) {
  const { root } = await session.send("DOM.getDocument", { depth: 0 });
  const { nodes } = await session.send("Accessibility.queryAXTree", { nodeId: root.nodeId, role: "textbox" });
  assert.equal(nodes.length, 1, "there is one field");
  return nodes[0].description.value;
}

/** Codes differ each time, and the service's clock does not stand still. */
const settled = (text) => text
  .replaceAll(/: "\d{6}"$/gm, ': "123456"')
  .replaceAll(/in 0:2\d/g, "in 0:30")
  .replaceAll(/in 0:5\d/g, "in 1:00")
  .replaceAll(/in 2\d seconds/g, "in 30 seconds");

/** Walks, and compares all that was seen with what is written down. */
async function isAsWritten(told, walk, name) {
  const { page } = told.visitor;
  const session = await told.context.newCDPSession(page);
  let seen = "";
  await walk(told, async (state) => {
    const tree = await page.locator("mfa-code").ariaSnapshot();
    seen += `${state}:\n  # The field: ${await description(session)}\n${tree.replaceAll(/^/gm, "  ")}\n\n`;
  });
  const file = new URL(`snapshots/${name}.aria.yml`, import.meta.url);
  if (process.env.UPDATE) await writeFile(file, settled(seen));
  assert.equal(settled(seen), await readFile(file, "utf8"), "the tree is another one; see the head of this file");
}

stories("The accessibility tree is as it is written down", () => {
  story("from the first look to the success", (told) => isAsWritten(told, onTheWay, "on-the-way"), GREENWICH);

  story("at any end", (told) => isAsWritten(told, closed, "closed"), GREENWICH);

  storyBehind({ changes: { summary: SUMMARY } }, "however it is set up", (told) => isAsWritten(told, settings, "settings"), GREENWICH);
});
