// A narrow screen, a page at 400 %, text that is spaced wider: nothing scrolls sideways, nothing is
// cut off, and everything can still be hit, in every state.

import assert from "node:assert/strict";

import { storyBehind } from "./behind.js";
import { SUMMARY, closed, onTheWay, settings } from "./states.js";
import { stories, story } from "./story.js";

/** A page of 1280 x 1024 px at 400 % has this much room. */
const NARROW = { viewport: { width: 320, height: 256 } };

/** WCAG's 1.4.12, and more space after paragraphs. */
const SPACED = `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }`;

/** What is wrong with how the element is laid out now. */
function faults({ page, element }, isSpaced) {
  if (!isSpaced) return element.evaluate(measured);
  return page.evaluate((rules) => {
    globalThis.spaced ??= new CSSStyleSheet();
    spaced.replaceSync(rules);
    const tree = [document, document.querySelector("mfa-code").shadowRoot];
    for (const root of tree) {
      if (!root.adoptedStyleSheets.includes(spaced)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, spaced];
    }
  }, SPACED).then(() => element.evaluate(measured));
}

function measured(element) {
  const found = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`);
  const shown = (it) => it.checkVisibility() && getComputedStyle(it).clipPath === "none";
  const inside = [...element.shadowRoot.querySelectorAll("[part~=slot], [part=status], button")].filter(shown);
  for (const it of [...element.querySelectorAll("*"), ...inside]) {
    const { left, right, width, height } = it.getBoundingClientRect();
    const what = it.getAttribute("part") ?? it.slot ?? it.localName;
    if (width && (left < 0 || right > innerWidth + 0.5)) found.push(`${what} stands out of the page`);
    if (it.scrollWidth > it.clientWidth + 1 && it.clientWidth && it.localName !== "input") found.push(`${what} is cut off`);
    if (it.localName === "button" && (width < 44 || height < 44)) found.push(`${it.textContent} is ${width} x ${height}`);
    if (/\bslot\b/.test(what) && it.part.contains("slot") && (width < 24 || height < 44)) found.push(`a slot is ${width} x ${height}`);
  }
  return found;
}

for (const [what, lang, isSpaced] of [
  ["at 400 %", "en", false],
  ["at 400 % in German", "de", false],
  ["at 400 % from right to left", "ar", false],
  ["at 400 % with wider spacing", "en", true],
]) {
  stories(`All fits ${what},`, () => {
    const fits = ({ visitor }) => async (state) => assert.deepEqual(await faults(visitor, isSpaced), [], state);

    story("from the first look to the success", (told) => onTheWay(told, fits(told), lang), NARROW);

    story("at any end", (told) => closed(told, fits(told), lang), NARROW);

    storyBehind({ changes: { summary: SUMMARY } }, "however it is set up", (told) => settings(told, fits(told), lang), NARROW);
  });
}
