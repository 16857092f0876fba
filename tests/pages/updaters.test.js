// Pages whose form goes to the server by a script, and comes back from it as HTML.

import assert from "node:assert/strict";

import { form, page, stories } from "./lab.js";

/** The code is right and confirmed. */
async function hasConfirmed(lab) {
  await lab.asks();
  await lab.types(await lab.phone.latestToken());
  await lab.visitor.standsAt("verified");
}

const frames = ({ page }) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

/** The server gave the form back after a receipt was posted: that one is spent, and it begins anew. */
async function beginsAnew(lab) {
  await lab.visitor.standsAt("idle");
  await frames(lab);
  await lab.stands({ state: "idle", value: "" });
  await lab.site.passes(60);
  await lab.visitor.waits(60);
  lab.answers = ({ redirects }) => redirects("/lab/done");
  await hasConfirmed(lab);
  await lab.stands({ state: "verified" });
  await lab.visitor.presses("Continue");
  await lab.page.getByText("You are in.").waitFor();
  assert.equal(lab.posts.length, 2);
  lab.posts.forEach((post) => lab.postedWell(post));
}

/** By the page's script, as a visitor goes on typing: another part of the page has changed. */
async function outlivesAnUpdate(lab, update) {
  await lab.asks();
  await lab.types("12");
  await lab.heard();
  await lab.page.evaluate(update);
  await frames(lab);
  await lab.stands({ state: "entering", value: "12", focused: true, caret: [2, 2] });
  assert.deepEqual(await lab.heard(), []);
  await lab.page.keyboard.press("ControlOrMeta+A");
  await lab.isRefused();
  await lab.page.evaluate(update);
  await frames(lab);
  await lab.stands({ state: "rejected", focused: true });
  assert.deepEqual(await lab.heard(), []);
  await lab.page.keyboard.press("ControlOrMeta+A");
  await lab.isConfirmed();
  await lab.page.evaluate(update);
  await frames(lab);
  await lab.stands({ state: "verified" });
  await lab.visitor.presses("Continue");
  await lab.isIn();
}

const TURBO = `import * as Turbo from "@hotwired/turbo"; window.Turbo = Turbo;`;
const MORPH = `<meta name="turbo-refresh-method" content="morph"><meta name="turbo-refresh-scroll" content="preserve">`;

/** Turbo has rendered what came: a promise in the page. */
const refreshes = () => new Promise((resolve) => {
  document.addEventListener("turbo:render", () => resolve(), { once: true });
  window.Turbo.session.refresh(location.href);
});

stories("Turbo", () => {
  page("signs in through its own submit", { uses: ["@hotwired/turbo"], special: "the form is sent by fetch and answered with a redirect" }, async (lab) => {
    await lab.opens({ script: TURBO });
    await lab.signsIn();
  });

  page("refreshes the page by morph at every step", { uses: ["@hotwired/turbo"], special: "turbo-refresh-method: morph" }, async (lab) => {
    await lab.opens({ script: TURBO, head: MORPH });
    await outlivesAnUpdate(lab, refreshes);
  });

  for (const [how, head] of [["replaces", ""], ["morphs", MORPH]]) {
    page(`begins anew with the form that a 422 gives back, where it ${how} the page`, { uses: ["@hotwired/turbo"], special: "422 Unprocessable Content" }, async (lab) => {
      await lab.page.clock.install();
      await lab.opens({ script: TURBO, head });
      lab.answers = ({ refuses, document }) => refuses(document());
      await hasConfirmed(lab);
      await lab.visitor.presses("Continue");
      await lab.page.waitForFunction(() => document.querySelector("mfa-code")?.dataset.state !== "verified");
      await beginsAnew(lab);
    });
  }

  page("goes on in a frame that is loaded again", { uses: ["@hotwired/turbo"], special: "turbo-frame: another element comes, without what was typed" }, async (lab) => {
    await lab.opens({ script: TURBO, body: `<turbo-frame id="frame">${lab.form({ about: ` data-turbo-frame="_top"` })}</turbo-frame>` });
    await lab.asks();
    await lab.types("12");
    await lab.page.evaluate(() => new Promise((resolve) => {
      const frame = document.querySelector("turbo-frame");
      frame.addEventListener("turbo:frame-load", resolve, { once: true });
      frame.src = location.href;
    }));
    // The same sign-in: the code that is on its way is still good.
    await lab.visitor.standsAt("entering");
    await lab.stands({ value: "" });
    await lab.visitor.field.focus();
    await lab.isRefused();
    await lab.isConfirmed();
    await lab.visitor.presses("Continue");
    await lab.isIn();
  });

  page("goes on after a stream has replaced the form by a morph", { uses: ["@hotwired/turbo"], special: `<turbo-stream action="replace" method="morph">` }, async (lab) => {
    await lab.opens({ script: `${TURBO} window.server = ${JSON.stringify(form(lab.ticket))};` });
    await outlivesAnUpdate(lab, () => {
      window.Turbo.renderStreamMessage(`<turbo-stream action="replace" method="morph" target="login"><template>${window.server}</template></turbo-stream>`);
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
    });
  });
});

