/**
 * What the element has in the light DOM: the field, its label, and its texts, where the field's IDREFs
 * reach them.
 *
 * The page owns that tree. Its scripts and frameworks render it again, morph, clone, replace and
 * translate it, so it is put in order again and again: each time only what is out of order is touched.
 */

/** What is looked at again when the page changes it. */
const WATCHED = {
  // Nothing that the page has put on `Object.prototype` is an option.
  __proto__: null,
  childList: true,
  subtree: true,
  attributeFilter: [
    "slot", "id", "for", "type", "name", "role", "hidden", "disabled", "readonly", "maxlength", "inputmode", "autocomplete",
    "aria-describedby", "aria-label", "aria-labelledby", "aria-invalid", "aria-busy", "data-state",
  ],
};

/** How often in a frame it is put in order; a page that undoes it each time is not outrun. */
const MOST_REPAIRS = 10;

/** An id that the element has given, with what it names. */
const GIVEN = /^mfa-code-(\w+)-\d+$/;

let count = 0;

/** Whoever speaks the language that the page is in around it. */
const speakers = new Set();
const languages = new MutationObserver(() => {
  for (const speak of speakers) speak();
});

/** Keeps the light DOM of one element in order. */
export class LightDom {
  #parts;
  #element;
  #observer = new MutationObserver(() => this.repair());
  /** In this frame. */
  #repairs = 0;
  #unwatch;

  /**
   * @param parts The element's parts, with the field in its place.
   * @param element What it is asked and told: `place` puts the field in its place, `repaired` hears that
   *   the parts are in order again, and whether something was gone; `valued` that a script has set the
   *   field's value; `speak` that the page is in another language.
   */
  constructor(parts, element) {
    this.#parts = parts;
    this.#element = element;
    arrange(parts);
    this.#watch();
    this.moved();
  }

