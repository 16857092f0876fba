// Sequences of mutations and of a visitor's acts that nobody has thought of. Runs in the page.

import { listens } from "./ears.js";
import { MUTATIONS } from "./mutations.js";
import { frame, letsGo, signsIn, staged, STATES, types } from "./stage.js";
import { fieldsOf, standing } from "./standing.js";

const heard = listens();

/** The same numbers for the same seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a visitor does at whatever field there is. */
const ACTS = {
  "types a digit": (host) => (fieldsOf(host)[0].focus(), types("7")),
  "deletes a character": (host) => (fieldsOf(host)[0].focus(), document.execCommand("delete")),
  "selects all": (host) => fieldsOf(host)[0].select(),
  "goes elsewhere": () => document.activeElement.blur(),
  "waits for an answer": () => letsGo(),
};

/** Two fields, two labels or another element are the page's own; what follows could not be judged. */
const SURE = MUTATIONS.filter(({ doubles, another }) => !doubles && !another);

/**
 * @returns {Promise<{steps: string[], faults: string[]}>} What was done, and what was wrong after the last of it.
 */
export async function story(seed, length) {
  const below = numbers(seed);
  const one = (of) => of[below(of.length)];
  const state = one(Object.keys(STATES));
  const steps = [state];
  try {
    const { host, html } = await staged(state);
    for (let step = 0; step < length; step++) {
      heard.length = 0;
      let theirs = [];
      if (below(3)) {
        const { name, act } = one(SURE);
        steps.push(name);
        const before = standing(host).error;
        act(host, html);
        theirs = heard.now();
        await frame();
        // Only what was there before can be read out again.
        const again = heard.filter((text) => text === before && !theirs.includes(text));
        if (again.length) return { steps, faults: [`read out again: ${again}`] };
      } else {
        const name = one(Object.keys(ACTS));
        steps.push(`the visitor ${name}`);
        await ACTS[name](host);
        await frame();
      }
      const { wrong } = standing(host);
      if (wrong.length) return { steps, faults: wrong };
    }
    steps.push("the visitor signs in");
    const inTheWay = await signsIn(host);
    return { steps, faults: inTheWay ? [inTheWay] : [] };
  } catch (error) {
    return { steps, faults: [error.message] };
  }
}
