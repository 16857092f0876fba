// Pages whose scripts have a hand in the submit: captchas that hold it back and go on with it later,
// validators, serialisers, buttons that are components.

import assert from "node:assert/strict";

import { page, stories } from "./lab.js";

/** The code is right and confirmed. */
async function hasConfirmed(lab) {
  await lab.asks();
  await lab.types(await lab.phone.latestToken());
  await lab.visitor.standsAt("verified");
}

/** A visitor who is sure of the code presses Enter with its last digit, before any answer. */
async function entersAtOnce(lab) {
  await lab.asks();
  const goOn = lab.holdsTheCheck();
  await lab.types(await lab.phone.latestToken());
  await lab.page.keyboard.press("Enter");
  await lab.visitor.standsAt("verifying");
  assert.equal(lab.posts.length, 0, "posted before the check");
  goOn();
}

const presses = (lab) => lab.visitor.presses("Continue");
const doubleClicks = (lab) => lab.visitor.offered("Continue").dblclick();

/** As reCAPTCHA's invisible one and analytics do: `solved` is called when the captcha is. */
const CAPTCHA = `
  const form = document.getElementById("login");
  let passes = false;
  window.held = 0;
  form.addEventListener("submit", (event) => {
    if (passes) return;
    event.preventDefault();
    window.held++;
    const { submitter } = event;
    window.solved = () => { passes = true; form.requestSubmit(submitter); };
    if (window.takes) setTimeout(window.solved, window.takes);
  });`;

stories("A submit that a captcha holds back", () => {
  for (const takes of [400, 15_000]) {
    page(`goes on ${takes} ms later, with the receipt`, { uses: [], special: "prevents the submit, then requestSubmit(submitter)" }, async (lab) => {
      await lab.page.clock.install();
      await lab.opens({ script: `window.takes = ${takes}; ${CAPTCHA}` });
      await hasConfirmed(lab);
      await presses(lab);
      // Half a second passes by itself.
      if (takes > 1000) {
        await lab.page.waitForFunction(() => window.held === 1);
        await lab.visitor.waits(takes / 1000);
      }
      await lab.isIn();
    });
  }

  page("goes on where the visitor pressed again meanwhile, once", { uses: [], special: "each press asks the captcha again" }, async (lab) => {
    await lab.opens({ script: CAPTCHA });
    await hasConfirmed(lab);
    await presses(lab);
    await lab.page.waitForFunction(() => window.held === 1);
    await presses(lab);
    await lab.page.evaluate(() => window.solved());
    await lab.isIn();
  });

  page("goes on that Enter began before the check had ended", { uses: [], special: "the check comes before the captcha" }, async (lab) => {
    await lab.opens({ script: CAPTCHA });
    await entersAtOnce(lab);
    await lab.page.waitForFunction(() => window.held === 1);
    await lab.page.evaluate(() => window.solved());
    await lab.isIn();
  });

  page("goes on though the captcha listens first, in the capture phase", { uses: [], special: "stops the submit for all other listeners" }, async (lab) => {
    await lab.opens({ script: CAPTCHA.replace("event.preventDefault();", "event.preventDefault(); event.stopImmediatePropagation();").replace("  });", "  }, true);") });
    await hasConfirmed(lab);
    await presses(lab);
    await lab.page.waitForFunction(() => window.held === 1);
    await lab.page.evaluate(() => window.solved());
    await lab.isIn();
  });

  page("goes on by form.submit(), which asks nobody", { uses: [], special: "form.submit() once the captcha is solved" }, async (lab) => {
    await lab.opens({ script: CAPTCHA.replace("form.requestSubmit(submitter)", "form.submit()") });
    await hasConfirmed(lab);
    await presses(lab);
    await lab.page.waitForFunction(() => window.held === 1);
    await lab.page.evaluate(() => window.solved());
    await lab.isIn();
  });

  const ALTCHA = `<altcha-widget auto="onsubmit" configuration='{"test":true}'></altcha-widget>`;
  for (const [how, does] of [["pressed", presses], ["clicked twice", doubleClicks], ["entered at once", undefined]]) {
    page(`by ALTCHA goes on: ${how}`, { uses: ["altcha"], special: `auto="onsubmit"` }, async (lab) => {
      await lab.opens({ body: lab.form({ more: ALTCHA }), script: `import "altcha";` });
      if (does) {
        await hasConfirmed(lab);
        await does(lab);
      } else await entersAtOnce(lab);
      await lab.isIn();
      assert.ok(lab.posts[0].some(([name, value]) => name === "altcha" && value));
    });
  }
});

