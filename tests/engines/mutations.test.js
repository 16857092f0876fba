// Whatever a page does to the element's children and attributes, in whichever state: it is again one
// labelled, described field over its slots with what was typed. The same as `tests/pages` in Chromium.

import { OwnHost } from "../e2e/own-host.js";
import { nothingWrong, servesInPage, STAGE, STATES } from "../pages/in-page.js";
import { stories } from "./story.js";

/**
 * These engines take a second for some of them: in each state one of ten is tried, and in the next state
 * others, so that each is tried in one. `MFA_MUTATIONS=1` tries all in all.
 */
const ONE_OF = Number(process.env.MFA_MUTATIONS ?? 10);

/** One at a time: a driver does not wait for long. */
const tries = async (state, at) => (await import("/in-page/matrix.js")).matrix(state, { from: at, to: at + 1 });

stories("A mutation", (story) => {
  for (const [offset, state] of STATES.entries()) {
    story(`leaves one field that can be signed in with: ${state}`, async ({ visitor, site }) => {
      const host = await OwnHost.opens(site);
      try {
        servesInPage(host);
        await visitor.opens(STAGE, host.url);
        const count = await visitor.page.evaluates(async () => (await import("/in-page/matrix.js")).COUNT);
        const found = [];
        for (let at = offset % ONE_OF; at < count; at += ONE_OF) found.push(...(await visitor.page.evaluates(tries, state, at)));
        nothingWrong(found);
      } finally {
        await host.closes();
      }
    }, { timeout: 300_000 });
  }
});
