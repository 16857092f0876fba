// A form of some site's own around the element, and what people and browsers do with it.

import assert from "node:assert/strict";

import { OwnPage } from "./own-page.js";

/** The page's own field. */
export const FIELD = `<label for="code">Security code</label><input id="code" name="token">`;

/** The element in a form. */
export const form = ({ on = `name="mfa" required`, field = FIELD, more = "<button>Continue</button>" } = {}) =>
  `<form id="own" action="/own/posted" method="post">
    <mfa-code endpoint="/mfa" ticket="{ticket}" ${on}>${field}</mfa-code>${more}</form>`;

/** The visitor is at a page with such a form, and the element is ready. */
export async function opens(visitor, how = {}, page = {}) {
  const own = await OwnPage.opens(visitor, "mara", form(how), page);
  await visitor.standsAt("idle");
  return own;
}

/** The visitor has asked for a code and is about to type it. */
export async function hasACode(visitor) {
  await visitor.asksBy("sms");
  await visitor.field.focus();
  return visitor.phone.latestToken();
}

/** What was posted, once it is; there was one post. */
export async function posted(visitor, own) {
  await visitor.page.waitForURL("**/own/posted");
  assert.equal(own.posted.length, 1, "posted once");
  return own.posted[0];
}

/** What the form would post now, without the values. */
export const names = (visitor) =>
  visitor.page.evaluate(() => [...new FormData(document.forms[0]).keys()]);

/** The paths of the requests to the endpoint from here on. */
export function requests(visitor) {
  const paths = [];
  visitor.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/mfa/")) paths.push(pathname.replace(/\/mfa\/(.*\/)?/, ""));
  });
  return paths;
}

/**
 * Where the browser shows its own message, which no test can see: at the elements whose `invalid`
 * event nobody has cancelled. One that it cannot show is complained of in the console.
 */
export async function messages(visitor) {
  await visitor.page.evaluate(() => {
    window.invalid = [];
    document.addEventListener("invalid", (event) => window.invalid.push(event), true);
  });
  return () => visitor.page.evaluate(() => window.invalid.splice(0)
    .map(({ target, defaultPrevented }) => (defaultPrevented ? "" : target.validationMessage))
    .filter(Boolean));
}
