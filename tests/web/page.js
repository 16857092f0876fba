/** The page of a test: what `element.js` makes of a page, what the endpoint says, and a clock. */

/** The order is the module's: it is handed the number, not the name. */
const EVENTS = ["input", "paste", "click", "invalid", "selectionchange", "focusin", "focusout", "online",
  "change", "submit", "beforeinput", "compositionend", "pageshow", "pagehide", "visibilitychange", "storage",
  "compositionstart", "value", "mousedown", "keydown", "keyup"];
const TOLD = ["statechange", "sent", "complete", "verify", "verified", "rejected", "closed", "error"];

customElements.define("test-host", class extends HTMLElement {
  static formAssociated = true;
  internals = this.attachInternals();
  strings = null;
  headers = null;
  heard = () => {};
  handleEvent(event) { this.heard(EVENTS.indexOf(event.type), event); }
});

/** A form with one host in it, and what the module is handed for it. */
export function build(attributes, value, chrome) {
  document.querySelector("form")?.remove();
  const make = (tag, set) => Object.assign(document.createElement(tag), set);
  const form = make("form");
  const host = make("test-host");
  for (const [name, value] of Object.entries(attributes)) host.setAttribute(name, value);
  const field = make("input", { value, slot: "field" });
  const hint = make("p", { slot: "hint" });
  const error = make("p", { slot: "error" });
  const summary = make("p", { slot: "summary" });
  host.append(field, summary, hint, error);
  form.append(host);
  document.body.append(form);
  const parts = {
    host, internals: host.internals, field, summary, hint, error, label: make("label"), events: EVENTS,
    get words() { return host.strings; }, language: "", ...chrome(host),
  };
  const told = [];
  for (const name of TOLD) {
    host.addEventListener(`mfa-${name}`, (event) => told.push(`${name} ${JSON.stringify(event.detail)}`));
  }
  return { parts, form, told };
}

/** What is painted has its place in the page, too. */
export function dress(host, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  host.shadowRoot.adoptedStyleSheets.push(sheet);
}

export const on = (host, name, call) => host.addEventListener(name, call);

/** Resolves once the host is in this state; at once if it is. */
export const until = (host, state) => new Promise((resolve) => {
  const look = () => host.dataset.state === state && resolve();
  host.addEventListener("mfa-statechange", look);
  look();
});

/** As a keyboard, a drop or a password manager changes a field. */
export function enter(field, value, caret, inputType) {
  field.value = value;
  field.setSelectionRange(caret, caret);
  field.dispatchEvent(new InputEvent("input", { inputType, bubbles: true }));
}

export function paste(field, start, end, text) {
  field.setSelectionRange(start, end);
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}

export function click(field, share) {
  const { left, width } = field.getBoundingClientRect();
  const clientX = left + share * width;
  for (const name of ["mousedown", "click"]) field.dispatchEvent(new MouseEvent(name, { clientX }));
}

export const fire = (field, name) => field.dispatchEvent(new Event(name, { bubbles: true }));
export const set_attribute = (host, name, value) => host.setAttribute(name, value);

const slots = (parts) => [...parts.slots.children];
export const painted = (parts) => slots(parts).map((slot) => slot.textContent).join("");
export const slot_count = (parts) => slots(parts).length;
export const active_slot = (parts) => slots(parts).findIndex((slot) => slot.part.contains("active"));
export const posted = (form) => JSON.stringify([...new FormData(form)]);

/** What the visitor can press, as it reads; without the button that reads the code out. */
export const buttons = (parts) => parts.buttons.slice(0, 3).filter((button) => !button.hidden)
  .map((button) => [...button.children].map((span) => span.textContent).filter(Boolean).join(" "));
export const press = (parts, text) =>
  parts.buttons.find((button) => !button.hidden && button.textContent.startsWith(text)).click();

let observer;
/** Counts what is written from here on, until `writes` is asked. */
export function watch(parts) {
  observer = new MutationObserver(() => {});
  for (const node of [parts.host, parts.host.shadowRoot]) {
    observer.observe(node, { childList: true, characterData: true, subtree: true });
  }
}
export function writes() {
  const count = observer.takeRecords().length;
  observer.disconnect();
  return count;
}

const real = { fetch, setInterval, clearInterval, now: Date.now };
const requests = [];

/** From here on the endpoint is this list of functions, one for each request. */
export function answers(list) {
  requests.length = 0;
  window.fetch = (url, init) => {
    requests.push({ url, init });
    return list.shift()(init);
  };
}
export const request_count = () => requests.length;
export const request = (index) => {
  const { url, init } = requests[index];
  return { url, method: init.method, headers: Object.fromEntries(new Headers(init.headers)), body: init.body };
};
export const aborted = (index) => requests[index].init.signal.aborted;

/** A body whose connection ends after the first bytes. */
export const broken_body = () => new Response(new ReadableStream({
  pull(controller) {
    controller.enqueue(new TextEncoder().encode('{"id":'));
    controller.error(new TypeError("network error"));
  },
}));

const timers = new Map();
let now;
/** From here on time stands still until `advance`. */
export function stop_clock() {
  now = real.now();
  timers.clear();
  let last = 0;
  window.setInterval = (call, delay) => {
    timers.set(++last, { call, delay, at: now + delay });
    return last;
  };
  window.clearInterval = (id) => timers.delete(id);
  Date.now = () => now;
}
export function advance(milliseconds) {
  const end = now + milliseconds;
  for (;;) {
    const [due] = [...timers.values()].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (!due) break;
    now = Math.max(now, due.at);
    due.at = now + Math.max(due.delay, 1);
    due.call();
  }
  now = end;
}
export const timer_count = () => timers.size;

/** The browser's own again. */
export function restore() {
  window.fetch = real.fetch;
  window.setInterval = real.setInterval;
  window.clearInterval = real.clearInterval;
  Date.now = real.now;
}

/** Counts the listeners that `round` adds and does not remove. */
export function listeners_left(round) {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  let added = 0;
  let left = 0;
  EventTarget.prototype.addEventListener = function (...args) {
    added += 1;
    left += 1;
    return addEventListener.apply(this, args);
  };
  EventTarget.prototype.removeEventListener = function (...args) {
    left -= 1;
    return removeEventListener.apply(this, args);
  };
  try {
    round();
  } finally {
    Object.assign(EventTarget.prototype, { addEventListener, removeEventListener });
  }
  if (added === 0) throw new Error("nothing was listened to");
  return left;
}
