// Pages whose container is morphed, or put back, to what the server sent, at every step of a sign-in.

import assert from "node:assert/strict";

import { form, page, stories } from "./lab.js";

/** How each of them updates the container to the HTML that `window.server` is. */
const BY_HAND = `new DOMParser().parseFromString(server, "text/html").body`;
const MORPHERS = [
  [["idiomorph"], "keeps the focused field's value only where it is told to",
    `import { Idiomorph } from "idiomorph";
    window.morph = (main, server) => Idiomorph.morph(main, server, { morphStyle: "innerHTML", ignoreActiveValue: true });`],
  [["idiomorph"], "without options: it empties a field that the server sent without a value",
    `import { Idiomorph } from "idiomorph";
    window.morph = (main, server) => Idiomorph.morph(main, server, { morphStyle: "innerHTML" });`],
  [["morphdom"], "morphs attributes and children one by one, and empties the field as the server's is empty",
    `import morphdom from "morphdom";
    window.morph = (main, server) => morphdom(main, "<main>" + server + "</main>");`],
  [["nanomorph"], "matches children by their order",
    `import nanomorph from "nanomorph";
    window.morph = (main, server) => { const to = document.createElement("main"); to.append(...${BY_HAND}.childNodes); nanomorph(main, to); };`],
  [["morphlex"], "matches by ids and likeness",
    `import { morphInner } from "morphlex";
    window.morph = (main, server) => { const to = document.createElement("main"); to.append(...${BY_HAND}.childNodes); morphInner(main, to); };`],
  [["diffhtml"], "keeps a tree of its own, in which our nodes are not",
    `import { innerHTML } from "diffhtml";
    window.morph = (main, server) => innerHTML(main, server);`],
  [["alpinejs", "@alpinejs/morph"], "as Livewire does; Alpine watches the tree itself",
    `import Alpine from "alpinejs"; import morph from "@alpinejs/morph";
    Alpine.plugin(morph); Alpine.start();
    window.morph = (main, server) => Alpine.morph(main, "<main>" + server + "</main>");`],
  [[], "innerHTML by hand", `window.morph = (main, server) => { main.querySelector("mfa-code").innerHTML = new DOMParser().parseFromString(server, "text/html").querySelector("mfa-code").innerHTML; };`],
  [[], "replaceChildren by hand", `window.morph = (main, server) => {
    main.querySelector("mfa-code").replaceChildren(...new DOMParser().parseFromString(server, "text/html").querySelector("mfa-code").childNodes); };`],
];

/** The container is what the server sent; the element has had a frame since. */
const morphs = (lab) => lab.page.evaluate(async (server) => {
  await window.morph(document.querySelector("main"), server);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}, form(lab.ticket));

stories("A container that is put back to the server's HTML", () => {
  for (const [uses, special, script] of MORPHERS) {
    const by = uses.length ? `${uses.join(" and ")} (${special})` : special;
    page(`signs in, at every step: ${by}`, { uses, special }, async (lab) => {
      await lab.opens({ script });
      await morphs(lab);
      await lab.stands({ state: "idle" });
      await lab.asks();
      await morphs(lab);
      await lab.types("12");
      await lab.heard();
      await morphs(lab);
      const half = await lab.stands({ state: "entering", value: "12", focused: true });
      assert.deepEqual(half.caret, [2, 2]);
      assert.deepEqual(await lab.heard(), []);
      await lab.page.keyboard.press("ControlOrMeta+A");
      const error = await lab.isRefused();
      await morphs(lab);
      await lab.stands({ state: "rejected", error, focused: true });
      assert.deepEqual(await lab.heard(), [], "read out again");
      const goOn = lab.holdsTheCheck();
      await lab.page.keyboard.press("ControlOrMeta+A");
      await lab.types(await lab.phone.latestToken());
      await lab.visitor.standsAt("verifying");
      await morphs(lab);
      await lab.stands({ state: "verifying" });
      goOn();
      await lab.visitor.standsAt("verified");
      await morphs(lab);
      await lab.stands({ state: "verified" });
      await lab.visitor.presses("Continue");
      await lab.isIn();
    });
  }
});
