// A page that the browser keeps whole while the visitor is elsewhere (its back/forward cache): the
// element is never why it is not kept, and goes on where it was.

import assert from "node:assert/strict";

import { launch } from "./browser.js";
import { holds } from "./hands.js";
import { form, hosted, html, signsIn } from "./own-host.js";
import { stories } from "./story.js";

/** Playwright switches that off, since pages that come back confuse it. */
async function keepsPages(settings) {
  const browser = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  const context = await browser.newContext(settings);
  context.on("close", () => browser.close());
  return context;
}

const kept = (name, act) => hosted(name, async (told) => {
  const { visitor, host, ticket } = told;
  await visitor.page.addInitScript(() =>
    addEventListener("pageshow", ({ persisted }) => (globalThis.shown = persisted ? "kept" : "new")));
  host.pages["/own/page"] = html(`${form(ticket)}<a href="/own/elsewhere">Elsewhere</a>`, { entry: "/mfa-code/define.js" });
  host.pages["/own/elsewhere"] = "<!doctype html><title>Elsewhere</title>Elsewhere";
  await visitor.page.goto(`${host.url}/own/page`);
  await visitor.standsAt("idle");
  await act(told);
}, { opens: keepsPages });

/** Away by a link, for as long as `meanwhile` takes, and back by the browser's own button. */
async function goesAndComesBack({ visitor }, meanwhile = () => {}) {
  await visitor.page.getByRole("link", { name: "Elsewhere" }).click();
  await visitor.page.waitForURL("**/own/elsewhere");
  await meanwhile();
  await comesBack(visitor);
}

async function comesBack({ page }) {
  await page.evaluate(() => history.back()).catch(() => {});
  await page.waitForFunction(() => globalThis.shown && location.pathname === "/own/page");
  const came = await page.evaluate(() =>
    [globalThis.shown, performance.getEntriesByType("navigation")[0].notRestoredReasons?.reasons?.map(({ reason }) => reason) ?? null]);
  assert.deepEqual(came, ["kept", null]);
}

const asksForACode = async ({ visitor }) => {
  await visitor.asksBy("sms");
  return visitor.phone.latestToken();
};

stories("A page that is left and come back to is kept", () => {
  kept("before a code was asked for, and signs in", async (told) => {
    await goesAndComesBack(told);
    await signsIn(told);
  });

  kept("while a code is typed, and the rest of it signs in", async (told) => {
    const { visitor } = told;
    const token = await asksForACode(told);
    await visitor.types(token.slice(0, 3));
    await goesAndComesBack(told);
    await visitor.standsAt("entering");
    await holds(visitor, token.slice(0, 3));
    await visitor.field.focus();
    await visitor.page.keyboard.press("End");
    await visitor.types(token.slice(3));
    await visitor.standsAt("verified");
  });

  kept("while a code is asked for, and one message is sent", async (told) => {
    const { visitor, host } = told;
    let goesOn;
    const waits = new Promise((resolve) => (goesOn = resolve));
    host.delays = (path) => (path === "/mfa/sms" ? waits : undefined);
    await visitor.presses("Text me a code");
    await visitor.standsAt("sending");
    await goesAndComesBack(told, goesOn);
    await visitor.standsAt("entering");
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    assert.equal(await visitor.phone.count(), 1);
  });

  kept("while a code is checked, and its answer counts", async (told) => {
    const { visitor, host } = told;
    const token = await asksForACode(told);
    let goesOn;
    const waits = new Promise((resolve) => (goesOn = resolve));
    host.delays = (path) => (path.endsWith("/verify") ? waits : undefined);
    await visitor.types(token);
    await visitor.standsAt("verifying");
    await goesAndComesBack(told, goesOn);
    await visitor.standsAt("verified");
  });

  kept("after a wrong code, and the right one signs in", async (told) => {
    const { visitor } = told;
    await asksForACode(told);
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.standsAt("rejected");
    await goesAndComesBack(told);
    await visitor.standsAt("rejected");
    await visitor.field.focus();
    await visitor.page.keyboard.press("ControlOrMeta+A");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });

  kept("where no code can be typed any more, and says so", async (told) => {
    const { visitor } = told;
    await asksForACode(told);
    for (let at = 0; at < 3; at++) {
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.standsAt(at < 2 ? "rejected" : "closed");
      if (at < 2) await visitor.element.evaluate((element) => (element.querySelector("input").value = ""));
    }
    await goesAndComesBack(told);
    await visitor.standsAt("closed");
  });

  kept("without an answer, and trying again gets one", async (told) => {
    const { visitor, site } = told;
    visitor.expects(/net::ERR_|status of (404|50)/);
    const token = await asksForACode(told);
    await site.dies();
    await visitor.types(token);
    await visitor.standsAt("offline");
    await goesAndComesBack(told);
    await visitor.standsAt("offline");
    await site.comesBack();
    await visitor.presses("Try again");
    await visitor.standsAt("closed");
  });

  kept("once the code is right, and starts over: its receipt may have been posted", async (told) => {
    const { visitor } = told;
    await visitor.types(await asksForACode(told));
    await visitor.standsAt("verified");
    await goesAndComesBack(told);
    await visitor.standsAt("idle");
    await holds(visitor, "");
  });

  kept("once its receipt was posted, and starts over", async (told) => {
    const { visitor } = told;
    await signsIn(told);
    await comesBack(visitor);
    await visitor.standsAt("idle");
    await holds(visitor, "");
  });
});
