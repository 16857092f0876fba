// What submits a form around the element, and what that comes to: by the visitor's hand, by a
// script of the page, and by itself.

import assert from "node:assert/strict";

import { form, hasACode, messages, names, opens, posted, requests } from "./own-form.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

const ON_SUBMIT = `name="mfa" verify="submit"`;

stories("A form with a code", () => {
  for (const mode of ["complete", "submit"]) {
    story(`posts the receipt and what was typed, each once, with verify="${mode}"`, async ({ visitor }) => {
      const own = await opens(visitor, { on: `name="mfa" required verify="${mode}"` });
      assert.deepEqual(await names(visitor), ["token"]);
      const token = await hasACode(visitor);
      assert.deepEqual(await names(visitor), ["token"]);
      await visitor.types(token);
      if (mode === "complete") await visitor.standsAt("verified");
      await visitor.presses("Continue");
      const [[first, receipt], ...more] = await posted(visitor, own);
      assert.deepEqual([first, receipt.split(".").length, more], ["mfa", 3, [["token", token]]]);
    });
  }

  story("posts the code and the interaction's id, and verifies nothing, where the backend verifies", async ({ visitor }) => {
    const own = await opens(visitor, { on: `name="mfa" required verify="form"` });
    const answer = visitor.page.waitForResponse("**/mfa/sms");
    const token = await hasACode(visitor);
    const { id } = await (await answer).json();
    const paths = requests(visitor);
    await visitor.types(token);
    await visitor.presses("Continue");
    assert.deepEqual([...(await posted(visitor, own))], [["mfa", id], ["token", token]]);
    assert.deepEqual(paths, []);
  });

  story("posts nothing of an element that has no name or is switched off", async ({ visitor }) => {
    await opens(visitor, { on: "" });
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    const posts = (change) => visitor.element.evaluate((element, [name, value]) => {
      element[name] = value;
      return [...new FormData(element.form).keys()];
    }, change);
    assert.deepEqual(await posts(["title", ""]), ["token"]);
    assert.deepEqual(await posts(["name", "mfa"]), ["mfa", "token"]);
    assert.deepEqual(await posts(["disabled", true]), []);
    assert.deepEqual(await posts(["disabled", false]), ["mfa", "token"]);
  });

  story("is invalid for a reason that a person understands, and not before they have tried", async ({ visitor }) => {
    await opens(visitor);
    const is = () => visitor.element.evaluate((element) => ({
      held: element.matches(":invalid") && element.willValidate && element.validity.valueMissing,
      blamed: element.matches(":user-invalid") || !!element.querySelector("[aria-invalid]"),
      message: element.validationMessage,
    }));
    assert.deepEqual(await is(), { held: true, blamed: false, message: "Confirm the code first." });
    const token = await hasACode(visitor);
    await visitor.types(token.slice(0, 5));
    assert.equal((await is()).blamed, false);
    await visitor.types(token.slice(5));
    await visitor.standsAt("verified");
    assert.deepEqual(await is(), { held: false, blamed: false, message: "" });
  });

  story("asked by a script whether it is valid starts nothing, shows nothing and takes no focus", async ({ visitor }) => {
    const more = `<label>Nickname <input name="nick"></label><button disabled>Continue</button>`;
    // A button that is on only while the form is valid: asked at every key.
    const script = `document.forms[0].addEventListener("input", () =>
      (document.querySelector("button").disabled = !document.forms[0].checkValidity()))`;
    await opens(visitor, { on: ON_SUBMIT, more }, { script });
    const token = await hasACode(visitor);
    const paths = requests(visitor);
    // Enter comes to nothing while the button is off, and what is typed next is no submit.
    await visitor.page.keyboard.press("Enter");
    await visitor.types(token);
    await visitor.page.getByLabel("Nickname").pressSequentially("Mara");
    assert.equal(await visitor.focus(), "Nickname ");
    assert.equal(await visitor.element.getAttribute("data-state"), "entering");
    assert.equal(await visitor.element.locator("[slot=error]").textContent(), "");
    assert.deepEqual(paths, []);
  });

  for (const ask of ["reportValidity", "requestSubmit"]) {
    story(`shows the browser's own message at the field for a script's ${ask}`, async ({ visitor }) => {
      await opens(visitor);
      const shown = await messages(visitor);
      const paths = requests(visitor);
      await visitor.page.evaluate((name) => document.forms[0][name](), ask);
      assert.deepEqual(await shown(), ["Confirm the code first."]);
      assert.equal(await visitor.focus(), "Security code");
      assert.equal(await visitor.element.locator("[slot=error]").textContent(), "");
      assert.deepEqual(paths, []);
    });
  }
});

