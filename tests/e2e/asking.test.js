// Asking for a code: once, again, and the other way.

import assert from "node:assert/strict";

import { crookedRoadTo } from "./crooked.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

/** The cooldown is over, on both sides. */
async function waitsHalfAMinute(visitor, site) {
  await site.passes(30);
  await visitor.waits(31);
}

stories("Asking for a code", () => {
  story("a double click sends one message", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.offered("Text me a code").dblclick();
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("a new code is offered after the wait, and it signs in", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const again = visitor.page.locator("main").getByRole("button", { name: "Send a new code" });
    assert.ok(await again.isDisabled());
    await visitor.sees(/in 0:(30|29)/);
    await again.click({ force: true });
    assert.equal(await visitor.phone.count(), 1);

    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Send a new code");
    await visitor.sees("New code sent to +1 ••• ••• 0143.");
    assert.equal(await visitor.phone.count(), 2);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("the first message may come late: its code is still good after a second one", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const first = await visitor.phone.latestToken();
    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Send a new code");
    await visitor.sees("New code sent");
    await visitor.types(first);
    await visitor.isSignedIn();
  });

  story("a call can be asked for after a text", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await waitsHalfAMinute(visitor, site);
    await visitor.presses("Call me instead");
    await visitor.sees("We are calling +1 ••• ••• 0143. Answer to hear the code.");
    assert.equal((await visitor.phone.latest()).channel, "call");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Call to");
  });

  story("asked again in another browser, the page says how long to wait", async ({ visitor, site }) => {
    visitor.expects(/status of 429.*\/mfa\/sms/);
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    // As another browser, which knows nothing of the first one.
    await visitor.page.evaluate(() => localStorage.clear());
    await visitor.page.reload();
    await visitor.standsAt("idle");
    await visitor.presses("Text me a code");
    await visitor.sees(/Too many requests. Try again in (30|29|28|27|26|25|24|23|22|21|20) seconds./);
    await waitsHalfAMinute(visitor, site);
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});

stories("A page that is set up wrongly", () => {
  const setUp = (visitor, name, value) =>
    visitor.element.evaluate((element, [name, value]) => element.setAttribute(name, value), [name, value]);

  const isNamed = async (visitor, field, least, most) => {
    await visitor.presses("Text me a code");
    await visitor.sees(`This page is not set up correctly: ${field} must be a whole number from ` +
      `${least} to ${most}. Tell the site's support.`);
    await visitor.standsAt("idle");
    await visitor.isOffered("Text me a code");
  };

  story("an attribute out of range is named, sends nothing, and is no dead end", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    for (const [attribute, value, field, least, most] of [
      ["token-length", "99", "token_length", 4, 20],
      ["token-length", "3", "token_length", 4, 20],
      ["max-attempts", "0", "max_attempts", 1, 20],
      ["valid-for", "-1", "valid_for", 0, 604_800],
      ["valid-for", "soon", "valid_for", 0, 604_800],
    ]) {
      await setUp(visitor, attribute, value);
      await isNamed(visitor, field, least, most);
      await setUp(visitor, attribute, "6");
    }
    assert.equal(await visitor.phone.count(), 0);
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  for (const [changes, field, least, most] of [
    [{ token_length: 21 }, "token_length", 4, 20],
    [{ max_attempts: 0 }, "max_attempts", 1, 20],
    [{ valid_for: 604_801 }, "valid_for", 0, 604_800],
  ]) {
    story(`an endpoint that answers a ${field} out of range is named, and nothing is clamped`, async ({ visitor, site }) => {
      const road = await crookedRoadTo(site, { changes });
      try {
        await visitor.hasGivenThePassword("mara");
        await visitor.page.goto(`${road.url}/code`);
        await visitor.standsAt("idle");
        await isNamed(visitor, field, least, most);
      } finally {
        await road.closes();
      }
    });
  }
});

stories("An endpoint", () => {
  story("with a query is asked below its path, and the query goes along", async ({ visitor, site }) => {
    const urls = [];
    visitor.page.on("request", (request) => request.method() === "POST" && urls.push(request.url().slice(site.url.length)));
    await OwnPage.opens(visitor, "mara", `<mfa-code endpoint="/mfa?tenant=7" ticket="{ticket}"></mfa-code>`);
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    assert.equal(urls.length, 2);
    assert.equal(urls[0], "/mfa/sms?tenant=7");
    assert.match(urls[1], /^\/mfa\/[^/?]+\/verify\?tenant=7$/);
  });

  for (const endpoint of ["localhost:8080/mfa", "?tenant=7", "https://[mfa"]) {
    story(`that no path can be joined to is the site's fault: ${endpoint}`, async ({ visitor }) => {
      visitor.expects(/`endpoint` is no URL that a path can be joined to/);
      await OwnPage.opens(visitor, "mara", `<mfa-code endpoint="${endpoint}" ticket="{ticket}"></mfa-code>`, {
        script: `document.addEventListener("mfa-error", ({ detail }) => (globalThis.told = { ...detail }));`,
      });
      await visitor.standsAt("idle");
      await visitor.presses("Text me a code");
      await visitor.page.waitForFunction(() => globalThis.told);
      assert.deepEqual(await visitor.page.evaluate(() => globalThis.told), { kind: "misconfigured", retryable: false });
      await visitor.standsAt("idle");
    });
  }
});
