/**
 * `<mfa-code endpoint="/mfa">` around the page's own `<input>`: lifecycle, and what makes the
 * plain field usable until the module is there. No decisions, no requests.
 */
import { made, prepare, WATCHED } from "./light-dom.js";
import { load } from "./load.js";
import { adopt, chrome, painted } from "./sheet.js";

/** The order is the module's: it is handed the number, not the name. */
const EVENTS = ["input", "paste", "click", "invalid", "selectionchange", "focusin", "focusout", "online",
  "change", "submit", "beforeinput", "compositionend", "pageshow", "pagehide", "visibilitychange", "storage",
  "compositionstart", "value", "mousedown", "keydown", "keyup",
];

/** Attributes with a property twin; what is true of a boolean one is that it is there. */
const TEXTS = [
  "endpoint", "ticket", "to", "channel", "channels", "interaction", "token-length",
  "max-attempts", "valid-for", "name", "groups",
];
const FLAGS = ["allow-alphas", "autostart", "autosubmit", "required", "disabled", "readonly", "mask"];

/** How often in a frame the parts are put in order; a page that undoes it each time is not outrun. */
const MOST_REPAIRS = 10;

/** The elements in the page, of which each speaks the language around it. */
const alive = new Set();
const languages = globalThis.MutationObserver && new MutationObserver(() => {
  for (const element of alive) element.attributeChangedCallback("lang");
});

const named = new WeakSet();

export class MfaCodeElement extends (globalThis.HTMLElement ?? class {}) {
  static formAssociated = true;
  // `verify` has no twin: as a property it reads as the method. `lang` has that of every element.
  static observedAttributes = [...TEXTS, ...FLAGS, "verify", "lang", "form"];

  /** Registers the element; a name that is taken is left alone. */
  static define(tag = "mfa-code", registry = globalThis.customElements) {
    // On a server, and in a browser that is too old, the field stays the plain one that it is.
    if (!registry || !this.prototype.attachInternals || !document.adoptedStyleSheets) return this;
    // A class has one name; further ones are classes of their own.
    if (!registry.get(tag)) registry.define(tag, named.has(this) ? class extends this {} : this);
    named.add(this);
    return this;
  }

  #internals = this.attachInternals();
  #chrome = Object.assign(chrome(this), made(), { host: this, internals: this.#internals, language: "", events: EVENTS });
  #widget = null;
  #observer = new MutationObserver(() => this.#heal());
  /** In this frame. */
  #repairs = 0;
  #unwatch = null;
  /** A submit that waits for the module. */
  #held = null;
  #loading = false;
  #crashed = false;
  #strings = null;
  /** The language that was asked for; the one that is spoken, with its words. */
  #asked = "";
  #language = "";
  #locale = null;
  #headers = null;
  /** Whoever waits for the module to be there. */
  #waiting = [];

