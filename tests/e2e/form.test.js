// The form around the element: what it posts, when, and what the browser's own buttons do to it.

import assert from "node:assert/strict";

import { stories, story } from "./story.js";

stories("The form", () => {
  story("posts the receipt once, as mfa, and it is good for one sign-in", async ({ visitor, site }) => {
    const posted = [];
    visitor.page.on("request", (request) => {
      if (request.method() === "POST" && new URL(request.url()).pathname === "/code") {
        posted.push(new URLSearchParams(request.postData()));
      }
    });
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
    assert.equal(posted.length, 1);
    const [receipt, ...more] = posted[0].getAll("mfa");
    assert.deepEqual(more, []);
    assert.equal(receipt.split(".").length, 3);
    // The session that it opened is not opened a second time.
    await visitor.page.request.post(`${site.url}/sign-out`);
    await visitor.hasGivenThePassword("mara");
    const again = await visitor.page.request.post(`${site.url}/code`, { form: { mfa: receipt } });
    assert.match(await again.text(), /expired or was used before/);
  });

  story("an impatient Enter or tap while it is posted takes the sign-in away from nobody", async ({ visitor }) => {
    let posts = 0;
    let release;
    const released = new Promise((resolve) => (release = resolve));
    // The real post, held up on its way as by a slow network.
    await visitor.page.route("**/code", async (route) => {
      if (route.request().method() === "POST") {
        posts += 1;
        await released;
      }
      await route.continue();
    });
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const button = await visitor.page.getByRole("button", { name: "Continue" }).boundingBox();
    const posting = visitor.page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/code"));
    await visitor.types(await visitor.phone.latestToken());
    await posting;
    await visitor.page.keyboard.press("Enter");
    await visitor.page.mouse.click(button.x + 20, button.y + 20);
    release();
    await visitor.isSignedIn();
    assert.equal(posts, 1);
  });

  story("is held back until the code is confirmed, with words beside the field", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.presses("Continue");
    await visitor.sees("Ask for a code first.");
    assert.match(visitor.page.url(), /\/code$/);
    assert.equal(await visitor.element.evaluate((element) => element.checkValidity()), false);
    assert.equal(await visitor.element.evaluate((element) => element.validationMessage), "Confirm the code first.");
    await visitor.asksBy("sms");
    await visitor.presses("Continue");
    await visitor.sees("Enter all 6 numbers of the code.");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("going back after the sign-in is harmless", async ({ visitor }) => {
    await visitor.opens();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
    await visitor.page.goBack();
    await visitor.page.reload();
    await visitor.isSignedIn();
  });

  story("a code step that has timed out leads back to the password", async ({ visitor, context }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await context.clearCookies();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.page.getByLabel("User name").waitFor();
    await visitor.sees("Sign in");
  });

  story("the password step says plainly that a password is wrong", async ({ visitor }) => {
    visitor.expects(/status of 422/);
    await visitor.opens();
    await visitor.page.getByLabel("User name").fill("mara");
    await visitor.page.getByLabel("Password").fill("something else");
    await visitor.page.getByRole("button", { name: "Continue" }).click();
    await visitor.sees("That user name and password do not match.");
    assert.equal(await visitor.page.getByLabel("User name").inputValue(), "mara");
  });

  story("two tabs ask for codes of their own, and the one that is first signs in", async ({ visitor, another, site }) => {
    await visitor.isAskedForACode("mara");
    const second = await another();
    await second.opens("/code");
    await second.standsAt("idle");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await site.passes(30);
    await second.asksBy("sms");
    await visitor.types(token);
    await visitor.isSignedIn();
    await second.page.reload();
    await second.isSignedIn();
  });
});

stories("Every page", () => {
  story("runs under the strict policy, with Trusted Types and nothing inline", async ({ visitor }) => {
    const isStrict = async (answer) => {
      const policy = (await answer.allHeaders())["content-security-policy"];
      for (const rule of [
        "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "style-src 'self';",
        "require-trusted-types-for 'script'", "trusted-types 'none'", "base-uri 'none'",
      ]) assert.ok(policy?.includes(rule), `${rule} is not in ${policy}`);
      assert.ok(!policy.includes("unsafe-inline"));
    };
    await isStrict(await visitor.opens());
    await visitor.hasGivenThePassword("mara");
    await isStrict(await visitor.opens("/code"));
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
    await isStrict(await visitor.page.reload());
    // A violation would not have gone unnoticed.
    visitor.expects(/violation of style-src-attr by inline/, /Applying inline style/);
    const noticed = visitor.page.waitForEvent("console", (said) => said.text().startsWith("violation of"));
    await visitor.page.evaluate(() => document.body.setAttribute("style", "color: red"));
    await noticed;
  });
});
