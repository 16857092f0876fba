// What looks on from inside a page: the same in everybody's, and there before any of its scripts.

/**
 * Runs in the page.
 * @param {string} shown An expression: the digits that are seen.
 */
export function instruments(shown) {
  const seen = () => (0, eval)(shown);
  const bench = (window.bench = { tasks: [], memories: new Set() });

  /** The frame after this one is on its way to the screen. */
  const { port1, port2 } = new MessageChannel();
  let then = [];
  port1.onmessage = () => {
    for (const go of then.splice(0)) go(performance.now());
  };
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    then.push(resolve);
    port2.postMessage(0);
  }));

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) bench.tasks.push({ startTime, duration });
  }).observe({ type: "longtask", buffered: true });

  bench.at = (name) => performance.getEntriesByName(name)[0]?.startTime;
  const marked = (name) => new Promise((resolve) => {
    if (bench.at(name) !== undefined) return resolve(bench.at(name));
    new PerformanceObserver((list, observer) => {
      if (!list.getEntriesByName(name).length) return;
      observer.disconnect();
      resolve(bench.at(name));
    }).observe({ type: "mark" });
  });

  // The element says by itself what others' scripts mark.
  customElements.whenDefined("mfa-code").then(() => performance.mark("ready"));
  document.addEventListener("mfa-statechange", () => performance.mark("live"), { once: true });
  document.addEventListener("mfa-complete", () => performance.mark("complete"));
  document.addEventListener("mfa-verified", () => performance.mark("verified"));

  /** The field that is typed into, wherever it is. */
  bench.field = () => {
    const fields = [...document.querySelectorAll("input:not(.hidden)")];
    const hosts = [...document.querySelectorAll("main *")].filter(({ shadowRoot }) => shadowRoot);
    return fields[0] ?? hosts.map(({ shadowRoot }) => shadowRoot.querySelector("input")).find(Boolean);
  };
  const there = new Promise((resolve) => {
    const look = () => (bench.field()?.checkVisibility()
      ? painted().then(resolve) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });

  /** When the field was there, was listened to, and was all of what it is. */
  bench.alive = async () => {
    const field = await there;
    const live = await marked("live");
    // What is marked comes to the screen with the next frame.
    const now = await painted();
    return { field, ready: Math.max(field, bench.at("ready") ?? live), live: Math.max(field, live), painted: now };
  };

  /** For each key that shows something, from the key to the frame that shows it. */
  const took = [];
  let asked;
  addEventListener("keydown", async ({ key, timeStamp }) => {
    if (key === "v") bench.pasted = timeStamp;
    if (!/^\d$/.test(key) || bench.stopped) return;
    const before = seen();
    let now;
    do now = await painted(); while (seen() === before);
    took.push(now - timeStamp);
    asked?.();
  }, { capture: true });
  bench.seen = seen;
  bench.took = async (count) => {
    if (took.length < count) await new Promise((resolve) => (asked = () => took.length >= count && resolve()));
    return took;
  };

  /** From the keys of pasting to the moment at which the entry knows that the code is whole. */
  bench.paste = async () => {
    const complete = await marked("complete");
    return { complete: complete - bench.pasted, verified: await marked("verified") };
  };

  /** Long tasks that began before `end`; tasks are told of a little later than they end. */
  bench.long = async (end) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return bench.tasks.filter(({ startTime }) => startTime < end).reduce((sum, { duration }) => sum + duration, 0);
  };

  // Every linear memory that there is. What the module gets is its own all the same.
  bench.linear = () => [...bench.memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await real(...given);
      for (const value of Object.values((made.instance ?? made).exports)) {
        if (value instanceof WebAssembly.Memory) bench.memories.add(value);
      }
      return made;
    };
  }
}
