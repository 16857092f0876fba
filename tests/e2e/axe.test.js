// No rule of WCAG 2.2 AA that a program can check is broken: in any state, in any look. That the
// demo's whole pages break none is in `accessibility.test.js`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { storyBehind } from "./behind.js";
import { SUMMARY, closed, onTheWay, settings } from "./states.js";
import { stories, story } from "./story.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const LOOKS = {
  "in light": {},
  "in dark": { colorScheme: "dark" },
  "in forced colours": { forcedColors: "active" },
  "from right to left": { lang: "ar" },
  "at 320 px": { viewport: { width: 320, height: 700 } },
};

/** What each state is looked at with. */
async function examiner({ page }) {
  await page.addInitScript({ content: AXE });
  return async (state) => {
    const broken = await page.evaluate(async (tags) => {
      const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("; ")}`);
    }, RULES);
    assert.deepEqual(broken, [], state);
  };
}

for (const [look, { lang, ...profile }] of Object.entries(LOOKS)) {
  stories(`No rule is broken ${look},`, () => {
    story("from the first look to the success", async (told) => {
      await onTheWay(told, await examiner(told.visitor), lang);
    }, profile);

    story("at any end", async (told) => {
      await closed(told, await examiner(told.visitor), lang);
    }, profile);

    storyBehind({ changes: { summary: SUMMARY } }, "however it is set up", async (told) => {
      await settings(told, await examiner(told.visitor), lang);
    }, profile);
  });
}
