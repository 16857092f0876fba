// The two ways of a code: what is offered when a text message does not come, what the words say,
// and what is left when the endpoint refuses one of them.

import assert from "node:assert/strict";

import { storyBehind } from "./behind.js";
import { heard, listens } from "./heard.js";
import { stories, story } from "./story.js";
import { answered, unanswered } from "./visitor.js";

const button = ({ page }, name) => page.locator("mfa-code").getByRole("button", { name });

async function isPrimary(visitor, name) {
  return /\bprimary\b/.test(await button(visitor, name).getAttribute("part"));
}

const LATE = /^No text message yet\?/;

async function isNotSaidToBeLate(visitor) {
  await visitor.waits(31);
  assert.equal(await visitor.page.locator("mfa-code").getByText(LATE).count(), 0);
}

stories("A text message that seems not to arrive", () => {
  story("is told after half a minute, and the call that is offered instead brings the code", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.waits(25);
    assert.ok(!await isPrimary(visitor, /^Call me instead/));
    await listens(visitor);
    await site.passes(30);
    await visitor.waits(6);
    assert.deepEqual(await heard(visitor), ["No text message yet? We can call you instead."]);
    assert.ok(await isPrimary(visitor, "Call me instead"));
    assert.ok(!await isPrimary(visitor, "Send a new code"));
    assert.equal(await visitor.focus(), "Security code");
    await visitor.presses("Call me instead");
    await visitor.sees("We are calling +1 ••• ••• 0143.");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Call to");
  });

  story("is not told to who has begun to type", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("1");
    await isNotSaidToBeLate(visitor);
    assert.ok(!await isPrimary(visitor, "Call me instead"));
  });

  story("is not told of a call", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("call");
    await isNotSaidToBeLate(visitor);
    await visitor.isOffered("Call me again");
    assert.ok(!await isPrimary(visitor, "Text me instead"));
  });

  storyBehind({ changes: { channels: ["sms"] } }, "is told in other words where there are no calls", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.waits(31);
    await visitor.sees("No text message yet? You can ask for a new code.");
    await visitor.isOffered("Send a new code");
    assert.equal(await button(visitor, /^Call me/).count(), 0);
  });
});

stories("The words", () => {
  story("say by which way the code comes, at each step", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await listens(visitor);
    await visitor.asksBy("call");
    await visitor.waits(31);
    await visitor.isOffered("Call me again");
    await site.passes(30);
    await visitor.presses("Text me instead");
    await visitor.sees("New code sent to");
    await visitor.waits(31);
    await visitor.isOffered("Send a new code");
    await visitor.isOffered("Call me instead");
    assert.deepEqual((await heard(visitor)).slice(0, 4), [
      "Starting the call…",
      "We are calling +1 ••• ••• 0143. Answer to hear the code.",
      "Sending the code…",
      "New code sent to +1 ••• ••• 0143. It can take a minute to arrive.",
    ]);
  });
});

/** The field takes what is typed, and the visitor is told why there is no code. */
async function isToldAndNotLocked(visitor, words) {
  await visitor.sees(words);
  await visitor.field.click();
  await visitor.types("12");
  assert.equal(await visitor.field.inputValue(), "12");
  assert.equal(await visitor.field.evaluate((field) => field.readOnly || field.disabled), false);
  await visitor.page.keyboard.press("ControlOrMeta+A");
}

stories("What the endpoint says of a code", () => {
  /** Each turns the order of what follows round, or hides that it does. */
  const MARKS = "\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c";
  const ROUND = { to: `+1 ${MARKS}••• ••• 0143`, summary: { title: `Pay ${MARKS}€021 to ACME`, lines: [`Invoice ${MARKS}811`, "one\u2028two\u0007"] } };
  storyBehind({ changes: ROUND }, "is shown without marks that turn the order of a text round", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const shown = await visitor.element.locator("[slot=summary]").textContent();
    assert.equal(shown, "Pay €021 to ACME\nInvoice 811\nonetwo");
    assert.equal(await visitor.element.locator("[slot=summary] > strong").textContent(), "Pay €021 to ACME");
    const told = await visitor.element.locator("[role=status]").textContent();
    assert.equal(told, "Code sent to +1 ••• ••• 0143. It can take a minute to arrive.");
  });

  const ENDLESS = { title: "Pay €120.00 to ACME", lines: ["x".repeat(1_000_000), "y".repeat(1_000_000)] };
  storyBehind({ changes: { summary: ENDLESS } }, "is cut where it has no end, and the code works", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const shown = await visitor.element.locator("[slot=summary]").textContent();
    assert.ok(shown.startsWith("Pay €120.00 to ACME\nxxx"));
    assert.ok(shown.length < 3000, `${shown.length}`);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});