const HTMX = {
  2: `import htmx from "htmx2"; window.htmx = htmx; import "idiomorph/htmx";`,
  4: `import htmx from "htmx4"; window.htmx = htmx;`,
};

stories("htmx", () => {
  for (const version of [2, 4]) {
    const uses = [`htmx${version}`];
    const swaps = version === 2 ? { morph: "morph:outerHTML", ext: ` hx-ext="morph"` } : { morph: "outerMorph", ext: "" };

    page(`posts the receipt and shows the answer, htmx ${version}`, { uses, special: "hx-post" }, async (lab) => {
      await lab.opens({ script: HTMX[version], alias: { "htmx.org": "htmx2" }, body: lab.form({ about: ` hx-post="/lab/post" hx-target="main" hx-swap="innerHTML"` }) });
      lab.answers = ({ says }) => says("text/html", "<p>You are in.</p>");
      await lab.signsIn();
    });

    for (const [how, swap, ext] of [["outerHTML", "outerHTML", ""], ["morph", swaps.morph, swaps.ext]]) {
      page(`begins anew with the form that comes back, swapped by ${how}, htmx ${version}`, { uses: how === "morph" && version === 2 ? [...uses, "idiomorph"] : uses, special: `hx-swap="${swap}"` }, async (lab) => {
        await lab.page.clock.install();
        const about = ` hx-post="/lab/post" hx-target="this" hx-swap="${swap}"${ext}`;
        await lab.opens({ script: HTMX[version], alias: { "htmx.org": "htmx2" }, body: lab.form({ about }) });
        let answers = 0;
        lab.answers = ({ says }) => says("text/html", answers++ ? "<p>You are in.</p>" : form(lab.ticket, { about }));
        await hasConfirmed(lab);
        await lab.visitor.presses("Continue");
        await lab.page.waitForFunction(() => document.querySelector("mfa-code")?.dataset.state !== "verified");
        const { answers: again } = lab;
        await lab.visitor.standsAt("idle");
        await frames(lab);
        await lab.stands({ state: "idle", value: "" });
        await lab.site.passes(60);
        await lab.visitor.waits(60);
        await hasConfirmed(lab);
        assert.equal(lab.answers, again);
        await lab.visitor.presses("Continue");
        await lab.page.getByText("You are in.").waitFor();
        assert.equal(lab.posts.length, 2);
        lab.posts.forEach((post) => lab.postedWell(post));
      });
    }

    page(`keeps what is typed while it polls and morphs, htmx ${version}`, { uses: version === 2 ? [...uses, "idiomorph"] : uses, special: `hx-get into the container, ${swaps.morph}` }, async (lab) => {
      await lab.opens({ script: HTMX[version], alias: { "htmx.org": "htmx2" }, body: `<div id="box" hx-get="/lab/form" hx-trigger="poll" hx-select="#box" hx-swap="${swaps.morph}"${swaps.ext}>${lab.form()}</div>` });
      await outlivesAnUpdate(lab, () => new Promise((resolve) => {
        const done = () => setTimeout(resolve);
        for (const name of ["htmx:afterSettle", "htmx:after:swap"]) document.addEventListener(name, done, { once: true });
        window.htmx.trigger(document.getElementById("box"), "poll");
      }));
    });
  }
});

stories("Unpoly", () => {
  const UNPOLY = `import "unpoly"; up.form.config.fieldSelectors.push("mfa-code");`;
  page("posts the receipt", { uses: ["unpoly"], special: "up-submit looks for tags: one line names ours to it" }, async (lab) => {
    await lab.opens({ script: UNPOLY, body: lab.form({ about: ` up-submit up-target="main"` }) });
    await lab.signsIn();
  });

  page("begins anew with the form that a 422 gives back", { uses: ["unpoly"], special: "422: up-fail-target is the form" }, async (lab) => {
    await lab.page.clock.install();
    await lab.opens({ script: UNPOLY, body: lab.form({ about: ` up-submit up-target="main"` }) });
    lab.answers = ({ refuses, document }) => refuses(document());
    await hasConfirmed(lab);
    await lab.visitor.presses("Continue");
    await lab.page.waitForFunction(() => document.querySelector("mfa-code")?.dataset.state !== "verified");
    await beginsAnew(lab);
  });
});

stories("Alpine AJAX", () => {
  page("posts the receipt and merges the answer", { uses: ["alpinejs", "@imacrayon/alpine-ajax"], special: "x-target" }, async (lab) => {
    await lab.opens({ script: `import Alpine from "alpinejs"; import ajax from "@imacrayon/alpine-ajax"; Alpine.plugin(ajax); Alpine.start();`,
      body: `<div id="box" x-data>${lab.form({ about: ` x-target="box"` })}</div>` });
    lab.answers = ({ says }) => says("text/html", `<div id="box">You are in.</div>`);
    await lab.signsIn();
  });
});
