// The clocks of a code: the wait for another one, and until when it works. A reload and another
// tab are in `continuity.test.js`.

import assert from "node:assert/strict";

import { storyBehind } from "./behind.js";
import { holds } from "./hands.js";
import { heard, listens } from "./heard.js";
import { stories, story } from "./story.js";
import { answered, unanswered } from "./visitor.js";

const HOUR = 3600;
const GERMANY = { timezoneId: "Europe/Berlin" };
/** 14:22 there. */
const EARLY_AFTERNOON = new Date("2026-11-23T13:22:00Z");

/** The device's own time is another one from now on, and no time has passed. */
async function clockIsSet({ page }, seconds) {
  const now = await page.evaluate(() => Date.now());
  await page.clock.setSystemTime(now + seconds * 1000);
}

const again = ({ page }) => page.locator("mfa-code").getByRole("button", { name: /^Send a new code/ });

/** The seconds that stand on the button. */
async function waitOnTheButton(visitor) {
  const [, minutes, seconds] = /in (\d+):(\d\d)$/.exec(await again(visitor).innerText().then((text) => text.trim()));
  return Number(minutes) * 60 + Number(seconds);
}

async function comesBackIntoSight({ page }) {
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
}

/** Has asked for a code, with a clock that the story holds. */
async function hasACode(visitor, how = {}) {
  await visitor.page.clock.install(how);
  await visitor.isAskedForACode("mara");
  // Times of day are the same wherever this is told.
  await visitor.element.evaluate((element) => (element.lang = "en-GB"));
  await visitor.asksBy("sms");
}

stories("The wait for another code", () => {
  story("goes on while the device sleeps", async ({ visitor, site }) => {
    await hasACode(visitor);
    assert.ok(await waitOnTheButton(visitor) > 20);
    // No timer has run meanwhile; when they run again it is later.
    await site.passes(30);
    await clockIsSet(visitor, 31);
    await visitor.waits(1);
    await visitor.presses("Send a new code");
    await visitor.sees("New code sent");
    assert.equal(await visitor.phone.count(), 2);
  });

  story("is shown as it is as soon as a throttled tab is looked at again", async ({ visitor }) => {
    await hasACode(visitor);
    await visitor.page.evaluate(() => {
      const { setInterval } = globalThis;
      globalThis.setInterval = (act, delay, ...rest) => setInterval(act, Math.max(delay, 60_000), ...rest);
    });
    // The timer of this second is armed already, and the next one is late.
    await visitor.waits(20);
    const stale = await waitOnTheButton(visitor);
    assert.ok(stale > 25, `${stale}`);
    await comesBackIntoSight(visitor);
    const wait = await waitOnTheButton(visitor);
    assert.ok(wait <= 10 && wait > 0, `${wait}`);
    await visitor.waits(20);
    await comesBackIntoSight(visitor);
    await visitor.isOffered("Send a new code");
  });

  for (const [what, wrong] of [["an hour fast", HOUR], ["an hour slow", -HOUR]]) {
    story(`is as long on a device whose clock is ${what}, and the code works as long`, async ({ visitor }) => {
      const began = Date.now() + wrong * 1000;
      await hasACode(visitor, { time: began });
      const wait = await waitOnTheButton(visitor);
      assert.ok(wait > 20 && wait <= 30, `${wait}`);
      // On the visitor's own clock, which is the one that they look at.
      const until = [600, 610].map((seconds) => new Date(began + seconds * 1000)
        .toLocaleString("en-GB", { hour: "numeric", minute: "2-digit", timeZone: GERMANY.timezoneId }));
      const hint = await visitor.page.locator("mfa-code [slot=hint]").innerText();
      assert.ok(until.some((time) => hint.endsWith(`This code works until ${time}.`)), `${hint} ${until}`);
      await visitor.waits(30);
      await visitor.isOffered("Send a new code");
      await visitor.types(await visitor.phone.latestToken());
      await visitor.isSignedIn();
    }, GERMANY);
  }

  story("is made no longer by a clock that is set back, nor is the life of the code", async ({ visitor }) => {
    await hasACode(visitor);
    const before = await waitOnTheButton(visitor);
    await clockIsSet(visitor, -HOUR);
    await visitor.waits(1);
    const wait = await waitOnTheButton(visitor);
    assert.ok(wait <= before && wait > 15, `${before} ${wait}`);
    await visitor.waits(30);
    await visitor.isOffered("Send a new code");
    await visitor.waits(560);
    await visitor.standsAt("entering");
    await visitor.waits(20);
    await visitor.sees("The code has expired. Ask for a new code.");
  });

  story("and the life of the code are told in different places, in different words", async ({ visitor }) => {
    await hasACode(visitor, { time: EARLY_AFTERNOON });
    const hint = visitor.page.locator("mfa-code [slot=hint]");
    assert.equal(await hint.innerText(),
      "The code has 6 numbers. Never share it with anyone. This code works until 14:32.");
    const buttons = visitor.page.locator("mfa-code [part=actions] button:visible");
    const texts = (await buttons.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    assert.equal(texts.length, 2);
    assert.match(texts[0], /^Send a new code in 0:(30|2\d)$/);
    assert.match(texts[1], /^Call me instead in 0:(30|2\d)$/);
    // What counts down stands on buttons alone, and the time of day beside the field alone.
    const all = await visitor.element.evaluate((element) => element.innerText + element.shadowRoot.textContent);
    assert.equal(all.match(/in \d+:\d\d/g).length, 2);
    assert.equal(all.match(/14:32/g).length, 1);
    await visitor.waits(31);
    assert.doesNotMatch(await visitor.page.locator("mfa-code").innerText(), /in \d+:\d\d/);
    assert.match(await hint.innerText(), /until 14:32\.$/);
  }, GERMANY);

  story("takes a click that comes too early for no wish, and a double click for one", async ({ visitor, site }) => {
    await hasACode(visitor);
    await again(visitor).click({ force: true });
    assert.equal(await visitor.phone.count(), 1);
    await site.passes(30);
    await visitor.waits(31);
    await visitor.offered("Send a new code").dblclick();
    await visitor.sees("New code sent");
    assert.equal(await visitor.phone.count(), 2);
  });

  story("goes on while a code is checked", async ({ visitor, site }) => {
    await hasACode(visitor);
    const token = await visitor.phone.latestToken();
    site.hangs();
    await visitor.types(token);
    await visitor.standsAt("verifying");
    const before = await waitOnTheButton(visitor);
    await visitor.waits(5);
    await visitor.standsAt("verifying");
    const wait = await waitOnTheButton(visitor);
    assert.ok(wait <= before - 4 && wait > 0, `${before} ${wait}`);
    site.goesOn();
    await visitor.isSignedIn();
  });

  story("goes on without a network", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await hasACode(visitor);
    await context.setOffline(true);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("offline");
    const before = await waitOnTheButton(visitor);
    await visitor.waits(5);
    const wait = await waitOnTheButton(visitor);
    assert.ok(wait <= before - 4 && wait > 0, `${before} ${wait}`);
    await visitor.waits(30);
    await visitor.isOffered("Send a new code");
  });

  story("is no longer said to be too long once it is over", async ({ visitor }) => {
    visitor.expects(answered(429));
    await hasACode(visitor);
    await visitor.page.evaluate(() => localStorage.clear());
    await visitor.page.reload();
    await visitor.standsAt("idle");
    await visitor.presses("Text me a code");
    const told = visitor.element.getByText(/Too many requests\. Try again in \d+ seconds\./);
    await told.waitFor();
    await visitor.waits(5);
    assert.ok(await told.isVisible());
    await visitor.waits(26);
    await told.waitFor({ state: "hidden" });
    await visitor.isOffered("Text me a code");
  });

  story("leaves the focus on the button until it can be pressed", async ({ visitor, site }) => {
    await hasACode(visitor);
    await again(visitor).focus();
    for (let second = 0; second < 28; second += 4) {
      assert.equal(await again(visitor).getAttribute("aria-disabled"), "true");
      assert.equal(await again(visitor).evaluate((button) => button.disabled), false);
      assert.match(await visitor.focus(), /^Send a new code/);
      await visitor.page.keyboard.press("Enter");
      await visitor.waits(4);
    }
    assert.equal(await visitor.phone.count(), 1);
    await site.passes(30);
    await visitor.waits(4);
    assert.equal(await again(visitor).getAttribute("aria-disabled"), null);
    assert.match(await visitor.focus(), /^Send a new code$/);
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("New code sent");
    assert.equal(await visitor.phone.count(), 2);
  });
});

