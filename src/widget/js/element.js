/**
 * `<mfa-code endpoint="/mfa">` around the page's own `<input>`: lifecycle, and what makes the
 * plain field usable until the module is there. No decisions, no requests.
 */
import { load } from "./load.js";
import { adopt, chrome, painted } from "./sheet.js";

/** The order is the module's: it is handed the number, not the name. */
const EVENTS = ["input", "paste", "click", "invalid", "selectionchange", "focusin", "focusout", "online",
  "change", "submit", "beforeinput", "compositionend", "pageshow", "pagehide", "visibilitychange", "storage",
  "compositionstart", "value", "mousedown",
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
let made = 0;
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
  #chrome = Object.assign(able() ? chrome(this) : {}, { language: "" });
  #field = null;
  #widget = null;
  #unwatch = null;
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

  connectedCallback() {
    const twins = [...TEXTS, ...FLAGS].map(camel);
    for (const name of ["strings", "headers", "verify", "form", ...twins]) upgrade(this, name);
    if (!able()) return;
    const field = this.querySelector(FIELD);
    // Run by a script that is ahead of the parser: the page's own field may be still to come.
    if (!field && document.readyState === "loading") {
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
  formDisabledCallback(disabled) {
    if (this.#field) this.#field.disabled = disabled;
    this.#call((widget) => widget.disable(disabled));
  }
  formResetCallback() { this.reset(); }
  handleEvent(event) { this.#call((widget) => widget.handle(EVENTS.indexOf(event.type), event)); }

  #mount() {
    adopt(this.getRootNode());
    this.#field ??= this.#dress();
    this.#speak();
    this.#widget ? this.#call((widget) => widget.moved()) : this.#load();
  }

  async #load() {
    if (this.#loading || this.#crashed) return;
    this.#loading = true;
    if (this.#failed) this.#offer(false);
    const light = this.#field;
    // Until then a submit waits; the plain field alone must not be stopped by us for good.
    if (this.hasAttribute("required")) {
      this.#internals.setValidity({ valueMissing: true }, "One moment, the code is not checked yet.",
        this.contains(light) ? light : undefined);
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
      this.#widget = new wasm.Widget(Object.assign(this.#chrome, {
        host: this, internals: this.#internals, field: light, events: EVENTS,
      }));
    } catch (error) {
      return this.#fail("crash", error);
    }
    this.#unwatch = watch(light, () => this.handleEvent({ type: "value" }));
    this.#call((widget) => widget.begin());
    // Who is busy elsewhere by now stays there.
    if (this.hasAttribute("autofocus") && document.activeElement === document.body) light.focus();
    this.#ready();
  }

  /** The page's own field, or one with a label where the page has none. */
  #dress() {
    let field = this.querySelector(FIELD);
    if (!field) {
      field = make("input", { id: `mfa-code-${++made}`, name: "token", autocomplete: "one-time-code", dir: "ltr" });
      this.#chrome.label = make("label", { htmlFor: field.id, textContent: "Security code" });
      this.append(this.#chrome.label, field);
    }
    // Only a child of ours can be laid over the slots. A label around it goes on naming it.
    if (field.parentNode !== this) {
      const label = field.closest("label");
      this.append(field);
      if (label && !label.control) label.htmlFor = field.id ||= `mfa-code-${++made}`;
    }
    field.slot = "field";
    field.disabled ||= this.matches(":disabled");
    // As ours, its form can be one that we do not stand in.
    if (this.hasAttribute("form")) reflect(field, "form", this.getAttribute("form"));
    field.autocomplete ||= "one-time-code";
    for (const [name, value] of Object.entries({
      inputmode: this.hasAttribute("allow-alphas") ? "text" : "numeric",
      autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "done", translate: "no",
    })) if (!field.hasAttribute(name)) field.setAttribute(name, value);
    // These are of the light DOM, where the field's IDREFs reach.
    const described = [];
    for (const slot of ["summary", "hint", "error"]) {
      const text = this.querySelector(`[slot=${slot}]`) ?? make("p", { slot, hidden: slot === "summary" });
      text.id ||= `mfa-code-${slot}-${++made}`;
      if (slot === "error") text.setAttribute("role", "alert");
      if (!text.isConnected) this.append(text);
      described.push(text.id);
      this.#chrome[slot] = text;
    }
    const before = field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-describedby", [...new Set([...before.split(/\s+/), ...described])].join(" ").trim());
    return field;
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
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #drop() {
    const widget = this.#widget;
    this.#widget = null;
    this.#unwatch?.();
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
    this.#internals.setValidity({});
    this.#ready();
    const detail = { kind, retryable: this.#failed };
    this.dispatchEvent(new CustomEvent("mfa-error", { bubbles: true, composed: true, detail }));
    // A file that nobody needs but after a failure, and that may be out of reach, too.
    console.error("mfa-code:", kind === "load"
      ? await import("./remedy.js").then(({ remedy }) => remedy(error), () => error) : error);
  }

  /** Says that the module is not there, with a way to try again; or takes that back. */
  #offer(failed) {
    const { buttons: [retry], hint, status, words } = this.#chrome;
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
    hint.hidden = failed && !hint.textContent;
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
