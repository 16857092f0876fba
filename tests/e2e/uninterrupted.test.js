// Whoever is typing goes on typing, whatever comes meanwhile: the module, an answer, another tab's word.

import assert from "node:assert/strict";

import { holds } from "./hands.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

/** Holds back what is asked for there, until it is let go. */
async function hold({ page }, path, answer = (route) => route.continue()) {
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await page.route(path, async (route) => {
    await held;
    await answer(route);
  });
  return letGo;
}

const ASKING = `<mfa-code endpoint="/mfa" ticket="{ticket}" autostart></mfa-code>`;
const PATIENT = `<mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code>`;

/** An endpoint that sends a code whenever it is asked. */
async function sendsAtOnce({ page }) {
  let sent = 0;
  await page.context().route("**/mfa/sms", (route) =>
    route.fulfill({ json: { id: `id-${++sent}`, success: true, channel: "sms", resend_after: 0 } }));
}

/** The element begins, and takes the next code that it is sent for what was in the field. */
async function typesOn(visitor, typed) {
  await holds(visitor, `${typed}|`);
  await visitor.types("5");
  await holds(visitor, `${typed}5|`);
}

stories("Somebody who is typing", () => {
  story("goes on when the module comes and asks, and its answer too", async ({ visitor }) => {
    const arrives = await hold(visitor, "**/*.wasm");
    await OwnPage.opens(visitor, "mara", ASKING);
    await visitor.field.click();
    await visitor.types("1234");
    arrives();
    await visitor.standsAt("entering");
    await typesOn(visitor, "1234");
  });

  story("goes on when what they typed is cleaned as the module comes", async ({ visitor }) => {
    const arrives = await hold(visitor, "**/*.wasm");
    await OwnPage.opens(visitor, "mara", ASKING);
    await visitor.field.click();
    await visitor.types("12-34");
    arrives();
    await visitor.standsAt("entering");
    await typesOn(visitor, "1234");
  });

  story("before a code is asked for goes on when it has been sent", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", PATIENT);
    await visitor.standsAt("idle");
    await visitor.field.click();
    await visitor.types("1234");
    await visitor.element.evaluate((element) => element.start());
    await typesOn(visitor, "1234");
  });

  story("partly before and partly while it is asked for goes on", async ({ visitor }) => {
    const answers = await hold(visitor, "**/mfa/sms");
    const arrives = await hold(visitor, "**/*.wasm");
    await OwnPage.opens(visitor, "mara", ASKING);
    await visitor.field.click();
    await visitor.types("12");
    arrives();
    await visitor.standsAt("sending");
    await visitor.types("34");
    answers();
    await visitor.standsAt("entering");
    await typesOn(visitor, "1234");
  });

  story("on a page that goes on from an earlier one is left alone", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const arrives = await hold(visitor, "**/*.wasm");
    await visitor.page.reload();
    await visitor.field.click();
    const token = await visitor.phone.latestToken();
    await visitor.types(token.slice(0, 4));
    arrives();
    await visitor.standsAt("entering");
    await holds(visitor, `${token.slice(0, 4)}|`);
    await visitor.types(token.slice(4));
    await visitor.isSignedIn();
  });

  story("goes on when the page asks for another code", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", PATIENT);
    await sendsAtOnce(visitor);
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.field.click();
    await visitor.types("1234");
    await visitor.element.evaluate((element) => element.resend());
    await visitor.sees("New code sent to your phone.");
    await typesOn(visitor, "1234");
  });

  story("goes on when another tab asks for another code", async ({ visitor, another }) => {
    await OwnPage.opens(visitor, "mara", PATIENT);
    await sendsAtOnce(visitor);
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.field.click();
    await visitor.types("1234");
    const second = await another();
    await second.opens("/own/page");
    await second.standsAt("entering");
    // The later of two codes is told by when it expires, in whole seconds.
    await second.page.waitForFunction(() => document.querySelector("mfa-code").state.expiresIn < 3599);
    await second.presses("Send a new code");
    await visitor.sees("New code sent to your phone.");
    await visitor.page.bringToFront();
    await typesOn(visitor, "1234");
  });

  story("goes on after a look at another window", async ({ visitor }) => {
    const answers = await hold(visitor, "**/mfa/sms");
    await OwnPage.opens(visitor, "mara", PATIENT);
    await visitor.standsAt("idle");
    await visitor.field.click();
    await visitor.types("1234");
    await visitor.element.evaluate((element) => void element.start());
    await visitor.standsAt("sending");
    // As a browser tells of a window that is left and come back to: the field stays the active element.
    await visitor.field.evaluate((field) => {
      for (const name of ["focusout", "focusin"]) field.dispatchEvent(new FocusEvent(name, { bubbles: true }));
    });
    answers();
    await visitor.standsAt("entering");
    await typesOn(visitor, "1234");
  });
});

stories("What was in the field before", () => {
  story("is selected when the visitor came from elsewhere", async ({ visitor }) => {
    const answers = await hold(visitor, "**/mfa/sms");
    await OwnPage.opens(visitor, "mara", PATIENT);
    await visitor.standsAt("idle");
    await visitor.field.click();
    await visitor.types("1234");
    await visitor.presses("Text me a code");
    await visitor.standsAt("sending");
    await visitor.field.focus();
    answers();
    await visitor.standsAt("entering");
    await holds(visitor, "[1234]");
  });

  const RESTORED = `const field = document.querySelector("mfa-code input");
    field.value = "1234";
    field.focus();`;

  story("is selected though it has the focus, if nobody typed it", async ({ visitor }) => {
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}" autostart><label for="code">Security code</label><input id="code" name="token"></mfa-code>`;
    const arrives = await hold(visitor, "**/*.wasm");
    await OwnPage.opens(visitor, "mara", body, { script: RESTORED });
    assert.equal(await visitor.focus(), "Security code");
    arrives();
    await visitor.standsAt("entering");
    await holds(visitor, "[1234]");
  });

  story("is not tried because it has the focus, if nobody typed it", async ({ visitor }) => {
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}"><label for="code">Security code</label><input id="code" name="token"></mfa-code>`;
    await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    const wrong = await visitor.phone.wrongToken();
    const arrives = await hold(visitor, "**/*.wasm");
    const verifies = [];
    visitor.page.on("request", (request) => request.url().endsWith("/verify") && verifies.push(request.url()));
    await visitor.page.reload();
    await visitor.page.evaluate((wrong) => {
      const field = document.querySelector("mfa-code input");
      field.value = wrong;
      field.focus();
    }, wrong);
    arrives();
    await visitor.standsAt("entering");
    await holds(visitor, `[${wrong}]`);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    assert.equal(verifies.length, 1);
  });
});
