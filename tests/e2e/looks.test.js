// What is seen: what stays where it is, what fits, and what is told by more than colour.

import assert from "node:assert/strict";

import { crookedRoadTo } from "./crooked.js";
import { stories, story } from "./story.js";

const STATES = ["idle", "sending", "entering", "verifying", "verified", "rejected", "closed", "offline"];

/** The module comes when it is let. */
async function held(context) {
  let lets;
  const leave = new Promise((resolve) => (lets = resolve));
  await context.route("**/*.wasm", async (route) => {
    await leave;
    await route.continue();
  });
  return lets;
}

/** Where the rows are, from the top of the page. */
function places({ element }) {
  return element.evaluate((element) => {
    const top = (it) => Math.round(it.getBoundingClientRect().top + scrollY);
    const inside = (selector) => top(element.shadowRoot.querySelector(selector));
    const next = document.querySelector("#code-form > .primary");
    return { entry: inside(".entry"), messages: inside(".messages"), actions: inside("[part=actions]"), next: top(next) };
  });
}

/** Whether all of the page is as wide as the screen, and no row lies over another. */
async function fits({ page, element }) {
  const { wide, rows } = await element.evaluate((element) => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    rows: ["label", "input", "[slot=hint]", "[slot=error]"].map((selector) => element.querySelector(selector))
      .concat([...element.shadowRoot.querySelectorAll("[part=actions] button:not([hidden])")].slice(0, 1))
      .map((it) => it.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]),
  }));
  assert.equal(wide, 0, "the page scrolls sideways");
  rows.slice(1).forEach(([top], index) => assert.ok(top >= rows[index][1] - 0.5, `row ${index + 1} lies over the one above`));
  const cut = await page.locator("mfa-code [part=actions] button:visible").evaluateAll((buttons) =>
    buttons.filter((it) => it.scrollWidth > it.clientWidth || it.scrollHeight > it.clientHeight).map((it) => it.textContent));
  assert.deepEqual(cut, [], "a button is cut off");
}

const spaced = (page) => page.evaluate(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets.push(sheet);
});

/** How the slots and what is around them are drawn in each state, colours left out. */
function drawn({ element }) {
  return element.evaluate((element, states) => states.map((state) => {
    element.dataset.state = state;
    element.toggleAttribute("aria-busy", state === "sending" || state === "verifying");
    const style = (selector, pseudo) => getComputedStyle(element.shadowRoot.querySelector(selector), pseudo);
    const slot = style("[part~=slot]");
    return [
      slot.borderBlockStartStyle, slot.borderBlockStartWidth, slot.borderBlockEndWidth, slot.textDecorationLine,
      style(".entry", "::after").content, style("[part=status]", "::before").content,
    ].join(" ");
  }), STATES);
}

