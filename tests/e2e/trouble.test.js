// The service has trouble: the page says so in plain words, and the way on works.

import assert from "node:assert/strict";

import { crookedRoadTo } from "./crooked.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";
import { answered, unanswered } from "./visitor.js";

const UNREACHABLE = "We could not reach the service.";
const UNAVAILABLE = "The service does not work properly at the moment.";

/** The code that came last, in place of what is in the field. */
async function retypes(visitor) {
  await visitor.field.focus();
  await visitor.page.keyboard.press("ControlOrMeta+A");
  await visitor.types(await visitor.phone.latestToken());
}

async function typesTheCode(visitor) {
  await retypes(visitor);
  await visitor.isSignedIn();
}

/** The cooldown is over, on both sides. */
async function waitsHalfAMinute(visitor, site) {
  await site.passes(30);
  await visitor.waits(31);
}

stories("Asking for a code when the service has trouble", () => {
  story("the site is down: asking again works when it is back", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await site.dies();
    await visitor.presses("Text me a code");
    await visitor.sees(UNREACHABLE);
    await visitor.isOffered("Try again");
    await site.comesBack();
    await visitor.presses("Try again");
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await visitor.field.focus();
    await visitor.types(await visitor.phone.latestToken());
    // The code is right. The demo keeps its sessions in memory, so its sign-in begins anew.
    await visitor.sees("Your sign-in timed out. Please start again.");
  });

  story("the site hangs: the page gives up, and asking again works when it goes on", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    site.hangs();
    await visitor.presses("Text me a code");
    await visitor.sees("Sending the code…");
    await visitor.waits(20);
    await visitor.sees(UNREACHABLE);
    site.goesOn();
    await visitor.presses("Try again");
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await typesTheCode(visitor);
  });

  story("the page gives up on a slow service: asking again sends no second message", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { delay_ms: 1500 });
    await visitor.presses("Text me a code");
    await visitor.sees("Sending the code…");
    await visitor.waits(20);
    await visitor.sees(UNREACHABLE);
    await visitor.presses("Try again");
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await typesTheCode(visitor);
  });

  story("the answer is lost on its way to the page: asking again sends no second message", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    const road = await crookedRoadTo(site, { loses: /^\/mfa\/sms$/ });
    try {
      await visitor.hasGivenThePassword("mara");
      await visitor.page.goto(`${road.url}/code`);
      await visitor.standsAt("idle");
      await visitor.presses("Text me a code");
      await visitor.sees(UNREACHABLE);
      await visitor.presses("Try again");
      await visitor.standsAt("entering");
      assert.equal(await visitor.phone.count(), 1);
      await typesTheCode(visitor);
    } finally {
      await road.closes();
    }
  });

  story("the endpoint points elsewhere: the ticket does not go there", async ({ visitor, site }) => {
    const road = await crookedRoadTo(site, { points: /^\/mfa\/sms$/ });
    try {
      await visitor.hasGivenThePassword("mara");
      await visitor.page.goto(`${road.url}/code`);
      await visitor.standsAt("idle");
      await visitor.presses("Text me a code");
      await visitor.sees("Codes cannot be used here at the moment. Tell the site's support.");
      assert.deepEqual(road.followed, []);
      await visitor.isOffered("Call me with a code");
    } finally {
      await road.closes();
    }
  });

  story("the focus goes to the field when a code could be sent after all", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await context.setOffline(true);
    await visitor.presses("Text me a code");
    await visitor.isOffered("Try again");
    await context.setOffline(false);
    await visitor.presses("Try again");
    await visitor.sees("Code sent to");
    assert.equal(await visitor.focus(), "Security code");
  });

  story("offline: asking again works when the network is back", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await context.setOffline(true);
    await visitor.presses("Text me a code");
    await visitor.sees(UNREACHABLE);
    await context.setOffline(false);
    await visitor.presses("Try again");
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await typesTheCode(visitor);
  });

  for (const [what, how, status, words, messages] of [
    ["fails", { status: 500 }, 502, UNAVAILABLE, 0],
    ["is overloaded", { status: 429, retry_after: 7 }, 503, UNAVAILABLE, 0],
    ["loses the connection before it acts", { drop: "before" }, 502, UNAVAILABLE, 0],
    ["loses the connection after it has acted", { drop: "after" }, 502, UNAVAILABLE, 1],
  ]) {
    story(`the telephone service ${what}: asking again works`, async ({ visitor, site }) => {
      visitor.expects(answered(status));
      await visitor.page.clock.install();
      await visitor.isAskedForACode("mara");
      await site.breaks("sms", how);
      await visitor.presses("Text me a code");
      await visitor.sees(words);
      await visitor.standsAt("idle");
      assert.equal(await visitor.phone.count(), messages);
      await waitsHalfAMinute(visitor, site);
      await visitor.presses("Text me a code");
      await visitor.standsAt("entering");
      assert.equal(await visitor.phone.count(), messages + 1);
      await typesTheCode(visitor);
    });
  }

  story("the telephone service is too slow: asking again works", async ({ visitor, site }) => {
    visitor.expects(answered(504));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { delay_ms: 60_000 });
    // The proxy's own ten seconds are real.
    const answer = visitor.page.waitForResponse("**/mfa/sms", { timeout: 15_000 });
    await visitor.presses("Text me a code");
    assert.equal((await answer).status(), 504);
    await visitor.sees(UNAVAILABLE);
    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Text me a code");
    await visitor.standsAt("entering");
    await typesTheCode(visitor);
  });

  story("what has failed by text works by call", async ({ visitor, site }) => {
    visitor.expects(answered(502));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await site.breaks("sms", { status: 500 });
    await visitor.presses("Text me a code");
    await visitor.sees(UNAVAILABLE);
    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Call me with a code");
    await visitor.standsAt("entering");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Call to");
  });
}, { sideBySide: 3 });

