// Correcting a code that was wrong or is too long: what is tried by itself, and what waits until
// the visitor says so.

import assert from "node:assert/strict";

import { storyBehind } from "./behind.js";
import { holds } from "./hands.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";
import { unanswered } from "./visitor.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

/** The code with other digits in these slots, a person's first being 1. */
const wrongIn = (token, ...slots) =>
  [...token].map((digit, at) => (slots.includes(at + 1) ? String((Number(digit) + 5) % 10) : digit)).join("");

/** In the middle of a slot. */
async function slot({ element }, number) {
  const { x, y, width, height } = await element.locator("[part~=slot]").nth(number - 1).boundingBox();
  return [x + width / 2, y + height / 2];
}

async function clicks(visitor, number) {
  await visitor.page.mouse.click(...(await slot(visitor, number)));
}

const selection = ({ field }) => field.evaluate(({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd]);

/** The codes that the page has tried, as they go out. */
function tries({ page }) {
  const sent = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/verify")) sent.push(request.postDataJSON().token);
  });
  return sent;
}

/** Has a code, and has typed one that is wrong in these slots. */
async function hasTypedAWrongCode(visitor, ...slots) {
  await visitor.isAskedForACode("mara");
  await visitor.asksBy("sms");
  const token = await visitor.phone.latestToken();
  const tried = tries(visitor);
  const wrong = wrongIn(token, ...slots);
  await visitor.types(wrong);
  await visitor.standsAt("rejected");
  await visitor.canRetype();
  return { token, wrong, tried };
}

stories("Correcting a wrong code", () => {
  for (const [by, confirms] of [
    ["Try again", (visitor) => visitor.presses("Try again")],
    ["Enter", (visitor) => visitor.page.keyboard.press("Enter")],
    ["the form's button", (visitor) => visitor.presses("Continue")],
  ]) {
    story(`in one place spends no try by itself, and ${by} tries what stands there`, async ({ visitor }) => {
      const { token, wrong, tried } = await hasTypedAWrongCode(visitor, 3);
      await clicks(visitor, 3);
      await visitor.types(token[2]);
      await visitor.isOffered("Try again");
      await visitor.standsAt("entering");
      await holds(visitor, `${token.slice(0, 3)}|${token.slice(3)}`);
      assert.deepEqual(tried, [wrong]);
      await confirms(visitor);
      await visitor.isSignedIn();
      assert.deepEqual(tried, [wrong, token]);
    });
  }

  story("in two places, one after the other, spends no try by itself", async ({ visitor }) => {
    const { token, wrong, tried } = await hasTypedAWrongCode(visitor, 2, 4);
    for (const number of [2, 4]) {
      await clicks(visitor, number);
      await visitor.types(token[number - 1]);
      await visitor.isOffered("Try again");
      await visitor.standsAt("entering");
    }
    assert.deepEqual(tried, [wrong]);
    await visitor.page.keyboard.press("Enter");
    await visitor.isSignedIn();
    assert.deepEqual(tried, [wrong, token]);
  });

  for (const [how, goes] of [
    ["with all of it selected", (visitor) => visitor.page.keyboard.press("ControlOrMeta+A")],
    ["from the first slot to the last", (visitor) => clicks(visitor, 1)],
  ]) {
    story(`by typing over everything, ${how}, tries it with the last character and not before`, async ({ visitor }) => {
      const { token, wrong, tried } = await hasTypedAWrongCode(visitor, 1, 3, 6);
      await goes(visitor);
      await visitor.types(token.slice(0, 5));
      await visitor.standsAt("entering");
      assert.deepEqual(tried, [wrong]);
      await visitor.types(token[5]);
      await visitor.isSignedIn();
      assert.deepEqual(tried, [wrong, token]);
    });
  }

  story("offers to try again no longer than the field holds what would be tried", async ({ visitor }) => {
    const { token } = await hasTypedAWrongCode(visitor, 3);
    await clicks(visitor, 3);
    await visitor.types(token[2]);
    await visitor.isOffered("Try again");
    await visitor.page.keyboard.press("Backspace");
    await visitor.offered("Try again").waitFor({ state: "hidden" });
    await visitor.standsAt("entering");
  });

  story("is offered below the two ways to ask, and still while it is read out or a key is too many", async ({ visitor }) => {
    const { token } = await hasTypedAWrongCode(visitor, 3);
    await clicks(visitor, 3);
    await visitor.types(token[2]);
    const buttons = () => visitor.page.locator("mfa-code [part=actions] button:visible").allInnerTexts();
    const names = async () => (await buttons()).map((text) => text.replace(/\s+in \d+:\d\d$/, "").trim());
    const offered = ["Send a new code", "Call me instead", "Try again"];
    await visitor.isOffered("Try again");
    assert.deepEqual(await names(), offered);
    const tops = await visitor.page.locator("mfa-code [part=actions] button:visible")
      .evaluateAll((all) => all.map((button) => button.getBoundingClientRect().top));
    assert.ok(tops[2] > tops[0] && tops[2] > tops[1], tops.join());
    await visitor.page.keyboard.press("End");
    await visitor.types("7");
    await visitor.sees("The code has only 6 numbers.");
    assert.deepEqual(await names(), offered);
    await visitor.page.keyboard.press("Tab");
    assert.equal(await visitor.focus(), "Read the code out");
    await visitor.page.keyboard.press("Enter");
    await visitor.element.locator("[role=status]").getByText([...token].join(", ")).waitFor();
    assert.deepEqual(await names(), offered);
    await visitor.presses("Try again");
    await visitor.isSignedIn();
  });
});

