// `story`: a test with a site, a browser and a visitor of its own. Whatever the page complains of
// and the story did not expect fails it.

import { after, describe, test } from "node:test";

import { browser, closeBrowser } from "./browser.js";
import { Site } from "./site.js";
import { Visitor } from "./visitor.js";

/** The stories of one file. They share a browser and nothing else, so they are told side by side. */
export function stories(title, tell, { sideBySide = 2 } = {}) {
  describe(title, { concurrency: sideBySide }, () => {
    after(closeBrowser);
    tell();
  });
}

/**
 * @param {string} name A sentence of the product.
 * @param {(told: {site: Site, visitor: Visitor, another: () => Promise<Visitor>}) => Promise<void>} act
 * @param {object} profile What Playwright's `newContext` takes: viewport, colour scheme; `opens`
 *   opens the context of a browser that is launched otherwise; `timeout` in milliseconds.
 */
export function story(name, act, { opens, timeout = 60_000, ...profile } = {}) {
  test(name, { timeout }, async () => {
    const site = await Site.opens();
    const visitors = [];
    let context;
    try {
      const settings = { reducedMotion: "reduce", ...profile };
      context = await (opens ? opens(settings) : (await browser()).newContext(settings));
      // Another tab of the same browser.
      const another = async () => {
        const visitor = await Visitor.arrives(context, site);
        visitors.push(visitor);
        return visitor;
      };
      await act({ site, visitor: await another(), another, context });
      for (const visitor of visitors) visitor.hadNoTrouble();
    } catch (error) {
      const accounts = await Promise.all(visitors.map((visitor) => visitor.account()));
      const told = [error.message, ...accounts, `The site said: ${site.said.trim() || "nothing"}`];
      throw new Error(told.join("\n"), { cause: error });
    } finally {
      await context?.close();
      await site.closes();
    }
  });
}
