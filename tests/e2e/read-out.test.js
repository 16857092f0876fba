// What a screen reader is told, and when: nothing twice, nothing that was not asked for.

import assert from "node:assert/strict";

import { manager } from "./hands.js";
import { heard, listens } from "./heard.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

stories("The live regions", () => {
  story("are there before anything is told in them, and the same to the end", async ({ visitor, site, context }) => {
    visitor.expects(/net::ERR_/);
    await visitor.hasGivenThePassword("mara");
    // What is put into the page together with its text is not listened to. Before the module is there,
    // only the status has something to tell: that it does not come.
    let lets;
    const leave = new Promise((resolve) => (lets = resolve));
    await context.route("**/*.wasm", async (route) => {
      await leave;
      await route.continue();
    });
    await visitor.page.goto(`${site.url}/code`, { waitUntil: "commit" });
    await visitor.page.waitForFunction(() => document.querySelector("mfa-code")?.shadowRoot);
    const regions = () => visitor.element.evaluate((element) => {
      const found = [...element.querySelectorAll("*"), ...element.shadowRoot.querySelectorAll("*")].filter((it) =>
        it.ariaLive || ["alert", "status", "log", "timer"].includes(it.role));
      globalThis.first ??= found;
      return { roles: found.map((it) => it.role), same: found.every((it, index) => it === first[index]) };
    });
    assert.deepEqual((await regions()).roles, ["status"]);
    lets();
    await visitor.standsAt("idle");
    await visitor.page.evaluate(() => delete globalThis.first);
    const early = await regions();
    assert.deepEqual(early.roles.toSorted(), ["alert", "status"]);
    await visitor.element.evaluate((element) => (element.autosubmit = false));
    await visitor.asksBy("sms");
    assert.deepEqual(await regions(), early);
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    assert.deepEqual(await regions(), early);
    await context.setOffline(true);
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("offline");
    await context.setOffline(false);
    await visitor.presses("Try again");
    await visitor.standsAt("verified");
    assert.deepEqual(await regions(), early);
  });

  story("are written each text once over a whole sign-in", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.element.evaluate((element) => (element.autosubmit = false));
    await listens(visitor);
    await visitor.asksBy("sms");
    await visitor.types("12x");
    await visitor.page.keyboard.press("Backspace");
    await visitor.page.keyboard.press("Backspace");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    assert.deepEqual(await heard(visitor), [
      "Sending the code…",
      "Code sent to +1 ••• ••• 0143. It can take a minute to arrive.",
      "Only numbers are used in this code.",
      "Checking the code…",
      "That code is not correct. Check the latest message and try again. 2 tries left.",
      "Checking the code…",
      "Code confirmed.",
    ]);
  });

  story("say nothing at each second that a button waits, and nothing while it is typed", async ({ visitor }) => {
    await visitor.page.clock.install();
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await listens(visitor);
    await visitor.types("12345");
    for (let second = 0; second < 40; second += 1) await visitor.waits(1);
    await visitor.page.keyboard.press("Backspace");
    assert.deepEqual(await heard(visitor), []);
  });
});

/** As autofill does it: the whole value at once, of no key. */
const FILLS = (field, code) => {
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

stories("Who has the code filled in", () => {
  story("hears that it was", async ({ visitor, site }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await listens(visitor);
    const token = await visitor.phone.latestToken();
    site.hangs();
    const fills = await manager(visitor);
    await fills(FILLS, token);
    await visitor.sees("Code filled in. Checking the code…");
    assert.deepEqual(await heard(visitor), ["Code filled in. Checking the code…"]);
    site.goesOn();
    await visitor.isSignedIn();
  });

  story("before a code was asked for hears only that", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await listens(visitor);
    const fills = await manager(visitor);
    await fills(FILLS, "123456");
    await visitor.sees("Code filled in.");
    assert.deepEqual(await heard(visitor), ["Code filled in."]);
  });
});

stories("Reading the code out", () => {
  story("is the next stop after the field, digit by digit, and again at a second press", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("4071");
    await listens(visitor);
    await visitor.page.keyboard.press("Tab");
    assert.equal(await visitor.focus(), "Read the code out");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("4, 0, 7, 1");
    await visitor.page.keyboard.press("Space");
    const twice = (texts) => texts.map((text) => text.replace("\u00a0", ""));
    await visitor.page.waitForFunction(() => globalThis.heard.length > 1);
    const said = await heard(visitor);
    assert.deepEqual(twice(said).at(-1), "4, 0, 7, 1");
    assert.ok(new Set(said).size > 1, "a change is what is read out again");
    assert.equal(await visitor.focus(), "Read the code out");
    assert.equal(await visitor.field.inputValue(), "4071");
  });

  story("names capitals, and small letters not", async ({ visitor }) => {
    await visitor.isAskedForACode("tomas");
    await visitor.asksBy("sms");
    await visitor.types("aB3O");
    await visitor.page.keyboard.press("Tab");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("a, capital B, 3, capital O");
  });

  story("of an empty field says so", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.field.focus();
    await visitor.page.keyboard.press("Tab");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("The field is empty.");
  });

  story("is not offered of a masked code", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.element.evaluate((element) => (element.mask = true));
    await visitor.asksBy("sms");
    await visitor.types("4071");
    await visitor.page.keyboard.press("Tab");
    assert.match(await visitor.focus(), /^Send a new code/);
    assert.equal(await visitor.page.getByRole("button", { name: "Read the code out" }).count(), 0);
  });
});