  /** The element stands somewhere else in the page. */
  moved() {
    this.#observer.observe(this.#parts.host, WATCHED);
    speakers.add(this.#element.speak);
    // Out of one shadow root after the other.
    for (let root = this.#parts.host.getRootNode(); root; root = root.host?.getRootNode()) {
      languages.observe(root, { __proto__: null, subtree: true, attributeFilter: ["lang"] });
    }
  }

  end() {
    this.#observer.disconnect();
    speakers.delete(this.#element.speak);
    this.#unwatch();
  }

  /** Puts in order what the page has changed, before the next frame. */
  repair() {
    const { host, field } = this.#parts;
    if (!host.isConnected) return;
    // Each of these looks at parts of its own.
    const isDamaged = [this.#element.place(), arrange(this.#parts), !host.dataset.state].includes(true);
    if (field !== this.#parts.field) this.#watch();
    this.#element.repaired(isDamaged);
    // Ours are no news.
    this.#observer.takeRecords();
    if (!isDamaged) return;
    if (!this.#repairs++) {
      requestAnimationFrame(() => {
        const wasOutrun = this.#repairs > MOST_REPAIRS;
        this.#repairs = 0;
        if (!wasOutrun) return;
        this.moved();
        this.repair();
      });
    }
    if (this.#repairs > MOST_REPAIRS) this.#observer.disconnect();
  }

  /** Hears when a script sets the field's value, of which no event tells. */
  #watch() {
    this.#unwatch?.();
    const { field } = this.#parts;
    this.#unwatch = watch(field, () => {
      this.#element.valued();
      // Emptied, or morphed together with all that stands in the element?
      if (!field.value) queueMicrotask(() => {
        if (this.#observer.takeRecords().length > 0) this.repair();
        this.#element.valued();
      });
    });
  }
}

/** Whether the element may take the focus by itself: who is busy elsewhere stays there. */
export function mayTakeFocus(host) {
  const { activeElement: active, body } = document;
  // A dialog gives the focus to a button of its own, for want of better.
  return !active || active === body
    || active.matches("button,[tabindex],dialog") && Boolean(host.closest("dialog:modal")?.contains(active));
}

/** Puts everything but the field's place in order, and says whether something was gone or wrong. */
function arrange(parts) {
  const { host, internals, field, made, label } = parts;
  const root = host.getRootNode();
  let isDamaged = false;
  const set = (element, name, value) => {
    if (element.getAttribute(name) === value) return;
    element.setAttribute(name, value);
    isDamaged = true;
  };
  const append = (element) => {
    host.append(element);
    isDamaged = true;
  };
  // A clone, and another copy of this package, has given the same ids.
  const identify = (element, name) => {
    while (!element.id || root.getElementById(element.id) !== element) element.id = `mfa-code-${name}-${++count}`;
    return element.id;
  };

  for (const copy of host.querySelectorAll("input[slot=field]")) {
    if (copy === field) continue;
    GIVEN.test(copy.id) ? copy.remove() : copy.removeAttribute("slot");
  }

  if (field === made) {
    const isTaken = [...(host.form?.elements ?? [])].some((other) => other !== made && other.name === "token");
    made.name = isTaken ? "mfa-code-token" : "token";
  }
  // Not `field.labels`: Firefox does not look again when ids change.
  const labels = [...root.querySelectorAll("label")].filter(({ control }) => control === field);
  // What is in a slot that there is not is not shown, and names nothing.
  for (const own of labels) if (own.parentNode === host) own.removeAttribute("slot");
  const isLabelled = labels.some((own) => own.textContent.trim() || own.querySelector("[alt],[aria-label],svg"));
  if (internals.labels.length > 0 && (field === made || !isLabelled)) {
    label.remove();
    set(field, "aria-labelledby", [...internals.labels].map((label) => identify(label, "label")).join(" "));
  } else if (field === made) {
    made.removeAttribute("aria-labelledby");
    if (label.parentNode !== host) made.before(label);
    set(label, "for", identify(made, "field"));
  } else if (!isLabelled) {
    const stray = [...host.querySelectorAll("label")].find(({ control, textContent }) =>
      textContent.trim() && !host.contains(control));
    if (stray) set(stray, "for", identify(field, "field"));
    else if (!field.matches("[aria-label],[aria-labelledby],[title]") || field.getAttribute("aria-label") === parts.name) {
      set(field, "aria-label", parts.name = parts.words?.label ?? label.textContent);
    }
  }

  const texts = ["summary", "hint", "error"].map((slot) => {
    let text = parts[slot];
    // What the page has renamed or wrapped is still ours; what it has replaced is not.
    if (!host.contains(text)) {
      text = host.querySelector(`[slot=${slot}]`)
        ?? Object.assign(document.createElement("p"), { hidden: slot === "summary" });
    }
    if (text.parentNode !== host && (text === parts[slot] || !text.isConnected)) append(text);
    parts[slot] = text;
    set(text, "slot", slot);
    if (slot === "error" && !text.textContent) text.setAttribute("role", "alert");
    for (const copy of host.querySelectorAll(`:scope > [slot=${slot}]`)) {
      if (copy !== text && (copy.id === text.id || GIVEN.exec(copy.id)?.[1] === slot)) copy.remove();
    }
    return identify(text, slot);
  });
  const foreign = (field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => {
    const isOurs = texts.includes(id) || parts.texts?.includes(id) || GIVEN.test(id);
    const named = id && !isOurs && (root.getElementById(id) ?? host);
    // A clone's field still names the original's texts.
    return named && (host.contains(named) || !named.slot);
  });
  parts.texts = texts;
  set(field, "aria-describedby", [...foreign, ...texts].join(" "));

  // Set here, it leaves the focus alone; a dialog that is opened looks for it.
  if (host.hasAttribute("autofocus")) field.autofocus = true;
  for (const [name, value] of Object.entries({
    autocomplete: "one-time-code", inputmode: host.hasAttribute("allow-alphas") ? "text" : "numeric",
    autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "done", translate: "no",
  })) if (!field.hasAttribute(name)) field.setAttribute(name, value);
  return isDamaged;
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
