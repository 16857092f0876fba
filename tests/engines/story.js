// `stories`: told once in each engine, the engines side by side. In an engine one follows the
// other, because only one page has the focus. Each has a site and a visitor of its own; whatever
// the page complains of and the story did not expect fails it.

import { after, before, describe, test } from "node:test";

import { Site } from "../e2e/site.js";
import { engines } from "./engines.js";
import { Visitor } from "./visitor.js";

/** @param {(story: (name: string, act: (told: {site: Site, visitor: Visitor}) => Promise<void>) => void) => void} tell */
export function stories(title, tell) {
  describe(title, { concurrency: true }, () => {
    for (const engine of engines()) {
      describe(engine.name, { concurrency: 1 }, () => {
        let browser;
        before(async () => (browser = await engine.starts()));
        after(() => browser?.closes());
        tell((name, act) => test(name, { timeout: 60_000 }, () => happens(browser, act)));
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