const NOVALIDATE = ` novalidate`;
const GOVUK_BUTTON = `<button class="govuk-button" data-module="govuk-button" data-prevent-double-click="true">Continue</button>`;
const GOVUK = `import { Button } from "govuk-frontend"; document.body.classList.add("govuk-frontend-supported"); new Button(document.querySelector("button.govuk-button"));`;

stories("A form without the browser's own validation", () => {
  for (const mode of ["required", `required verify="submit"`, `verify="submit"`]) {
    page(`waits for the check: novalidate, ${mode}`, { uses: ["govuk-frontend"], special: "novalidate; the button prevents double clicks" }, async (lab) => {
      await lab.opens({ body: lab.form({ on: mode, about: NOVALIDATE, button: GOVUK_BUTTON }), script: GOVUK });
      await entersAtOnce(lab);
      await lab.isIn();
    });
  }

  page("is posted once by a real double click", { uses: ["govuk-frontend"], special: "data-prevent-double-click" }, async (lab) => {
    await lab.opens({ body: lab.form({ about: NOVALIDATE, button: GOVUK_BUTTON }), script: GOVUK });
    await hasConfirmed(lab);
    await doubleClicks(lab);
    await lab.isIn();
  });

  page("holds a wrong code back, and says so once", { uses: [], special: "novalidate; verify=submit" }, async (lab) => {
    await lab.opens({ body: lab.form({ on: `required verify="submit"`, about: NOVALIDATE }) });
    await lab.asks();
    await lab.types(await lab.phone.wrongToken());
    await lab.page.keyboard.press("Enter");
    await lab.visitor.standsAt("rejected");
    assert.equal(lab.posts.length, 0);
    await lab.types(await lab.phone.latestToken());
    await lab.page.keyboard.press("Enter");
    await lab.isIn();
  });

  page("is not posted without a code, and says why", { uses: [], special: "novalidate" }, async (lab) => {
    await lab.opens({ body: lab.form({ about: NOVALIDATE }) });
    await presses(lab);
    await lab.visitor.sees("Ask for a code first.");
    assert.equal(lab.posts.length, 0);
  });
});

/** A script posts, and counts the answers. */
const POSTS = (serialised, type) => `
  document.getElementById("login").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const body = ${serialised};
    await fetch(form.action, { method: "POST", body, ${type ? `headers: { "content-type": "${type}" }, ` : ""}redirect: "manual" });
    window.answered = (window.answered ?? 0) + 1;
  });`;
const URLENCODED = "application/x-www-form-urlencoded";

const SERIALISERS = [
  ["FormData", [], POSTS("new FormData(form)"), "multipart"],
  ["URLSearchParams of FormData", [], POSTS("new URLSearchParams(new FormData(form))"), "as docs/pages.md says for serialisers that look for tags"],
  ["a loop over form.elements", [], POSTS(`new URLSearchParams([...form.elements].filter(({ name, disabled, type }) => name && !disabled && type !== "submit").map(({ name, value }) => [name, value]))`),
    "name, type and value of each control"],
  ["Object.fromEntries of form.elements as JSON", [],
    POSTS(`JSON.stringify(Object.fromEntries([...form.elements].filter((it) => it.name).map((it) => [it.name, it.value])))`, "application/json"), "JSON"],
  ["axios.postForm", ["axios"], `import axios from "axios";
    document.getElementById("login").addEventListener("submit", async (event) => {
      event.preventDefault();
      await axios.postForm(event.target.action, event.target);
      window.answered = 1;
    });`, "makes a FormData of the form"],
  ["rails-ujs", ["@rails/ujs"], `import Rails from "@rails/ujs";
    Rails.start();
    document.addEventListener("ajax:complete", () => (window.answered = (window.answered ?? 0) + 1));`, `data-remote="true"; takes name and value of form.elements`,
    { about: ` data-remote="true"`, button: `<button data-disable-with="One moment">Continue</button>` }],
];

