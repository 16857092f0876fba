/**
 * The shadow root, and what it looks like around the plain field.
 *
 * Constructable sheets: no `<style>`, so nothing for a Content Security Policy to refuse. Every
 * row has its height before the module arrives, so that nothing moves when it does. What only
 * the module paints is in `painted.js`, for which the field does not wait.
 */

const PLAIN = `
:host {
  display: block;
  position: relative;
  --_accent: var(--mfa-accent, light-dark(#0b57d0, #a8c7fa));
  --_on-accent: var(--mfa-on-accent, light-dark(#fff, #062e6f));
  --_error: var(--mfa-error, light-dark(#b3261e, #f2b8b5));
  --_success: var(--mfa-success, light-dark(#146c2e, #7fd99a));
  --_line: var(--mfa-line, color-mix(in srgb, currentColor 55%, transparent));
  --_width: var(--mfa-width, 22rem);
}
:host([hidden]), [hidden] { display: none !important }
[part~=slot], ::slotted([slot=field]), ::slotted([slot=summary]), button {
  box-sizing: border-box !important;
  border: 1.5px solid var(--_line);
  border-radius: var(--mfa-radius, .5rem);
}
::slotted([slot=summary]), ::slotted([slot=hint]), ::slotted([slot=error]), [part=status] {
  margin: 0;
  line-height: 1.4;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  text-align: -webkit-match-parent;
  text-align: match-parent;
}
::slotted([slot=hint]), ::slotted([slot=error]), .messages, button { font-size: .9375rem }
.entry {
  position: relative;
  container-type: inline-size;
  direction: ltr;
  height: var(--mfa-slot-size, 3rem);
  width: min(100%, var(--_width));
  margin: .5rem 0;
}
[part=slots] { display: none }
[part=slots], ::slotted([slot=field]) {
  font: 600 min(1.375rem, 9cqi)/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-variant-numeric: slashed-zero;
}
::slotted([slot=field]) {
  position: absolute !important;
  inset: 0;
  width: 100% !important;
  height: 100% !important;
  margin: 0 !important;
  padding: 0 .75rem;
  background: none;
  color: inherit;
  letter-spacing: .35em;
}
:host([mask]) ::slotted([slot=field]) { -webkit-text-security: disc }
::slotted([slot=hint]), .messages { min-height: 2.8em }
.messages { margin: .5rem 0 .75rem }
[part=actions] { min-height: 3.5rem }
/* Trying again is offered where nothing painted has come, too. */
button { min-height: 2.75rem }
/* On a phone the errors of most languages are of three lines, and so is the hint at ten past ten. */
@media (max-width: 26em) { ::slotted([slot=hint]), .messages { min-height: 4.2em } }
@media (max-width: 22em) { [part=actions] { min-height: 4.5rem } }
@media (prefers-contrast: more) { :host { --_line: currentColor } }
@media (forced-colors: active) {
  :host { --_accent: Highlight; --_on-accent: HighlightText; --_error: CanvasText; --_line: CanvasText }
}
`;

/** Of every shadow root: around the plain field, and what is painted. Of the page: the field's. */
let sheets;

const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

/** Puts the rules for the field into the tree that the element stands in. */
export function adopt(root) {
  const adopted = root.adoptedStyleSheets;
  if (!adopted.includes(sheets[2])) root.adoptedStyleSheets = [...adopted, sheets[2]];
}

/** Has everything painted that the module puts there; what else it comes with. */
export async function painted() {
  const { CHROME, FIELD, ...rest } = await import("./painted.js");
  sheets[1].replaceSync(CHROME);
  sheets[2].replaceSync(FIELD);
  return rest;
}

const make = (tag, set, ...children) => {
  const element = Object.assign(document.createElement(tag), set);
  element.append(...children);
  return element;
};
const part = (name, set) => {
  const element = make("div", set);
  // Set as a property, it would have the browser make a list of it.
  element.setAttribute("part", name);
  return element;
};
const slot = (name) => make("slot", { name });
const button = () => make("button", { type: "button", hidden: true }, make("span"), make("span"));

/** Builds the shadow root: empty rows, for the module to fill. */
export function chrome(host) {
  const root = host.attachShadow({ mode: "open" });
  sheets ??= [PLAIN, "", ""].map(sheet);
  root.adoptedStyleSheets = sheets.slice(0, 2);
  const slots = part("slots", { ariaHidden: true });
  const status = part("status", { role: "status" });
  const actions = part("actions");
  // Trying again, asking, asking the other way; and, right behind the field, reading it out.
  const buttons = [button(), button(), button(), button()];
  // Trying again stands last: it comes where the page's own button was, under a finger that means
  // the same.
  actions.append(buttons[1], buttons[2], buttons[0]);
  root.append(
    slot("summary"),
    slot(""),
    make("div", { className: "entry" }, slots, slot("field")),
    buttons[3],
    slot("hint"),
    make("div", { className: "messages" }, slot("error"), status),
    actions,
  );
  // What a page has put on `Object.prototype` is no part of it.
  return { __proto__: null, slots, status, buttons };
}
