// Whatever a page does to the element's children and attributes, in whichever state: it is again one
// labelled, described field over its slots with what was typed. The same as `tests/pages` in Chromium.

import { OwnHost } from "../e2e/own-host.js";
import { nothingWrong, servesInPage, STAGE, STATES } from "../pages/in-page.js";
import { stories } from "./story.js";

/** A driver does not wait for long. */
const AT_ONCE = 8;

const tries = async (state, from, to) => (await import("/in-page/matrix.js")).matrix(state, { from, to });

stories("A mutation", (story) => {
  for (const state of STATES) {
    story(`leaves one field that can be signed in with: ${state}`, async ({ visitor, site }) => {
      const host = await OwnHost.opens(site);
      try {
        servesInPage(host);
        await visitor.opens(STAGE, host.url);
        const count = await visitor.page.evaluates(async () => (await import("/in-page/matrix.js")).COUNT);
        const found = [];
        for (let from = 0; from < count; from += AT_ONCE) found.push(...(await visitor.page.evaluates(tries, state, from, from + AT_ONCE)));
        nothingWrong(found);
      } finally {
        await host.closes();
      }
    });
  }
});