stories("Checking a code when the service has trouble", () => {
  for (const [what, how, status] of [
    ["fails", { status: 500 }, 502],
    ["is overloaded", { status: 429, retry_after: 7 }, 503],
    ["loses the connection before it acts", { drop: "before" }, 502],
  ]) {
    story(`the telephone service ${what}: trying again signs in`, async ({ visitor, site }) => {
      visitor.expects(answered(status));
      await visitor.isAskedForACode("mara");
      await visitor.asksBy("sms");
      await site.breaks("verify", how);
      await visitor.types(await visitor.phone.latestToken());
      await visitor.sees(UNAVAILABLE);
      // Until then the proxy asks nobody.
      await site.passes(how.retry_after ?? 0);
      await visitor.presses("Try again");
      await visitor.isSignedIn();
      assert.equal(await visitor.phone.count(), 1);
    });

    story(`the telephone service ${what} on a wrong code: it is counted once`, async ({ visitor, site }) => {
      visitor.expects(answered(status));
      await visitor.isAskedForACode("mara");
      await visitor.asksBy("sms");
      await site.breaks("verify", how);
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.sees(UNAVAILABLE);
      // Until then the proxy asks nobody.
      await site.passes(how.retry_after ?? 0);
      await visitor.presses("Try again");
      await visitor.sees("2 tries left.");
      await typesTheCode(visitor);
    });
  }

  story("the answer that the code is right is lost on its way to the page: trying again signs in", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    const road = await crookedRoadTo(site, { loses: /\/verify$/ });
    try {
      await visitor.hasGivenThePassword("mara");
      await visitor.page.goto(`${road.url}/code`);
      await visitor.standsAt("idle");
      await visitor.asksBy("sms");
      await visitor.types(await visitor.phone.latestToken());
      await visitor.sees(UNREACHABLE);
      await visitor.presses("Try again");
      await visitor.isSignedIn();
    } finally {
      await road.closes();
    }
  });

  story("the focus goes to the field when a code turns out wrong at the second try, so that typing replaces it", async ({ visitor, site }) => {
    visitor.expects(answered(502));
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await site.breaks("verify", { status: 500 });
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.presses("Try again");
    await visitor.sees("2 tries left.");
    await visitor.canRetype();
  });

  story("the answer about a wrong code is lost: it is counted once", async ({ visitor, site }) => {
    visitor.expects(answered(502));
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await site.breaks("verify", { drop: "after" });
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees(UNAVAILABLE);
    await visitor.presses("Try again");
    await visitor.sees("2 tries left.");
    await typesTheCode(visitor);
  });

  story("the answer about the right code is lost: a new code signs in", async ({ visitor, site }) => {
    visitor.expects(answered(502), answered(404));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await site.breaks("verify", { drop: "after" });
    await visitor.types(await visitor.phone.latestToken());
    await visitor.sees(UNAVAILABLE);
    await visitor.presses("Try again");
    // The upstream says 404 to what it has accepted before, and no receipt can be had for it.
    await visitor.standsAt("closed");
    await visitor.sees("Ask for a new code");
    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Send a new code");
    await visitor.standsAt("entering");
    await typesTheCode(visitor);
  });

  story("the telephone service is slow: nothing typed is lost and trying again signs in", async ({ visitor, site }) => {
    visitor.expects(answered(504));
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await site.breaks("verify", { delay_ms: 60_000 });
    const answer = visitor.page.waitForResponse("**/verify", { timeout: 15_000 });
    await visitor.types(await visitor.phone.latestToken());
    await visitor.sees("Checking the code…");
    assert.equal((await answer).status(), 504);
    await visitor.sees(UNAVAILABLE);
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });

  story("the site hangs: the page gives up, and trying again is the same try", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    site.hangs();
    await visitor.types(token);
    await visitor.sees("Checking the code…");
    await visitor.waits(20);
    await visitor.sees(UNREACHABLE);
    site.goesOn();
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });

  story("offline: nothing typed is lost, and trying again signs in", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await context.setOffline(true);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.sees(UNREACHABLE);
    await context.setOffline(false);
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });
}, { sideBySide: 3 });

