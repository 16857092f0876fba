// Hands that are not a visitor's own ten fingers: a keyboard that composes, a password manager, a
// script of the page. And what the field and its slots show for it.

import assert from "node:assert/strict";

/**
 * What the field holds, with a bar where the caret is or `[…]` around what is selected if that is
 * of interest; and what the slots show, which is the same unless a keyboard still composes.
 */
export async function holds(visitor, expected, shown = expected.replace(/[|[\]]/g, "")) {
  const { value, start, end, slots } = await visitor.element.evaluate((element) => {
    const { selectionStart: start, selectionEnd: end, value } = element.querySelector("input");
    const painted = [...element.shadowRoot.querySelectorAll("[part~=slot]")];
    return { value, start, end, slots: painted.map((slot) => slot.textContent).join("") };
  });
  const selected = start === end ? "|" : `[${value.slice(start, end)}]`;
  const held = /[|[]/.test(expected) ? value.slice(0, start) + selected + value.slice(end) : value;
  assert.deepEqual({ held, slots }, { held: expected, slots: shown });
}

/** The sources of `mfa-complete`, as they come. */
export async function completions(visitor) {
  const sources = [];
  await visitor.page.exposeFunction("completed", (source) => sources.push(source));
  await visitor.page.evaluate(() =>
    document.addEventListener("mfa-complete", ({ detail }) => window.completed(detail.source)));
  return sources;
}

/** A keyboard that composes, as those for Japanese do, and those of phones for any language. */
export async function composer(visitor) {
  const devtools = await visitor.page.context().newCDPSession(visitor.page);
  return {
    /** What it has composed so far; such a keyboard names no key. */
    async composes(text) {
      const key = { windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229, key: "Process" };
      await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
      await devtools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    },
    /** The composition is taken as it is; or, without one, a suggestion or what was dictated. */
    commits: (text) => devtools.send("Input.insertText", { text }),
  };
}

/** A password manager: its scripts have a world of their own, and see the field as the browser made it. */
export async function manager(visitor) {
  const devtools = await visitor.page.context().newCDPSession(visitor.page);
  const { frameTree } = await devtools.send("Page.getFrameTree");
  const { executionContextId: contextId } = await devtools.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  /** Runs the function with the field and a text. */
  return async (act, text) => {
    const expression = `(${act})(document.querySelector("mfa-code input"), ${JSON.stringify(text)})`;
    const { exceptionDetails } = await devtools.send("Runtime.evaluate", { expression, contextId });
    assert.equal(exceptionDetails, undefined);
  };
}