stories("A refusal of the endpoint locks nothing:", () => {
  const NO_TEXTS = { path: /^\/mfa\/sms$/, status: 422, code: "channel_unavailable" };
  storyBehind({ refuses: NO_TEXTS }, "a number that takes no texts is called", async ({ visitor }) => {
    visitor.expects(answered(422));
    await visitor.isAskedForACode("mara");
    await visitor.presses("Text me a code");
    await isToldAndNotLocked(visitor, "This number cannot be reached this way. Choose another way.");
    await visitor.presses("Call me with a code");
    await visitor.standsAt("entering");
    await visitor.field.fill("");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Call to");
  });

  story("a text asked for too soon after one for another page says how long to wait, and then comes", async ({ visitor, site }) => {
    visitor.expects(answered(429));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.page.evaluate(() => localStorage.clear());
    await visitor.page.reload();
    await visitor.standsAt("idle");
    await visitor.presses("Text me a code");
    await isToldAndNotLocked(visitor, /Too many requests. Try again in \d+ seconds./);
    await visitor.page.getByRole("button", { name: /^Text me a code in 0:[0-3]\d$/ }).waitFor();
    await site.passes(30);
    await visitor.waits(31);
    await visitor.field.fill("");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("a number that the telephone service refuses is said to be refused", async ({ visitor, site }) => {
    visitor.expects(answered(422));
    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { status: 422 });
    await visitor.presses("Text me a code");
    await isToldAndNotLocked(visitor, "This phone number cannot be used. Contact the site's support to change it.");
    await visitor.isOffered("Call me with a code");
  });

  story("a page that was open for too long says to sign in again", async ({ visitor, site }) => {
    visitor.expects(answered(403));
    await visitor.isAskedForACode("mara");
    await site.passes(24 * 3600);
    await visitor.presses("Text me a code");
    await isToldAndNotLocked(visitor, "This page has been open for too long. Sign in again.");
  });

  const TOO_OFTEN = { path: /\/verify$/, status: 429, code: "rate_limited" };
  storyBehind({ refuses: TOO_OFTEN }, "a check that is refused can be tried again with the code that is there", async ({ visitor }) => {
    visitor.expects(answered(429));
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await visitor.types(token);
    await visitor.sees("Too many requests. Try again later.");
    assert.equal(await visitor.field.inputValue(), token);
    assert.equal(await visitor.field.getAttribute("aria-invalid"), null);
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });
});

stories("When the network is back", () => {
  story("the visitor hears it, and what they typed is still there", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await listens(visitor);
    await context.setOffline(true);
    await visitor.types(token);
    await visitor.standsAt("offline");
    await context.setOffline(false);
    await visitor.sees("You are connected again. Try again.");
    assert.equal(await visitor.page.locator("mfa-code [role=alert]").textContent(), "");
    assert.equal(await visitor.field.inputValue(), token);
    assert.deepEqual(await heard(visitor), [
      "Checking the code…",
      "We could not reach the service. Your code is still here. Check your connection and try again.",
      "You are connected again. Try again.",
    ]);
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });

  story("no code is said to be there where none was typed", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await context.setOffline(true);
    await visitor.presses("Text me a code");
    await visitor.sees("We could not reach the service. Check your connection and try again.");
    await context.setOffline(false);
    await visitor.sees("You are connected again. Try again.");
    await visitor.presses("Try again");
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
  });
});
