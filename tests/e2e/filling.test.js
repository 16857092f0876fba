// Paste, autofill and password managers: whatever the way, the right code is in the field, once.

import assert from "node:assert/strict";

import { completions, composer, holds, manager } from "./hands.js";
import { stories, story } from "./story.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

/** A story of a visitor who has been sent a code; `sources` are those of `mfa-complete`. */
const filling = (name, act, profile) => story(name, async ({ visitor, ...told }) => {
  await visitor.isAskedForACode("mara");
  const sources = await completions(visitor);
  await visitor.asksBy("sms");
  await visitor.field.focus();
  await act({ visitor, sources, code: await visitor.phone.latestToken(), ...told });
}, profile);

/** The codes that were tried. */
function tries(visitor) {
  const tried = [];
  visitor.page.on("request", (request) => {
    if (request.url().endsWith("/verify")) tried.push(request.postDataJSON().token);
  });
  return tried;
}

/** What managers and phones do, as their scripts do it. */
const MANAGERS = [
  ["that tells only of the change", (field, code) => {
    field.value = code;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }],
  ["that tells of the input and of the change", (field, code) => {
    field.value = code;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }],
  ["that strikes a key for show, then tells of the input", (field, code) => {
    field.focus();
    for (const type of ["keydown", "keypress", "keyup"]) field.dispatchEvent(new KeyboardEvent(type, { key: "1", bubbles: true }));
    field.value = code;
    for (const type of ["keydown", "keypress", "keyup"]) field.dispatchEvent(new KeyboardEvent(type, { key: "6", bubbles: true }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.blur();
  }],
  ["that strikes key after key", (field, code) => {
    for (const key of code) {
      field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      field.value += key;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true }));
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }],
  ["that tells of one input with the whole code, as iOS does", (field, code) => {
    field.value = code;
    field.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText", data: code, bubbles: true }));
  }],
  ["that tells of nothing", (field, code) => (field.value = code)],
  ["that writes the code in two groups", (field, code) => {
    field.value = `${code.slice(0, 3)} ${code.slice(3)}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }],
];

stories("A manager", () => {
  for (const [what, fill] of MANAGERS) {
    filling(`${what} signs in with one try`, async ({ visitor, code, sources }) => {
      const tried = tries(visitor);
      const fills = await manager(visitor);
      await fills(fill, code);
      await visitor.isSignedIn();
      assert.deepEqual(sources, ["autofill"]);
      assert.deepEqual(tried, [code]);
    });
  }

  filling("that has nothing of a code leaves what was there and says why", async ({ visitor }) => {
    await visitor.types("12");
    const fills = await manager(visitor);
    await fills(MANAGERS[0][1], "correct horse");
    await visitor.sees("Only numbers are used in this code.");
    await holds(visitor, "12");
    await fills(MANAGERS[1][1], "123456 or 654321");
    await visitor.sees("There is more than one code in that text. Type the one you mean.");
    await holds(visitor, "12");
  });
});

stories("A script of the page", () => {
  filling("that sets the value and tells of nothing signs in", async ({ visitor, code, sources }) => {
    await visitor.field.evaluate((field, text) => (field.value = text), code);
    await visitor.isSignedIn();
    assert.deepEqual(sources, ["api"]);
  });

  filling("never has the slots show something else than the value", async ({ visitor }) => {
    for (const [text, kept] of [["12", "12"], ["1-2 3", "123"], ["４５", "45"], ["", ""], ["78x", "78"]]) {
      const seen = await visitor.field.evaluate((field, value) => {
        field.value = value;
        const slots = [...field.parentNode.shadowRoot.querySelectorAll("[part~=slot]")];
        return [field.value, slots.map((slot) => slot.textContent).join("")];
      }, text);
      assert.deepEqual(seen, [kept, kept], text);
    }
  });

  filling("hears of every value where it has put its own on the field, and has it back in the end", async ({ visitor }) => {
    const own = await visitor.field.evaluate((field) => {
      const host = field.parentNode;
      const before = Object.getOwnPropertyDescriptor(field, "value")?.set;
      host.remove();
      return new Promise((resolve) => setTimeout(() => {
        const gone = Object.hasOwn(field, "value");
        // As React does to know which value it has set itself.
        const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
        const heard = [];
        Object.defineProperty(field, "value", {
          configurable: true,
          get() { return get.call(this); },
          set(value) { heard.push(value); set.call(this, value); },
        });
        const theirs = Object.getOwnPropertyDescriptor(field, "value").set;
        document.querySelector("main").append(host);
        const ready = () => {
          if (Object.getOwnPropertyDescriptor(field, "value").set === theirs) return setTimeout(ready, 10);
          field.value = "12";
          const shown = host.shadowRoot.querySelector("[part=slots]").textContent;
          host.remove();
          setTimeout(() => resolve({
            intercepted: Boolean(before), gone, heard, shown,
            back: Object.getOwnPropertyDescriptor(field, "value").set === theirs,
          }));
        };
        ready();
      }));
    });
    assert.deepEqual(own, { intercepted: true, gone: false, heard: ["12"], shown: "12", back: true });
  });
});

stories("A keyboard's own clipboard", () => {
  filling("puts the whole code in with one touch", async ({ visitor, code, sources }) => {
    const keyboard = await composer(visitor);
    await visitor.types("98");
    await keyboard.commits(code);
    await visitor.isSignedIn();
    assert.deepEqual(sources, ["paste"]);
  });

  filling("is not cut to the page's own maxlength before it is cleaned", async ({ visitor, code, sources }) => {
    const keyboard = await composer(visitor);
    await visitor.field.evaluate((field) => (field.maxLength = 6));
    await keyboard.commits(`${code.slice(0, 3)} ${code.slice(3)}`);
    await visitor.isSignedIn();
    assert.deepEqual(sources, ["paste"]);
  });
});

stories("A paste", () => {
  filling("in the middle keeps the left part", async ({ visitor }) => {
    await visitor.types("125");
    await visitor.field.evaluate((field) => field.setSelectionRange(2, 2));
    await visitor.pastes("3-4");
    await holds(visitor, "1234|5");
  }, clipboard);

  filling("is heard by the page as one input of the field, and a code in it signs in", async ({ visitor, code, sources }) => {
    await visitor.field.evaluate((field) => {
      window.inputs = [];
      field.addEventListener("input", () => window.inputs.push(field.value));
    });
    await visitor.pastes(` ${code.slice(0, 3)}\u2011${code.slice(3, 5)}`);
    assert.deepEqual(await visitor.page.evaluate(() => window.inputs), [code.slice(0, 5)]);
    await visitor.pastes(code);
    await visitor.isSignedIn();
    assert.deepEqual(sources, ["paste"]);
  }, clipboard);

  filling("takes less than a frame until the slots show it", async ({ visitor }) => {
    // Twenty pastes of a whole message, each another code, with the real rules and the real page.
    const each = await visitor.field.evaluate((field) => {
      document.addEventListener("mfa-complete", (event) => event.preventDefault());
      const begun = performance.now();
      for (let number = 0; number < 20; number += 1) {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", `Your Personal Authorization Code is: ${123456 + number}`);
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        const shown = field.parentNode.shadowRoot.querySelector("[part=slots]").textContent;
        if (shown !== String(123456 + number)) throw new Error(`shown: ${shown}`);
      }
      return (performance.now() - begun) / 20;
    });
    assert.ok(each < 16, `${each} ms`);
  });

  filling("of the code that was just refused is not tried again", async ({ visitor }) => {
    const tried = tries(visitor);
    const wrong = await visitor.phone.wrongToken();
    await visitor.pastes(wrong);
    await visitor.standsAt("rejected");
    await visitor.pastes(wrong);
    await visitor.types(wrong.slice(0, 1));
    assert.deepEqual(tried, [wrong]);
  }, clipboard);
}, { sideBySide: 1 });