stories("Pasting more than a code has", () => {
  story("fills the field, says so and spends no try by itself: a telephone number", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const tried = tries(visitor);
    await visitor.pastes("202-555-0143");
    await visitor.sees("The code has only 6 numbers.");
    await holds(visitor, "202555");
    await visitor.standsAt("entering");
    assert.deepEqual(tried, []);
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("2 tries left.");
    assert.deepEqual(tried, ["202555"]);
  }, clipboard);

  story("fills the field, says so and spends no try by itself: two codes", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    const tried = tries(visitor);
    await visitor.pastes(`${token} 222222`);
    await visitor.sees("The code has only 6 numbers.");
    await holds(visitor, token);
    await visitor.standsAt("entering");
    assert.deepEqual(tried, []);
    await visitor.page.keyboard.press("Enter");
    await visitor.isSignedIn();
    assert.deepEqual(tried, [token]);
  }, clipboard);
}, { sideBySide: 1 });

stories("The mouse in a code", () => {
  story("after a wrong one, all of it selected, goes to the slot that is clicked", async ({ visitor }) => {
    const { wrong } = await hasTypedAWrongCode(visitor, 6);
    await clicks(visitor, 3);
    await holds(visitor, `${wrong.slice(0, 2)}[${wrong[2]}]${wrong.slice(3)}`);
  });

  story("selects what it is drawn over, as in any field", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.field.focus();
    await visitor.types("123456");
    await visitor.page.keyboard.press("Home");
    const [x, y] = await slot(visitor, 1);
    await visitor.page.mouse.move(x - 10, y);
    await visitor.page.mouse.down();
    await visitor.page.mouse.move(...(await slot(visitor, 3)), { steps: 4 });
    const drawn = await selection(visitor);
    await visitor.page.mouse.up();
    assert.ok(drawn[1] - drawn[0] > 1, drawn.join());
    assert.deepEqual(await selection(visitor), drawn);
  });

  story("adds to what is selected with Shift, as in any field", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.field.focus();
    await visitor.types("123456");
    await visitor.page.keyboard.press("Home");
    await visitor.page.keyboard.down("Shift");
    await clicks(visitor, 3);
    await visitor.page.keyboard.up("Shift");
    const [start, end] = await selection(visitor);
    assert.ok(start === 0 && end > 1, `${start} ${end}`);
  });
});

stories("A message that came though its answer did not", () => {
  for (const [by, goesOn] of [
    ["Try again", (visitor) => visitor.presses("Try again")],
    ["Enter", (visitor) => visitor.page.keyboard.press("Enter")],
  ]) {
    storyBehind({ loses: /^\/mfa\/sms$/ }, `can be typed from, and ${by} asks again and tries it`, async ({ visitor }) => {
      visitor.expects(unanswered);
      await visitor.isAskedForACode("mara");
      await visitor.presses("Text me a code");
      await visitor.standsAt("offline");
      await visitor.field.focus();
      await visitor.types(await visitor.phone.latestToken());
      await visitor.standsAt("offline");
      await goesOn(visitor);
      await visitor.isSignedIn();
      assert.equal(await visitor.phone.count(), 1);
    });
  }
});

stories("A double click", () => {
  story("on the button that asks sends one message and leaves the focus in the field", async ({ visitor }) => {
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code>`;
    await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("idle");
    await visitor.offered("Text me a code").dblclick();
    await visitor.standsAt("entering");
    assert.equal(await visitor.focus(), "Security code");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("on a slot selects the whole code", async ({ visitor }) => {
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    await visitor.types("1234");
    await visitor.page.keyboard.press("Home");
    const slot = await visitor.element.locator("[part~=slot]").nth(1).boundingBox();
    await visitor.page.mouse.dblclick(slot.x + slot.width / 2, slot.y + slot.height / 2);
    const selected = await visitor.field.evaluate((field) => [field.selectionStart, field.selectionEnd]);
    assert.deepEqual(selected, [0, 4]);
  });
});
