/**
 * `<mfa-code endpoint="/mfa">` around the page's own `<input>`: lifecycle, and what makes the
 * plain field usable until the module is there. No decisions, no requests.
 */
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

/** What is typed into; the page may have others beside it. */
const FIELD = "input:not([type=hidden],[type=checkbox],[type=radio],[type=submit],[type=button],[type=reset],"
  + "[type=image],[type=file],[type=range],[type=color],[type=date])";

/** Whether the platform is all there: not in a browser that is too old, nor in a DOM without one. */
const able = () => HTMLElement.prototype.attachInternals && document.adoptedStyleSheets
  && ["setValidity", "setFormValue"].every((it) => it in (globalThis.ElementInternals?.prototype ?? {}));

const make = (tag, set) => Object.assign(document.createElement(tag), set);
let count = 0;
const named = new WeakSet();

export class MfaCodeElement extends (globalThis.HTMLElement ?? class {}) {
  static formAssociated = true;
  // `verify` has no twin: as a property it reads as the method. `lang` has that of every element.
  static observedAttributes = [...TEXTS, ...FLAGS, "verify", "lang", "form"];

  /** Registers the element; a name that is taken is left alone. */
  static define(tag = "mfa-code", registry = globalThis.customElements) {
    // A server.
    if (!registry) return this;
    // A class has one name; further ones are classes of their own.
    if (!registry.get(tag)) registry.define(tag, named.has(this) ? class extends this {} : this);
    named.add(this);
    return this;
  }