stories("A masked code", () => {
  const masked = `<mfa-code endpoint="/mfa" ticket="{ticket}" mask></mfa-code>`;

  story("is painted so, and is all there for autofill, keypad and screen reader", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", masked);
    await visitor.standsAt("idle");
    await visitor.asksBy("sms");
    await visitor.types("407");
    const painted = visitor.page.locator("mfa-code [part~=filled]");
    await painted.nth(2).waitFor();
    assert.deepEqual(await painted.allTextContents(), ["•", "•", "•"]);
    const field = await visitor.field.evaluate(({ type, inputMode, autocomplete, value }) => ({ type, inputMode, autocomplete, value }));
    assert.deepEqual(field, { type: "text", inputMode: "numeric", autocomplete: "one-time-code", value: "407" });
    await visitor.page.keyboard.press("ControlOrMeta+A");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });
});

stories("The field", () => {
  story("is called wrong only after a verdict, and no longer once it is edited", async ({ visitor, site }) => {
    const invalid = () => visitor.field.getAttribute("aria-invalid");
    await visitor.isAskedForACode("mara");
    assert.equal(await invalid(), null);
    await visitor.asksBy("sms");
    for (const piece of ["1", "2", "x"]) {
      await visitor.types(piece);
      assert.equal(await invalid(), null, piece);
    }
    await visitor.page.keyboard.press("Tab");
    assert.equal(await invalid(), null, "left with two of six");
    await visitor.field.focus();
    await visitor.page.keyboard.press("ControlOrMeta+A");
    const wrong = await visitor.phone.wrongToken();
    site.hangs();
    await visitor.types(wrong);
    await visitor.standsAt("verifying");
    assert.equal(await invalid(), null, "no verdict yet");
    site.goesOn();
    await visitor.standsAt("rejected");
    assert.equal(await invalid(), "true");
    await visitor.page.keyboard.press("Backspace");
    assert.equal(await invalid(), null, "edited");
    await visitor.types("1");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("Enter all 6 numbers of the code.");
    assert.equal(await invalid(), "true");
  });

  story("lies over its slots, is what is hit wherever they are, and is large enough for no phone to zoom in", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const field = await visitor.field.evaluate((field) => {
      const { opacity, fontSize, pointerEvents } = getComputedStyle(field);
      return { opacity, pointerEvents, isLarge: parseFloat(fontSize) >= 16 };
    });
    assert.deepEqual(field, { opacity: "1", pointerEvents: "auto", isLarge: true });
    const slots = await visitor.page.locator("mfa-code [part~=slot]").all();
    for (const slot of slots) {
      const { x, y, width, height } = await slot.boundingBox();
      const hit = await visitor.page.evaluate(([x, y]) => document.elementFromPoint(x, y).localName, [x + width / 2, y + height / 2]);
      assert.equal(hit, "input");
    }
    assert.equal(slots.length, 6);
  }, { viewport: { width: 320, height: 700 } });

  story("asks the keyboard for what the code has, and for no help with it", async ({ visitor }) => {
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code>`;
    const asked = () => visitor.element.locator("input").evaluate((field) => Object.fromEntries(
      ["autocomplete", "inputmode", "autocapitalize", "autocorrect", "spellcheck"].map((name) => [name, field.getAttribute(name)])));
    await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("idle");
    const none = { autocomplete: "one-time-code", autocapitalize: "none", autocorrect: "off", spellcheck: "false" };
    assert.deepEqual(await asked(), { ...none, inputmode: "numeric" });
    await OwnPage.opens(visitor, "mara", body.replace(">", " allow-alphas>"));
    await visitor.standsAt("idle");
    assert.deepEqual(await asked(), { ...none, inputmode: "text" });
  });

  story("asks the keyboard for letters as soon as the endpoint says that the code has some", async ({ visitor }) => {
    await OwnPage.opens(visitor, "tomas", `<mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code>`);
    await visitor.standsAt("idle");
    assert.equal(await visitor.field.getAttribute("inputmode"), "numeric");
    await visitor.asksBy("sms");
    assert.equal(await visitor.field.getAttribute("inputmode"), "text");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });

  story("is one textbox with a label of its own, and no slot is anything to a screen reader", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    const boxes = visitor.element.getByRole("textbox");
    assert.equal(await boxes.count(), 1);
    assert.equal(await visitor.field.evaluate((field) => field.labels.length), 1);
    assert.equal(await visitor.field.evaluate((field) => field.getRootNode() === document), true);
    assert.equal(await visitor.page.locator("mfa-code [part=slots]").getAttribute("aria-hidden"), "true");
    assert.equal(await visitor.page.locator("mfa-code [part=slots] :is(input, button, [tabindex], [role])").count(), 0);
  });
});
