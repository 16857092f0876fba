/**
 * What the element has in the light DOM: the field, its label, and its texts, where the field's IDREFs
 * reach them.
 *
 * The page owns that tree. Its scripts and frameworks render it again, morph, clone, replace and
 * translate it, so it is put in order again and again: each time only what is out of order is touched.
 */

/** What is typed into; the page may have others beside it. */
const FIELD = "input:not([type=hidden],[type=checkbox],[type=radio],[type=submit],[type=button],[type=reset],"
  + "[type=image],[type=file],[type=range],[type=color],[type=date])";

/** What is looked at again when the page changes it. */
export const WATCHED = {
  childList: true,
  subtree: true,
  attributeFilter: [
    "slot", "id", "for", "type", "name", "role", "hidden", "disabled", "readonly", "maxlength", "inputmode", "autocomplete",
    "aria-describedby", "aria-label", "aria-labelledby", "aria-invalid", "aria-busy", "data-state",
  ],
};

/** An id that the element has given, with its texts' names. */
const GIVEN = /^mfa-code-(\w+)-\d+$/;

const make = (tag, set) => Object.assign(document.createElement(tag), set);
let count = 0;

/** What the element brings along where the page has none. */
export const made = () => ({
  made: make("input", { autocomplete: "one-time-code", dir: "ltr" }),
  label: make("label", { textContent: "Security code" }),
});

/**
 * Puts the parts in order.
 * @returns {boolean} Whether something was gone that had been there, or never was.
 */
export function prepare(parts) {
  const { host, internals, made, label } = parts;
  const root = host.getRootNode();
  let isDamaged = false;
  const set = (element, name, value) => {
    if (element.getAttribute(name) === value) return;
    element.setAttribute(name, value);
    isDamaged = true;
  };
  const place = (element, before) => {
    if (element.parentNode === host) return;
    host.insertBefore(element, before);
    isDamaged = true;
  };
  // A clone, and another copy of this package, has given the same ids.
  const identify = (element, name) => {
    while (!element.id || root.getElementById(element.id) !== element) element.id = `mfa-code-${name}-${++count}`;
    return element.id;
  };
  const idsOf = (elements) => [...elements].map((element) => identify(element, "label")).join(" ");

  const fields = [...host.querySelectorAll(FIELD)];
  let { field } = parts;
  if (field === made || !fields.includes(field)) field = fields.find((other) => other !== made) ?? made;
  if (field !== parts.field) isDamaged = true;
  parts.field = field;
  for (const copy of fields) {
    if (copy === field || copy.slot !== "field") continue;
    GIVEN.test(copy.id) ? copy.remove() : copy.removeAttribute("slot");
  }

  // Only a child of ours can be laid over the slots. A label around it goes on naming it.
  const around = field.closest("label");
  if (field === made) {
    place(made, null);
    identify(made, "field");
    const isTaken = [...(host.form?.elements ?? [])].some((other) => other !== made && other.name === "token");
    made.name = isTaken ? "mfa-code-token" : "token";
  } else {
    made.remove();
    place(field, null);
  }
  const isNamedElsewhere = field !== made || internals.labels.length > 0;
  if (isNamedElsewhere) label.remove();
  else {
    place(label, made);
    set(label, "for", made.id);
  }
  if (!field.labels.length) {
    const stray = host.contains(around) ? around
      : [...host.querySelectorAll("label")].find(({ control }) => !host.contains(control));
    if (stray) set(stray, "for", identify(field, "field"));
    else if (internals.labels.length > 0) set(field, "aria-labelledby", idsOf(internals.labels));
    else if (!field.matches("[aria-label],[aria-labelledby],[title]") || field.getAttribute("aria-label") === parts.name) {
      set(field, "aria-label", parts.name = parts.words?.label ?? label.textContent);
    }
  }

  const texts = ["summary", "hint", "error"].map((slot) => {
    let text = parts[slot];
    // What the page has renamed or wrapped is still ours; what it has replaced is not.
    if (!host.contains(text)) text = host.querySelector(`[slot=${slot}]`) ?? make("p", { hidden: slot === "summary" });
    if (text.parentNode !== host && (text === parts[slot] || !text.isConnected)) place(text, null);
    parts[slot] = text;
    set(text, "slot", slot);
    if (slot === "error" && !text.textContent) text.setAttribute("role", "alert");
    for (const copy of host.querySelectorAll(`:scope > [slot=${slot}]`)) {
      if (copy !== text && GIVEN.exec(copy.id)?.[1] === slot) copy.remove();
    }
    return identify(text, slot);
  });
  const foreign = (field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => {
    const named = id && !texts.includes(id) && !GIVEN.test(id) && (root.getElementById(id) ?? host);
    // A clone's field still names the original's texts.
    return named && (host.contains(named) || !named.slot);
  });
  set(field, "aria-describedby", [...foreign, ...texts].join(" "));

  set(field, "slot", "field");
  field.disabled ||= host.matches(":disabled");
  // As the host's, its form can be one that it does not stand in.
  if (host.hasAttribute("form")) set(field, "form", host.getAttribute("form"));
  // Set here, it leaves the focus alone; a dialog that is opened looks for it.
  if (host.hasAttribute("autofocus")) field.autofocus = true;
  for (const [name, value] of Object.entries({
    autocomplete: "one-time-code", inputmode: host.hasAttribute("allow-alphas") ? "text" : "numeric",
    autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "done", translate: "no",
  })) if (!field.hasAttribute(name)) field.setAttribute(name, value);
  return isDamaged;
}
