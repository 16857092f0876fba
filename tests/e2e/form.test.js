// The form around the element: what it posts, when, and what the browser's own buttons do to it.

import assert from "node:assert/strict";

import { holds } from "./hands.js";
import { hasACode, names, opens, posted, requests } from "./own-form.js";
import { stories, story } from "./story.js";
import { unanswered } from "./visitor.js";

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

  story("two tabs are one sign-in: where the second asks again, the first code still signs both in", async ({ visitor, another, site }) => {
    await visitor.isAskedForACode("mara");
    const second = await another();
    await second.page.clock.install();
    await second.opens("/code");
    await second.standsAt("idle");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await second.standsAt("entering");
    await site.passes(30);
    await second.waits(30);
    await second.presses("Send a new code");
    await second.sees("New code sent");
    assert.equal(await visitor.phone.count(), 2);
    await visitor.field.click();
    await visitor.types(token);
    await visitor.isSignedIn();
    await second.isSignedIn();
  });
});

stories("A form that is started over or come back to", () => {
  const RESET = `<button>Continue</button><button type="reset">Start over</button>`;

  story("is empty after a reset, and nothing of the submit before it is left", async ({ visitor, site }) => {
    const own = await opens(visitor, { on: `name="mfa" verify="submit"`, more: RESET });
    const token = await hasACode(visitor);
    await site.breaks("verify", { delay_ms: 5000 });
    await visitor.types(token);
    await visitor.presses("Continue");
    await visitor.standsAt("verifying");
    await visitor.presses("Start over");
    await visitor.standsAt("idle");
    await holds(visitor, "");
    assert.deepEqual(await names(visitor), ["token"]);
    assert.equal(await visitor.element.locator("[slot=error]").textContent(), "");
    // Starting over is no way round the cooldown.
    await visitor.page.getByRole("button", { name: /^Text me a code in 0:\d\d$/ }).waitFor();
    assert.equal(await visitor.phone.count(), 1);
    assert.deepEqual(own.posted, []);
  });

  story("is reset while a code is asked for, and that is no way round the cooldown", async ({ visitor, site }) => {
    visitor.expects(unanswered);
    await opens(visitor, { more: RESET });
    const paths = requests(visitor);
    site.hangs();
    await visitor.presses("Text me a code");
    await visitor.standsAt("sending");
    await visitor.presses("Start over");
    await visitor.standsAt("idle");
    site.goesOn();
    const again = visitor.page.getByRole("button", { name: /^Text me a code in 0:\d\d$/ });
    await again.waitFor();
    await again.click({ force: true });
    await visitor.standsAt("idle");
    assert.deepEqual(paths, ["sms"]);
  });

  story("after a reset goes on by nothing but a new submit", async ({ visitor, site }) => {
    await visitor.page.clock.install();
    const own = await opens(visitor, { more: RESET });
    await hasACode(visitor);
    await site.breaks("verify", { delay_ms: 600, times: 1 });
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.standsAt("verifying");
    await visitor.presses("Continue");
    await visitor.sees("2 tries left.");
    await visitor.presses("Start over");
    await visitor.standsAt("idle");
    await site.passes(60);
    await visitor.waits(60);
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    assert.deepEqual(own.posted, []);
    await visitor.presses("Continue");
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("that is left by a link and come back to holds what was typed, and the code still works", async ({ visitor }) => {
    await opens(visitor, { more: `<a href="/own/help">Help</a><button>Continue</button>` });
    const token = await hasACode(visitor);
    await visitor.types(token.slice(0, 4));
    await visitor.page.getByRole("link", { name: "Help" }).click();
    await visitor.page.waitForURL("**/own/help");
    await visitor.page.goBack();
    await visitor.standsAt("entering");
    await holds(visitor, token.slice(0, 4));
    assert.equal(await visitor.phone.count(), 1);
    await visitor.field.focus();
    await visitor.page.keyboard.press("End");
    await visitor.types(token.slice(4));
    await visitor.standsAt("verified");
  });

  story("asks for a new code after a reload that came between the code and the form's post", async ({ visitor, site }) => {
    visitor.expects(/status of 404/);
    const own = await opens(visitor);
    const token = await hasACode(visitor);
    await visitor.types(token);
    await visitor.standsAt("verified");
    // The receipt was not posted and is gone: nobody may be told that all is well.
    await visitor.page.reload();
    await visitor.standsAt("entering");
    assert.equal(await visitor.element.evaluate((element) => element.checkValidity()), false);
    await visitor.field.click();
    await visitor.types(token);
    await visitor.sees("This code was already used.");
    assert.deepEqual(own.posted, []);
  });

  story("starts over where the browser shows it again with a receipt that was posted (told by its event)", async ({ visitor }) => {
    const script = `document.forms[0].addEventListener("submit", (event) => event.preventDefault())`;
    await opens(visitor, {}, { script });
    await visitor.types(await hasACode(visitor));
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    const shows = (persisted) => visitor.page.evaluate((persisted) =>
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted })), persisted);
    await shows(false);
    await visitor.standsAt("verified");
    await shows(true);
    await visitor.standsAt("idle");
    await holds(visitor, "");
    assert.deepEqual(await names(visitor), ["token"]);
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
