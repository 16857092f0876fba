// What frameworks do to elements, done by hand. The frameworks themselves are in tests/consumers.

import assert from "node:assert/strict";

import { FIELD, hasACode, posted } from "./own-form.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

stories("A framework that sets whatever is a property as one", () => {
  // Whether the element was defined by then is a matter of who loads first.
  for (const [when, script] of [
    ["before the element is defined", (set) => set],
    ["once the element is defined", (set) => `customElements.whenDefined("mfa-code").then(() => { ${set} });`],
  ]) {
    story(`${when} can say by which form and when, and loses no method by that`, async ({ visitor }) => {
      const set = `const set = document.querySelector("mfa-code"); set.verify = "submit"; set.form = "own";`;
      const own = await OwnPage.opens(visitor, "mara", `
        <form id="own" action="/own/posted" method="post"><button>Continue</button></form>
        <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa">${FIELD}</mfa-code>
        <script>${script(set)}</script>`);
      await visitor.standsAt("idle");
      const token = await hasACode(visitor);
      await visitor.types(token);
      const { phase, form } = await visitor.element.evaluate(({ state, form }) => ({ ...state, form: form?.id }));
      assert.deepEqual({ phase, form }, { phase: "entering", form: "own" });
      const verified = await visitor.element.evaluate((element) => element.verify());
      assert.equal(verified.phase, "verified");
      await visitor.presses("Continue");
      assert.ok((await posted(visitor, own)).get("mfa"));
      assert.equal(await visitor.phone.count(), 1);
    });

    story(`${when} can take both away again`, async ({ visitor }) => {
      const set = `const set = document.querySelector("mfa-code"); set.verify = null; set.form = undefined;`;
      await OwnPage.opens(visitor, "mara", `<form id="own" action="/own/posted"></form>
        <mfa-code endpoint="/mfa" ticket="{ticket}" verify="submit" form="own">${FIELD}</mfa-code>
        <script>${script(set)}</script>`);
      await visitor.standsAt("idle");
      assert.equal(await visitor.element.evaluate(({ form }) => form), null);
      await visitor.types(await hasACode(visitor));
      await visitor.standsAt("verified");
    });
  }
});
