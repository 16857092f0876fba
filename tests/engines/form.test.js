// The form around the element, and the asking for codes in it.

import assert from "node:assert/strict";

import { crookedRoadTo } from "../e2e/crooked.js";
import { stories } from "./story.js";

stories("The form", (story) => {
  story("is held back until the code is confirmed, then posts the receipt, once", async ({ visitor }) => {
    await visitor.givesThePassword("mara");
    await visitor.standsAt("idle");
    await visitor.page.evaluates(() => document.getElementById("code-form").addEventListener("formdata", ({ formData }) => {
      const names = [...formData].map(([name, value]) => `${name}:${value && value.split(".").length}`);
      sessionStorage.posted = `${sessionStorage.posted ?? ""}${names.join()};`;
    }));
    await visitor.clicks("Continue");
    await visitor.sees("Ask for a code first.");
    await visitor.clicks("Text me a code");
    await visitor.standsAt("entering");
    await visitor.types("123");
    await visitor.presses("Enter");
    await visitor.sees("Enter all 6 numbers of the code.");
    assert.equal(await visitor.focus(), "Security code");
    await visitor.presses("Control+A");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
    // A receipt has three parts.
    assert.equal(await visitor.page.evaluates(() => sessionStorage.posted), "mfa:3,token:1;");
  });

  story("that resets empties the entry", async ({ visitor }) => {
    await visitor.hasACode("mara");
    await visitor.types("123");
    await visitor.page.evaluates(() => document.getElementById("code-form").reset());
    await visitor.has("");
  });

  for (const [what, points] of [["module", /mfa_code_bg\.wasm/], ["script", /\/mfa-code\/define\.js/]]) {
    story(`posts what the plain field holds where the ${what} cannot be had`, async ({ visitor, site }) => {
      visitor.expects(/mfa-code|load|fetch|network|TypeError|MIME/i);
      const road = await crookedRoadTo(site, { points });
      try {
        await visitor.givesThePassword("mara", road.url);
        if (what === "module") await visitor.complains(/mfa-code:/);
        await visitor.clicks("Send by text");
        await visitor.sees("We sent you a code by text message.");
        if (what === "module") await visitor.complains(/mfa-code:/, 2);
        await visitor.page.evaluates(() => document.getElementById("code").focus());
        await visitor.types(await visitor.phone.latestToken());
        await visitor.presses("Enter");
        await visitor.isSignedIn("Text message to");
      } finally {
        await road.closes();
      }
    });
  }
});

stories("Asking for a code", (story) => {
  story("with a double click sends one message", async ({ visitor }) => {
    await visitor.givesThePassword("mara");
    await visitor.standsAt("idle");
    await visitor.clicks("Text me a code", 2);
    await visitor.standsAt("entering");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("again counts down, and the button keeps the focus meanwhile", async ({ visitor, site }) => {
    await visitor.hasACode("mara");
    await visitor.sees("in 0:30");
    await visitor.presses("Tab");
    assert.match(await visitor.focus(), /^Read the code out/);
    await visitor.presses("Tab");
    assert.match(await visitor.focus(), /^Send a new code/);
    // Two seconds of the real clock.
    await visitor.sees("in 0:28");
    assert.match(await visitor.focus(), /^Send a new code/);
    await visitor.presses("Enter");
    assert.equal(await visitor.phone.count(), 1);
  });

  story("tells at each step where it stands, to scripts and to styles alike", async ({ visitor }) => {
    await visitor.givesThePassword("mara");
    await visitor.standsAt("idle");
    await visitor.page.evaluates(() => {
      const element = document.querySelector("mfa-code");
      const all = ["idle", "sending", "entering", "verifying", "verified", "rejected", "closed", "offline"];
      sessionStorage.stood = "";
      element.addEventListener("mfa-statechange", ({ detail }) => {
        const styled = all.filter((state) => element.matches(`:state(${state})`));
        sessionStorage.stood += `${detail.to},${element.dataset.state},${styled},${element.state.phase};`;
      });
    });
    await visitor.clicks("Text me a code");
    await visitor.standsAt("entering");
    await visitor.types(await visitor.phone.wrongToken());
    await visitor.standsAt("rejected");
    await visitor.types(await visitor.phone.latestToken());
    await visitor.isSignedIn();
    const stood = (await visitor.page.evaluates(() => sessionStorage.stood)).split(";").filter(Boolean);
    const states = stood.map((line) => line.split(",")[0]);
    assert.deepEqual(states.filter((state) => state !== "entering"), ["sending", "verifying", "rejected", "verifying", "verified"]);
    for (const line of stood) assert.equal(new Set(line.split(",")).size, 1, line);
  });
});