  #internals = able() ? this.attachInternals() : { checkValidity: () => true, reportValidity: () => true };
  #chrome = Object.assign(able() ? chrome(this) : {}, {
    host: this, internals: this.#internals, events: EVENTS, language: "",
    // Where the page has none.
    made: make("input", { id: `mfa-code-field-${++count}`, name: "token", autocomplete: "one-time-code", inputMode: "numeric", dir: "ltr" }),
    label: make("label", { htmlFor: `mfa-code-field-${count}`, textContent: "Security code" }),
  });
  #widget = null;
  #lightDom = null;
  /** A submit that waits for the module. */
  #held = null;
  #loading = false;
  /** Where it cannot work, the field stays the plain one that it is, and every promise is kept. */
  #crashed = !able();
  #failed = false;
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
    for (const name of ["strings", "headers", "verify", "form", ...twins]) upgrade(this, name);
    if (!able()) return;
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
  formAssociatedCallback() { this.#lightDom?.repair(); }
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
    this.#place();
    this.#speak();
    if (this.#widget) {
      this.#call((widget) => widget.moved());
      this.#lightDom.moved();
      this.#lightDom.repair();
    } else {
      root.addEventListener("submit", this, true);
      this.#load();
    }
  }

  /**
   * Puts the page's own field, or one with a label where the page has none, over the slots.
   * @returns {boolean} Whether it was not there.
   */
  #place() {
    const { made, label } = this.#chrome;
    const fields = [...this.querySelectorAll(FIELD)];
    let field = this.#field;
    // One of the page's goes before ours, and one that is known before another.
    if (field === made || !fields.includes(field)) field = fields.find((other) => other !== made) ?? made;
    // What was typed into one that is gone was typed by the visitor all the same.
    if (this.#field && field !== this.#field && !field.value) field.value = this.#field.value;
    const isThere = field === this.#field && field.slot === "field" && field.parentNode === this;
    this.#chrome.field = field;
    if (field !== made) {
      made.remove();
      label.remove();
    }
    // Only a child of ours can be laid over the slots. A label around it goes on naming it.
    const around = field.closest("label");
    if (field.parentNode !== this) {
      if (field === made) this.append(label);
      this.append(field);
    }
    if (around && this.contains(around) && !around.control) around.htmlFor = field.id ||= `mfa-code-field-${++count}`;
    field.slot = "field";
    field.disabled ||= this.matches(":disabled");
    // As ours, its form can be one that we do not stand in.
    if (this.hasAttribute("form")) reflect(field, "form", this.getAttribute("form"));
    return !isThere;
  }

  /** A form that the browser does not validate is held back here, as long as it is not known whether it may go. */
  #hold(event) {
    const { target, submitter } = event;
    const { validity, willValidate } = this.#internals;
    if (target !== this.form || submitter?.formNoValidate || validity.valid || !willValidate) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const by = submitter?.form === target ? submitter : undefined;
    // A control of the page may be named so.
    this.#held = () => HTMLFormElement.prototype.requestSubmit.call(target, by);
  }

  async #load() {
    if (this.#loading || this.#crashed) return;
    this.#loading = true;
    if (this.#failed) this.#offer(false);
    // Until then a submit waits; the plain field alone must not be stopped by us for good.
    if (this.matches("[required],[verify=submit]")) {
      this.#internals.setValidity(bare({ valueMissing: true }), "One moment, the code is not checked yet.", this.#field);
    }
    let wasm;
    let dom;
    try {
      const also = painted().then((rest) => (dom = rest));
      wasm = await load(also, () => this.#load());
    } catch (error) {
      // The site's backend can still verify what the plain field posts.
      return this.#fail("load", error);
    } finally {
      this.#loading = false;
    }
    // The page may have removed us while the module loaded.
    if (!this.isConnected) return;
    try {
      this.#place();
      this.#lightDom = new dom.LightDom(this.#chrome, {
        place: () => this.#place(),
        repaired: (isDamaged) => this.#call((widget) => widget.heal(isDamaged)),
        valued: () => this.handleEvent({ type: "value" }),
        speak: () => this.#speak(),
      });
      this.#widget = new wasm.Widget(this.#chrome);
    } catch (error) {
      return this.#fail("crash", error);
    }
    this.#speak();
    this.#call((widget) => widget.begin());
    if (this.hasAttribute("autofocus") && dom.mayTakeFocus(this)) this.focus();
    this.#ready();
  }

  #configure() {
    const words = { ...this.#locale, ...this.#strings };
    Object.assign(this.#chrome, { words, language: this.#language });
    if (this.#failed) this.#offer(true);
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
    this.#lightDom?.end();
    this.#lightDom = null;
    try {
      widget?.end();
      widget?.free();
    } catch {
      // It trapped while it was in use; there is nothing left to give back.
    }
  }

  /** Back to a plain field in a form, and the page is told. */
  async #fail(kind, error) {
    this.#drop();
    this.#crashed = kind === "crash";
    delete this.dataset.state;
    this.removeAttribute("aria-busy");
    this.#internals.states?.clear();
    if (this.#field) this.#field.readOnly = false;
    this.#field?.removeAttribute("aria-invalid");
    for (const button of this.#chrome.buttons) button.hidden = true;
    this.#offer(!this.#crashed);
    this.#internals.setFormValue(null);
    this.#internals.setValidity(bare({}));
    this.#ready();
    const detail = { kind, retryable: this.#failed };
    this.dispatchEvent(new CustomEvent("mfa-error", bare({ bubbles: true, composed: true, detail })));
    // A file that nobody needs but after a failure, and that may be out of reach, too.
    console.error("mfa-code:", kind === "load"
      ? await import("./remedy.js").then(({ remedy }) => remedy(error), () => error) : error);
  }

  /** Says that the module is not there, with a way to try again; or takes that back. */
  #offer(failed) {
    const { buttons: [retry], hintRow, status, words } = this.#chrome;
    this.#failed = failed;
    status.textContent = failed ? words?.not_loaded ?? "Part of this page did not load. Check your connection and try again." : "";
    retry.firstChild.textContent = words?.retry ?? "Try again";
    retry.hidden = !failed;
    retry.onclick = failed ? () => {
      // The button goes away, and the focus would with it.
      this.focus();
      this.#load();
    } : null;
    // No row is kept for a text that does not come.
    hintRow.hidden = failed && !this.querySelector("[slot=hint]");
  }
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
