// Each mutation in a state, and what a person has before them a frame later. Runs in the page.

import { listens } from "./ears.js";
import { MUTATIONS } from "./mutations.js";
import { form, frame, RIGHT, signsIn, staged, types, until } from "./stage.js";
import { standing } from "./standing.js";

const heard = listens();

/** What was typed outlives it, and with it caret and focus, unless the field is locked anyway. */
function lost(before, after, { values = [undefined], another, losesFocus, anotherValue }) {
  const faults = [];
  const kept = values.map((value) => value ?? before.value);
  if (!kept.includes(after.value)) faults.push(`the field holds "${after.value}", not "${kept.join('" or "')}"`);
  // Another element is another interaction, and another value another try.
  if (another || anotherValue) return faults;
  if (after.state !== before.state) faults.push(`it stands at ${after.state}, not ${before.state}`);
  if (after.error !== before.error) faults.push(`the error is "${after.error}", not "${before.error}"`);
  if (!before.focused || losesFocus) return faults;
  if (!after.focused) faults.push("the focus is lost");
  if (after.value === before.value && String(after.caret) !== String(before.caret)) {
    faults.push(`the caret is at ${after.caret}, not ${before.caret}`);
  }
  return faults;
}

async function tries(state, mutation, inside) {
  // What the page has brought along itself it may have twice.
  if (inside && mutation.name.endsWith("cloned beside")) mutation = { ...mutation, doubles: true };
  const { host, html } = await staged(state, inside);
  const before = standing(host);
  if (before.wrong.length) return [`before: ${before.wrong}`];
  heard.length = 0;
  mutation.act(host, html);
  // Who moves an alert that has a text has it read out; within the frame that is once.
  const theirs = heard.now();
  await frame();
  const now = host.isConnected ? host : document.querySelector("main mfa-code");
  if (now !== host) await until(() => now.dataset.state, "the other element");
  const after = standing(now, mutation);
  const faults = [...after.wrong, ...lost(before, after, mutation)];
  const again = heard.filter((text) => !theirs.includes(text));
  if (again.length && now === host) faults.push(`read out again: ${again}`);
  const inTheWay = await signsIn(now, mutation);
  if (inTheWay) faults.push(inTheWay);
  const last = standing(now, mutation);
  if (last.value !== RIGHT && before.state !== "verified") faults.push(`it ends with "${last.value}"`);
  return [...faults, ...last.wrong.map((it) => `in the end: ${it}`)];
}

/** How many mutations there are. */
export const COUNT = MUTATIONS.length;

/**
 * @param {string} state One of `STATES`.
 * @param {{inside?: string, from?: number, to?: number, only?: string}} [how] What the server sent inside
 *   of the element; some of the mutations, by number; one, by name.
 * @returns {Promise<string[]>} What was wrong after which mutation.
 */
export async function matrix(state, { inside, from, to, only } = {}) {
  const found = [];
  for (const mutation of MUTATIONS.slice(from, to).filter(({ name }) => !only || name === only)) {
    let faults;
    try {
      faults = await tries(state, mutation, inside);
    } catch (error) {
      faults = [error.message];
    }
    for (const fault of new Set(faults)) found.push(`${mutation.name}: ${fault}`);
  }
  return found;
}

/** All of them at once while the module is still to come, each in a tree of its own with ids of its own. */
export function whileLoading(inside) {
  const main = document.querySelector("main");
  return MUTATIONS.map((mutation) => {
    const root = document.createElement("div").attachShadow({ mode: "open" });
    main.append(root.host);
    const { host, html } = form(inside, "", root);
    const field = host.querySelector("input");
    field.focus();
    types("12");
    const before = standing(host);
    mutation.act(host, html);
    return { mutation, host, root, before };
  });
}

/** What is wrong with them once the module has come. */
export async function afterLoading(begun) {
  const found = [];
  for (const { mutation, host, root, before } of begun) {
    const now = host.isConnected ? host : root.querySelector("mfa-code");
    const faults = [...before.wrong.map((it) => `before: ${it}`)];
    try {
      await until(() => now.dataset.state === "idle", "the element to come to life");
      const after = standing(now, mutation);
      faults.push(...after.wrong, ...lost({ ...before, state: "idle", focused: false }, after, mutation));
      faults.push(await signsIn(now, mutation));
    } catch (error) {
      faults.push(error.message);
    }
    for (const fault of new Set(faults)) if (fault) found.push(`${mutation.name}: ${fault}`);
  }
  return found;
}
