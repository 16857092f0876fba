// Typing and editing: the field behaves as a native one, and its slots show what it holds.

import assert from "node:assert/strict";

import { completions, composer, holds } from "./hands.js";
import { stories, story } from "./story.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

/** A story of a visitor whose field is empty and has the focus; codes have six numbers. */
const typing = (name, act, profile) => story(name, async (told) => {
  await told.visitor.isAskedForACode("mara");
  await told.visitor.field.focus();
  await act(told);
}, profile);

const presses = async ({ page }, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

const selects = ({ field }, start, end = start) =>
  field.evaluate((input, [from, to]) => input.setSelectionRange(from, to), [start, end]);

/** On the slot of this number, a person's first being 1. */
async function clicks({ page, element }, number) {
  const { x, y, width, height } = await element.locator("[part~=slot]").nth(number - 1).boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
}

stories("Typing", () => {
  typing("over a filled slot replaces it, and the same character again goes on to the next", async ({ visitor }) => {
    await visitor.types("123456");
    await presses(visitor, "Home");
    await visitor.types("9");
    await holds(visitor, "9|23456");
    await visitor.types("23");
    await holds(visitor, "923|456");
    await visitor.types("777");
    await holds(visitor, "923777|");
    await presses(visitor, "End", "Backspace", "Home", "ArrowRight");
    await visitor.types("8");
    await holds(visitor, "98|377");
  });

  typing("at the end of a whole code changes nothing and says why", async ({ visitor }) => {
    await visitor.types("1234567");
    await holds(visitor, "123456|");
    await visitor.sees("The code has only 6 numbers.");
  });

  typing("a letter where codes are numbers changes nothing, not even what is selected", async ({ visitor }) => {
    await visitor.types("1234");
    await selects(visitor, 1, 3);
    await visitor.types("x");
    await holds(visitor, "1[23]4");
    await visitor.sees("Only numbers are used in this code.");
    // Where the message shows a gap.
    await presses(visitor, "End");
    await visitor.types(" 5-6");
    await holds(visitor, "123456|");
  });

  typing("the digits of another script gives the code", async ({ visitor }) => {
    for (const digit of "١۲３४") await visitor.page.keyboard.insertText(digit);
    await holds(visitor, "1234|");
  });

  story("letters keep their case", async ({ visitor }) => {
    await visitor.isAskedForACode("tomas");
    await visitor.field.focus();
    await visitor.types("aBcD-1x");
    await holds(visitor, "aBcD1x|");
    const off = ["autocapitalize", "autocorrect", "spellcheck"];
    const set = await visitor.field.evaluate((field, names) => names.map((name) => field.getAttribute(name)), off);
    assert.deepEqual(set, ["none", "off", "false"]);
  });

  typing("two keys faster than a frame lands both", async ({ visitor }) => {
    const devtools = await visitor.page.context().newCDPSession(visitor.page);
    // The page is busy: all the keys wait, and none of them for a frame.
    const busy = visitor.page.evaluate(() => {
      const end = performance.now() + 300;
      while (performance.now() < end);
    });
    const keys = [..."135790"].map((text) => devtools.send("Input.dispatchKeyEvent", { type: "char", text }));
    await Promise.all([busy, ...keys]);
    await holds(visitor, "135790|");
  });

  story("while a code is asked for is neither lost nor doubled", async ({ visitor, site }) => {
    await site.breaks("sms", { delay_ms: 1500, times: 1 });
    await visitor.isAskedForACode("mara");
    await visitor.presses("Text me a code");
    await visitor.standsAt("sending");
    await visitor.field.focus();
    await visitor.types("123");
    await visitor.standsAt("entering");
    await visitor.types("45");
    await holds(visitor, "12345|");
  });
});

stories("Editing", () => {
  typing("Backspace and Delete close the gap", async ({ visitor }) => {
    await visitor.types("123456");
    await selects(visitor, 3);
    await presses(visitor, "Backspace");
    await holds(visitor, "12|456");
    await presses(visitor, "Delete");
    await holds(visitor, "12|56");
  });

  typing("deleting a word or a line takes what a native field would", async ({ visitor }) => {
    await visitor.types("123456");
    await presses(visitor, "Control+Backspace");
    await holds(visitor, "|");
    await visitor.types("123456");
    await selects(visitor, 2);
    await presses(visitor, "Control+Delete");
    await holds(visitor, "12|");
    await visitor.types("3456");
    await selects(visitor, 4);
    await presses(visitor, "Shift+Home", "Delete");
    await holds(visitor, "|56");
  });

  typing("a selected range is replaced by what is typed", async ({ visitor }) => {
    await visitor.types("123456");
    await presses(visitor, "Home", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight");
    await holds(visitor, "1[234]56");
    await visitor.types("9");
    await holds(visitor, "19|56");
    await presses(visitor, "ControlOrMeta+A");
    await holds(visitor, "[1956]");
    await visitor.types("7");
    await holds(visitor, "7|");
  });

  typing("arrows, Home and End go where they do in a native field", async ({ visitor }) => {
    await visitor.types("1234");
    await presses(visitor, "ArrowLeft");
    await holds(visitor, "123|4");
    await presses(visitor, "Home");
    await holds(visitor, "|1234");
    await presses(visitor, "ArrowRight");
    await holds(visitor, "1|234");
    await presses(visitor, "End");
    await holds(visitor, "1234|");
  });

  typing("a click on a filled slot selects it, and one past the end goes to the first empty one", async ({ visitor }) => {
    await visitor.types("123");
    await clicks(visitor, 2);
    await holds(visitor, "1[2]3");
    await visitor.types("9");
    await holds(visitor, "19|3");
    await clicks(visitor, 6);
    await holds(visitor, "193|");
    await visitor.types("456");
    // Also on the slot that is drawn as the one where typing goes on.
    await clicks(visitor, 6);
    await holds(visitor, "19345[6]");
    await visitor.types("7");
    await holds(visitor, "193457|");
  });

  typing("undo and redo bring back what was typed over, deleted and pasted, and never get stuck", async ({ visitor }) => {
    await visitor.types("1234");
    await presses(visitor, "Home");
    await visitor.types("9");
    await visitor.pastes("777 888");
    await holds(visitor, "777888|");
    await presses(visitor, "ControlOrMeta+Z");
    await holds(visitor, "9234");
    await presses(visitor, "ControlOrMeta+Z");
    await holds(visitor, "1234");
    // The browser takes back one key or several at a time.
    for (let time = 0; time < 5; time += 1) await presses(visitor, "ControlOrMeta+Z");
    await holds(visitor, "|");
    for (let time = 0; time < 8; time += 1) await presses(visitor, "ControlOrMeta+Shift+Z");
    await holds(visitor, "777888");
    await presses(visitor, "End", "Backspace", "ControlOrMeta+Z");
    await holds(visitor, "777888");
  }, clipboard);

  typing("cut takes what is selected, and paste puts it back", async ({ visitor }) => {
    await visitor.types("123456");
    await selects(visitor, 1, 3);
    await presses(visitor, "ControlOrMeta+X");
    await holds(visitor, "1|456");
    await presses(visitor, "ControlOrMeta+V");
    await holds(visitor, "123|456");
  }, clipboard);
}, { sideBySide: 1 });

stories("A keyboard that composes", () => {
  typing("writes full-width digits: the slots show what is meant, and the field holds it in the end", async ({ visitor }) => {
    const sources = await completions(visitor);
    const keyboard = await composer(visitor);
    await keyboard.composes("１２３");
    await holds(visitor, "１２３|", "123");
    await keyboard.composes("１２３４５６");
    await holds(visitor, "１２３４５６|", "123456");
    assert.deepEqual(sources, [], "it may still be taken back");
    await keyboard.commits("１２３４５６");
    await holds(visitor, "123456|");
    assert.deepEqual(sources, ["typing"]);
    await presses(visitor, "ControlOrMeta+Z", "ControlOrMeta+Z", "ControlOrMeta+Z");
    assert.match(await visitor.field.inputValue(), /^[0-9]*$/);
    await holds(visitor, await visitor.field.inputValue());
    await presses(visitor, "ControlOrMeta+A");
    await visitor.types("9");
    await holds(visitor, "9|");
  });

  typing("digit by digit, as on Android, is told of the whole code at once and once", async ({ visitor }) => {
    const sources = await completions(visitor);
    const keyboard = await composer(visitor);
    for (const text of ["1", "12", "123", "1234", "12345", "123456"]) {
      await keyboard.composes(text);
      await holds(visitor, `${text}|`);
    }
    assert.deepEqual(sources, ["typing"]);
    await keyboard.commits("123456");
    await holds(visitor, "123456|");
    assert.deepEqual(sources, ["typing"]);
  });

  typing("over a filled slot replaces it, and gives it back when it takes back", async ({ visitor }) => {
    const keyboard = await composer(visitor);
    await visitor.types("123456");
    await selects(visitor, 2);
    await keyboard.composes("9");
    await holds(visitor, "129|456");
    await keyboard.commits("9");
    await holds(visitor, "129|456");
    await keyboard.composes("87");
    await holds(visitor, "12987|56", "129876");
    await keyboard.commits("87");
    await holds(visitor, "12987|6");
    await selects(visitor, 1);
    await keyboard.composes("あ");
    await holds(visitor, "1あ|9876", "129876");
    await keyboard.composes("");
    await keyboard.commits("");
    await holds(visitor, "1|29876");
  });

  typing("or a voice that says the whole code at once gives it, spaces and all", async ({ visitor }) => {
    const keyboard = await composer(visitor);
    await visitor.types("9");
    await keyboard.commits("123 456");
    await holds(visitor, "123456|");
  });

  typing("what no code has leaves the field as it was and says why", async ({ visitor }) => {
    const keyboard = await composer(visitor);
    await visitor.types("12");
    await keyboard.composes("あい");
    await holds(visitor, "12あい|", "12");
    await keyboard.commits("愛");
    await holds(visitor, "12|");
    await visitor.sees("Only numbers are used in this code.");
  });
});

/** A text of the page that the visitor drags into the field, to a place left of all that it holds. */
async function drags({ page, field }, text) {
  await page.evaluate((words) => {
    const line = document.body.appendChild(document.createElement("p"));
    line.textContent = words;
    getSelection().selectAllChildren(line);
  }, text);
  const line = page.locator("body > p").last();
  await line.scrollIntoViewIfNeeded();
  const from = await line.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + Math.min(width / 2, 20), y: y + height / 2 };
  });
  const to = await field.boundingBox();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + to.height / 2, { steps: 4 });
  await page.mouse.move(to.x + 5, to.y + to.height / 2, { steps: 2 });
  await page.mouse.up();
}

