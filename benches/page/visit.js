// One visit to one page: by somebody with an old phone in a bad network, or to look at its memory.

import { instruments } from "./instruments.js";

/** As the developer tools throttle for "Slow 4G". */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 };
const NO_LIMIT = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

const OLD_PHONE = 4;
const CODE = "482916";

const PATIENCE = 20_000;

/** Of each visit; the last digit would complete the code. */
const TYPED = 5;
const TIMES = 2;

/** The page of a contestant, opened by a browser that has seen nothing yet. */
export class Visit {
  static async begins(browser, server, contestant) {
    const visit = new Visit();
    visit.server = server;
    visit.contestant = contestant;
    visit.context = await browser.newContext({ viewport: { width: 412, height: 823 } });
    await visit.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
    visit.page = await visit.context.newPage();
    visit.page.setDefaultTimeout(PATIENCE);
    visit.page.on("pageerror", (error) => (visit.trouble ??= error.message));
    visit.devtools = await visit.context.newCDPSession(visit.page);
    await visit.page.addInitScript(`(${instruments})(${JSON.stringify(contestant.shown)})`);
    server.fetched();
    return visit;
  }

  async opens(path = `/${this.contestant.name}/index.html`) {
    await this.page.goto(this.server.url + path, { waitUntil: "commit" });
  }

  async evaluate(expression) {
    let patience;
    const late = new Promise((_, reject) => {
      patience = setTimeout(() => reject(new Error(`${this.contestant.name}: ${expression} takes too long`)), PATIENCE);
    });
    return Promise.race([this.page.evaluate(expression), late]).finally(() => clearTimeout(patience));
  }

  async throttled(network, rate) {
    await this.devtools.send("Network.enable");
    await this.devtools.send("Network.emulateNetworkConditions", network);
    await this.devtools.send("Emulation.setCPUThrottlingRate", { rate });
  }

  async presses(key, more = {}) {
    const code = /\d/.test(key) ? `Digit${key}` : key;
    const virtual = { Backspace: 8, v: 86 }[key] ?? key.charCodeAt(0);
    const event = { key, code, windowsVirtualKeyCode: virtual, ...more };
    const text = /^\d$/.test(key) ? { text: key } : {};
    await this.devtools.send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...text });
    await this.devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** From each key to its frame, in ms. */
  async keys() {
    await this.evaluate("bench.field().focus()");
    let typed = 0;
    for (let time = 0; time < TIMES; time++) {
      for (const digit of CODE.slice(0, TYPED)) {
        await this.presses(digit);
        await this.evaluate(`bench.took(${++typed})`);
        // So that not every key comes at the same moment between two frames.
        await new Promise((resolve) => setTimeout(resolve, 15 + Math.random() * 30));
      }
      await this.empties();
    }
    return this.evaluate("bench.took(0)");
  }

  async empties() {
    for (let tries = 0; tries < 20 && await this.evaluate("bench.seen()"); tries++) await this.presses("Backspace");
    if (await this.evaluate("bench.seen()")) throw new Error("the field cannot be emptied");
    // Some move the focus a frame later.
    await this.evaluate("bench.field().focus()");
  }

  async pastes() {
    await this.evaluate(`navigator.clipboard.writeText("${CODE}")`);
    await this.presses("v", { modifiers: 2, commands: ["paste"] });
    return this.evaluate("bench.paste()");
  }

  async collected() {
    await this.devtools.send("HeapProfiler.enable");
    for (let time = 0; time < 3; time++) await this.devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.devtools.send("Runtime.getHeapUsage");
    return { heap: usedSize, linear: await this.evaluate("bench.linear()") };
  }

  async ends() {
    await this.context.close();
    if (this.trouble) throw new Error(`${this.contestant.name}: ${this.trouble}`);
  }
}

/** On Slow 4G with a processor that is four times as slow: from the address to the code that is right. */
export async function slowly(browser, server, contestant) {
  const visit = await Visit.begins(browser, server, contestant);
  try {
    await visit.throttled(SLOW_4G, OLD_PHONE);
    await visit.opens();
    const loaded = await visit.evaluate("bench.alive()");
    const bytes = server.fetched();
    await visit.throttled(NO_LIMIT, OLD_PHONE);
    const keys = await visit.keys();
    const { complete, verified } = await visit.pastes();
    const long = await visit.evaluate(`bench.long(${verified})`);
    return { ...loaded, bytes, keys, complete, long };
  } finally {
    await visit.ends();
  }
}

/** As fast as this machine is; what there is in memory before the first key. */
export async function fast(browser, server, contestant) {
  const visit = await Visit.begins(browser, server, contestant);
  try {
    await visit.opens();
    // Where no script says so.
    if (contestant.name === "empty") await visit.evaluate(`performance.mark("live") && undefined`);
    await visit.evaluate("bench.alive()");
    return { ...await visit.collected(), keys: await visit.keys() };
  } finally {
    await visit.ends();
  }
}
