// What gets into the field, and when: pasted, or typed ahead of the module.

import assert from "node:assert/strict";

import { stories, story } from "./story.js";

/** Holds the module back until it is let go: a slow connection, and nothing else is different. */
async function holdTheModule(visitor) {
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await visitor.page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  return letGo;
}

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };
const apart = (token) => `${token.slice(0, 3)} ${token.slice(3)}`;

// There is one clipboard.
stories("Pasting", () => {
  for (const [what, written] of [
    ["a code in two groups", ({ token }) => apart(token)],
    ["a code in a line of its own", ({ token }) => `\n  ${token}\n`],
    ["the whole message", ({ text }) => text],
  ]) {
    story(`${what} pasted with Ctrl+V signs in`, async ({ visitor }) => {
      await visitor.isAskedForACode("mara");
      await visitor.asksBy("sms");
      await visitor.pastes(written(await visitor.phone.latest()));
      await visitor.isSignedIn();
    }, clipboard);
  }

  story("the whole message pasted where codes have letters signs in, or asks which word it is", async ({ visitor }) => {
    await visitor.isAskedForACode("tomas");
    await visitor.asksBy("sms");
    const { text, token } = await visitor.phone.latest();
    await visitor.pastes(text);
    // "Personal" has eight letters too. A code of letters alone, in the case of a word, is one.
    if (/^([A-Za-z][a-z]*|[A-Z]+)$/.test(token)) {
      await visitor.sees("There is no code of 8 letters and numbers in that text.");
      await visitor.pastes(token);
    }
    await visitor.isSignedIn();
  }, clipboard);

  story("a text without a code in it says so and costs no try", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.pastes("see you at seven");
    await visitor.sees("There is no code of 6 numbers in that text.");
    await visitor.pastes(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  }, clipboard);

  story("the phone's own button copies the code", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.page.locator("#phone").getByRole("button", { name: "Copy code" }).click();
    await visitor.page.getByRole("button", { name: "Copied" }).waitFor();
    await visitor.field.click();
    await visitor.page.keyboard.press("ControlOrMeta+V");
    await visitor.isSignedIn();
  }, clipboard);
}, { sideBySide: 1 });

stories("A field that is filled in", () => {
  story("before a code was asked for is not tried, and typing replaces it", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.field.focus();
    await visitor.types("123456");
    await visitor.presses("Text me a code");
    await visitor.standsAt("entering");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  });
});

stories("Before the module is there", () => {
  story("what is typed is kept when the module arrives", async ({ visitor }) => {
    const arrives = await holdTheModule(visitor);
    await visitor.hasGivenThePassword("mara");
    await visitor.opens("/code");
    await visitor.field.click();
    await visitor.types("12x34");
    assert.equal(await visitor.element.getAttribute("data-state"), null);
    arrives();
    await visitor.standsAt("idle");
    assert.equal(await visitor.field.inputValue(), "1234");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.types("5");
    assert.equal(await visitor.field.inputValue(), "12345");
  });

  story("a code asked for and typed without the module is checked when it arrives", async ({ visitor, site }) => {
    const arrives = await holdTheModule(visitor);
    await visitor.hasGivenThePassword("mara");
    await visitor.opens("/code");
    await visitor.presses("Send by text");
    await visitor.sees("We sent you a code by text message.");
    await visitor.field.click();
    await visitor.types(await site.phoneOf("mara").latestToken());
    arrives();
    await visitor.isSignedIn("Text message to");
    assert.equal(await site.phoneOf("mara").count(), 1);
  });

  story("a right code that is typed on a page that goes on from an earlier one is checked when it arrives", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const arrives = await holdTheModule(visitor);
    await visitor.page.reload();
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    assert.equal(await visitor.element.getAttribute("data-state"), null);
    arrives();
    await visitor.isSignedIn();
    assert.equal(await visitor.phone.count(), 1);
  });

  for (const [scheme, width, height] of [["light", 1280, 800], ["dark", 375, 667]]) {
    story(`nothing on the page moves when it arrives, ${scheme}, ${width} pixels wide`, async ({ visitor }) => {
      const arrives = await holdTheModule(visitor);
      await visitor.hasGivenThePassword("tomas");
      await visitor.opens("/code");
      const before = await whereThingsAre(visitor);
      arrives();
      await visitor.standsAt("idle");
      await visitor.isOffered("Text me a code");
      const later = await whereThingsAre(visitor);
      const moved = Object.entries(before).flatMap(([name, box]) => Object.entries(box)
        .filter(([side, at]) => Math.abs(later[name][side] - at) > 1)
        .map(([side, at]) => `${side} of ${name}: ${at}, then ${later[name][side]}`));
      assert.deepEqual(moved, []);
    }, { colorScheme: scheme, viewport: { width, height } });
  }
});

async function whereThingsAre(visitor) {
  const { page } = visitor;
  const main = page.locator("main");
  const top = async (part) => ({ y: (await part.boundingBox()).y });
  return {
    heading: await main.getByRole("heading").boundingBox(),
    label: await main.getByText("Security code", { exact: true }).boundingBox(),
    field: await visitor.field.boundingBox(),
    // A row is kept for it before it is there.
    hint: await top(visitor.element.locator(".hint")),
    // The page's own, in whose place the module's come.
    buttons: await top(main.getByRole("button", { name: /^(Send by text|Text me a code)$/ })),
    "Continue button": await main.getByRole("button", { name: "Continue" }).boundingBox(),
    footer: await page.locator(".foot").boundingBox(),
    phone: await page.locator("#phone").boundingBox(),
  };
}
