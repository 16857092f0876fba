// A page whose scripts have put something on `Object.prototype`: none of it is the endpoint's word,
// the page's own, or the browser's.

import assert from "node:assert/strict";

import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

const FORM = `<form action="/own/posted" method="post">
  <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code><button>Continue</button></form>`;

/** What every object of the page inherits, before any of its scripts is run. */
const inherits = ({ page }, inherited) => page.addInitScript(`Object.assign(Object.prototype, ${inherited});`);

const asks = async (visitor, body = FORM) => {
  await OwnPage.opens(visitor, "mara", body);
  await visitor.standsAt("idle");
  await visitor.asksBy("sms");
};

stories("What every object of a page inherits", () => {
  story("is not shown as what is confirmed, nor as a text of ours", async ({ visitor }) => {
    await inherits(visitor, `{
      summary: { title: "Pay to MALLORY", lines: ["All of it"] }, shown: "Pay to MALLORY", label: "Send it to MALLORY",
      hint_digits: "Send it to MALLORY", sent_sms: "Send it to MALLORY", send_sms: "Send it to MALLORY",
    }`);
    await asks(visitor);
    await visitor.sees("Code sent to +1 ••• ••• 0143.");
    await visitor.page.reload();
    await visitor.standsAt("entering");
    const seen = await visitor.page.locator("main").innerText();
    assert.ok(!seen.includes("MALLORY"), seen);
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });

  story("is no answer of the endpoint: an empty one verifies nobody", async ({ visitor }) => {
    await inherits(visitor, `{ success: true, receipt: "mallory", id: "mallory", attempts_left: 1 }`);
    await asks(visitor);
    await visitor.page.route("**/verify", (route) => route.fulfill({ json: {} }));
    const told = visitor.page.evaluate(() =>
      new Promise((resolve) => document.addEventListener("mfa-error", ({ detail }) => resolve(detail.kind))));
    await visitor.types("123456");
    assert.equal(await told, "not_understood");
    await visitor.standsAt("entering");
    await visitor.page.route("**/mfa/sms", (route) => route.fulfill({ json: {} }));
    const kind = await visitor.page.evaluate(async () => {
      const { start } = await import("/mfa-code/index.js");
      return start({ endpoint: "/mfa" }).catch(({ kind }) => kind);
    });
    assert.equal(kind, "not_understood");
  });

  story("is no option of what watches the page", async ({ visitor }) => {
    await inherits(visitor, `{ attributes: false, attributeOldValue: true, characterDataOldValue: true }`);
    await asks(visitor);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });

  story("is no option of the functions", async ({ visitor }) => {
    await inherits(visitor, `{ endpoint: "/mallory", headers: { "x-mallory": "1" }, channel: "call", idempotencyKey: "mallory" }`);
    await OwnPage.opens(visitor, "mara", FORM);
    const sent = [];
    await visitor.page.route("**/mfa/*", (route) => {
      sent.push([new URL(route.request().url()).pathname, route.request().headers()]);
      return route.fulfill({ json: { id: "i", success: true } });
    });
    const [mistake, channel] = await visitor.page.evaluate(async () => {
      const { start } = await import("/mfa-code/index.js");
      return [await start({}).catch(({ name }) => name), (await start({ endpoint: "/mfa" })).channel];
    });
    assert.deepEqual([mistake, channel], ["TypeError", "sms"]);
    const [[path, headers]] = sent;
    assert.equal(sent.length, 1);
    assert.equal(path, "/mfa/sms");
    assert.equal(headers["x-mallory"], undefined);
    assert.notEqual(headers["idempotency-key"], "mallory");
  });

  story("changes neither a request nor an event, and a form still posts", async ({ visitor }) => {
    await inherits(visitor, `{
      toJSON() { return { token: "mallory" }; }, mode: "no-cors", credentials: "omit", cache: "only-if-cached",
      integrity: "sha256-mallory", customError: true, badInput: true, [Symbol.iterator]: function* () {},
    }`);
    const own = await OwnPage.opens(visitor, "mara", FORM, {
      script: `document.querySelector("mfa-code").headers = { "x-mine": "1" };`,
    });
    const sent = [];
    visitor.page.on("request", (request) => request.url().includes("/mfa/") && request.method() === "POST" && sent.push(request));
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    assert.deepEqual(sent.map((request) => request.headers()["x-mine"]), ["1", "1"]);
    assert.equal(JSON.parse(sent[0].postData()).ticket, own.ticket);
    await visitor.presses("Continue");
    await visitor.page.waitForURL("**/own/posted");
    assert.equal(own.posted[0].get("mfa").split(".").length, 3);
  });

  story("takes nothing away from what the page is told", async ({ visitor }) => {
    // Each of them swallows what is written to an object that inherits it.
    await visitor.page.addInitScript(() => {
      for (const name of ["phase", "channel", "from", "detail", "bubbles", "status", "id", "ticket", "salt"]) {
        Object.defineProperty(Object.prototype, name, { get: () => undefined, set() {}, configurable: true });
      }
    });
    await OwnPage.opens(visitor, "mara", FORM, {
      script: `globalThis.told = [];
        document.addEventListener("mfa-statechange", ({ detail }) => told.push(detail.from + " " + Object.hasOwn(detail, "from")));`,
    });
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    const [told, state] = await visitor.page.evaluate(() => {
      const { phase, channel } = document.querySelector("mfa-code").state;
      return [told, `${phase} ${channel}`];
    });
    assert.deepEqual(told, ["idle true", "sending true"]);
    assert.equal(state, "entering sms");
  });
});
