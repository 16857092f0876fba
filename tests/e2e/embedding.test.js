// The element in other people's pages: built by scripts, moved about, switched off and on, patched
// by frameworks, started over, come back to, and not alone.

import assert from "node:assert/strict";

import { holds } from "./hands.js";
import { FIELD, form, hasACode, names, opens, posted, requests } from "./own-form.js";
import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";

const ELEMENT = `<mfa-code endpoint="/mfa" ticket="{ticket}" name="mfa" required>${FIELD}</mfa-code>`;

/** Nothing of what the visitor has done is lost: the code is typed to its end and posted. */
async function goesOn(visitor, own, token) {
  await holds(visitor, token.slice(0, 3));
  assert.equal(await visitor.element.getAttribute("data-state"), "entering");
  await visitor.field.focus();
  await visitor.page.keyboard.press("End");
  await visitor.types(token.slice(3, 5));
  // It is heard in its new place.
  await visitor.presses("Continue");
  await visitor.sees("Enter all 6 numbers of the code.");
  await visitor.types(token.slice(5));
  await visitor.standsAt("verified");
  await visitor.presses("Continue");
  const all = await posted(visitor, own);
  assert.equal(all.get("mfa").split(".").length, 3);
  assert.equal(all.get("token"), token);
  assert.equal(await visitor.phone.count(), 1);
  return all;
}

stories("An element that is moved", () => {
  const OTHER = `<form id="other" action="/own/posted" method="post"><input type="hidden" name="which" value="other"></form>`;
  const move = (where) => `const move = () => { ${where} };
    document.querySelector("#move").addEventListener("click", move);`;
  const MOVE = `<button type="button" id="move">Move</button>`;

  for (const [where, script] of [
    ["within its page", `const form = document.forms[0]; form.prepend(document.createElement("p")); form.append(document.querySelector("mfa-code"));`],
    ["into another form", `document.forms.other.append(document.querySelector("mfa-code"), document.forms.own.querySelector("button"));`],
    ["with all that is around it", `const div = document.createElement("div"); document.querySelector("main").append(div); div.append(document.forms.own);`],
    ["into a shadow root", `const div = document.createElement("div"); document.querySelector("main").append(div);
      div.attachShadow({ mode: "open" }).append(document.forms.own);`],
  ]) {
    story(`${where} loses nothing, and its submit is heard there`, async ({ visitor }) => {
      const own = await OwnPage.opens(visitor, "mara", `<form id="own" action="/own/posted" method="post">
        ${ELEMENT}<button>Continue</button></form>${OTHER}${MOVE}`, { script: move(script) });
      await visitor.standsAt("idle");
      const token = await hasACode(visitor);
      await visitor.types(token.slice(0, 3));
      await visitor.element.evaluate((element) => {
        window.told = 0;
        for (const name of ["statechange", "sent", "error"]) element.addEventListener(`mfa-${name}`, () => window.told++);
      });
      await visitor.presses("Move");
      assert.equal(await visitor.page.evaluate(() => window.told), 0);
      const all = await goesOn(visitor, own, token);
      assert.equal(all.get("which"), where === "into another form" ? "other" : null);
    });
  }

  story("out of the page and put back later goes on where it was", async ({ visitor }) => {
    const own = await opens(visitor);
    const token = await hasACode(visitor);
    await visitor.types(token.slice(0, 3));
    await visitor.page.evaluate(() => {
      window.kept = document.querySelector("mfa-code");
      window.kept.remove();
    });
    // Not in the same task: it is given up in between.
    await visitor.page.waitForFunction(() => window.kept.state.phase === "idle");
    await visitor.page.evaluate(() => document.forms[0].prepend(window.kept));
    await visitor.standsAt("entering");
    await goesOn(visitor, own, token);
  });

  story("before the module is there comes to life in its new place", async ({ visitor }) => {
    let comes;
    const coming = new Promise((resolve) => (comes = resolve));
    await visitor.page.route("**/mfa_code_bg.wasm", async (route) => {
      await coming;
      await route.continue();
    });
    const own = await OwnPage.opens(visitor, "mara", form({}) + OTHER);
    await visitor.page.locator("mfa-code:invalid").waitFor();
    await visitor.page.evaluate(() =>
      document.forms.other.append(document.querySelector("mfa-code"), document.querySelector("#own button")));
    comes();
    await visitor.standsAt("idle");
    const token = await hasACode(visitor);
    await visitor.types(token.slice(0, 3));
    assert.equal((await goesOn(visitor, own, token)).get("which"), "other");
  });

  story("belongs to the form that it names, also when it names another one", async ({ visitor }) => {
    const body = `<form id="one" action="/own/posted" method="post"><input type="hidden" name="which" value="one"></form>
      <form id="two" action="/own/posted" method="post"><input type="hidden" name="which" value="two"><button>Continue</button></form>
      ${ELEMENT.replace("required", `required form="one"`)}`;
    const own = await OwnPage.opens(visitor, "mara", body);
    await visitor.standsAt("idle");
    const holds = () => visitor.page.evaluate(() => [...document.forms].map((form) => [...new FormData(form).keys()].join()));
    assert.deepEqual(await holds(), ["which,token", "which"]);
    const token = await hasACode(visitor);
    await visitor.types(token.slice(0, 3));
    await visitor.element.evaluate((element) => element.setAttribute("form", "two"));
    assert.deepEqual(await holds(), ["which", "which,token"]);
    assert.equal((await goesOn(visitor, own, token)).get("which"), "two");
  });
});

