// A reload, another tab, a clock: the same sign-in goes on.

import assert from "node:assert/strict";

import { storyBehind } from "./behind.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";
import { answered } from "./visitor.js";

/** Has asked, and the answer takes its time. Returns the keys of all such requests, now and later. */
async function waitsForACode(visitor, site) {
  visitor.expects(/net::ERR_ABORTED/);
  await visitor.isAskedForACode("mara");
  await site.breaks("sms", { delay_ms: 4000 });
  const keys = [];
  visitor.page.on("request", (request) => {
    if (request.url().endsWith("/mfa/sms")) keys.push(request.headers()["idempotency-key"]);
  });
  await visitor.presses("Text me a code");
  await visitor.standsAt("sending");
  return keys;
}

/** What the browser's storage holds. */
const stored = (visitor) => visitor.page.evaluate(() => JSON.stringify({ ...localStorage }));

stories("A reload", () => {
  story("sends no second code, resets no cooldown, and the code still works", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await visitor.page.reload();
    await visitor.standsAt("entering");
    await visitor.page.getByRole("button", { name: /^Send a new code in 0:[0-2]\d$/ }).waitFor();
    await visitor.sees("This code works until");
    assert.equal(await visitor.phone.count(), 1);
    await visitor.field.click();
    await visitor.types(token);
    await visitor.isSignedIn();
    assert.equal(await visitor.phone.count(), 1);
  });

  story("gives no try back and sends no wrong code again", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    const verifies = [];
    visitor.page.on("request", (request) => request.url().endsWith("/verify") && verifies.push(request.url()));
    await visitor.page.reload();
    await visitor.standsAt("entering");
    assert.equal(await visitor.element.evaluate((element) => element.state.attemptsLeft), 2);
    assert.deepEqual(verifies, []);
    await visitor.field.fill("");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("while a code is asked for repeats the same request, and one message comes", async ({ visitor, site }) => {
    const keys = await waitsForACode(visitor, site);
    await visitor.page.waitForTimeout(300);
    await visitor.page.reload();
    await visitor.standsAt("entering");
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal(await visitor.phone.count(), 1);
  });

  for (const [what, changes] of [
    ["more than a minute ago", (word) => ({ ...word, at: word.at - 61 })],
    ["under a key that is lost", ({ key, ...word }) => word],
  ]) {
    story(`repeats no request that was made ${what}`, async ({ visitor, site }) => {
      const keys = await waitsForACode(visitor, site);
      const place = await visitor.page.evaluate(() => Object.keys(localStorage).find((name) => name.startsWith("mfa-code")));
      const word = JSON.parse(await visitor.page.evaluate((place) => localStorage[place], place));
      assert.equal(word.asked, "sms");
      assert.equal(word.key, keys[0]);
      const changed = changes(word);
      await visitor.page.addInitScript(([place, word]) => (localStorage[place] = word), [place, JSON.stringify(changed)]);
      await visitor.page.reload();
      await visitor.standsAt("idle");
      await visitor.page.getByRole("button", { name: /^(Text me|Call me with) a code/ }).first().waitFor();
      assert.equal(keys.length, 1);
    });
  }

  story("after too many wrong codes still says so", async ({ visitor }) => {
    const words = "Too many wrong codes. Ask for a new code to try again.";
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    for (const wrong of await visitor.phone.wrongTokens(3)) {
      await visitor.page.locator("mfa-code:not([aria-busy])").waitFor();
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.types(wrong);
    }
    await visitor.standsAt("closed");
    await visitor.sees(words);
    await visitor.page.reload();
    await visitor.standsAt("closed");
    await visitor.sees(words);
    await visitor.page.getByRole("button", { name: /^(Send a new|Text me a) code in \d:\d\d$/ }).waitFor();
  });

  story("of a page that asks by itself asks once", async ({ visitor }) => {
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}" autostart></mfa-code>`;
    await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("entering");
    await visitor.page.reload();
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("by the next person at this browser meets nothing of the one before", async ({ visitor, site }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.page.request.post(`${site.url}/sign-out`);
    await visitor.isAskedForACode("tomas");
    await visitor.isOffered("Text me a code");
    assert.ok(!(await visitor.page.locator("mfa-code").innerText()).includes("43"));
  });

  story("finds no secret in the browser's storage", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await visitor.types(token.slice(0, 5));
    const kept = await stored(visitor);
    assert.match(kept, /"id/);
    const ticket = await visitor.element.getAttribute("ticket");
    for (const secret of [token, token.slice(0, 5), ticket, "2025550143"]) assert.ok(!kept.includes(secret));
  });

  const TALKATIVE = {
    to: "+12025550143", debug_token: "123456", summary: { title: "Pay", lines: [], account: "DE0212" },
  };
  storyBehind({ changes: TALKATIVE }, "finds nothing in the browser's storage but what it needs, whatever the endpoint says", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.sees("+12025550143");
    const kept = await stored(visitor);
    for (const word of ["2025550143", "debug", "123456", "DE0212"]) assert.ok(!kept.includes(word), word);
    const [word] = Object.entries(JSON.parse(kept)).filter(([place]) => place.startsWith("mfa-code")).map(([, word]) => JSON.parse(word));
    const needed = [
      "id", "success", "channel", "token_length", "allow_alphas", "max_attempts", "valid_for", "channels",
      "origin_bound", "shown", "salt", "digest", "at", "began", "attempts_left", "resend_at", "asked", "key", "closed", "verified",
    ];
    assert.deepEqual(Object.keys(word).filter((name) => !needed.includes(name)), []);
    await visitor.page.reload();
    await visitor.standsAt("entering");
    await visitor.field.focus();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("where the page may store nothing asks anew, and all else works", async ({ visitor }) => {
    await visitor.page.addInitScript(() => {
      for (const name of ["getItem", "setItem", "removeItem"]) {
        Storage.prototype[name] = () => { throw new DOMException("no", "SecurityError"); };
      }
    });
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});

stories("Another tab", () => {
  story("of the same sign-in is where the first one is, and either can be typed into", async ({ visitor, another }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await second.field.click();
    await second.types(await visitor.phone.latestToken());
    await second.isSignedIn();
    // And the first one follows, by itself.
    await visitor.isSignedIn();
  });

  story("that is open already takes over a code that is asked for here", async ({ visitor, another }) => {
    await visitor.isAskedForACode("mara");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("idle");
    await visitor.asksBy("sms");
    await second.standsAt("entering");
    await second.page.getByRole("button", { name: /^Send a new code in 0:\d\d$/ }).waitFor();
    assert.equal(await visitor.phone.count(), 1);
  });

  story("that asks at the same time and is refused takes over the code of this one", async ({ visitor, site, another }) => {
    await visitor.isAskedForACode("mara");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("idle");
    visitor.expects(answered(429));
    second.expects(answered(429));
    const answers = [];
    for (const { page } of [visitor, second]) {
      page.on("response", (response) => response.url().endsWith("/mfa/sms") && answers.push(response.status()));
    }
    site.hangs();
    for (const one of [visitor, second]) {
      await one.presses("Text me a code");
      await one.standsAt("sending");
    }
    site.goesOn();
    for (const one of [visitor, second]) await one.standsAt("entering");
    assert.deepEqual(answers.sort(), [200, 429]);
    assert.equal(await visitor.phone.count(), 1);
    await second.field.focus();
    await second.types(await visitor.phone.latestToken());
    await second.isSignedIn();
  });

  story("is heard where the browser does not yet show what it has stored", async ({ visitor, another }) => {
    // As while a word of this tab is on its way, which is written over that of the other one.
    await visitor.page.addInitScript(() => (Storage.prototype.getItem = () => null));
    await visitor.isAskedForACode("mara");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("idle");
    await second.presses("Text me a code");
    await visitor.standsAt("entering");
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("counts the tries that were made here", async ({ visitor, another }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("entering");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await second.page.waitForFunction(() => document.querySelector("mfa-code").state.attemptsLeft === 2);
    assert.equal(await second.element.getAttribute("data-state"), "entering");
  });

  story("is told that the code was confirmed elsewhere, where nothing leads it on", async ({ visitor, another }) => {
    const body = `<form action="/own/posted" method="post">
      <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code><button>Continue</button></form>`;
    const own = await OwnPage.opens(visitor, "mara", body);
    const second = await another();
    await second.opens("/own/page");
    await visitor.asksBy("sms");
    await second.standsAt("entering");
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    // Not before the form has been answered: the receipt is on its way with it.
    assert.equal(await second.element.getAttribute("data-state"), "entering");
    await visitor.presses("Continue");
    await visitor.page.waitForURL("**/own/posted");
    await second.standsAt("verified");
    await second.sees("The code was confirmed in another tab.");
    assert.equal(own.posted.length, 1);
    assert.equal(await second.element.evaluate((element) => element.checkValidity()), true);
  });
});
