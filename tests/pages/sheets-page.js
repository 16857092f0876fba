// A visitor's way through a page in somebody else's style, with a look at each state.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { OwnPage } from "../e2e/own-page.js";
import { answered } from "../e2e/visitor.js";

const PHOTOS = fileURLToPath(new URL("../../test-results/sheets", import.meta.url));

/**
 * Opens a page of this style; the module is still held back. Returns what lets it come.
 *
 * @param {(route: object) => Promise<void>} [answers] Whether the module comes at all, and how.
 */
export async function opensStyled(visitor, { css, body, lang }, answers) {
  let lets;
  const leave = new Promise((resolve) => (lets = resolve));
  await visitor.page.route("**/*.wasm", answers ?? (async (route) => {
    await leave;
    await route.continue();
  }));
  await OwnPage.opens(visitor, "mara", body, { lang, head: `<style>${await css}</style>` });
  await visitor.page.waitForFunction(() => document.querySelector("mfa-code > [slot=field]"));
  return lets;
}

/** By its place, in any language: the first button that can be pressed. */
export const asks = ({ element }) =>
  element.evaluate((it) => it.shadowRoot.querySelector("[part=actions] button:not([hidden], [aria-disabled])").click());

export async function types({ page }, token) {
  await page.locator("mfa-code:not([aria-busy])").waitFor();
  await page.evaluate(() => document.querySelector("mfa-code").focus());
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(token);
}

/**
 * From before the module to a code that was right, by way of a wrong one; then to one too many.
 *
 * @param {(state: string) => Promise<void>} look
 */
export async function walks({ visitor, site }, sheet, look) {
  visitor.expects(answered("(403|404)"));
  // The code works until 12:59 PM: no time of day is longer.
  await visitor.page.clock.setFixedTime(new Date(2026, 10, 25, 12, 49));
  const lets = await opensStyled(visitor, sheet);
  await look("before the module");
  lets();
  await visitor.standsAt("idle");
  await look("idle");
  await asks(visitor);
  await visitor.standsAt("entering");
  await types(visitor, "12");
  await visitor.page.locator("mfa-code [part~=filled]").nth(1).waitFor();
  await look("entering");
  await types(visitor, await visitor.phone.wrongToken());
  await visitor.standsAt("rejected");
  await look("rejected");
  await types(visitor, await visitor.phone.latestToken());
  await visitor.standsAt("verified");
  await look("verified");
  await site.passes(61);
  (await opensStyled(visitor, sheet))();
  await visitor.standsAt("idle");
  await asks(visitor);
  await visitor.standsAt("entering");
  for (const wrong of await visitor.phone.wrongTokens(3)) await types(visitor, wrong);
  await visitor.standsAt("closed");
  await look("closed");
}

/** A picture of the element and what is around it, for people. */
export async function photographed({ page, element }, folder, name) {
  const to = `${PHOTOS}/${folder}`.replaceAll(/[^\w/.-]+/g, "-");
  mkdirSync(to, { recursive: true });
  const box = await element.evaluate((it) => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  });
  const clip = { x: Math.max(0, box.x - 16), y: Math.max(0, box.y - 16), width: box.width + 32, height: box.height + 32 };
  await page.screenshot({ path: `${to}/${name.replaceAll(" ", "-")}.png`, clip, fullPage: true, animations: "disabled", caret: "initial" });
}
