// From the password to signed in.

import assert from "node:assert/strict";

import { stories, story } from "./story.js";
import { PEOPLE } from "./site.js";

stories("Signing in", () => {
  for (const [person, channel, how] of [
    ["mara", "sms", "Text message to +1 ••• ••• 0143"],
    ["mara", "call", "Call to +1 ••• ••• 0143"],
    ["tomas", "sms", "Text message to +1 ••• ••• 0178"],
    ["tomas", "call", "Call to +1 ••• ••• 0178"],
  ]) {
    story(`${person} signs in by ${channel}, the account says how, and signs out`, async ({ visitor }) => {
      await visitor.givesThePassword(person);
      await visitor.asksBy(channel);
      await visitor.types(await visitor.phone.latestToken());
      await visitor.isSignedIn(how);
      await visitor.sees(PEOPLE[person].name);

      await visitor.page.getByRole("button", { name: "Sign out" }).click();
      await visitor.sees("Sign in");
      await visitor.opens("/account");
      await visitor.sees("User name");
    });
  }

  story("the keyboard alone is enough", async ({ visitor }) => {
    const { page } = visitor;
    const tabsTo = async (name) => {
      for (let stops = 0; stops < 20; stops++) {
        if ((await visitor.focus()).startsWith(name)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`Tab does not lead to ${name}`);
    };
    await visitor.opens();
    await tabsTo("User name");
    await visitor.types("mara");
    await page.keyboard.press("Tab");
    await visitor.types(PEOPLE.mara.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/code");
    await visitor.standsAt("idle");
    await tabsTo("Text me a code");
    await page.keyboard.press("Enter");
    await visitor.standsAt("entering");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.types(await visitor.site.phoneOf("mara").latestToken());
    await visitor.isSignedIn();
    await tabsTo("Sign out");
    await page.keyboard.press("Space");
    await visitor.sees("User name");
  });

  story("on a phone of 375 pixels nothing is cut off and the message comes as a banner", async ({ visitor }) => {
    const fits = async () =>
      assert.ok(await visitor.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await visitor.opens();
    await fits();
    await visitor.givesThePassword("mara");
    await fits();
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await visitor.page.locator("#banner").getByText(token).waitFor();
    await fits();
    await visitor.types(token);
    await visitor.isSignedIn();
    await fits();
  }, { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true });

  story("the code typed before it was asked for is tried as soon as it can be right", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.field.click();
    await visitor.types("1234");
    await visitor.asksBy("sms");
    assert.equal(await visitor.field.inputValue(), "1234");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});
