// A code that does not sign in: the page says why, and the next step works.

import assert from "node:assert/strict";

import { stories, story } from "./story.js";
import { answered } from "./visitor.js";

async function asksAgain(visitor, site) {
  const before = await visitor.phone.count();
  await site.passes(30);
  await visitor.waits(31);
  await visitor.presses("Send a new code");
  await visitor.standsAt("entering");
  assert.equal(await visitor.phone.count(), before + 1);
}

async function typesTheNewCode(visitor) {
  assert.equal(await visitor.focus(), "Security code");
  await visitor.types(await visitor.phone.latestToken());
  await visitor.isSignedIn();
}

stories("A code that does not sign in", () => {
  story("a wrong code says how many tries are left, and typing replaces it", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("That code is not correct. Check the latest message and try again. 2 tries left.");
    await visitor.canRetype();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("the last try is announced as the last", async ({ visitor }) => {
    await visitor.isAskedForACode("tomas");
    await visitor.asksBy("call");
    const [wrong, another] = await visitor.phone.wrongTokens(2);
    await visitor.types(wrong);
    await visitor.sees("2 tries left.");
    await visitor.types(another);
    await visitor.sees("That code is not correct. 1 try left, then you need a new code.");
    await visitor.canRetype();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("the same wrong code again costs no further try", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const wrong = await visitor.phone.wrongToken();
    await visitor.types(wrong);
    await visitor.sees("2 tries left.");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("2 tries left.");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("after too many wrong codes a new one is needed, and it signs in once the wait is over", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    for (const wrong of await visitor.phone.wrongTokens(3)) {
      await visitor.page.locator("mfa-code:not([aria-busy])").waitFor();
      await visitor.types(wrong);
    }
    await visitor.standsAt("closed");
    await visitor.sees("Too many wrong codes.");
    // A new code is no way to more tries at once, and the button says how long it takes.
    await site.passes(31);
    await visitor.waits(31);
    await visitor.sees(/in 0:2\d/);
    assert.equal(await visitor.offered("Send a new code").count(), 0);
    await site.passes(30);
    await visitor.waits(30);
    await visitor.presses("Send a new code");
    await visitor.standsAt("entering");
    assert.equal(await visitor.field.inputValue(), "");
    await typesTheNewCode(visitor);
  });

  story("a code that expired while it was typed says so, and a new one signs in", async ({ visitor, site }) => {
    visitor.expects(answered(404));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await site.passes(601);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.sees("The code has expired. Ask for a new code.");
    await asksAgain(visitor, site);
    await typesTheNewCode(visitor);
  });

  story("the page itself says when the code has expired, and a new one signs in", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.page.clock.fastForward(599_000);
    await visitor.standsAt("entering");
    await visitor.waits(2);
    await visitor.sees("The code has expired. Ask for a new code.");
    await site.passes(600);
    await visitor.presses("Send a new code");
    await visitor.standsAt("entering");
    await typesTheNewCode(visitor);
  });

  story("a code used elsewhere says so, and a new one signs in", async ({ visitor, site }) => {
    visitor.expects(answered(404));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    const started = visitor.page.waitForResponse("**/mfa/sms");
    await visitor.asksBy("sms");
    const { id } = await (await started).json();
    const token = await visitor.phone.latestToken();
    const elsewhere = await fetch(`${site.url}/mfa/${id}/verify`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }),
    });
    assert.equal((await elsewhere.json()).success, true);
    await visitor.types(token);
    await visitor.sees("This code was already used. Ask for a new code if you are not signed in.");
    await asksAgain(visitor, site);
    await typesTheNewCode(visitor);
  });

  story("a code that the service knows nothing of says so, and a new one signs in", async ({ visitor, site }) => {
    visitor.expects(answered(404));
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await site.forgets();
    await visitor.types(token);
    await visitor.sees("This code can no longer be used. Ask for a new code.");
    await asksAgain(visitor, site);
    await typesTheNewCode(visitor);
  });

  story("a code too short is no try, whatever is pressed", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("123");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("Enter all 6 numbers of the code.");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.page.keyboard.press("ControlOrMeta+A");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});
