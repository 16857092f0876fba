// What a page may have around and beside its field, and what it may call with.

import assert from "node:assert/strict";

import { FIELD, hasACode, opens, posted } from "./own-form.js";
import { stories, story } from "./story.js";

stories("A field of the page's own", () => {
  story("keeps the label that it stands in", async ({ visitor }) => {
    await opens(visitor, { field: `<label>Security code <input name="token"></label>` });
    await hasACode(visitor);
    const named = visitor.page.getByRole("textbox", { name: "Security code" });
    assert.equal(await named.count(), 1);
    await visitor.page.getByText("Security code", { exact: true }).click();
    assert.ok(await named.evaluate((field) => field === document.activeElement));
  });

  story("is told from what else the page has in there", async ({ visitor }) => {
    const field = `<input type="hidden" name="csrf" value="s3cret"><label><input type="checkbox" name="remember" checked>
      Remember me</label><input type="button" value="What is this?"><input type="reset">${FIELD}`;
    const own = await opens(visitor, { field });
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    const all = await posted(visitor, own);
    assert.equal(all.get("csrf"), "s3cret");
    assert.equal(all.get("remember"), "on");
    assert.match(all.get("token"), /^\d{6}$/);
  });
});

stories("A field that the page takes away", () => {
  for (const [what, puts] of [["or puts another in place of", true], ["for good", false]]) {
    story(`${what}, costs nobody a code that was right`, async ({ visitor, site }) => {
      await site.breaks("verify", { delay_ms: 500, times: 1 });
      const own = await opens(visitor);
      const code = await hasACode(visitor);
      await visitor.element.evaluate((element, puts) => element.addEventListener("mfa-statechange", ({ detail }) => {
        if (detail.to !== "verifying") return;
        const field = element.querySelector("[slot=field]");
        if (puts) field.replaceWith(Object.assign(document.createElement("input"), { id: field.id, name: field.name }));
        else field.remove();
      }), puts);
      await visitor.types(code);
      await visitor.standsAt("verified");
      assert.ok(await visitor.element.evaluate((element) => element.checkValidity()));
      await visitor.presses("Continue");
      assert.ok((await posted(visitor, own)).get("mfa"));
    });
  }

  story("and puts back is the same", async ({ visitor }) => {
    await opens(visitor);
    const code = await hasACode(visitor);
    await visitor.types(code.slice(0, 2));
    await visitor.element.evaluate(async (element) => {
      const field = element.querySelector("[slot=field]");
      field.remove();
      await new Promise((resolve) => setTimeout(resolve));
      element.append(field);
    });
    await visitor.field.focus();
    await visitor.page.keyboard.press("End");
    await visitor.types(code.slice(2));
    await visitor.standsAt("verified");
    assert.deepEqual(await visitor.element.evaluate((element) =>
      ["input", "label", "[slot=hint]"].map((what) => element.querySelectorAll(what).length)), [1, 1, 1]);
    assert.equal(await visitor.phone.count(), 1);
  });
});

stories("A method of the element", () => {
  story("that is called with what is no channel says so, sends nothing and harms nothing", async ({ visitor }) => {
    await opens(visitor);
    const caught = await visitor.element.evaluate(async (element) => {
      const errors = [];
      for (const name of ["start", "resend"]) {
        // A framework may hand on the event of a click.
        for (const wrong of [new Event("click"), {}, 5, true, "SMS", ""]) {
          errors.push(await element[name](wrong).catch((error) => error instanceof TypeError && error.message));
        }
      }
      return [...new Set(errors)];
    });
    assert.deepEqual(caught, [`channel must be "sms" or "call"`]);
    assert.equal(await visitor.phone.count(), 0);
    // Nothing that is named is no mistake.
    await visitor.element.evaluate((element) => element.start(null));
    await visitor.field.focus();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });
});