stories("A module that has failed", () => {
  const FORM = `<form action="/own/posted" method="post">
    <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code><button>Continue</button></form>`;
  /** What a page can do to its own element: the next step of the flow cannot be shown any more. */
  const breaks = ({ element }) => element.evaluate((element) => {
    element.setAttribute = () => { throw new Error("broken by the page"); };
    element.addEventListener("mfa-error", ({ detail }) => (globalThis.kind = detail.kind));
  });

  for (const [when, fails] of [
    ["at a key after a wrong code", async (visitor) => {
      await visitor.asksBy("sms");
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.standsAt("rejected");
      await breaks(visitor);
      await visitor.types("9");
    }],
    ["when a code is asked for", async (visitor) => {
      await breaks(visitor);
      await visitor.presses("Text me a code");
    }],
  ]) {
    story(`${when} leaves a plain field that can be seen and typed into, in a form that posts`, async ({ visitor }) => {
      visitor.expects(/mfa-code: Error: broken by the page/);
      const own = await OwnPage.opens(visitor, "mara", FORM);
      await visitor.standsAt("idle");
      await fails(visitor);
      await visitor.page.locator("mfa-code:not([data-state])").waitFor();
      assert.equal(await visitor.page.evaluate(() => globalThis.kind), "crash");
      assert.equal(await visitor.element.locator("button:visible").count(), 0);
      assert.equal(await visitor.element.locator("[role=status]").innerText(), "");
      assert.deepEqual(await visitor.element.evaluate((element) => element.start()), { phase: "idle" });
      await visitor.field.focus();
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.types("12x456");
      const seen = await visitor.field.evaluate((field) => {
        const { color, webkitTextFillColor, caretColor } = getComputedStyle(field);
        const slots = field.parentElement.shadowRoot.querySelector("[part=slots]");
        return { value: field.value, fill: webkitTextFillColor === color, caret: caretColor === color, slots: slots.checkVisibility(), invalid: field.ariaInvalid };
      });
      assert.deepEqual(seen, { value: "12x456", fill: true, caret: true, slots: false, invalid: null });
      await visitor.presses("Continue");
      await visitor.page.waitForURL("**/own/posted");
      assert.deepEqual([...own.posted[0]], [["token", "12x456"]]);
    });
  }
});
