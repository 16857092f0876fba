// What stays: after a thousand keys, with a thousand elements, after a thousand that came and went.

import { comeAndGo } from "../../tests/e2e/come-and-go.js";
import { CONTESTANTS, FIELD, ours, page } from "./contestants.js";
import { Visit } from "./visit.js";

const KEYS = 1000;
const WARM = 1000;
const COUNTS = [1, 10, 100, 1000];
const ROUNDS = 1000;

/** Bytes on the heap for each key that is typed or deleted, once those before have warmed it up. */
export async function perKey(browser, server, contestant) {
  return visiting(browser, server, contestant, async (visit) => {
    await visit.opens();
    await visit.evaluate("bench.alive()");
    await visit.evaluate("bench.field().focus()");
    const types = async (keys) => {
      for (let key = 0; key < keys; key += 2) {
        await visit.presses("4");
        await visit.presses("Backspace");
      }
    };
    await visit.evaluate("bench.stopped = true");
    await types(WARM);
    const before = await visit.collected();
    await types(KEYS);
    const after = await visit.collected();
    return { heap: (after.heap - before.heap) / KEYS, linear: after.linear - before.linear };
  });
}

/** Heap, linear memory and instances with so many elements on one page. */
export async function crowds(browser, server) {
  const contestant = CONTESTANTS.find(({ name }) => name === "mfa-code");
  const all = [];
  for (const count of [0, ...COUNTS]) {
    const entry = Array.from({ length: count }, (_, at) => ours(FIELD.replaceAll(`"code"`, `"code-${at}"`), at)).join("\n");
    server.put(`/crowd/${count}.html`, page(entry, contestant.head));
    all.push(await visiting(browser, server, contestant, async (visit) => {
      await visit.opens(`/crowd/${count}.html`);
      await visit.page.waitForFunction((count) => document.readyState === "complete"
        && document.querySelectorAll("mfa-code[data-state]").length === count, count);
      const instances = await visit.evaluate("bench.memories.size");
      return { count, instances, ...await visit.collected() };
    }));
  }
  return all;
}

/** What is there after some elements have come and gone, and after a thousand. */
export async function comings(browser, server) {
  const contestant = CONTESTANTS.find(({ name }) => name === "mfa-code");
  return visiting(browser, server, contestant, async (visit) => {
    await visit.opens();
    await visit.evaluate("bench.alive()");
    const stood = async () => {
      const { nodes, jsEventListeners } = await visit.devtools.send("Memory.getDOMCounters");
      return { nodes, listeners: jsEventListeners };
    };
    const all = [];
    for (const rounds of [0, WARM, ROUNDS]) {
      // Those before were for the browser to get used to it.
      await visit.page.evaluate(comeAndGo, { markup: ours(FIELD), rounds });
      const memory = await visit.collected();
      all.push({ rounds, ...memory, ...await stood() });
    }
    return all;
  });
}

async function visiting(browser, server, contestant, act) {
  const visit = await Visit.begins(browser, server, contestant);
  try {
    return await act(visit);
  } finally {
    await visit.ends();
  }
}
