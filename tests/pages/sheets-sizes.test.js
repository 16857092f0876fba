// The sizes that the documents promise: whatever the page's root says, as large as the visitor wants
// them, and as wide in every parent, in every language and state.

import assert from "node:assert/strict";

import { launchWith } from "../e2e/browser.js";
import { stories, story } from "../e2e/story.js";
import { measured } from "./sheets-geometry.js";
import { opensStyled, photographed, walks } from "./sheets-page.js";

const FORM = (around) => `<form action="/own/posted" method="post">${around(`<mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required>
  <label for="code">Security code</label><input id="code" name="token"></mfa-code>`)}<button>Continue</button></form>`;

/** What the visitor sees of it, in pixels. */
const sizes = ({ element }) => element.evaluate((it) => {
  const inside = (selector) => it.shadowRoot.querySelector(selector);
  const type = (it) => parseFloat(getComputedStyle(it).fontSize);
  const { width, height } = inside(".entry").getBoundingClientRect();
  return {
    width, height, field: type(it.querySelector("input")), slot: type(inside("[part~=slot]")), hint: type(it.querySelector("[slot=hint]")),
    error: type(it.querySelector("[slot=error]")), button: type(inside("[part=actions] [part~=button]")), target: inside("[part=actions] [part~=button]").offsetHeight,
  };
});

const USUAL = { width: 352, height: 48, field: 22, slot: 22, hint: 15, error: 15, button: 15, target: 56 };

async function areThese(visitor, css, expected) {
  const lets = await opensStyled(visitor, { css, body: FORM((it) => it) });
  lets();
  await visitor.standsAt("idle");
  assert.deepEqual(await sizes(visitor), expected);
  assert.deepEqual((await visitor.element.evaluate(measured)).faults, []);
}

/** A browser whose owner reads larger text. */
const withLargeText = (settings) => launchWith({ webkit: { webprefs: { default_font_size: 24 } } }, settings);

stories("The sizes are those of the documents", () => {
  for (const css of [
    "", "html { font-size: 62.5% }", "html { font-size: 10px }", "html { font-size: 20px }", "html { font-size: 50% }",
    "html { font-size: 2vw } body { font-size: 3px }", "mfa-code { font-size: 9px }", "html { font-family: monospace; font-size: 62.5% }",
  ]) story(`with ${css || "no rule"}`, ({ visitor }) => areThese(visitor, css, USUAL));

  for (const css of ["", "html { font-size: 62.5% }"]) {
    story(`and half as large again for a visitor who reads text of 24 px, with ${css || "no rule"}`, async ({ visitor }) => {
      const expected = Object.fromEntries(Object.entries(USUAL).map(([name, px]) => [name, px * 1.5]));
      await areThese(visitor, css, { ...expected, target: 84 });
    }, { opens: withLargeText });
  }
});

/** Parents that ask what is in them how wide they are to be, or do not. The width is the room there is. */
const PARENTS = {
  "a block": (it) => `<div>${it}</div>`,
  "a dialog": (it) => `<dialog open>${it}</dialog>`,
  "a centred column": (it) => `<div style="display: flex; flex-direction: column; align-items: center">${it}</div>`,
  "a centred grid": (it) => `<div style="display: grid; place-items: center">${it}</div>`,
  "a column of a grid": (it) => `<div style="display: inline-grid; grid-template-columns: auto">${it}</div>`,
  "an inline block": (it) => `<div style="display: inline-block">${it}</div>`,
  "an absolute box": (it) => `<div style="position: absolute; top: 0">${it}</div>`,
  "a cell of a table": (it) => `<table><td>${it}</table>`,
  "a float": (it) => `<div style="float: right">${it}</div>`,
  "a box as wide as it must be": (it) => `<div style="width: fit-content">${it}</div>`,
  "a row": (it) => `<div style="display: flex">${it}</div>`,
};

const PHONE = { width: 320, height: 800 };
const DESK = { width: 900, height: 900 };

async function keepsItsWidth(told, parent, lang, viewport) {
  const { visitor } = told;
  const widths = new Set();
  const faults = [];
  await walks(told, { css: "", body: FORM(PARENTS[parent]), lang }, async (state) => {
    const { rows, row, faults: found } = await visitor.element.evaluate(measured);
    widths.add(rows.width);
    faults.push(...found.map((fault) => `${state}: ${fault}`));
    const most = Math.min(352, rows.width);
    if (Math.abs(row.width - most) > 0.75) faults.push(`${state}: the row is ${row.width} px wide`);
    await photographed(visitor, `${parent} ${lang} ${viewport.width}`, state);
  });
  assert.deepEqual(faults, []);
  assert.equal(widths.size, 1, [...widths].join());
  const [width] = widths;
  if (viewport === DESK && parent !== "a block") assert.equal(width, 352);
  assert.ok(width <= viewport.width);
}

stories("The width is the same in all states, in", () => {
  for (const parent of Object.keys(PARENTS)) {
    story(`${parent}, in English`, (told) => keepsItsWidth(told, parent, "en", DESK), { viewport: DESK });
  }
  for (const lang of ["de", "zh-Hans"]) for (const parent of ["a dialog", "a centred column", "an inline block"]) {
    story(`${parent}, in ${lang}`, (told) => keepsItsWidth(told, parent, lang, DESK), { viewport: DESK });
  }
  for (const parent of ["a dialog", "a centred grid", "a cell of a table"]) {
    story(`${parent}, on a phone`, (told) => keepsItsWidth(told, parent, "en", PHONE), { viewport: PHONE });
  }
});
