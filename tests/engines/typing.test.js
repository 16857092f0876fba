// The one field under the slots: keys, the pointer, and what stops them.

import assert from "node:assert/strict";

import { stories } from "./story.js";

stories("Typing", (story) => {
  story("fills the slots in their order, however fast, and takes no letters where codes are numbers", async ({ visitor }) => {
    await visitor.hasACode("mara");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.types("1a2-b3");
    await visitor.has("123");
    await visitor.caretIsAt(3);
  });

  story("Backspace and Delete close the gap", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("12345");
    await visitor.presses("Backspace");
    await visitor.has("1234");
    await visitor.presses("ArrowLeft", "ArrowLeft", "Backspace");
    await visitor.has("134");
    await visitor.caretIsAt(1);
    await visitor.presses("Delete");
    await visitor.has("14");
    await visitor.caretIsAt(1);
  });

  story("Home, End and the arrows lead to the slots", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("1234");
    await visitor.presses("Home");
    await visitor.caretIsAt(0);
    await visitor.presses("ArrowRight", "ArrowRight");
    await visitor.caretIsAt(2);
    await visitor.presses("ArrowLeft");
    await visitor.caretIsAt(1);
    await visitor.presses("End");
    await visitor.caretIsAt(4);
    await visitor.types("5");
    await visitor.has("12345");
  });

  story("over a filled slot replaces what is in it and goes on to the next", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("12345");
    await visitor.presses("Home", "ArrowRight");
    await visitor.types("9");
    await visitor.has("19345");
    await visitor.caretIsAt(2);
    // The same once more advances too.
    await visitor.types("38");
    await visitor.has("19385");
    await visitor.caretIsAt(4);
  });

  story("over a range replaces it, and Ctrl+A begins anew", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("12345");
    await visitor.presses("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft");
    await visitor.caretIsAt(2, 5);
    await visitor.types("9");
    await visitor.has("129");
    await visitor.presses("Control+A");
    await visitor.caretIsAt(0, 3);
    await visitor.types("7");
    await visitor.has("7");
    await visitor.presses("Control+A", "Backspace");
    await visitor.has("");
  });

  story("can be undone", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("1234");
    await visitor.presses("Control+A");
    await visitor.types("7");
    await visitor.has("7");
    await visitor.undoes();
    await visitor.has("1234");
  });

  story("a click on a filled slot goes there, and past the end to the first empty one", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("1234");
    await visitor.clicksAtSlot(1);
    await visitor.types("9");
    await visitor.has("1934");
    await visitor.clicksAtSlot(5);
    await visitor.caretIsAt(4);
    await visitor.types("5");
    await visitor.has("19345");
  });

  for (const [what, stops] of [
    ["readonly", (set) => (document.querySelector("mfa-code").readonly = set)],
    ["disabled", (set) => (document.querySelector("mfa-code").disabled = set)],
    ["a disabled fieldset", (set) => (document.querySelector("fieldset").disabled = set)],
  ]) {
    story(`is stopped by ${what}, and goes on after it`, async ({ visitor }) => {
      await visitor.hasACode("mara");
      await visitor.types("12");
      await visitor.page.evaluates(() => {
        const form = document.getElementById("code-form");
        const fieldset = document.createElement("fieldset");
        fieldset.append(...form.childNodes);
        form.append(fieldset);
      });
      // It was moved in the page, and nothing is lost.
      await visitor.standsAt("entering");
      await visitor.has("12");
      await visitor.page.evaluates(stops, true);
      await visitor.clicksAtSlot(2);
      await visitor.types("34");
      await visitor.presses("Backspace");
      await visitor.has("12");
      await visitor.page.evaluates(stops, false);
      await visitor.clicksAtSlot(4);
      await visitor.types("5");
      await visitor.has("125");
    });
  }
});

stories("An input method, as the events that one makes,", (story) => {
  story("is left alone until it is done, and then its code is taken over", async ({ visitor }) => {
    await visitor.hasACode("mara");
    const composes = (type, text) => visitor.page.evaluates((type, text) => {
      const field = document.getElementById("code");
      if (type !== "compositionupdate") field.dispatchEvent(new CompositionEvent(type, { bubbles: true, data: text }));
      if (type === "compositionstart") return;
      field.value = text;
      field.setSelectionRange(text.length, text.length);
      field.dispatchEvent(new InputEvent("input", {
        bubbles: true, data: text, inputType: "insertCompositionText", isComposing: type === "compositionupdate",
      }));
    }, type, text);
    await composes("compositionstart", "");
    await composes("compositionupdate", "１２");
    assert.equal(await visitor.value(), "１２");
    await composes("compositionend", "１２３");
    await visitor.has("123");
  });
});
