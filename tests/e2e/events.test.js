// What the element tells the page and the visitor, and what it never tells.

import assert from "node:assert/strict";

import { element, names } from "./manifest.js";
import { stories, story } from "./story.js";
import { PEOPLE } from "./site.js";
import { answered } from "./visitor.js";

/** All that there are: the manifest's are compared with those that are fired. */
const EVENTS = names(element.events);

/** Everything that an event of the element says, and the element's state meanwhile. */
async function overhears(page) {
  const told = [];
  await page.exposeFunction("tell", (text) => told.push(JSON.parse(text)));
  await page.addInitScript((events) => {
    const tell = (event) => {
      const own = Object.fromEntries(Object.entries(event).filter(([name]) => name !== "isTrusted"));
      window.tell(JSON.stringify({ type: event.type, detail: event.detail, own, state: event.target.state }));
    };
    for (const type of events) addEventListener(type, tell, { capture: true });
  }, EVENTS);
  return told;
}

/** The ids that the page learned: each stands in the path of its verify request. */
function ids(page) {
  const learned = new Set();
  page.on("request", (request) => {
    const verify = /\/mfa\/(.+)\/verify$/.exec(new URL(request.url()).pathname);
    if (verify) learned.add(decodeURIComponent(verify[1]));
  });
  return learned;
}

stories("What the element tells", () => {
  story("no event and no state holds the token, the number or the id", async ({ visitor, site }) => {
    visitor.expects(answered(502));
    const told = await overhears(visitor.page);
    const interactions = ids(visitor.page);
    const tokens = [];

    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { status: 401, times: 1 });
    await visitor.presses("Text me a code");
    await visitor.sees("The service does not work properly at the moment.");
    await visitor.asksBy("sms");
    tokens.push(await visitor.phone.latestToken(), await visitor.phone.wrongToken());
    for (const state of ["rejected", "rejected", "closed"]) {
      const attempt = visitor.page.waitForResponse(/\/verify$/);
      await visitor.field.focus();
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.types(tokens[1]);
      await attempt;
      await visitor.standsAt(state);
    }
    await visitor.isAskedForACode("tomas");
    await visitor.asksBy("call");
    tokens.push(await visitor.phone.latestToken());
    await visitor.types(tokens[2]);
    await visitor.isSignedIn();

    assert.deepEqual(new Set(told.map(({ type }) => type)), new Set(EVENTS), "all have been heard");
    assert.equal(interactions.size, 2);
    const masked = ["•••", ...Object.values(PEOPLE).map(({ number }) => number.slice(-4))];
    for (const { type, detail, own, state } of told) {
      const { receipt, ...said } = detail ?? {};
      // A receipt is for the page; what it says is not hidden, only signed.
      const signed = receipt && Buffer.from(receipt.split(".")[1], "base64url").toString();
      const all = JSON.stringify({ said, own, state }) + signed;
      for (const secret of [...tokens, ...interactions, ...masked]) {
        assert.ok(!all.includes(secret), `${type} tells ${secret}: ${all}`);
      }
    }
  });

  for (const [person, hint] of [
    ["mara", "The code has 6 numbers. Never share it with anyone."],
    ["tomas", "The code has 8 letters and numbers. Never share it with anyone."],
  ]) {
    story(`${person} reads beside the field never to share the code`, async ({ visitor }) => {
      await visitor.isAskedForACode(person);
      await visitor.sees(hint);
    });
  }
});
