/**
 * The shadow root, and what it looks like around the plain field.
 *
 * Constructable sheets: no `<style>`, so nothing for a Content Security Policy to refuse. Every
 * row has its height before the module arrives, so that nothing moves when it does. What only
 * the module paints is in `painted.js`, for which the field does not wait.
 *
 * No length depends on the page: an `em` is that of the visitor's own text size (`medium`). A page's
 * rules reach what is slotted, and only `!important` in here goes before all of them.
 */

const PLAIN = `
:host {
  display: block;
  --_line: var(--mfa-line, color-mix(in srgb, currentColor 86%, transparent));
  --_width: var(--mfa-width, 22em);
}
.frame { isolation: isolate; min-width: 160px; white-space: normal; text-indent: 0; text-transform: none }
/* A list of one family, monospace, has a medium of its own. */
.own { font-size: medium }
.own > * { font-size: max(1em, 16px) }
/* Where the parent asks how wide all of this is, it is this, and no text has a say. */
.own::before { content: ""; display: grid; font: medium serif; grid-template-columns: minmax(0, var(--_width)) }
.own > *, .page { container-type: inline-size }
.page { display: flow-root; position: relative; z-index: 0 }
::slotted(label) {
  display: block;
  position: relative !important;
  inset: auto !important;
  float: none !important;
  transform: none !important;
}
[part~=slot], ::slotted([slot=summary]), button {
  box-sizing: border-box !important;
  border: 1.5px solid var(--_line);
  border-radius: var(--mfa-radius, 8px);
}
::slotted([slot=summary]), ::slotted([slot=hint]), ::slotted([slot=error]) {
  display: block !important;
  position: static !important;
  float: none !important;
  visibility: inherit !important;
  opacity: 1 !important;
  transform: none !important;
  clip-path: none !important;
  overflow: visible !important;
  width: auto !important;
  min-width: 0 !important;
  max-width: none !important;
  height: auto !important;
  min-height: 0 !important;
  max-height: none !important;
  margin: 0 !important;
  font-size: inherit !important;
  line-height: 1.5 !important;
  white-space: inherit !important;
}
::slotted([slot=hint]), ::slotted([slot=error]) {
  padding-block: 0 !important;
  border-block: 0 !important;
}
::slotted([slot=summary]), ::slotted([slot=hint]), ::slotted([slot=error]), [part=status] {
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  text-align: -webkit-match-parent;
  text-align: match-parent;
}
:host([hidden]), [hidden], ::slotted([hidden]) { display: none !important }
.entry {
  all: initial;
  display: block;
  visibility: inherit;
  pointer-events: inherit;
  color: inherit;
  -webkit-text-size-adjust: inherit;
  position: relative;
  z-index: 1;
  container-type: inline-size;
  direction: ltr;
  height: var(--mfa-slot-size, 3em);
  width: min(100%, var(--_width));
  margin: .5em 0;
}
[part=slots] { display: none }
::slotted([slot=field]) {
  all: revert !important;
  appearance: none !important;
  box-sizing: border-box !important;
  position: absolute !important;
  inset: 0 !important;
  width: 100% !important;
  height: 100% !important;
  margin: 0 !important;
  padding: 0 12px !important;
  border: 1.5px solid var(--_line) !important;
  border-radius: var(--mfa-radius, 8px) !important;
  background: none !important;
  color: inherit !important;
  font: 600 max(16px, min(1.375em, 9cqi))/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace !important;
  letter-spacing: .35em !important;
  direction: ltr !important;
}
:host([mask]) ::slotted([slot=field]) { -webkit-text-security: disc !important }
.hint, .messages { min-height: 3em; font-size: .9375em }
.messages { margin: .5em 0 .75em; line-height: 1.5 }
[part=actions] { min-height: 3.5em }
/* Trying again is offered where nothing painted has come, too. */
button { font: inherit; min-height: 2.75em }
/* Most languages have errors of three lines in so much room, and the hint has at ten past ten. */
@container (max-width: 24em) { .hint, .messages { min-height: 4.5em } }
@container (max-width: 20em) { [part=actions] { min-height: 4.5em } }
@media (prefers-contrast: more) { :host { --_line: currentColor } }
@media (forced-colors: active) { :host { --_line: CanvasText } }
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
const row = (className, ...children) => make("div", { className }, ...children);
const slot = (name) => make("slot", { name });
const button = () => make("button", { type: "button", hidden: true }, make("span"), make("span"));

/** Builds the shadow root: empty rows, for the module to fill. */
export function chrome(host) {
  const root = host.attachShadow({ __proto__: null, mode: "open" });
  sheets ??= [PLAIN, "", ""].map(sheet);
  root.adoptedStyleSheets = sheets.slice(0, 2);
  const slots = part("slots", { ariaHidden: true });
  const status = part("status", { role: "status" });
  const actions = part("actions");
  const hintRow = row("hint", slot("hint"));
  // Trying again, asking, asking the other way; and, right behind the field, reading it out.
  const buttons = [button(), button(), button(), button()];
  // Trying again stands last: it comes where the page's own button was, under a finger that means
  // the same.
  actions.append(buttons[1], buttons[2], buttons[0]);
  root.append(row("frame",
    row("own", row("", slot("summary"))),
    // The label, whose size is the page's.
    row("page", slot("")),
    row("own", row("",
      row("entry", slots, slot("field")),
      buttons[3],
      hintRow,
      row("messages", slot("error"), status),
      actions,
    )),
  ));
  return { __proto__: null, slots, status, buttons, hintRow };
}