stories("The life of a code", () => {
  for (const [seconds, time] of [[12 * HOUR, "0?2:22"], [12 * HOUR + 60, "Tuesday,? (at )?0?2:23"], [3 * 24 * HOUR, "Thursday,? (at )?14:22"]]) {
    storyBehind({ changes: { valid_for: seconds } }, `of ${seconds} seconds ends at a time of day that cannot be another day's`, async ({ visitor }) => {
      await hasACode(visitor, { time: EARLY_AFTERNOON });
      const hint = await visitor.page.locator("mfa-code [slot=hint]").innerText();
      assert.match(hint, new RegExp(` This code works until ${time}\\.$`));
    }, GERMANY);
  }

  story("is told at five minutes, one minute, thirty seconds and its end, and at no other time", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await listens(visitor);
    await visitor.asksBy("sms");
    await visitor.types("1");
    await visitor.waits(601);
    await visitor.standsAt("closed");
    assert.deepEqual(await heard(visitor), [
      "Sending the code…",
      "Code sent to +1 ••• ••• 0143. It can take a minute to arrive.",
      "This code stops working in 5 minutes.",
      "This code stops working in 60 seconds.",
      "This code stops working in 30 seconds.",
      "The code has expired. Ask for a new code.",
    ]);
  });

  story("is not said to be five minutes when it is less", async ({ visitor }) => {
    await hasACode(visitor);
    await visitor.types("1");
    const told = visitor.element.getByText("This code stops working in 5 minutes.");
    await visitor.waits(285);
    assert.equal(await told.isVisible(), false);
    await visitor.waits(17);
    assert.equal(await told.isVisible(), true);
    await visitor.waits(20);
    assert.equal(await told.isVisible(), false);
    await holds(visitor, "1|");
  });

  story("slept through is told once, by what is still true of it", async ({ visitor }) => {
    await hasACode(visitor);
    await visitor.types("1");
    await listens(visitor);
    await clockIsSet(visitor, 550);
    await comesBackIntoSight(visitor);
    await visitor.waits(5);
    assert.deepEqual(await heard(visitor), ["This code stops working in 60 seconds."]);
    await clockIsSet(visitor, 2 * HOUR);
    await comesBackIntoSight(visitor);
    await visitor.standsAt("closed");
    assert.deepEqual((await heard(visitor)).slice(1), ["The code has expired. Ask for a new code."]);
  });
});
