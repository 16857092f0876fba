// What the element takes of memory, and that it gives it back: instances, bytes, nodes, listeners.
// Bytes of the linear memory come in pages of 64 KiB, and never go.

import assert from "node:assert/strict";

import { comeAndGo } from "./come-and-go.js";
import { FIELD } from "./own-form.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

const PAGE = 65_536;

/** Alive at once, with a code to be typed and a clock that runs, and without a request. */
const element = (at) => `<mfa-code endpoint="/mfa" interaction="kept-${at}" name="mfa-${at}">
  ${FIELD.replaceAll(`"code"`, `"code-${at}"`)}</mfa-code>`;

const form = (count) =>
  `<form id="own">${Array.from({ length: count }, (_, at) => element(at)).join("")}</form>`;

/** A page with so many elements, and somebody who looks into its memory. */
async function holding(visitor, count) {
  // What the module gets is its own all the same.
  await visitor.page.addInitScript(() => {
    window.instances = [];
    window.gone = [];
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      const made = await instantiate(...given);
      window.instances.push(made.instance ?? made);
      return made;
    };
  });
  await OwnPage.opens(visitor, "mara", form(count));
  await visitor.page.waitForFunction((count) =>
    document.querySelectorAll("mfa-code[data-state=entering]").length === count, count);
  const devtools = await visitor.page.context().newCDPSession(visitor.page);
  return {
    devtools,
    instances: () => visitor.page.evaluate(() => window.instances.length),
    /** Of the linear memory. */
    pages: async () => await visitor.page.evaluate(() => Object.values(window.instances[0].exports)
      .find((value) => value instanceof WebAssembly.Memory).buffer.byteLength) / PAGE,
    /** On the heap, when all is gone that nobody holds. */
    heap: async () => {
      // What one collection lets go of may hold something that the next one finds.
      for (let time = 0; time < 4; time++) await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    },
    counted: async () => {
      const { nodes, jsEventListeners: listeners } = await devtools.send("Memory.getDOMCounters");
      return { nodes, listeners };
    },
  };
}

/** For the browser to get used to it: what it keeps of this is not ours, and does not grow. */
const WARM = 1000;
const MANY = 1000;

stories("The memory", () => {
  for (const [count, most] of [[1, 1], [10, 2], [100, 6]]) {
    story(`of ${count} on a page is that of one module, pages: ${most}`, async ({ visitor }) => {
      const memory = await holding(visitor, count);
      assert.equal(await memory.instances(), 1);
      const pages = await memory.pages();
      assert.ok(pages <= most, `${pages} pages`);
    });
  }

  story("of those that came and went is given back, whatever their number", async ({ visitor }) => {
    const memory = await holding(visitor, 1);
    const stood = async (rounds) => {
      await visitor.page.evaluate(comeAndGo, { markup: element("gone"), rounds });
      await memory.heap();
      const held = await visitor.page.evaluate(() => window.gone.splice(0).filter((one) => one.deref()).length);
      return { held, pages: await memory.pages(), heap: await memory.heap(), ...await memory.counted() };
    };
    const { heap: before, ...some } = await stood(WARM);
    const { heap: after, ...more } = await stood(MANY);
    assert.equal(some.held, 0);
    // Not one element, node or listener, and not a byte of the linear memory.
    assert.deepEqual(more, some);
    assert.ok(after - before < 64 * MANY, `${(after - before) / MANY} bytes for each`);
    assert.equal(await memory.instances(), 1);
  });

  story("does not grow by what is typed", async ({ visitor }) => {
    const memory = await holding(visitor, 1);
    await visitor.field.focus();
    const types = async (keys) => {
      for (let key = 0; key < keys; key += 2) {
        await visitor.page.keyboard.press("4");
        await visitor.page.keyboard.press("Backspace");
      }
      return { pages: await memory.pages(), heap: await memory.heap() };
    };
    const before = await types(WARM);
    const after = await types(MANY);
    assert.equal(after.pages, before.pages);
    assert.ok(after.heap - before.heap < 16 * MANY, `${(after.heap - before.heap) / MANY} bytes a key`);
  });
}, { sideBySide: 1 });
