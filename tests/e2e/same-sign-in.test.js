// Which pages are one sign-in, and what is stored to tell.

import assert from "node:assert/strict";

import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

/** An endpoint that sends a code to the number that the page names, and answers as it is told to. */
async function sendsTo(visitor, to, answer = {}) {
  await visitor.page.context().route("**/mfa/sms", (route) =>
    route.fulfill({ json: { id: "first", success: true, channel: "sms", resend_after: 0, ...answer } }));
  const body = `<mfa-code endpoint="/mfa" ${to}></mfa-code>`;
  await OwnPage.opens(visitor, "mara", body);
  await visitor.standsAt("idle");
  await visitor.asksBy("sms");
}

/** The words that are stored, oldest place first. */
const words = (visitor) => visitor.page.evaluate(() =>
  Object.keys(localStorage).filter((place) => place.startsWith("mfa-code")).map((place) => JSON.parse(localStorage[place])));

/** The same element on a page of its own, as the next page of the site. */
async function nextPage(visitor, attributes, state) {
  await visitor.page.evaluate((attributes) => {
    document.querySelector("mfa-code").remove();
    const next = document.createElement("mfa-code");
    next.setAttribute("endpoint", "/mfa");
    for (const [name, value] of Object.entries(attributes)) next.setAttribute(name, value);
    document.querySelector("main").append(next);
  }, attributes);
  await visitor.standsAt(state);
}

stories("A sign-in by a number that the page names", () => {
  const MASKED = "+1 ••• ••• 8999";

  story("goes on where the endpoint's masked number agrees with it", async ({ visitor }) => {
    await sendsTo(visitor, `to="+15557788999"`, { to: MASKED });
    const [word] = await words(visitor);
    assert.equal(word.to, MASKED);
    await visitor.page.reload();
    await visitor.standsAt("entering");
    await nextPage(visitor, { to: "+15557788998" }, "idle");
    await nextPage(visitor, { to: "+445557788999" }, "idle");
    await nextPage(visitor, { to: "+15557788999" }, "entering");
  });

  for (const [what, to] of [["says none", undefined], ["says it whole", "+15557788999"], ["hides all of it", "••••••"]]) {
    story(`stores nothing where the endpoint ${what}`, async ({ visitor }) => {
      await sendsTo(visitor, `to="+15557788999"`, { to });
      assert.deepEqual(await words(visitor), []);
      await visitor.page.reload();
      await visitor.standsAt("idle");
    });
  }
});

stories("What tells one sign-in from the next", () => {
  const TICKET = "a-ticket-that-nobody-can-guess";

  story("is of the ticket alone, and never stored twice alike", async ({ visitor }) => {
    await sendsTo(visitor, `ticket="${TICKET}"`);
    const [one] = await words(visitor);
    await visitor.element.evaluate((element) => element.resend());
    const [other] = await words(visitor);
    for (const name of ["salt", "digest"]) {
      assert.match(one[name], /^[a-z0-9-]{10,36}$/);
      assert.notEqual(one[name], other[name], name);
    }
    await nextPage(visitor, { ticket: `${TICKET}!` }, "idle");
    await nextPage(visitor, { ticket: TICKET }, "entering");
  });

  story("is not stored for a ticket that can be guessed", async ({ visitor }) => {
    await sendsTo(visitor, `ticket="person-1234"`);
    assert.deepEqual(await words(visitor), []);
  });

  story("is not read out of what an older module has stored", async ({ visitor }) => {
    await sendsTo(visitor, `ticket="${TICKET}"`);
    await visitor.page.evaluate(() => {
      for (const place of Object.keys(localStorage)) {
        const { salt, digest, ...word } = JSON.parse(localStorage[place]);
        localStorage[place] = JSON.stringify({ ...word, sign_in: "hbecnfjikmpgbdal" });
      }
    });
    await visitor.page.reload();
    await visitor.standsAt("idle");
  });
});

stories("A page that comes again after its receipt was posted", () => {
  const FORM = `<form action="/own/posted" method="post">
    <mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required></mfa-code><button>Continue</button></form>`;

  const confirms = async (visitor, script) => {
    const own = await OwnPage.opens(visitor, "mara", FORM, { script });
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    return own;
  };

  const startsOver = async (visitor, site) => {
    await visitor.standsAt("idle");
    assert.equal(await visitor.field.inputValue(), "");
    assert.equal(await visitor.field.evaluate((field) => field.readOnly), false);
    await site.passes(60);
    await visitor.page.evaluate(() => {
      // The wait of the page is over, too.
      const past = Date.now;
      Date.now = () => past() + 60_000;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await visitor.presses("Text me a code");
    await visitor.standsAt("entering");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  };

  story("starts over, and another code signs in", async ({ visitor, site }) => {
    await confirms(visitor);
    await visitor.page.waitForURL("**/own/posted");
    await visitor.opens("/own/page");
    await startsOver(visitor, site);
  });

  story("in the same document starts over, and another code signs in", async ({ visitor, site }) => {
    // As libraries do that put the server's answer to a form into the page.
    await confirms(visitor, `document.addEventListener("submit", async (event) => {
      event.preventDefault();
      const again = await (await fetch("/own/page")).text();
      document.querySelector("main").replaceWith(new DOMParser().parseFromString(again, "text/html").querySelector("main"));
    }, { once: true });`);
    await startsOver(visitor, site);
  });

  story("with the interaction that is used up starts over, and asks for another", async ({ visitor }) => {
    await visitor.page.context().route("**/mfa/**", (route) => route.fulfill({ json: route.request().url().endsWith("/verify")
      ? { success: true, receipt: "a.b.c" }
      : { id: "another", success: true } }));
    const body = `<form action="/own/posted" method="post"><mfa-code endpoint="/mfa" name="mfa"
      interaction="an-interaction-of-the-backend"></mfa-code><button>Continue</button></form>`;
    const own = await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("entering");
    await visitor.field.click();
    await visitor.types("123456");
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    await visitor.page.waitForURL("**/own/posted");
    assert.equal(own.posted.length, 1);
    await visitor.opens("/own/page");
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
  });
});
