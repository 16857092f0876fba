// Whatever a page does to the element's children and attributes, in whichever state: it is again one
// labelled, described field over its slots with what was typed.

import { hosted, WASM } from "../e2e/own-host.js";
import { stories } from "../e2e/story.js";
import { nothingWrong, servesInPage, STAGE, STATES } from "./in-page.js";

const tries = async ([state, inside]) => (await import("/in-page/matrix.js")).matrix(state, { inside });

/** With texts of the page's own in the places of ours. */
const OWN_TEXTS = `<label for="code">Security code</label><input id="code" name="token"><p id="own-hint" slot="hint"></p>
  <p id="own-error" slot="error"></p>`;

/** A hundred sign-ins each. */
const LIMIT = { timeout: 300_000 };

/** In the others they are no other. */
const WITH_OWN_TEXTS = ["entering, half typed", "rejected"];

stories("A mutation", () => {
  for (const state of STATES) {
    for (const [whose, inside] of [["", undefined], [", with the page's own texts", OWN_TEXTS]]) {
      if (inside && !WITH_OWN_TEXTS.includes(state)) continue;
      hosted(`leaves one field that can be signed in with: ${state}${whose}`, async ({ visitor, host }) => {
        servesInPage(host);
        await visitor.page.goto(host.url + STAGE);
        nothingWrong(await visitor.page.evaluate(tries, [state, inside]));
      }, LIMIT);
    }
  }

  hosted("leaves one field that can be signed in with: loading", async ({ visitor, host }) => {
    servesInPage(host);
    let comes;
    const there = new Promise((resolve) => (comes = resolve));
    host.files[WASM] = ({ usual }) => there.then(usual);
    await visitor.page.goto(host.url + STAGE);
    const begun = await visitor.page.evaluateHandle(async () => (await import("/in-page/matrix.js")).whileLoading());
    comes();
    nothingWrong(await begun.evaluate(async (begun) => (await import("/in-page/matrix.js")).afterLoading(begun)));
  }, LIMIT);
});
