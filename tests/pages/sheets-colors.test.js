// Without `color-scheme`, on whatever background the page's own text can be read on: what is read has
// 4.5:1, what is only seen has 3:1.

import assert from "node:assert/strict";

import { stories, story } from "../e2e/story.js";
import { photographed, walks } from "./sheets-page.js";

const BODY = `<form action="/own/posted" method="post"><mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required>
  <label for="code">Security code</label><input id="code" name="token"></mfa-code><button>Continue</button></form>`;

/** In the page: every pair of a text and a background that go together, and what is too pale there. */
function tooPale(element) {
  const drawn = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const read = (color) => {
    if (!known.has(color)) {
      drawn.clearRect(0, 0, 1, 1);
      drawn.fillStyle = color;
      drawn.fillRect(0, 0, 1, 1);
      known.set(color, [...drawn.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(color);
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, at) => (value * a + under[at] * (255 - a)) / 255);
  const levels = ["0", "55", "77", "99", "bb", "ff"].map((level) => level.padStart(2, "0"));
  const colors = ["#767676", "#757575", "#333333", "#1f2937", "#121212", "#595959", "#949494"];
  for (const r of ["00", "77", "ff"]) for (const g of ["00", "77", "ff"]) for (const b of ["00", "77", "ff"]) colors.push(`#${r}${g}${b}`);
  for (const level of levels) colors.push(`#${level.repeat(3)}`);
  const root = element.shadowRoot;
  const shown = (it) => it.checkVisibility();
  const texts = [element.querySelector("[slot=hint]"), element.querySelector("[slot=error]"), root.querySelector("[part=status]"),
    ...root.querySelectorAll("[part~=slot], [part=actions] button")].filter((it) => shown(it) && it.textContent.trim());
  const lines = [...root.querySelectorAll("[part~=slot], [part=actions] button, [part=caret]")].filter(shown);
  const found = new Map();
  let pairs = 0;
  const tell = (what, ratio, pair) => {
    const before = found.get(what);
    if (!before || ratio < before.ratio) found.set(what, { ratio, pair });
  };
  for (const text of colors) for (const ground of colors) {
    if (contrast(read(text), read(ground)) < 4.5) continue;
    pairs += 1;
    Object.assign(document.body.style, { color: text, background: ground });
    const page = read(ground);
    for (const it of texts) {
      const { webkitTextFillColor, backgroundColor } = getComputedStyle(it);
      const under = over(read(backgroundColor), page);
      const ratio = contrast(over(read(webkitTextFillColor), under), under);
      // Eight bits are as exact as it gets.
      if (ratio < 4.45) tell(`the text of ${it.getAttribute("part") ?? it.slot}`, ratio, [text, ground]);
    }
    for (const it of lines) {
      const { borderBottomColor, borderLeftColor, outlineColor, outlineStyle } = getComputedStyle(it);
      const all = [borderBottomColor, borderLeftColor, ...(outlineStyle === "none" ? [] : [outlineColor])];
      // Whatever it is filled with, the line is to be told from the page.
      const ratio = Math.min(...all.map((color) => contrast(over(read(color), page), page)));
      if (ratio < 2.95) tell(`the line of ${it.getAttribute("part")}`, ratio, [text, ground]);
    }
  }
  document.body.removeAttribute("style");
  return { pairs, faults: [...found].map(([what, { ratio, pair }]) => `${what}: ${ratio.toFixed(2)} with ${pair}`) };
}

stories("On every background that the page's text can be read on", () => {
  story("what is read has 4.5:1, and what is seen 3:1", async (told) => {
    const faults = {};
    let most = 0;
    await walks(told, { css: "body { margin: 16px }", body: BODY }, async (state) => {
      if (state === "before the module") return;
      const { pairs, faults: found } = await told.visitor.element.evaluate(tooPale);
      most = Math.max(most, pairs);
      if (found.length) faults[state] = found;
    });
    assert.deepEqual(faults, {});
    assert.ok(most > 300, `${most} pairs`);
  });

  for (const [name, color, background] of [
    ["dark without a scheme", "#eee", "#111"], ["white", "#1b1b1f", "#fff"], ["black on grey", "#000", "#808080"],
    ["white on grey", "#fff", "#6b6b6b"], ["ink on paper", "#3b2f1e", "#f5ecd9"], ["sea", "#dff", "#0b4b51"],
  ]) story(`a picture of it, ${name}`, async (told) => {
    await walks(told, { css: `html { background: ${background}; color: ${color} }`, body: BODY }, async (state) => {
      await photographed(told.visitor, `colours ${name}`, state);
      assert.deepEqual(await told.visitor.element.evaluate((it) => getComputedStyle(it).color !== ""), true);
    });
  }, { viewport: { width: 420, height: 700 } });
});