stories("An element that a script makes", () => {
  const SET = `endpoint: "/mfa", name: "mfa", required: true, groups: "2 4",
    strings: { send_sms: "SMS, please" }, headers: { "x-own": "yes" }`;
  for (const [when, script] of [
    ["before it is put into the page", (ticket) => `const element = document.createElement("mfa-code");
      Object.assign(element, { ${SET}, ticket: ${ticket} }); document.forms[0].prepend(element);`],
    ["after it was put into the page", (ticket) => `const element = document.createElement("mfa-code");
      document.forms[0].prepend(element); Object.assign(element, { ${SET}, ticket: ${ticket} });`],
  ]) {
    story(`takes what is set ${when}`, async ({ visitor }) => {
      const own = await OwnPage.opens(visitor, "mara", `<form data-ticket="{ticket}" action="/own/posted" method="post"><button>Continue</button></form>`,
        { script: script("document.forms[0].dataset.ticket") });
      await takesAll(visitor, own);
    });
  }

  story("takes what was set before the element was known to the browser", async ({ visitor }) => {
    await visitor.page.route("**/mfa-code/define.js", async (route) => {
      await visitor.page.evaluate(() => Object.assign(document.querySelector("mfa-code"), {
        endpoint: "/mfa", name: "mfa", required: true, groups: "2 4", ticket: document.forms[0].dataset.ticket,
        strings: { send_sms: "SMS, please" }, headers: { "x-own": "yes" },
      }));
      await route.continue();
    });
    const own = await OwnPage.opens(visitor, "mara", `<form data-ticket="{ticket}" action="/own/posted" method="post">
      <mfa-code></mfa-code><button>Continue</button></form>`);
    await takesAll(visitor, own);
  });

  async function takesAll(visitor, own) {
    await visitor.standsAt("idle");
    const asked = visitor.page.waitForRequest("**/mfa/sms");
    await visitor.presses("SMS, please");
    assert.equal((await asked).headers()["x-own"], "yes");
    await visitor.standsAt("entering");
    const groups = await visitor.element.evaluate(({ shadowRoot }) =>
      [...shadowRoot.querySelector("[part=slots]").children].map((part) => (part.part.contains("separator") ? " " : "0")).join(""));
    assert.equal(groups, "00 0000");
    assert.equal(await visitor.element.evaluate((element) => element.checkValidity()), false);
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
    await visitor.presses("Continue");
    assert.ok((await posted(visitor, own)).get("mfa"));
  }
});