stories("Looks", () => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 375, height: 812 }, { width: 320, height: 800 }]) {
    story(`at ${viewport.width} px nothing moves when the module comes, a code is sent, and a code was wrong`, async ({ visitor, context }) => {
      const lets = await held(context);
      // The code works until 12:59 PM: no time of day is longer.
      await visitor.page.clock.setFixedTime(new Date(2026, 10, 25, 12, 49));
      await visitor.hasGivenThePassword("mara");
      await visitor.page.goto(`${visitor.site.url}/code`, { waitUntil: "commit" });
      await visitor.page.waitForFunction(() => document.querySelector("mfa-code")?.shadowRoot);
      const before = await places(visitor);
      lets();
      await visitor.standsAt("idle");
      assert.deepEqual(await places(visitor), before, "the module came");
      await visitor.asksBy("sms");
      await visitor.sees("Code sent to");
      assert.deepEqual(await places(visitor), before, "a code was sent");
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.sees("2 tries left.");
      assert.deepEqual(await places(visitor), before, "a code was wrong");
    }, { viewport });
  }

  story("at 320 px and with wider spacing of text, nothing is cut off or laid over another", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await spaced(visitor.page);
    await fits(visitor);
    await visitor.asksBy("sms");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    await fits(visitor);
  }, { viewport: { width: 320, height: 800 } });

  story("twice as large letters fit a screen of 375 px", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await visitor.asksBy("sms");
    await fits(visitor);
  }, { viewport: { width: 375, height: 812 } });

  story("twenty letters fit 320 px, each in its slot", async ({ visitor, site }) => {
    const road = await crookedRoadTo(site, { changes: { token_length: 20, allow_alphas: true } });
    try {
      await visitor.hasGivenThePassword("mara");
      await visitor.page.goto(`${road.url}/code`);
      await visitor.standsAt("idle");
      await visitor.asksBy("sms");
      await visitor.types("WmOQ0Il1WmOQ0Il1WmO");
      const slots = visitor.page.locator("mfa-code [part~=slot]");
      await visitor.page.locator("mfa-code [part~=filled]").nth(18).waitFor();
      assert.equal(await slots.count(), 20);
      const spilt = await slots.evaluateAll((slots) => slots.filter((slot) => {
        const range = document.createRange();
        range.selectNodeContents(slot);
        const [glyph, box] = [range.getBoundingClientRect(), slot.getBoundingClientRect()];
        return glyph.left < box.left - 0.5 || glyph.right > box.right + 0.5;
      }).length);
      assert.equal(spilt, 0);
      await fits(visitor);
    } finally {
      await road.closes();
    }
  }, { viewport: { width: 320, height: 800 } });

  for (const forcedColors of ["none", "active"]) {
    story(`no state is told by colour alone, forced colours ${forcedColors}`, async ({ visitor }) => {
      await visitor.isAskedForACode("mara");
      const looks = await drawn(visitor);
      assert.deepEqual([...new Set(looks)], looks, STATES.join());
    }, { forcedColors });
  }

  story("with forced colours what is selected, active, waiting and primary is in the system's", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    const drawnAs = (selector, property) => visitor.page.locator(`mfa-code ${selector}`).first()
      .evaluate((it, property) => getComputedStyle(it)[property], property);
    const system = await visitor.page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.forcedColorAdjust = "none";
      return Object.fromEntries(["Highlight", "HighlightText", "GrayText", "Canvas"].map((name) => {
        probe.style.color = name;
        return [name, getComputedStyle(probe).color];
      }));
    });
    assert.equal(await drawnAs("[part~=primary]", "backgroundColor"), system.Highlight);
    await visitor.asksBy("sms");
    assert.equal(await drawnAs("button[aria-disabled]", "color"), system.GrayText);
    assert.equal(await drawnAs("[part~=active]", "outlineStyle"), "solid");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.sees("2 tries left.");
    assert.equal(await drawnAs("[part~=selected]", "backgroundColor"), system.Highlight);
    assert.equal(await drawnAs("[part~=selected]", "color"), system.HighlightText);
  }, { forcedColors: "active" });

  story("the field and the buttons are large enough for a finger", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const targets = [visitor.field, ...(await visitor.page.locator("mfa-code [part=actions] button:visible").all())];
    for (const target of targets) {
      const { width, height } = await target.boundingBox();
      assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
    }
  }, { viewport: { width: 320, height: 800 } });

  story("reading out shows itself to the keyboard alone, and moves nothing", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("12");
    const button = visitor.page.locator("mfa-code .entry + button");
    const clip = () => button.evaluate((it) => getComputedStyle(it).clipPath);
    assert.equal(await clip(), "inset(50%)");
    const before = await places(visitor);
    await visitor.page.keyboard.press("Tab");
    assert.equal(await visitor.focus(), "Read the code out");
    assert.equal(await clip(), "none");
    assert.ok((await button.boundingBox()).height >= 24);
    assert.deepEqual(await places(visitor), before);
  });

  story("a masked code is not shown before the module either, and the keypad stays", async ({ visitor, context }) => {
    const lets = await held(context);
    await visitor.hasGivenThePassword("mara");
    await visitor.page.goto(`${visitor.site.url}/code`, { waitUntil: "commit" });
    await visitor.page.waitForFunction(() => document.querySelector("mfa-code")?.shadowRoot);
    const field = await visitor.element.evaluate((element) => {
      element.setAttribute("mask", "");
      const { type, inputMode, autocomplete } = element.querySelector("input");
      return { type, inputMode, autocomplete, drawn: getComputedStyle(element.querySelector("input")).webkitTextSecurity };
    });
    assert.deepEqual(field, { type: "text", inputMode: "numeric", autocomplete: "one-time-code", drawn: "disc" });
    lets();
    await visitor.standsAt("idle");
  });

  for (const [how, first] of [["first masked, then grouped", "mask"], ["first grouped, then masked", "groups"]]) {
    for (const [person, groups, code] of [["mara", "3 3", "123456"], ["tomas", "4 4", "aB3dE6gH"]]) {
      story(`nothing but dots is painted of a code of ${code.length}, ${how}`, async ({ visitor }) => {
        await visitor.isAskedForACode(person);
        const sets = (name) => visitor.element.evaluate((element, [name, groups]) =>
          Object.assign(element, name === "mask" ? { mask: true } : { groups }) && undefined, [name, groups]);
        const painted = () => visitor.element.evaluate((element) =>
          [...element.shadowRoot.querySelector("[part=slots]").children].map((it) => it.textContent || it.part.value).join(" "));
        const expected = groups.split(" ").map((many) => Array(Number(many)).fill("•").join(" ")).join(" separator ");
        await visitor.field.focus();
        await visitor.types(code);
        await sets(first);
        await sets(first === "mask" ? "groups" : "mask");
        assert.equal(await painted(), expected);
        assert.equal(await visitor.field.evaluate((field) => getComputedStyle(field).webkitTextFillColor), "rgba(0, 0, 0, 0)");
        await visitor.page.keyboard.press("ControlOrMeta+A");
        await visitor.types(code);
        assert.equal(await painted(), expected);
      });
    }
  }

  story("whoever wants less motion has none", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const moving = await visitor.element.evaluate((element) => element.shadowRoot.getAnimations().length);
    assert.equal(moving, 0);
    await visitor.types("1");
    const caret = visitor.page.locator("mfa-code [part=caret]");
    // What is hidden at a beat is painted all the same.
    await visitor.page.locator("mfa-code [part=caret][hidden]").waitFor();
    assert.equal(await caret.isVisible(), true);
  });

  story("the caret blinks where the next character goes", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("12");
    const caret = visitor.page.locator("mfa-code [part~=slot]:nth-child(3) [part=caret]");
    for (const state of ["visible", "hidden", "visible"]) await caret.waitFor({ state });
    // It goes out, and comes back at once with a key.
    await caret.waitFor({ state: "hidden" });
    await visitor.types("3");
    assert.equal(await visitor.page.locator("mfa-code [part~=slot]:nth-child(4) [part=caret]").isVisible(), true);
    // No frame is drawn for it meanwhile, and none when there is nothing to be typed here.
    const moving = await visitor.element.evaluate((element) => element.shadowRoot.getAnimations().length);
    assert.equal(moving, 0);
    await visitor.page.evaluate(() => document.activeElement.blur());
    assert.equal(await visitor.page.locator("mfa-code [part=caret]").count(), 0);
  }, { reducedMotion: "no-preference" });

  story("on a page from right to left words stand right, and the code goes from left to right", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    const { label, slots, alignment } = await visitor.element.evaluate((element) => {
      document.documentElement.dir = "rtl";
      const places = [...element.shadowRoot.querySelectorAll("[part~=slot]")].map((it) => it.getBoundingClientRect().left);
      const [label, box] = [element.querySelector("label"), element].map((it) => it.getBoundingClientRect().right);
      return { label: box - label, slots: places, alignment: getComputedStyle(element.querySelector("[slot=hint]")).textAlign };
    });
    assert.ok(Math.abs(label) < 1);
    assert.deepEqual(slots, slots.toSorted((a, b) => a - b));
    assert.match(alignment, /right/);
  });

  story("on a page from right to left the number is not torn", async ({ visitor }) => {
    await visitor.page.addInitScript(() => addEventListener("readystatechange", () => {
      Object.assign(document.documentElement, { lang: "ar", dir: "rtl" });
    }, { capture: true, once: true }));
    await visitor.isAskedForACode("mara");
    await visitor.page.locator("mfa-code [part~=primary]").click();
    await visitor.standsAt("entering");
    const [plus, end] = await visitor.page.locator("mfa-code [part=status]").evaluate((status) => {
      const text = status.firstChild;
      return ["+1", "0143"].map((piece) => {
        const range = document.createRange();
        range.setStart(text, text.data.indexOf(piece));
        range.setEnd(text, text.data.indexOf(piece) + piece.length);
        return range.getBoundingClientRect().left;
      });
    });
    assert.ok(plus < end, "the country code stands first");
  });
});
