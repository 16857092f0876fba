// Where the focus is: it moves when the visitor does something, and at no other time.

import assert from "node:assert/strict";

import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";
import { unanswered } from "./visitor.js";

/** From here on every change of the focus is kept: a tag, a button's name, or nothing. */
async function watches({ page }) {
  await page.evaluate(() => {
    const moved = (globalThis.moved = []);
    const name = () => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return focused === document.body ? "nothing" : focused.localName === "input" ? "the field" : focused.textContent.trim();
    };
    // Into a shadow root and within it, too.
    for (const root of [document, document.querySelector("mfa-code").shadowRoot]) {
      for (const kind of ["focusin", "focusout"]) {
        root.addEventListener(kind, () => setTimeout(() => {
          const now = name().replace(/in \d+:\d\d$/, "");
          if (moved.at(-1) !== now) moved.push(now);
        }), true);
      }
    }
  });
}

/** What the focus went to since it was asked last. */
async function moves({ page }) {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  return page.evaluate(() => globalThis.moved.splice(0));
}

stories("Over a whole sign-in the focus", () => {
  story("goes to the field at the visitor's click, and stays there whatever is answered", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await visitor.element.evaluate((element) => (element.autosubmit = false));
    await watches(visitor);
    await visitor.asksBy("sms");
    assert.deepEqual((await moves(visitor)).at(-1), "the field");
    await visitor.types("12x3");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("Enter all 6 numbers");
    await visitor.page.keyboard.press("ControlOrMeta+A");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await context.setOffline(true);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("offline");
    await context.setOffline(false);
    await visitor.sees("You are connected again.");
    assert.deepEqual(await moves(visitor), []);
    await visitor.presses("Try again");
    await visitor.standsAt("verified");
    // The button that was pressed is gone: who pressed it is where they were before.
    const after = await moves(visitor);
    assert.equal(after.at(-1), "the field");
    assert.ok(after.every((where) => ["Try again", "the field"].includes(where)), after.join());
  });

  story("is not moved by time: by no second, no warning, no late message, no expiry", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    for (const where of ["the field", "Read the code out", "the link"]) {
      if (where === "Read the code out") await visitor.page.keyboard.press("Tab");
      if (where === "the link") await visitor.page.getByRole("link", { name: "Harbor Savings" }).focus();
      await watches(visitor);
      await visitor.waits(150);
      assert.deepEqual(await moved(visitor), [], where);
    }
    await visitor.waits(200);
    await visitor.standsAt("closed");
    assert.deepEqual(await moved(visitor), [], "expired");
  });

  story("is not moved by what another tab does", async ({ visitor, another }) => {
    const body = `<form action="/own/posted" method="post"><a href="#top">Top</a>
      <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code><button>Continue</button></form>`;
    await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("idle");
    const second = await another();
    await second.opens("/own/page");
    await second.standsAt("idle");
    await second.page.getByRole("link", { name: "Top" }).focus();
    await watches(second);
    await visitor.asksBy("sms");
    await second.standsAt("entering");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.standsAt("rejected");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    await visitor.page.waitForURL("**/own/posted");
    await second.standsAt("verified");
    assert.deepEqual(await moves(second), []);
  });

  story("is left alone by an error while the visitor is elsewhere", async ({ visitor, site }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const wrong = await visitor.phone.wrongToken();
    site.hangs();
    await visitor.types(wrong);
    await visitor.standsAt("verifying");
    await visitor.page.getByRole("link", { name: "Harbor Savings" }).focus();
    await watches(visitor);
    site.goesOn();
    await visitor.sees("2 tries left.");
    assert.deepEqual(await moves(visitor), []);
  });
});

stories("The focus of somebody who has gone on", () => {
  const BODY = `<label for="other">Name</label><input id="other">
    <form action="/own/posted" method="post"><mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code>
    <button>Continue</button></form>`;

  story("by the Tab key, before the code is sent, stays where it is", async ({ visitor, site }) => {
    await OwnPage.opens(visitor, "mara", BODY);
    await visitor.standsAt("idle");
    site.hangs();
    await visitor.presses("Text me a code");
    await visitor.standsAt("sending");
    for (let stop = 0; stop < 5 && (await visitor.focus()) !== "Continue"; stop += 1) await visitor.page.keyboard.press("Tab");
    assert.equal(await visitor.focus(), "Continue");
    site.goesOn();
    await visitor.standsAt("entering");
    await visitor.sees("Code sent to");
    assert.equal(await visitor.focus(), "Continue");
  });

  for (const [what, isElsewhere, focused] of [
    ["leaves it to whoever is in another field when the module comes", true, "Name"],
    ["takes it where nobody has it", false, "Security code"],
  ]) {
    story(`autofocus ${what}`, async ({ visitor }) => {
      let letGo;
      const held = new Promise((resolve) => (letGo = resolve));
      await visitor.page.route("**/*.wasm", (route) => held.then(() => route.continue()));
      await OwnPage.opens(visitor, "mara", BODY.replace("<mfa-code", "<mfa-code autofocus"));
      if (isElsewhere) await visitor.page.getByLabel("Name").focus();
      letGo();
      await visitor.standsAt("idle");
      assert.equal(await visitor.focus(), focused);
    });
  }
});

/** With a clock that the story holds, nothing can be waited for in the page. */
const moved = ({ page }) => page.evaluate(() => globalThis.moved.splice(0));
