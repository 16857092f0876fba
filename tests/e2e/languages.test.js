// Other languages: asked for by the page's `lang`, fetched only then, and never in the way.

import assert from "node:assert/strict";

import { stories, story } from "./story.js";

/** The code step, in a page of that language. What it fetches of languages is kept in the array. */
async function isAskedIn(lang, visitor) {
  const fetched = [];
  visitor.page.on("request", (request) => {
    const [, file] = request.url().match(/\/mfa-code\/(locale.*)/) ?? [];
    if (file) fetched.push(file);
  });
  await visitor.page.route("**/code", async (route) => {
    // The form is sent to the same address.
    if (route.request().method() !== "GET") return route.continue();
    const answer = await route.fetch();
    const page = await answer.text();
    const dir = ["ar", "fa", "he"].includes(lang) ? "rtl" : "ltr";
    assert.match(page, /<html lang="en"/);
    await route.fulfill({ response: answer, body: page.replace('<html lang="en"', `<html lang="${lang}" dir="${dir}"`) });
  });
  await visitor.isAskedForACode("mara");
  return fetched;
}

stories("Other languages", () => {
  for (const lang of ["en", "en-GB", "sv"]) {
    story(`a page with lang="${lang}" speaks English`, async ({ visitor }) => {
      const fetched = await isAskedIn(lang, visitor);
      await visitor.sees("The code has 6 numbers.");
      await visitor.isOffered("Text me a code");
      // Whether there is Swedish is known there and nowhere else.
      assert.deepEqual(fetched, lang === "sv" ? ["locale.js"] : []);
    });
  }

  story("a page in Polish speaks Polish, counts as Polish does, and fetches nothing else", async ({ visitor }) => {
    const fetched = await isAskedIn("pl", visitor);
    await visitor.sees("Kod ma 6 cyfr. Proszę go nikomu nie podawać.");
    await visitor.presses("Wyślij kod SMS-em");
    await visitor.sees("Kod wysłano na numer +1 ••• ••• 0143.");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("Pozostały 2 próby.");
    assert.deepEqual(fetched, ["locale.js", "locales/pl.js"]);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });

  story("in a page from right to left the number and the code run from left to right", async ({ visitor }) => {
    await isAskedIn("ar", visitor);
    await visitor.presses("إرسال الرمز برسالة");
    await visitor.sees("أُرسل الرمز إلى");
    await visitor.types("12");
    const at = await visitor.element.evaluate((element) => {
      const status = element.shadowRoot.querySelector("[part=status]");
      const text = document.createTreeWalker(status, NodeFilter.SHOW_TEXT).nextNode();
      const left = (letter) => {
        const range = document.createRange();
        range.setStart(text, text.data.indexOf(letter));
        range.setEnd(text, text.data.indexOf(letter) + 1);
        return range.getBoundingClientRect().left;
      };
      const slots = [...element.shadowRoot.querySelectorAll("[part~=slot]")];
      const slot = (letter) => slots.find((it) => it.textContent === letter).getBoundingClientRect().left;
      return {
        word: left("ر"), plus: left("+"), last: left("3"), one: slot("1"), two: slot("2"),
        text: getComputedStyle(status).direction,
      };
    });
    assert.equal(at.text, "rtl");
    assert.ok(at.word > at.last, "the sentence runs from right to left");
    assert.ok(at.plus < at.last, "the number runs from left to right");
    assert.ok(at.one < at.two, "the code runs from left to right");
  });

  story("the page's own words go before the language's", async ({ visitor }) => {
    await isAskedIn("de-AT", visitor);
    await visitor.element.evaluate((element) => (element.strings = { send_sms: "SMS, bitte" }));
    await visitor.isOffered("SMS, bitte");
    await visitor.isOffered("Code per Anruf erhalten");
  });

  story("the language can change while the page is in use", async ({ visitor }) => {
    await isAskedIn("ja", visitor);
    await visitor.isOffered("SMSでコードを受け取る");
    await visitor.element.evaluate((element) => (element.lang = "fr"));
    await visitor.isOffered("Recevoir un SMS");
    await visitor.element.evaluate((element) => (element.lang = "en"));
    await visitor.isOffered("Text me a code");
  });

  story("a language that does not come leaves English, and the code step works", async ({ visitor }) => {
    visitor.expects(/net::ERR_/);
    await visitor.page.route("**/locales/**", (route) => route.abort());
    await isAskedIn("ko", visitor);
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});
