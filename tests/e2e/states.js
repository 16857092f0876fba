// Every state of the element, one after the other, on a page of its own. Buttons are pressed by
// their place, not by their name: the page may be in any language.

import { answered, unanswered } from "./visitor.js";
import { OwnPage } from "./own-page.js";

/** What there is to confirm, as the endpoint's answer has it. */
export const SUMMARY = { title: "Pay €120.00 to ACME", lines: ["Invoice 2026-118", "From your current account"] };

/** It stands still, so that what is shown of it is the same each time. */
const NOW = new Date("2026-11-23T13:22:00Z");

const FORM = `<h1>Own page</h1><form action="/own/posted" method="post">
  <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code>
  <button>Continue</button></form>`;

/** What is the page's own to do: follow the visitor's scheme, and be large enough to touch. */
const HEAD = `<style>
  :root { color-scheme: light dark; background: Canvas; color: CanvasText }
  form > button { min-height: 2.75rem }
</style>`;

/**
 * @callback Look What is done at each state.
 * @param {string} state
 * @returns {Promise<void>}
 */
class Walk {
  constructor({ visitor, site, context }, lang) {
    Object.assign(this, { visitor, site, context, lang, page: visitor.page, element: visitor.element });
    this.field = visitor.element.locator("input");
    this.error = visitor.element.locator("[role=alert]");
    visitor.expects(answered("(403|404|429)"), unanswered);
  }

  /** Has given the password just now. */
  async begins() {
    await this.page.clock.setFixedTime(NOW);
    const dir = this.lang === "ar" ? "rtl" : "ltr";
    await OwnPage.opens(this.visitor, "mara", FORM, { lang: this.lang, dir, head: HEAD });
    await this.visitor.standsAt("idle");
    this.phone = this.visitor.phone;
  }

  async asks() {
    await this.element.locator("[part=actions] button:visible").first().click();
  }

  /** The button for it stands last. */
  async triesAgain() {
    await this.element.locator("[part=actions] button:visible").last().click();
  }

  async hasACode() {
    await this.begins();
    await this.asks();
    await this.visitor.standsAt("entering");
  }

  async types(text) {
    await this.page.locator("mfa-code:not([aria-busy])").waitFor();
    await this.field.focus();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(text);
  }

  /** Whatever is wrong stands there. */
  async isTold() {
    await this.page.locator("mfa-code [role=alert]:not(:empty)").waitFor();
  }

  async presses(key) {
    await this.field.focus();
    await this.page.keyboard.press(key);
  }

  sets(properties) {
    return this.element.evaluate((element, properties) => Object.assign(element, properties) && undefined, properties);
  }
}

/** From the beginning to the success. */
export async function onTheWay(told, look, lang) {
  const walk = new Walk(told, lang);
  const { visitor, site, context } = walk;
  await walk.begins();
  await look("idle");
  await walk.presses("Enter");
  await walk.isTold();
  await look("idle, submitted too early");
  site.hangs();
  await walk.asks();
  await visitor.standsAt("sending");
  await look("sending");
  site.goesOn();
  await visitor.standsAt("entering");
  await look("entering");
  await walk.types("12");
  await look("entering, two typed");
  await walk.types("x");
  await look("entering, a letter dropped");
  await walk.types("12");
  await walk.presses("Enter");
  await walk.isTold();
  await look("entering, too short");
  await context.setOffline(true);
  const wrong = await walk.phone.wrongToken();
  await walk.types(wrong);
  await visitor.standsAt("offline");
  await look("offline");
  await context.setOffline(false);
  await walk.page.locator("mfa-code [role=alert]:empty").waitFor({ state: "attached" });
  await look("offline, connected again");
  site.hangs();
  await walk.triesAgain();
  await visitor.standsAt("verifying");
  await look("verifying");
  site.goesOn();
  await visitor.standsAt("rejected");
  await look("rejected");
  await walk.types(await walk.phone.latestToken());
  await visitor.standsAt("verified");
  await look("verified");
}

/** To each of the ends. */
export async function closed(told, look, lang) {
  const walk = new Walk(told, lang);
  const { visitor, site, page } = walk;
  const ids = [];
  page.on("request", (request) => request.url().endsWith("/verify") && ids.push(request.url()));

  await walk.hasACode();
  for (const wrong of await walk.phone.wrongTokens(3)) await walk.types(wrong);
  await visitor.standsAt("closed");
  await look("closed, exhausted");

  await site.passes(61);
  await walk.hasACode();
  await site.passes(601);
  await walk.types(await walk.phone.latestToken());
  await visitor.standsAt("closed");
  await look("closed, expired");

  await walk.hasACode();
  const token = await walk.phone.latestToken();
  await walk.types(await walk.phone.wrongToken());
  await visitor.standsAt("rejected");
  // Somebody else is first.
  await page.evaluate(([url, token]) => fetch(url, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }),
  }), [ids.at(-1), token]);
  await walk.types(token);
  await visitor.standsAt("closed");
  await look("closed, used");

  await site.passes(61);
  await walk.hasACode();
  const lost = await walk.phone.latestToken();
  await site.forgets();
  await walk.types(lost);
  await visitor.standsAt("closed");
  await look("closed, unknown");
}

/** As the page has set it, and as the endpoint would not have it. Behind a road with a summary. */
export async function settings(told, look, lang) {
  const walk = new Walk(told, lang);
  await walk.begins();
  await walk.sets({ disabled: true });
  await look("idle, disabled");
  await walk.sets({ disabled: false, tokenLength: "60" });
  await walk.asks();
  await walk.isTold();
  await look("idle, set up wrongly");
  await walk.sets({ tokenLength: null });
  await walk.asks();
  await walk.visitor.standsAt("entering");
  await walk.types("123");
  await look("entering, with a summary");
  await walk.sets({ groups: "3 3" });
  await look("entering, grouped");
  await walk.sets({ disabled: true });
  await look("entering, disabled");
  await walk.sets({ disabled: false, readonly: true });
  await look("entering, readonly");
  await walk.sets({ readonly: false, mask: true });
  await look("entering, masked");
  await walk.begins();
  await walk.asks();
  await walk.isTold();
  await look("idle, rate limited");
}
