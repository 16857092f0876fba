// What a screen reader finds and hears, and where the focus is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { stories, story } from "./story.js";
import { unanswered } from "./visitor.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** No rule of WCAG 2.2 AA that a program can check is broken here. */
async function isClean(visitor, where) {
  const broken = await visitor.page.evaluate(async (tags) => {
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("; ")}`);
  }, RULES);
  assert.deepEqual(broken, [], where);
}

for (const colorScheme of ["light", "dark"]) {
  stories(`Accessibility, ${colorScheme}`, () => {
    story("no page breaks a rule, in any state", async ({ visitor, site, context }) => {
      visitor.expects(/status of 404.*\/mfa\//, unanswered);
      await visitor.page.clock.install();
      // The only way in that the pages' own policy leaves open.
      await visitor.page.addInitScript({ content: AXE });
      await visitor.opens();
      await isClean(visitor, "the password page");
      await visitor.isAskedForACode("mara");
      await isClean(visitor, "idle");
      await site.breaks("sms", { delay_ms: 3000 });
      await visitor.presses("Text me a code");
      await visitor.standsAt("sending");
      await isClean(visitor, "sending");
      await visitor.sees("Code sent to");
      await visitor.types("12");
      await isClean(visitor, "entering");
      await context.setOffline(true);
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.standsAt("offline");
      await isClean(visitor, "offline");
      await context.setOffline(false);
      await site.breaks("verify", { delay_ms: 3000 });
      await visitor.presses("Try again");
      await visitor.standsAt("verifying");
      await isClean(visitor, "verifying");
      await visitor.sees("2 tries left.");
      await isClean(visitor, "rejected");
      await site.passes(601);
      await visitor.types(await visitor.phone.latestToken());
      await visitor.standsAt("closed");
      await isClean(visitor, "closed");
      await visitor.page.reload();
      await visitor.standsAt("closed");
      await visitor.waits(31);
      await visitor.element.evaluate((element) => (element.autosubmit = false));
      await visitor.asksBy("call");
      await visitor.types(await visitor.phone.latestToken());
      await visitor.standsAt("verified");
      await isClean(visitor, "verified");
      await visitor.presses("Continue");
      await visitor.isSignedIn();
      await isClean(visitor, "the account page");
    }, { colorScheme });
  });
}

stories("A screen reader", () => {
  story("has its live regions from the first look at the page", async ({ visitor }) => {
    await visitor.hasGivenThePassword("mara");
    await visitor.opens("/code");
    await visitor.standsAt("idle");
    const alert = await visitor.page.locator("mfa-code [role=alert]").elementHandle();
    const status = await visitor.page.locator("mfa-code [role=status]").elementHandle();
    for (const region of [alert, status]) assert.equal(await region.textContent(), "");
    await visitor.asksBy("sms");
    // The same nodes, so that what is written into them is heard.
    await visitor.sees("Code sent to");
    assert.match(await status.textContent(), /Code sent to/);
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    assert.match(await alert.textContent(), /not correct/);
  });

  story("is told once that a code was sent, and answered at every try", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const status = visitor.page.locator("mfa-code [part=status]");
    assert.equal(await status.getAttribute("aria-live"), "polite");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await visitor.page.keyboard.press("1");
    await visitor.sees("Code sent to");
    assert.equal(await status.getAttribute("aria-live"), "off");
    // What is written again, though the words are the same, is read out again.
    const alert = visitor.page.locator("mfa-code [role=alert]");
    await visitor.presses("Continue");
    await visitor.sees("Enter all 6 numbers of the code.");
    // Listened to before it is pressed: on a busy machine that could otherwise come first.
    await alert.evaluate((region) => {
      window.heard = new Promise((resolve) =>
        new MutationObserver(() => resolve(region.textContent.trim()))
          .observe(region, { childList: true, characterData: true, subtree: true }));
    });
    await visitor.presses("Continue");
    assert.equal(await visitor.page.evaluate(() => window.heard), "Enter all 6 numbers of the code.");
  });

  story("hears from the button how long it waits", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.page.getByRole("button", { name: /^Send a new code in 0:[0-3]\d$/ }).waitFor();
  });

  story("reads the label, what the code looks like, and what was wrong, at the field", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    const described = await visitor.field.evaluate((field) =>
      field.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent).join(" "));
    assert.match(described, /The code has 6 numbers.*That code is not correct/);
    assert.equal(await visitor.field.getAttribute("aria-invalid"), "true");
    assert.equal(await visitor.field.getAttribute("autocomplete"), "one-time-code");
    assert.equal(await visitor.page.locator("mfa-code [part=slots]").getAttribute("aria-hidden"), "true");
  });
});

stories("The focus", () => {
  story("goes to the field after the visitor's own click, and stays where it is otherwise", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    assert.equal(await visitor.page.evaluate(() => document.activeElement.tagName), "BODY");
    await visitor.asksBy("sms");
    await visitor.sees("Code sent to");
    assert.equal(await visitor.focus(), "Security code");
  });

  story("is not taken from somebody who is elsewhere when the code is sent", async ({ visitor, site }) => {
    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { delay_ms: 400 });
    await visitor.presses("Text me a code");
    await visitor.sees("Sending the code…");
    await visitor.page.getByRole("link", { name: "Harbor Savings" }).focus();
    await visitor.standsAt("entering");
    await visitor.sees("Code sent to");
    assert.match(await visitor.focus(), /Harbor Savings/);
  });

  story("is not taken by a page that asks by itself", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.element.evaluate((element) => element.start("sms"));
    await visitor.standsAt("entering");
    assert.equal(await visitor.page.evaluate(() => document.activeElement.tagName), "BODY");
  });
});