stories("An element that is switched off", () => {
  for (const [by, on, around, turn] of [
    ["by its attribute", "disabled", "", (on) => (document.querySelector("mfa-code").disabled = !on)],
    ["by a fieldset", "", "disabled", (on) => (document.querySelector("fieldset").disabled = !on)],
  ]) {
    story(`${by} does nothing from the beginning, and all of it once it is on, and nothing again`, async ({ visitor }) => {
      const body = `<form action="/own/posted" method="post"><fieldset ${around}>${ELEMENT.replace("required", `required ${on}`)}
        </fieldset><button>Continue</button></form>`;
      await OwnPage.opens(visitor, "mara", body);
      await visitor.standsAt("idle");
      const paths = requests(visitor);
      const tries = async (text) => {
        const before = await visitor.field.inputValue();
        await visitor.field.click({ force: true });
        await visitor.types(text);
        for (const button of await visitor.element.locator("button:visible").all()) {
          assert.equal(await button.getAttribute("aria-disabled"), "true");
          await button.click({ force: true });
        }
        await holds(visitor, before);
        assert.ok(await visitor.field.isDisabled());
        assert.equal(await visitor.element.evaluate((element) => element.willValidate), false);
        assert.deepEqual(await names(visitor), []);
      };
      await tries("123");
      assert.deepEqual(paths, []);
      await visitor.page.evaluate(turn, true);
      const token = await hasACode(visitor);
      await visitor.types(token.slice(0, 3));
      await visitor.page.evaluate(turn, false);
      await tries("456");
      await visitor.page.evaluate(turn, true);
      await visitor.field.focus();
      await visitor.types(token.slice(3));
      await visitor.standsAt("verified");
      assert.deepEqual(paths, ["sms", "verify"]);
    });
  }

  story("for typing alone takes no key, no paste, no drop", async ({ visitor, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await opens(visitor, { on: `name="mfa" required readonly` });
    const token = await hasACode(visitor);
    await visitor.types("12");
    await visitor.pastes(token);
    await holds(visitor, "");
    await visitor.element.evaluate((element) => (element.readonly = false));
    await visitor.types(token);
    await visitor.standsAt("verified");
  });
});

stories("Two elements on a page", () => {
  const two = (first, second) => [first, second].map((on, at) => `<form id="f${at}" action="/own/posted" method="post">
    <mfa-code endpoint="/mfa" ticket="{ticket}" required ${on}></mfa-code><button>Continue ${at}</button></form>`).join("");
  const at = (visitor, index) => visitor.page.locator(`#f${index} mfa-code`);

  story("of one sign-in, under two names, keep their states, clocks and receipts apart", async ({ visitor, site }) => {
    const own = await OwnPage.opens(visitor, "mara", two(`name="one"`, `name="two"`));
    const [one, other] = [at(visitor, 0), at(visitor, 1)];
    for (const element of [one, other]) await element.and(visitor.page.locator("[data-state=idle]")).waitFor();
    await one.getByRole("button", { name: "Text me a code" }).click();
    await visitor.page.locator("#f0 [data-state=entering]").waitFor();
    const first = await visitor.phone.latestToken();
    assert.equal(await other.getAttribute("data-state"), "idle");
    assert.equal(await other.evaluate((element) => element.state.resendIn), 0);
    await one.locator("input").pressSequentially(first.slice(0, 4));
    assert.equal(await other.locator("input").inputValue(), "");
    await one.locator("input").press("End");
    await visitor.types((await visitor.phone.wrongToken()).slice(4));
    await one.getByText("2 tries left.").waitFor();
    // The page knows nothing of the wait; the site does.
    await site.passes(60);
    await other.getByRole("button", { name: "Text me a code" }).click();
    await visitor.page.locator("#f1 [data-state=entering]").waitFor();
    const second = await visitor.phone.latestToken();
    assert.equal(await one.getAttribute("data-state"), "rejected");
    // Each has a memory of its own.
    await visitor.page.reload();
    for (const index of [0, 1]) await visitor.page.locator(`#f${index} [data-state=entering]`).waitFor();
    const left = (element) => element.evaluate(({ state }) => state.attemptsLeft);
    assert.deepEqual([await left(one), await left(other)], [2, 3]);
    await other.locator("input").pressSequentially(second);
    await visitor.page.locator("#f1 [data-state=verified]").waitFor();
    assert.equal(await one.getAttribute("data-state"), "entering");
    const keys = () => visitor.page.evaluate(() => [...document.forms].map((form) => [...new FormData(form).keys()].join()));
    assert.deepEqual(await keys(), ["token", "two,token"]);
    await visitor.presses("Continue 0");
    await one.getByText("Enter all 6 numbers of the code.").waitFor();
    await visitor.presses("Continue 1");
    assert.equal((await posted(visitor, own)).get("two").split(".").length, 3);
  });

  story("have labels, hints and ids of their own", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", two("", ""));
    for (const index of [0, 1]) await visitor.page.locator(`#f${index} [data-state=idle]`).waitFor();
    const found = await visitor.page.evaluate(() => {
      const all = [...document.querySelectorAll("mfa-code")].map((element) => {
        const field = element.querySelector("input");
        const described = field.getAttribute("aria-describedby").split(" ");
        return { ids: [field.id, ...described], own: described.every((id) => element.contains(document.getElementById(id))), labels: field.labels.length };
      });
      return { all, ids: [...document.querySelectorAll("[id]")].map(({ id }) => id) };
    });
    for (const { own, labels } of found.all) assert.deepEqual([own, labels], [true, 1]);
    assert.equal(new Set(found.ids).size, found.ids.length);
    assert.equal(new Set(found.all.flatMap(({ ids }) => ids)).size, 8);
  });
});

