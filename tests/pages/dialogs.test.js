// Dialogs, two elements on one page, and what a page changes later.

import assert from "node:assert/strict";

import { page, stories } from "./lab.js";

const AUTOFOCUS = "required autofocus";
const CLOSE = `<button type="button" id="close">Close</button>`;
const opens = `document.getElementById("open").addEventListener("click", () => document.querySelector("dialog").showModal());`;
const OPEN = `<button type="button" id="open">Open</button>`;

stories("A dialog", () => {
  page("has the focus in the field when it is opened", { uses: [], special: "showModal(), autofocus, and a Close button first" }, async (lab) => {
    await lab.opens({ body: `${OPEN}<dialog>${CLOSE}${lab.form({ on: AUTOFOCUS })}</dialog>`, script: opens });
    await lab.page.locator("#open").click();
    assert.equal(await lab.visitor.focus(), "Security code");
    await lab.signsIn();
  });

  page("has the focus in the field that is put into it later", { uses: [], special: "the form comes into the open dialog" }, async (lab) => {
    await lab.opens({ body: `${OPEN}<dialog>${CLOSE}<div id="box"></div></dialog><template>${lab.form({ on: AUTOFOCUS })}</template>${lab.form().replace('id="login"', "").replaceAll('"code"', '"other"')}`,
      script: `${opens} window.fills = () => {
        document.querySelector("form").remove();
        document.getElementById("box").append(document.querySelector("template").content);
      };` });
    await lab.page.locator("#open").click();
    await lab.page.evaluate(() => window.fills());
    await lab.visitor.standsAt("idle");
    assert.equal(await lab.visitor.focus(), "Security code");
    await lab.signsIn();
  });

  const TRAPS = [
    ["a11y-dialog", ["a11y-dialog"], `import A11yDialog from "a11y-dialog"; const it = new A11yDialog(document.getElementById("trap")); window.opens = () => it.show();`, ` aria-hidden="true"`],
    ["micromodal", ["micromodal"], `import MicroModal from "micromodal"; window.opens = () => MicroModal.show("trap");`, ` aria-hidden="true"`],
    ["focus-trap", ["focus-trap"], `import { createFocusTrap } from "focus-trap"; const trap = createFocusTrap("#trap"); window.opens = () => trap.activate();`, ""],
  ];
  for (const [what, uses, script, about] of TRAPS) {
    page(`signs in inside of a focus trap: ${what}`, { uses, special: "keeps Tab inside" }, async (lab) => {
      await lab.opens({ body: `<div id="trap"${about}><div role="dialog" aria-modal="true">${lab.form()}</div></div>`, script });
      await lab.page.evaluate(() => window.opens());
      await lab.page.evaluate(() => document.getElementById("trap").removeAttribute("aria-hidden"));
      await lab.signsIn();
    });
  }
});

stories("A page", () => {
  page("with the element in a hidden tab can be posted while it is disabled there", { uses: [], special: "hidden, and disabled until it is shown" }, async (lab) => {
    const hidden = lab.form({ on: "required disabled" }).replace("<mfa-code", "<div id='tab' hidden><mfa-code").replace("</mfa-code>", "</mfa-code></div>");
    await lab.opens({ body: hidden });
    await lab.visitor.presses("Continue");
    await lab.page.getByText("You are in.").waitFor();
    assert.deepEqual(lab.posts, [[]]);
    lab.posts.length = 0;
    await lab.page.goBack();
    await lab.page.locator("mfa-code[data-state=idle]").waitFor({ state: "attached" });
    await lab.page.evaluate(() => {
      document.getElementById("tab").hidden = false;
      document.querySelector("mfa-code").disabled = false;
    });
    await lab.asks();
    await lab.isConfirmed();
    await lab.visitor.presses("Continue");
    await lab.isIn();
  });

  page("that changes its language later is followed", { uses: [], special: "documentElement.lang" }, async (lab) => {
    await lab.opens();
    await lab.page.evaluate(() => (document.documentElement.lang = "de"));
    await lab.visitor.isOffered("Code per SMS erhalten");
    await lab.stands({ state: "idle" });
  });

  page("with a CSRF field named token posts one code", { uses: [], special: "the element makes its own field" }, async (lab) => {
    const form = lab.form({ more: `<input type="hidden" name="token" value="csrf">` }).replace(/<label.*?name="token">/s, "");
    await lab.opens({ body: form });
    await lab.asks();
    await lab.types(await lab.phone.latestToken());
    await lab.visitor.standsAt("verified");
    await lab.visitor.presses("Continue");
    await lab.page.getByText("You are in.").waitFor();
    assert.deepEqual(lab.posts[0].filter(([name]) => name === "token"), [["token", "csrf"]]);
    assert.equal(lab.posts[0].find(([name]) => name === "mfa")[1].split(".").length, 3);
  });

  page("with two copies of the package has each id once", { uses: [], special: "of two builds, under two names" }, async (lab) => {
    const other = lab.form().replaceAll("mfa-code", "other-code").replaceAll('"code"', '"other"').replace('id="login"', "");
    await lab.opens({ body: `${lab.form()}${other}`, script: `import { MfaCodeElement } from "/another-copy/index.js"; MfaCodeElement.define("other-code");` });
    await lab.page.locator("other-code[data-state=idle]").waitFor();
    const ids = await lab.page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id).sort());
    assert.deepEqual(ids, [...new Set(ids)]);
    await lab.stands({ state: "idle" });
  });
});
