// The element under other people's style sheets, in every state: the field lies over its slots, is
// hit everywhere and paints nothing, and no row moves. Pictures are in test-results/sheets.

import assert from "node:assert/strict";

import { stories, story } from "../e2e/story.js";
import { SHEETS } from "./sheets-catalog.js";
import { measured, plainness } from "./sheets-geometry.js";
import { asks, opensStyled, photographed, walks } from "./sheets-page.js";

const VIEWPORT = { viewport: { width: 800, height: 900 } };
const PHONE = { viewport: { width: 375, height: 800 } };

const PLAIN = { isShown: true, isFramed: true, isRead: true };

/** What the row is as wide as by itself: 22em of the visitor's own text size. */
const WIDTH = 352;

async function holds(told, name, sheet) {
  const { visitor } = told;
  const faults = {};
  let before;
  await walks(told, sheet, async (state) => {
    await photographed(visitor, name, state);
    const seen = await visitor.element.evaluate(measured);
    const found = [...seen.faults];
    before ??= seen;
    for (const [row, at] of Object.entries(seen.rows)) {
      if (at !== before.rows[row]) found.push(`${row}: ${at} was ${before.rows[row]}`);
    }
    const promised = Math.min(WIDTH, sheet.width ?? seen.room, seen.rows.width);
    if (Math.abs(seen.row.width - promised) > 0.75) found.push(`the row is ${seen.row.width} px wide, not ${promised}`);
    if (seen.row.height !== 48) found.push(`the row is ${seen.row.height} px high`);
    if (state === "before the module") {
      const plain = await visitor.element.evaluate(plainness);
      if (JSON.stringify(plain) !== JSON.stringify(PLAIN)) found.push(JSON.stringify(plain));
    }
    if (found.length) faults[state] = found;
  });
  assert.deepEqual(faults, {});
}

stories("The field lies over its slots, and nothing moves, under", () => {
  for (const [name, sheet] of Object.entries(SHEETS)) {
    story(name, (told) => holds(told, name, sheet()), VIEWPORT);
  }
  for (const name of ["Bootstrap 5", "Tailwind 4", "GOV.UK", "a shop's theme"]) {
    story(`${name} on a phone`, (told) => holds(told, `${name} on a phone`, SHEETS[name]()), PHONE);
  }
});

/** How many pixels of the row are others than they would be without a field over it. */
async function paintedByField({ page, element }) {
  const clip = await element.evaluate((it) => {
    const { x, y, width, height } = it.shadowRoot.querySelector(".entry").getBoundingClientRect();
    // The caret of the slots would be on in one picture and off in the other.
    it.shadowRoot.querySelector("[part=caret]")?.remove();
    return { x: x - 4, y: y - 4, width: width + 8, height: height + 8 };
  });
  const takes = async () => (await page.screenshot({ clip, animations: "disabled", caret: "initial" })).toString("base64");
  const seen = await takes();
  await element.evaluate((it) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host(:not(#a#b)) ::slotted([slot=field]) { opacity: 0 !important }");
    it.shadowRoot.adoptedStyleSheets.push(sheet);
  });
  return page.evaluate(async (pictures) => {
    const [seen, without] = await Promise.all(pictures.map(async (picture) => {
      const image = Object.assign(new Image(), { src: `data:image/png;base64,${picture}` });
      await image.decode();
      const drawn = new OffscreenCanvas(image.width, image.height).getContext("2d");
      drawn.drawImage(image, 0, 0);
      return drawn.getImageData(0, 0, image.width, image.height).data;
    }));
    // The edge of a glyph is now and then a shade darker.
    return seen.filter((value, at) => Math.abs(value - without[at]) > 24).length;
  }, [seen, await takes()]);
}

stories("The field paints nothing of its own under", () => {
  for (const name of ["no sheet", "Tailwind 4", "Materialize", "a shop's theme", "a page that is against everything"]) {
    story(name, async (told) => {
      const { visitor } = told;
      const lets = await opensStyled(visitor, SHEETS[name]());
      lets();
      await visitor.standsAt("idle");
      await visitor.element.evaluate((it) => (it.querySelector("input").placeholder = "123456"));
      assert.equal(await paintedByField(visitor), 0, "empty");
      await visitor.page.reload();
      await visitor.standsAt("idle");
      await asks(visitor);
      await visitor.standsAt("entering");
      await visitor.page.evaluate(() => document.querySelector("mfa-code").focus());
      await visitor.page.keyboard.type("123");
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.page.locator("mfa-code [part~=selected]").nth(2).waitFor();
      assert.equal(await paintedByField(visitor), 0, "selected");
    });
  }
});

stories("Without the module the field is seen and can be typed into under", () => {
  for (const name of ["Tailwind 4", "Bootstrap 5", "a shop's theme", "a page that is against everything"]) {
    story(name, async ({ visitor }) => {
      visitor.expects(/status of 404/, /mfa-code/);
      await visitor.page.addInitScript(() => addEventListener("mfa-error", () => (globalThis.failed = true)));
      await opensStyled(visitor, SHEETS[name](), (route) => route.fulfill({ status: 404 }));
      await visitor.page.waitForFunction(() => globalThis.failed);
      assert.deepEqual(await visitor.element.evaluate(plainness), PLAIN);
      assert.deepEqual((await visitor.element.evaluate(measured)).faults, []);
      await visitor.page.evaluate(() => document.querySelector("mfa-code").focus());
      await visitor.types("123");
      assert.equal(await visitor.field.inputValue(), "123");
      await photographed(visitor, name, "without the module");
    });
  }
});
