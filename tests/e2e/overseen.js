// Everything that an element shows and tells, written down from the first moment on: for comparing
// it with what the manifest promises.

/** Runs in the page before any script of its own. */
function oversee() {
  const known = new Set();
  const see = (kind, what) => {
    const key = JSON.stringify([kind, what]);
    // Once for each page is enough.
    if (!known.has(key)) window.seen(kind, what);
    known.add(key);
  };
  /** Has every such call on an element of ours looked at, once it is made. */
  const after = (prototype, name, look) => {
    const original = prototype[name];
    prototype[name] = function (...args) {
      const result = original.apply(this, args);
      if (this.localName === "mfa-code") look(this, result, ...args);
      return result;
    };
  };
  after(Element.prototype, "attachShadow", (host, root) => {
    const look = (records) => {
      for (const { oldValue } of records) for (const part of oldValue?.split(" ") ?? []) see("part", part);
      for (const it of root.querySelectorAll("[part]")) for (const part of it.part) see("part", part);
      for (const { name } of root.querySelectorAll("slot")) see("slot", name);
      for (const { slot } of host.children) see("slotted", slot);
    };
    new MutationObserver(look).observe(root, {
      attributeFilter: ["part"], attributeOldValue: true, childList: true, subtree: true,
    });
  });
  after(HTMLElement.prototype, "attachInternals", (host, internals) => {
    const look = () => {
      see("data-state", host.dataset.state ?? null);
      see("states", [...internals.states]);
      const { phase, ...more } = host.state;
      see("snapshot", { phase, more: Object.keys(more).sort() });
    };
    new MutationObserver(look).observe(host, { attributeFilter: ["data-state"] });
  });
  for (const name of ["getAttribute", "hasAttribute"]) {
    after(Element.prototype, name, (_host, _result, attribute) => see("attribute", attribute));
  }
  after(EventTarget.prototype, "dispatchEvent", (_host, _result, event) => {
    const { type, constructor, bubbles, composed, cancelable, detail } = event;
    see("event", { type, class: constructor.name, bubbles, composed, cancelable, detail: Object.keys(detail).sort() });
  });
}

/**
 * Oversees every page of the context from here on.
 *
 * @returns {Promise<(kind: string) => any[]>} What was seen of a kind so far, each once: `part`,
 *   `slot`, `slotted`, `attribute` (that the element read of itself), `event`, `data-state`, `states`,
 *   `snapshot` (what `state` had at each change).
 */
export async function overseen(context) {
  const seen = new Map();
  await context.exposeFunction("seen", (kind, what) => seen.set(JSON.stringify([kind, what]), { kind, what }));
  await context.addInitScript(oversee);
  return (kind) => [...seen.values()].filter((it) => it.kind === kind).map(({ what }) => what);
}
