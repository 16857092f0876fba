// What a page may have around and beside its field, and what it may call with.

import assert from "node:assert/strict";

import { FIELD, form, hasACode, opens, posted } from "./own-form.js";
import { OwnPage } from "./own-page.js";
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

stories("A field that the page puts in place of another", () => {
  const replaced = (visitor) =>
    visitor.element.evaluate((element) => {
      const field = element.querySelector("input[name=token]");
      const other = Object.assign(document.createElement("input"), { id: field.id, name: field.name });
      field.replaceWith(other);
    });

  story("while a code is entered is the one that it is entered into, and no second one is sent", async ({ visitor }) => {
    const own = await opens(visitor);
    const code = await hasACode(visitor);
    await visitor.types(code.slice(0, 3));
    await replaced(visitor);
    await visitor.standsAt("entering");
    assert.equal(await visitor.field.inputValue(), "");
    await visitor.field.focus();
    await visitor.types(code);
    await visitor.standsAt("verified");
    assert.equal(await visitor.phone.count(), 1);
    assert.deepEqual(await visitor.element.evaluate((element) => [
      element.querySelectorAll("input").length, element.querySelectorAll("[slot=hint]").length,
    ]), [1, 1]);
    await visitor.presses("Continue");
    assert.equal((await posted(visitor, own)).get("token"), code);
  });

  story("of an element that asks by itself asks no second time", async ({ visitor }) => {
    // So that nothing is remembered.
    await visitor.page.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new Error(); } }));
    await OwnPage.opens(visitor, "mara", form({ on: `autostart name="mfa" required` }));
    await visitor.standsAt("entering");
    await replaced(visitor);
    await visitor.standsAt("idle");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("after the code was right takes nothing back", async ({ visitor }) => {
    const own = await opens(visitor);
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    await replaced(visitor);
    assert.deepEqual(await visitor.element.evaluate((element) => [element.state.phase, element.checkValidity()]), ["verified", true]);
    await visitor.presses("Continue");
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("is none where it was only taken out, wrapped or put back", async ({ visitor }) => {
    await opens(visitor);
    const code = await hasACode(visitor);
    const count = () => visitor.element.evaluate((element) =>
      ["input", "label", "[slot=hint]"].map((what) => element.querySelectorAll(what).length));
    const turns = () => visitor.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    await visitor.element.evaluate((element) => {
      window.field = element.querySelector("[slot=field]");
      window.field.remove();
    });
    await turns();
    assert.deepEqual(await count(), [0, 1, 1]);
    await visitor.element.evaluate((element) => {
      const wrapper = document.createElement("span");
      wrapper.append(window.field);
      element.append(wrapper);
    });
    await turns();
    assert.deepEqual(await count(), [1, 1, 1]);
    await visitor.element.evaluate((element) => element.append(window.field));
    await visitor.field.focus();
    await visitor.types(code);
    await visitor.standsAt("verified");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("while the element is not in the page is the one that it comes back with", async ({ visitor }) => {
    await opens(visitor);
    const code = await hasACode(visitor);
    await visitor.element.evaluate(async (element) => {
      const before = element.nextSibling;
      element.remove();
      await new Promise((resolve) => setTimeout(resolve));
      const other = Object.assign(document.createElement("input"), { id: "code", name: "token" });
      element.querySelector("input").replaceWith(other);
      before.before(element);
    });
    await visitor.standsAt("entering");
    await visitor.field.focus();
    await visitor.types(code);
    await visitor.standsAt("verified");
  });

  story("before the module has come is the one that it takes", async ({ visitor }) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await visitor.page.route("**/mfa_code_bg.wasm", (route) => held.then(() => route.continue()));
    await OwnPage.opens(visitor, "mara", form());
    await visitor.field.fill("12");
    await replaced(visitor);
    release();
    await visitor.standsAt("idle");
    await visitor.field.focus();
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
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
