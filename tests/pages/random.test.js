// Any sequence of mutations and of a visitor's acts leaves one field that can be signed in with, and a
// page that takes away what the element puts back does not hang.

import { randomInt } from "node:crypto";

import { hosted } from "../e2e/own-host.js";
import { stories } from "../e2e/story.js";
import { nothingWrong, servesInPage, STAGE } from "./in-page.js";

/** Repeats the sequences that begin with this one. */
const SEED = Number(process.env.MFA_PAGES_SEED ?? randomInt(2 ** 31));
/** For how long new ones are tried. */
const SECONDS = Number(process.env.MFA_PAGES_SECONDS ?? 20);
const LENGTH = 6;

stories("A random page", () => {
  hosted("leaves one field that can be signed in with", async ({ visitor, host }) => {
    // The acts are editing commands, as those are that the element gives.
    visitor.expects(/execCommand\(\)/);
    servesInPage(host);
    await visitor.page.goto(host.url + STAGE);
    const end = performance.now() + SECONDS * 1000;
    for (let seed = SEED; performance.now() < end; seed++) {
      const { steps, faults } = await visitor.page.evaluate(async ([seed, length]) =>
        (await import("/in-page/random.js")).story(seed, length), [seed, LENGTH]);
      nothingWrong(faults.map((fault) => `MFA_PAGES_SEED=${seed}: ${steps.join(", ")}: ${fault}`));
    }
  });

  hosted("that takes away whatever is put back does not hang", async ({ visitor, host }) => {
    servesInPage(host);
    await visitor.page.goto(host.url + STAGE);
    const turns = await visitor.page.evaluate(async () => {
      const { staged, frame } = await import("/in-page/stage.js");
      const { host } = await staged("idle");
      let removed = 0;
      new MutationObserver(() => {
        const texts = [...host.querySelectorAll("p")];
        removed += texts.length;
        texts.forEach((text) => text.remove());
      }).observe(host, { childList: true, subtree: true });
      host.querySelector("p").remove();
      for (let frames = 0; frames < 30; frames++) await frame();
      return removed;
    });
      // Without an end it would not have come this far; some hundred at each would be as good as none.
    if (turns > 5000) throw new Error(`it was put back ${turns} times in 30 frames`);
    await visitor.element.locator("input").fill("12");
  });
});