stories("A text dropped on the field", () => {
  typing("gives the code that is in it", async ({ visitor }) => {
    const sources = await completions(visitor);
    await visitor.types("99");
    await drags(visitor, "Your code: 654-321.");
    await holds(visitor, "654321|");
    assert.deepEqual(sources, ["paste"]);
  });

  typing("without a code leaves what was there and says why", async ({ visitor }) => {
    await visitor.types("99");
    await drags(visitor, "see you at seven");
    await visitor.sees("There is no code of 6 numbers in that text.");
    await holds(visitor, "99");
  });
});

const CLOSED = [
  ["readonly", ({ element }) => element.evaluate((host) => (host.readonly = true))],
  ["disabled", ({ element }) => element.evaluate((host) => (host.disabled = true))],
  ["in a fieldset that is disabled", ({ element }) => element.evaluate((host) => {
    const fieldset = document.createElement("fieldset");
    host.before(fieldset);
    fieldset.append(host);
    fieldset.disabled = true;
  })],
];

stories("A field that is closed", () => {
  for (const [what, close] of CLOSED) {
    typing(`because it is ${what} lets nothing in, whatever the way`, async ({ visitor }) => {
      const sources = await completions(visitor);
      await visitor.types("123");
      await close(visitor);
      await visitor.field.focus().catch(() => {});
      await nothingGetsIn(visitor, "123");
      assert.deepEqual(sources, []);
    }, clipboard);
  }

  story("because the code is checked lets nothing in, and its answer is about what was typed", async ({ visitor, site }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const wrong = await visitor.phone.wrongToken();
    await site.breaks("verify", { delay_ms: 4000, times: 1 });
    await visitor.field.focus();
    await visitor.types(wrong);
    await visitor.standsAt("verifying");
    await nothingGetsIn(visitor, wrong);
    await visitor.standsAt("rejected");
    await visitor.field.focus();
    await presses(visitor, "ControlOrMeta+A");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
  }, clipboard);
}, { sideBySide: 1 });

async function nothingGetsIn(visitor, text) {
  const kept = (way) => holds(visitor, text).catch((error) => assert.fail(`${way}: ${error.message}`));
  await visitor.types("9");
  await presses(visitor, "Backspace", "ControlOrMeta+A", "ControlOrMeta+X");
  await kept("keys and cut");
  await visitor.pastes("987654");
  await kept("paste");
  await drags(visitor, "987654");
  await kept("drop");
  await visitor.field.evaluate((field) => {
    field.value = "987654";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await kept("a script");
  await visitor.field.evaluate((field) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "987654");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await kept("a manager");
}
