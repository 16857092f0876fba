// `stories`: told once in each engine, the engines side by side. In an engine one follows the
// other, because only one page has the focus. Each has a site and a visitor of its own; whatever
// the page complains of and the story did not expect fails it.

import { after, before, describe, test } from "node:test";

import { Site } from "../e2e/site.js";
import { engines } from "./engines.js";
import { Visitor } from "./visitor.js";

/** The browsers of this file, by their engine. */
const started = new Map();
after(async () => {
  for (const browser of started.values()) await (await browser).closes();
});

function browserOf(engine) {
  if (!started.has(engine.name)) started.set(engine.name, engine.starts());
  return started.get(engine.name);
}

/**
 * @param {(story: (name: string, act: (told: {site: Site, visitor: Visitor}) => Promise<void>, limit?: {timeout?: number}) => void) => void} tell
 */
export function stories(title, tell) {
  describe(title, { concurrency: true }, () => {
    for (const engine of engines()) {
      describe(engine.name, { concurrency: 1 }, () => {
        // Not in the time of the first story.
        before(() => browserOf(engine));
        tell((name, act, { timeout = 60_000 } = {}) => test(name, { timeout }, async () => happens(await browserOf(engine), act)));
      });
    }
  });
}

async function happens(browser, act) {
  const site = await Site.opens();
  let page;
  let visitor;
  try {
    page = await browser.page();
    visitor = new Visitor(page, site);
    await act({ site, visitor });
    await visitor.hadNoTrouble();
  } catch (error) {
    const told = [error.message, await visitor?.account(), `The site said: ${site.said.trim() || "nothing"}`];
    throw new Error(told.filter(Boolean).join("\n"), { cause: error });
  } finally {
    await page?.closes();
    await site.closes();
  }
}