stories("An element of the page's own making", () => {
  story("under a second name works beside the first", async ({ visitor }) => {
    const script = `import { MfaCodeElement } from "/mfa-code/index.js"; MfaCodeElement.define("my-code"); MfaCodeElement.define("my-code");`;
    const body = `<mfa-code endpoint="/mfa" ticket="{ticket}"></mfa-code><my-code endpoint="/mfa" ticket="{ticket}" id="mine"></my-code>`;
    await OwnPage.opens(visitor, "mara", body, { script });
    await visitor.standsAt("idle");
    const mine = visitor.page.locator("my-code");
    await visitor.page.locator("my-code[data-state=idle]").waitFor();
    await mine.getByRole("button", { name: "Text me a code" }).click();
    await visitor.page.locator("my-code[data-state=entering]").waitFor();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.page.locator("my-code[data-state=verified]").waitFor();
    await visitor.standsAt("idle");
  });

  story("inside a shadow root speaks the language of the page", async ({ visitor }) => {
    const script = `const outer = document.querySelector("main").appendChild(document.createElement("div"));
      const inner = outer.attachShadow({ mode: "open" }).appendChild(document.createElement("div"));
      inner.attachShadow({ mode: "open" }).innerHTML = '<mfa-code endpoint="/mfa" ticket="' + document.querySelector("i").title + '"></mfa-code>';`;
    await OwnPage.opens(visitor, "mara", `<i title="{ticket}"></i>`, { script, lang: "de" });
    await visitor.standsAt("idle");
    await visitor.isOffered("Code per SMS erhalten");
  });

  story("outside any form verifies at Enter, and not before, where it waits for a submit", async ({ visitor }) => {
    const paths = requests(visitor);
    await OwnPage.opens(visitor, "mara", `<mfa-code endpoint="/mfa" ticket="{ticket}" verify="submit"></mfa-code>`);
    await visitor.standsAt("idle");
    const token = await hasACode(visitor);
    await visitor.types(token);
    await holds(visitor, `${token}|`);
    await visitor.standsAt("entering");
    assert.deepEqual(paths, ["sms"]);
    await visitor.page.keyboard.press("Enter");
    await visitor.standsAt("verified");
    assert.deepEqual(paths, ["sms", "verify"]);
  });
});

