// WebOTP. Headless Chromium reads no text messages, so `navigator.credentials.get` and what it
// resolves with are the test's; all else is real. The message is bound to the origin by the
// crooked road: the demo's proxy has no number of its own to send from.

import assert from "node:assert/strict";

import { crookedRoadTo } from "./crooked.js";
import { stories, story } from "./story.js";

/** The browser's part: `messages` says what was asked for and lets a message come. */
const BROWSER = () => {
  globalThis.OTPCredential = class {};
  const asked = (globalThis.messages = []);
  navigator.credentials.get = ({ otp, signal }) => new Promise((resolve, reject) => {
    const request = { transport: otp?.transport?.join(), live: true };
    asked.push(request);
    request.come = (code) => { request.live = false; resolve({ code }); };
    request.fail = () => { request.live = false; reject(new DOMException("no", "InvalidStateError")); };
    signal.addEventListener("abort", () => { request.live = false; reject(signal.reason); });
  });
};

const live = (visitor) => visitor.page.evaluate(() => messages.map(({ live }) => live));
const comes = (visitor, code) => visitor.page.evaluate((code) => messages.find(({ live }) => live).come(code), code);

/** A story at the code step, behind a road that says that the message is bound to the origin. */
function bound(name, act, changes = {}) {
  story(name, async ({ visitor, site }) => {
    const { url } = site;
    const road = await crookedRoadTo({ url }, { changes: { origin_bound: true, ...changes } });
    try {
      site.url = road.url;
      await visitor.page.addInitScript(BROWSER);
      await visitor.isAskedForACode("mara");
      await visitor.asksBy("sms");
      await act({ visitor, site });
    } finally {
      site.url = url;
      await road.closes();
    }
  });
}

stories("The browser reads the message", () => {
  bound("and the code is filled in, told as webotp, and verified", async ({ visitor, site }) => {
    assert.deepEqual(await visitor.page.evaluate(() => messages.map(({ transport }) => transport)), ["sms"]);
    await site.breaks("verify", { delay_ms: 500, times: 1 });
    const source = visitor.page.evaluate(() => new Promise((resolve) =>
      addEventListener("mfa-complete", ({ detail }) => resolve(detail.source))));
    await comes(visitor, await visitor.phone.latestToken());
    assert.equal(await source, "webotp");
    await visitor.sees("Code filled in. Checking the code…");
    await visitor.isSignedIn();
  });

  story("only if it is bound to the origin, and only of a text message", async ({ visitor }) => {
    await visitor.page.addInitScript(BROWSER);
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    assert.deepEqual(await live(visitor), []);
  });

  bound("not of a call", async ({ visitor }) => {
    assert.deepEqual(await live(visitor), []);
  }, { channel: "call" });

  bound("never over another whole code that is in the field", async ({ visitor, site }) => {
    await visitor.element.evaluate((element) =>
      element.addEventListener("mfa-complete", (event) => event.preventDefault()));
    await visitor.types("111111");
    await comes(visitor, "222222");
    await visitor.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    assert.equal(await visitor.field.inputValue(), "111111");
  });

  bound("no longer once the code is submitted, and again after a wrong one", async ({ visitor, site }) => {
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.standsAt("rejected");
    assert.deepEqual(await live(visitor), [false, true]);
  });

  bound("no longer while another code is asked for, then of that one, and not of a call instead", async ({ visitor, site }) => {
    await site.passes(30);
    site.hangs();
    await visitor.presses("Send a new code");
    await visitor.standsAt("sending");
    assert.deepEqual(await live(visitor), [false]);
    site.goesOn();
    await visitor.standsAt("entering");
    assert.deepEqual(await live(visitor), [false, true]);
    await site.passes(30);
    await visitor.presses("Call me instead");
    await visitor.sees("We are calling");
    assert.deepEqual(await live(visitor), [false, false]);
  }, { resend_after: 0 });

  bound("no longer when the element is gone or the page is hidden", async ({ visitor, site }) => {
    const shows = (state) => visitor.page.evaluate((state) => {
      Object.defineProperty(document, "hidden", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
    await shows(true);
    assert.deepEqual(await live(visitor), [false]);
    await shows(false);
    assert.deepEqual(await live(visitor), [false, true]);
    await visitor.element.evaluate((element) => element.remove());
    await visitor.page.waitForFunction(() => messages.every(({ live }) => !live));
  });

  bound("and is quiet when the browser refuses", async ({ visitor, site }) => {
    await visitor.page.evaluate(() => messages[0].fail());
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  bound("in a frame that the page lets read codes, too", async ({ visitor, site }) => {
    const ticket = await visitor.element.getAttribute("ticket");
    await visitor.page.route("**/own/frame", (route) => route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><title>Frame</title><script type="module" src="/mfa-code/define.js"></script>
        <mfa-code id="framed" endpoint="/mfa" ticket="${ticket}"></mfa-code>`,
    }));
    // The demo lets no page of its own be a frame's: this one takes its place.
    await visitor.page.route("**/own/page", (route) => route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><title>Page</title><iframe src="/own/frame" allow="otp-credentials"></iframe>`,
    }));
    await visitor.opens("/own/page");
    const frame = visitor.page.frame({ url: /own\/frame/ });
    await frame.locator("mfa-code[data-state=idle]").waitFor();
    await site.passes(30);
    await frame.getByRole("button", { name: "Text me a code" }).click();
    await frame.locator("mfa-code[data-state=entering]").waitFor();
    assert.equal(await frame.evaluate(() => document.featurePolicy.allowsFeature("otp-credentials")), true);
    await frame.evaluate((code) => messages.find(({ live }) => live).come(code), await visitor.phone.latestToken());
    await frame.locator("mfa-code[data-state=verified]").waitFor();
  });

  bound("for one element of a page at a time", async ({ visitor, site }) => {
    await visitor.page.evaluate(() => {
      const first = document.querySelector("mfa-code");
      const second = document.createElement("mfa-code");
      for (const name of ["endpoint", "ticket"]) second.setAttribute(name, first.getAttribute(name));
      second.id = "second";
      document.querySelector("main").append(second);
    });
    await site.passes(30);
    await visitor.page.locator("#second[data-state=idle]").waitFor();
    await visitor.page.locator("#second").evaluate((element) => element.start("sms"));
    await visitor.page.locator("#second[data-state=entering]").waitFor();
    assert.deepEqual(await live(visitor), [false, true]);
  });
});
