// From the password to signed in, under the strict policy.

import assert from "node:assert/strict";

import { stories } from "./story.js";

stories("Signing in", (story) => {
  story("by text message, and the account says how", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Text message to +1 ••• ••• 0143");
  });

  story("by call, where codes have letters", async ({ visitor }) => {
    await visitor.hasACode("tomas", "call");
    assert.equal((await visitor.phone.latest()).channel, "call");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn("Call to +1 ••• ••• 0178");
  });

  story("with a wrong code first: it is kept and selected, and the right one replaces it", async ({ visitor }) => {
    await visitor.hasACode("mara");
    const wrong = await visitor.phone.wrongToken();
    await visitor.types(wrong);
    await visitor.standsAt("rejected");
    await visitor.sees("2 tries left.");
    await visitor.has(wrong);
    await visitor.caretIsAt(0, 6);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("the code typed before it was asked for is tried as soon as it can be right", async ({ visitor }) => {
    await visitor.givesThePassword("mara");
    await visitor.standsAt("idle");
    await visitor.clicksAtSlot(0);
    await visitor.types("1234");
    await visitor.clicks("Text me a code");
    await visitor.standsAt("entering");
    await visitor.has("1234");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("the strict policy refuses nothing, and what it refused would be heard", async ({ visitor }) => {
    await visitor.givesThePassword("mara");
    await visitor.standsAt("idle");
    // Once more from the beginning, because not every engine is heard from the beginning.
    await visitor.page.evaluates(() => {
      const element = document.querySelector("mfa-code");
      const again = element.cloneNode(true);
      delete again.dataset.state;
      element.replaceWith(again);
    });
    await visitor.standsAt("idle");
    await visitor.clicks("Text me a code");
    await visitor.standsAt("entering");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    assert.deepEqual(await visitor.page.complaints(), []);
    visitor.expects(/style/);
    await visitor.page.evaluates(() => document.body.setAttribute("style", "color: red"));
    await visitor.complains(/violation of style-src/);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});