stories("A page with a framework", () => {
  story("that has a value property of its own on the field hears every character, once", async ({ visitor }) => {
    // As React does; and as it then tells the field its value again.
    const script = `const field = document.querySelector("#code");
      const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
      window.seen = [];
      let known = "";
      Object.defineProperty(field, "value", { configurable: true, get() { return get.call(this); },
        set(value) { known = String(value); set.call(this, value); } });
      field.addEventListener("input", () => {
        const value = get.call(field);
        if (value !== known) { seen.push(value); field.value = value; }
      });`;
    const own = await opens(visitor, {}, { script });
    const token = await hasACode(visitor);
    const paths = requests(visitor);
    await visitor.types(token);
    await visitor.standsAt("verified");
    // Nothing has changed for who looks again.
    await visitor.field.dispatchEvent("input");
    assert.deepEqual(await visitor.page.evaluate(() => window.seen), [...token].map((_, at) => token.slice(0, at + 1)));
    assert.deepEqual(paths, ["verify"]);
    await visitor.presses("Continue");
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("that fires a click at the document, at a text or at nothing visible harms nothing", async ({ visitor }) => {
    await opens(visitor);
    const token = await hasACode(visitor);
    await visitor.page.evaluate(() => {
      const text = document.body.appendChild(document.createTextNode("a text"));
      const label = document.querySelector("mfa-code label").firstChild;
      for (const target of [document, text, label, document.createElement("p"), window]) {
        target.dispatchEvent(new Event("click", { bubbles: true, composed: true }));
        target.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
      }
    });
    await visitor.types(token);
    await visitor.standsAt("verified");
  });

  story("that keeps clicks and submits to itself takes the sign-in away from nobody", async ({ visitor }) => {
    const script = `for (const kind of ["click", "submit", "input", "keydown", "beforeinput"]) {
      for (const target of document.querySelectorAll("form, main, form > button")) target.addEventListener(kind, (event) => event.stopPropagation());
    }`;
    const own = await opens(visitor, { on: `name="mfa" verify="submit"` }, { script });
    await visitor.types(await hasACode(visitor));
    await visitor.presses("Continue");
    assert.ok((await posted(visitor, own)).get("mfa"));
  });

  story("that swaps the button while the code is typed is none the worse for it", async ({ visitor }) => {
    const script = `document.addEventListener("mfa-statechange", () =>
      document.querySelector("form > button").replaceWith(Object.assign(document.createElement("button"), { textContent: "Continue", name: "way", value: "new" })))`;
    const own = await opens(visitor, { on: `name="mfa" verify="submit"` }, { script });
    await visitor.types(await hasACode(visitor));
    await visitor.presses("Continue");
    const all = await posted(visitor, own);
    assert.ok(all.get("mfa"));
  });
});

stories("A page in a language that there are no words for", () => {
  story("is spoken to in English all through, dates too", async ({ visitor }) => {
    const body = `<form><mfa-code endpoint="/mfa" ticket="{ticket}" interaction="i" valid-for="172800">${FIELD}</mfa-code></form>`;
    await OwnPage.opens(visitor, "mara", body, { lang: "sv" });
    await visitor.standsAt("entering");
    await visitor.sees(/This code works until (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day/);
  });

  story("and one in another English keeps its own way to write the time", async ({ visitor }) => {
    const body = `<form><mfa-code endpoint="/mfa" ticket="{ticket}" interaction="i" valid-for="600">${FIELD}</mfa-code></form>`;
    await OwnPage.opens(visitor, "mara", body, { lang: "en-GB" });
    await visitor.standsAt("entering");
    await visitor.sees(/This code works until \d{1,2}:\d\d\.$/);
  });

  story("and an element without any attribute is spoken to in the page's", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", `<mfa-code></mfa-code>`, { lang: "de" });
    await visitor.standsAt("idle");
    await visitor.sees("Bestätigungscode");
  });
});