const ICON = `<button aria-label="Continue"><svg width="24" height="24"><circle id="icon" r="12" cx="12" cy="12"/></svg></button>`;
const IMAGE = `<input type="image" alt="Continue" width="60" height="40">`;

stories("The visitor's submit waits for the code and then goes on by itself", () => {
  for (const [by, more, press] of [
    ["the button", undefined, (visitor) => visitor.presses("Continue")],
    ["Enter", undefined, ({ page }) => page.keyboard.press("Enter")],
    ["Enter where there is no button", "", ({ page }) => page.keyboard.press("Enter")],
    ["Space on the button", undefined, ({ page }) => page.getByRole("button", { name: "Continue" }).press("Space")],
    ["the icon in a button", ICON, ({ page }) => page.locator("#icon").click()],
    ["an image", IMAGE, ({ page }) => page.getByAltText("Continue").click()],
    ["a button that stands elsewhere", `</form><button form="own">Continue</button>`, (visitor) => visitor.presses("Continue")],
    [
      "a button whose click the page keeps to itself",
      `<button onclick="event.stopPropagation()">Continue</button>`, (visitor) => visitor.presses("Continue"),
    ],
  ]) {
    story(`by ${by}`, async ({ visitor }) => {
      const own = await opens(visitor, { on: ON_SUBMIT, more });
      const shown = await messages(visitor);
      const token = await hasACode(visitor);
      await visitor.types(token.slice(0, 5));
      await press(visitor);
      await visitor.sees("Enter all 6 numbers of the code.");
      assert.equal(await visitor.focus(), "Security code");
      assert.deepEqual(own.posted, []);
      await visitor.types(token.slice(5));
      assert.equal(await visitor.element.getAttribute("data-state"), "entering");
      await press(visitor);
      const [[name, receipt]] = await posted(visitor, own);
      assert.deepEqual([name, receipt.split(".").length], ["mfa", 3]);
      assert.deepEqual(await shown().catch(() => []), []);
    });
  }

  const TWO = `<button name="way" value="back" formnovalidate>Cancel</button>
    <button name="way" value="once">Continue</button><button name="way" value="always">Trust this device</button>`;

  for (const [what, on, press, way] of [
    ["by the button that was pressed", ON_SUBMIT, (visitor) => visitor.presses("Trust this device"), "always"],
    ["by the one pressed last", ON_SUBMIT, async (visitor) => {
      await visitor.presses("Trust this device");
      await visitor.presses("Continue");
    }, "once"],
    ["by the first button but Cancel, where it goes by itself", `name="mfa" autosubmit`, () => {}, "once"],
  ]) {
    story(`${what}, of several`, async ({ visitor, site }) => {
      const own = await opens(visitor, { on, more: TWO });
      const token = await hasACode(visitor);
      await site.breaks("verify", { delay_ms: 600 });
      await visitor.types(token);
      await press(visitor);
      assert.deepEqual((await posted(visitor, own)).getAll("way"), [way]);
    });
  }

  story("and Cancel passes untouched", async ({ visitor }) => {
    const own = await opens(visitor, { on: `name="mfa" required verify="submit"`, more: TWO });
    const token = await hasACode(visitor);
    const paths = requests(visitor);
    await visitor.types(token);
    await visitor.presses("Cancel");
    assert.deepEqual([...(await posted(visitor, own))], [["token", token], ["way", "back"]]);
    assert.deepEqual(paths, []);
  });

  story("though the button is gone by then", async ({ visitor, site }) => {
    const own = await opens(visitor, { on: ON_SUBMIT });
    const token = await hasACode(visitor);
    await site.breaks("verify", { delay_ms: 600 });
    await visitor.types(token);
    await visitor.presses("Continue");
    await visitor.standsAt("verifying");
    await visitor.page.evaluate(() => document.querySelector("form > button").remove());
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("and a second Enter meanwhile, in a form without a button, brings no message of the browser", async ({ visitor, site }) => {
    const own = await opens(visitor, { on: ON_SUBMIT, more: "" });
    const shown = await messages(visitor);
    const token = await hasACode(visitor);
    await site.breaks("verify", { delay_ms: 1500 });
    await visitor.types(token);
    await visitor.page.keyboard.press("Enter");
    await visitor.standsAt("verifying");
    await visitor.page.waitForTimeout(600);
    await visitor.page.keyboard.press("Enter");
    assert.deepEqual(await shown(), []);
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("though it came before the module: what was typed is there, and the browser says why it waits", async ({ visitor }) => {
    let comes;
    const coming = new Promise((resolve) => (comes = resolve));
    await visitor.page.route("**/mfa_code_bg.wasm", async (route) => {
      await coming;
      await route.continue();
    });
    const own = await OwnPage.opens(visitor, "mara", form({}));
    await visitor.page.locator("mfa-code:invalid").waitFor();
    const shown = await messages(visitor);
    await visitor.field.pressSequentially("12");
    await visitor.page.keyboard.press("Enter");
    assert.deepEqual(await shown(), ["One moment, the code is not checked yet."]);
    assert.equal(await visitor.focus(), "Security code");
    comes();
    await visitor.standsAt("idle");
    assert.equal(await visitor.field.inputValue(), "12");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("Ask for a code first.");
    assert.deepEqual(own.posted, []);
  });
});

stories("A form that goes on by itself", () => {
  const AUTO = `name="mfa" required autosubmit`;

  story("and is refused for another field leads there, and takes the receipt along once that is right", async ({ visitor }) => {
    const more = `<label>Nickname <input name="nick" required></label>
      <label>City <input name="city" required></label><button>Continue</button>`;
    const own = await opens(visitor, { on: AUTO, more });
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    const focused = () => document.activeElement.name === "nick" && !document.activeElement.validity.valid;
    await visitor.page.waitForFunction(focused);
    assert.deepEqual(own.posted, []);
    await visitor.types("Mara");
    await visitor.page.keyboard.press("Enter");
    await visitor.page.waitForFunction(() => document.activeElement.name === "city");
    await visitor.types("Malmö");
    await visitor.page.keyboard.press("Enter");
    const all = await posted(visitor, own);
    assert.deepEqual([...all.keys()], ["mfa", "token", "nick", "city"]);
    assert.equal(all.get("mfa").split(".").length, 3);
  });

  story("in a page that sends it with its own script has the receipt in it, and can be sent again", async ({ visitor }) => {
    await visitor.page.clock.install();
    const script = `window.sent = []; document.forms[0].addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      sent.push(new FormData(event.target).get("mfa"));
    })`;
    const own = await opens(visitor, { on: AUTO }, { script });
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    const sent = () => visitor.page.evaluate(() => window.sent.map((receipt) => receipt.split(".").length));
    // An impatient press is not a second submit.
    await visitor.presses("Continue");
    assert.deepEqual(await sent(), [3]);
    await visitor.waits(2);
    await visitor.presses("Continue");
    assert.deepEqual(await sent(), [3, 3]);
    assert.deepEqual(own.posted, []);
  });

  story("goes by the first button that is not switched off", async ({ visitor }) => {
    const more = `<button name="way" value="off" disabled>Back</button><button name="way" value="on">Continue</button>`;
    const own = await opens(visitor, { on: AUTO, more });
    await visitor.types(await hasACode(visitor));
    assert.equal((await posted(visitor, own)).get("way"), "on");
  });

  story("whose controls are named like what a form can do posts the receipt", async ({ visitor }) => {
    const more = ["matches", "requestSubmit", "elements"].map((name) => `<input type="hidden" name="${name}" value="1">`).join("");
    const own = await opens(visitor, { on: AUTO, more: `${more}<button>Continue</button>` });
    await visitor.types(await hasACode(visitor));
    assert.equal((await posted(visitor, own)).get("mfa").split(".").length, 3);
  });
});