  // Frameworks set what is a property as one. What these two read is not what their attributes say,
  // so what is set goes there.
  get form() { return this.#internals.form; }
  set form(id) { reflect(this, "form", id); }
  get verify() { return this.#verify; }
  set verify(when) { reflect(this, "verify", when); }

  // As other form controls have them, for whoever reads a form field by field.
  get type() { return this.localName; }
  get labels() { return this.#internals.labels; }
  get value() { return this.#call((widget) => widget.value()) ?? ""; }
  // Scripts that empty every field of a form must not fail at this one, which has nothing to be set.
  set value(_) {}

  get validity() { return this.#internals.validity; }
  get validationMessage() { return this.#internals.validationMessage; }
  get willValidate() { return this.#internals.willValidate; }
  checkValidity() { return this.#internals.checkValidity(); }
  reportValidity() { return this.#internals.reportValidity(); }

  /** What the entry stands at; `idle` until the module is there. */
  get state() { return this.#call((widget) => widget.state()) ?? { phase: "idle" }; }

  /** Words instead of the built-in ones, by their names. */
  get strings() { return this.#strings; }
  set strings(words) { this.#strings = words; this.#configure(); }

  /** Headers for the endpoint, such as a CSRF token. */
  get headers() { return this.#headers; }
  set headers(headers) { this.#headers = headers; this.#configure(); }

  start(channel) { return this.#later((widget) => widget.start(channel)); }
  resend(channel) { return this.#later((widget) => widget.resend(channel)); }
  #verify() { return this.#later((widget) => widget.verify()); }
  reset() { this.#call((widget) => widget.reset()); }
  focus(options) { this.#field?.focus(options); }
  get #field() { return this.#chrome.field; }

  constructor() {
    super();
    // A label of the host leads to the field, as that of any control does.
    this.addEventListener("click", (event) => event.composedPath()[0] === this && this.focus());
  }

  connectedCallback() {
    const twins = [...TEXTS, ...FLAGS].map(camel);
    for (const name of ["strings", "headers", "verify", "form", "value", ...twins]) upgrade(this, name);
    // Run by a script that is ahead of the parser: the page's own field may be still to come.
    if (!this.querySelector("input") && document.readyState === "loading") {
      load().catch(() => {});
      document.addEventListener("DOMContentLoaded", () => this.isConnected && this.#mount(), { once: true });
    } else this.#mount();
  }

  disconnectedCallback() {
    // A move in the page is a disconnect and a connect in one task: keep the interaction.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#drop();
    });
  }

  attributeChangedCallback(name, _, value) {
    if (name === "lang" && this.#field) this.#speak();
    else if (name === "form") this.#field && reflect(this.#field, "form", value);
    else this.#configure();
  }
  formAssociatedCallback() { this.#heal(); }
  formDisabledCallback(disabled) {
    if (this.#field) this.#field.disabled = disabled;
    this.#call((widget) => widget.disable(disabled));
  }
  formResetCallback() { this.reset(); }
  handleEvent(event) {
    if (this.#loading && event.type === "submit") this.#hold(event);
    this.#call((widget) => widget.handle(EVENTS.indexOf(event.type), event));
  }

  #mount() {
    const root = this.getRootNode();
    adopt(root);
    prepare(this.#chrome);
    this.#observer.observe(this, WATCHED);
    alive.add(this);
    // Out of one shadow root after the other.
    for (let at = root; at; at = at.host?.getRootNode()) {
      languages.observe(at, { subtree: true, attributeFilter: ["lang"] });
    }
    this.#speak();
    if (this.#widget) {
      this.#call((widget) => widget.moved());
      this.#heal();
    } else {
      root.addEventListener("submit", this, true);
      this.#load();
    }
  }

  /** Puts in order what the page has changed, before the next frame. */
  #heal() {
    if (!this.isConnected || !this.#field) return;
    const before = this.#field;
    const isDamaged = prepare(this.#chrome) || Boolean(this.#widget && !this.dataset.state);
    if (this.#widget && before !== this.#field) this.#watch();
    this.#call((widget) => widget.heal(isDamaged));
    // Ours are no news.
    this.#observer.takeRecords();
    if (!isDamaged) return;
    if (!this.#repairs++) {
      requestAnimationFrame(() => {
        const wasOutrun = this.#repairs > MOST_REPAIRS;
        this.#repairs = 0;
        if (!wasOutrun || !this.isConnected) return;
        this.#observer.observe(this, WATCHED);
        this.#heal();
      });
    }
    if (this.#repairs > MOST_REPAIRS) this.#observer.disconnect();
  }

  /** Hears when a script sets the field's value, of which no event tells. */
  #watch() {
    this.#unwatch?.();
    const field = this.#field;
    const told = () => this.handleEvent({ type: "value" });
    this.#unwatch = watch(field, () => {
      if (field.value) return told();
      // Emptied, or morphed together with all that stands in the element?
      queueMicrotask(() => {
        if (this.#observer.takeRecords().length > 0) this.#heal();
        told();
      });
    });
  }

  /** A form that the browser does not validate is held back here, as long as it is not known whether it may go. */
  #hold(event) {
    const { target, submitter } = event;
    const { validity, willValidate } = this.#internals;
    if (target !== this.form || submitter?.formNoValidate || validity.valid || !willValidate) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#held = () => target.requestSubmit(submitter?.form === target ? submitter : undefined);
  }

  async #load() {
    if (this.#loading || this.#crashed) return;
    this.#loading = true;
    // Until then a submit waits; the plain field alone must not be stopped by us for good.
    if (this.matches("[required],[verify=submit]")) {
      this.#internals.setValidity(bare({ valueMissing: true }), "One moment, the code is not checked yet.", this.#field);
    }
    let wasm;
    try {
      wasm = await load(painted(), () => this.#load());
    } catch (error) {
      // The site's backend can still verify what the plain field posts.
      return this.#fail("load", error);
    } finally {
      this.#loading = false;
    }
    // The page may have removed us while the module loaded.
    if (!this.isConnected) return;
    try {
      prepare(this.#chrome);
      this.#widget = new wasm.Widget(this.#chrome);
    } catch (error) {
      return this.#fail("crash", error);
    }
    this.#watch();
    this.#call((widget) => widget.begin());
    if (this.hasAttribute("autofocus") && this.#mayTakeFocus()) this.focus();
    this.#ready();
  }

  /** Who is busy elsewhere stays there. A dialog gives the focus to a button of its own, for want of better. */
  #mayTakeFocus() {
    const { activeElement: active, body } = document;
    return !active || active === body
      || active.matches("button,[tabindex],dialog") && Boolean(this.closest("dialog:modal")?.contains(active));
  }

  #configure() {
    const words = { ...this.#locale, ...this.#strings };
    Object.assign(this.#chrome, { words, language: this.#language });
    this.#call((widget) => widget.configure());
  }

  /** The words of the language that the page is in here; English is built in. */
  async #speak() {
    let asked = "";
    // Out of one shadow root after the other.
    for (let at = this; at && !asked; at = at.getRootNode().host) asked = at.closest("[lang]")?.lang ?? "";
    if (asked !== this.#asked) {
      this.#asked = asked;
      let found;
      try {
        found = /^(en\b|$)/i.test(asked) ? {} : await (await import("./locale.js")).words(asked);
      } catch {
        // Words that do not come are said in English.
      }
      // Another language may have been asked for meanwhile.
      if (asked !== this.#asked) return;
      this.#locale = found?.words;
      // Nor would a date in that language fit into an English sentence.
      this.#language = found ? asked : "";
    }
    this.#configure();
  }

  /** Every call into the module: after a trap the plain field stays. */
  #call(use) {
    if (!this.#widget) return undefined;
    try {
      return use(this.#widget);
    } catch (error) {
      // A trap, or a field that the page took away: the module is in no state to go on from. The
      // page's own mistakes, such as a channel that is none, come as rejected promises.
      this.#fail("crash", error);
    }
  }

  async #later(use) {
    if (!this.#widget && !this.#crashed) {
      // After a module that did not load this is another try.
      if (this.#field) this.#load();
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    return (await this.#call(use)) ?? this.state;
  }

  #ready() {
    this.#held?.();
    this.#held = null;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #drop() {
    const widget = this.#widget;
    this.#widget = null;
    this.#unwatch?.();
    if (!this.isConnected) {
      this.#observer.disconnect();
      alive.delete(this);
    }
    try {
      widget?.end();
      widget?.free();
    } catch {
      // It trapped while it was in use; there is nothing left to give back.
    }
  }

  /** Back to a plain field in a form, and the page is told. */
  #fail(kind, error) {
    this.#drop();
    this.#crashed = kind === "crash";
    delete this.dataset.state;
    this.removeAttribute("aria-busy");
    this.#internals.states?.clear();
    if (this.#field) this.#field.readOnly = false;
    this.#field?.removeAttribute("aria-invalid");
    for (const button of this.#chrome.buttons) button.hidden = true;
    this.#chrome.status.textContent = "";
    this.#internals.setFormValue(null);
    this.#internals.setValidity(bare({}));
    this.#ready();
    const detail = { kind, retryable: kind === "load" };
    this.dispatchEvent(new CustomEvent("mfa-error", bare({ bubbles: true, composed: true, detail })));
    console.error("mfa-code:", error);
  }
}

/** Tells when a script sets the field's value, of which no event does; returns the way back. */
function watch(field, tell) {
  const of = (owner) => Object.getOwnPropertyDescriptor(owner, "value");
  const own = of(field);
  // A framework may have put its own there, which goes on hearing.
  const { get, set } = own ?? of(HTMLInputElement.prototype);
  const ours = (value) => (set.call(field, value), tell());
  Object.defineProperty(field, "value", { get, set: ours, configurable: true });
  return () => {
    // Who has put theirs over ours keeps it.
    if (of(field)?.set !== ours) return;
    delete field.value;
    if (own) Object.defineProperty(field, "value", own);
  };
}

/** Of what a page has put on `Object.prototype` the browser must not take anything for ours. */
function bare(options) {
  return { __proto__: null, ...options };
}

function reflect(element, name, value) {
  value == null ? element.removeAttribute(name) : element.setAttribute(name, value);
}

function camel(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** A property that was set before the element was defined shadows the class's own. */
function upgrade(element, name) {
  if (!element.hasOwnProperty(name)) return;
  const value = element[name];
  delete element[name];
  element[name] = value;
}

for (const name of TEXTS) {
  Object.defineProperty(MfaCodeElement.prototype, camel(name), {
    get() { return this.getAttribute(name); },
    set(value) { reflect(this, name, value); },
    configurable: true,
    enumerable: true,
  });
}
for (const name of FLAGS) {
  Object.defineProperty(MfaCodeElement.prototype, camel(name), {
    get() { return this.hasAttribute(name); },
    set(value) { this.toggleAttribute(name, Boolean(value)); },
    configurable: true,
    enumerable: true,
  });
}