stories("A script that serialises the form", () => {
  for (const [what, uses, script, special, how] of SERIALISERS) {
    page(`posts the receipt: ${what}`, { uses, special }, async (lab) => {
      await lab.opens({ body: lab.form(how), script });
      await hasConfirmed(lab);
      await presses(lab);
      await lab.isPosted();
    });
  }

  for (const jquery of ["jquery", "jquery3"]) {
    page(`posts the receipt with ${jquery}, as the documents say`, { uses: [jquery], special: "serialize() looks for tags only and leaves the receipt out" }, async (lab) => {
      await lab.opens({ script: `import $ from "${jquery}";
        window.left = () => $("#login").serialize();
        $("#login").on("submit", function (event) {
          event.preventDefault();
          $.post(this.action, new URLSearchParams(new FormData(this)).toString()).always(() => (window.answered = 1));
        });` });
      await hasConfirmed(lab);
      assert.doesNotMatch(await lab.page.evaluate(() => window.left()), /mfa=/, "what the documents say of serialize() is no longer so");
      await presses(lab);
      await lab.isPosted();
    });
  }
});

const VALIDATORS = [
  ["jquery-validation", ["jquery-validation", "jquery3"], `const jQuery = require("jquery"); require("jquery-validation");
    jQuery("#login").validate({ rules: { token: { required: true } } });`, "sets novalidate, then form.submit()"],
  ["parsley", ["parsleyjs", "jquery3"], `const jQuery = require("jquery"); require("parsleyjs"); jQuery("#login").parsley();`, "sets novalidate; submits again by an event of its own"],
  ["just-validate", ["just-validate"], `import JustValidate from "just-validate";
    const validation = new JustValidate("#login", { submitFormAutomatically: true }); validation.addField("#code", [{ rule: "required" }]);`, "sets novalidate; does nothing with a submit that a script starts, so after Enter while the code is checked the visitor presses"],
  ["pristine", ["pristinejs"], `import Pristine from "pristinejs"; const form = document.getElementById("login");
    const pristine = new Pristine(form, { classTo: "pristine", errorTextParent: "pristine" });
    form.addEventListener("submit", (event) => { if (!pristine.validate()) event.preventDefault(); });`, "sets novalidate"],
];

stories("A validator of the page's", () => {
  for (const [what, uses, script, special] of VALIDATORS) {
    for (const [how, does] of [["pressed", async (lab) => { await hasConfirmed(lab); await presses(lab); }], ["entered at once", entersAtOnce]]) {
      page(`lets the form go with the receipt: ${what}, ${how}`, { uses, special }, async (lab) => {
        await lab.opens({ script, alias: { jquery: "jquery3" } });
        await does(lab);
        if (what === "just-validate" && does === entersAtOnce) {
          // It asks the event for its form when that is over, and where a script started it, it has none.
          await lab.visitor.standsAt("verified");
          await presses(lab);
        }
        await lab.isIn();
      });
    }
  }
});

const BUTTONS = [
  ["Shoelace", ["@shoelace-style/shoelace"], `import "@shoelace-style/shoelace/dist/components/button/button.js";`, `<sl-button type="submit">Continue</sl-button>`, "sl-button"],
  ["Web Awesome", ["@awesome.me/webawesome"], `import "@awesome.me/webawesome/dist/components/button/button.js";`, `<wa-button type="submit">Continue</wa-button>`, "wa-button"],
  ["Material", ["@material/web"], `import "@material/web/button/filled-button.js";`, `<md-filled-button type="submit">Continue</md-filled-button>`, "md-filled-button"],
];

stories("A button that is a component", () => {
  for (const [what, uses, script, button, tag] of BUTTONS) {
    page(`submits once, with the receipt: ${what}`, { uses, special: "its press submits by a script" }, async (lab) => {
      await lab.opens({ body: lab.form({ button }), script });
      await hasConfirmed(lab);
      await lab.page.locator(tag).dblclick();
      await lab.isIn();
    });
  }
});
