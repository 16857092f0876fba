/**
 * What the shadow root looks like, and the few rules that must reach the page's own field.
 *
 * Constructable sheets: no `<style>`, so nothing for a Content Security Policy to refuse. Every
 * row has its height before the module arrives, so that nothing moves when it does. No state is
 * told by its colour alone, and a browser that does not know `light-dark()` has the colour of
 * the text for every other.
 */

const CHROME = `
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
[part~=slot], ::slotted(input), ::slotted([slot=summary]), button {
  box-sizing: border-box !important;
  border: 1.5px solid var(--_line);
  border-radius: var(--mfa-radius, .5rem);
}
::slotted([slot=summary]), ::slotted([slot=hint]), ::slotted([slot=error]), [part=status] {
  margin: 0;
  line-height: 1.4;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  text-align: match-parent;
}
::slotted([slot=hint]), ::slotted([slot=error]), [part=status], button { font-size: .9375rem }
::slotted([slot=summary]), [part=actions] { max-width: var(--_width) }
::slotted([slot=summary]) {
  margin-bottom: 1.25rem;
  padding: .75rem 1rem;
  background: color-mix(in srgb, var(--_accent) 8%, transparent);
  white-space: pre-line;
}
.entry {
  position: relative;
  container-type: inline-size;
  direction: ltr;
  height: var(--mfa-slot-size, 3rem);
  width: min(100%, var(--_width));
  margin: .5rem 0;
}
[part=slots] {
  position: absolute;
  inset: 0;
  display: none;
  gap: var(--mfa-gap, clamp(2px, 1.5%, .5rem));
}
:host([data-state]) [part=slots] { display: flex }
[part=slots], ::slotted(input) {
  font: 600 min(1.375rem, 9cqi)/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-variant-numeric: slashed-zero;
  letter-spacing: 0;
}
[part~=slot] {
  flex: 1;
  min-width: 0;
  display: grid;
  place-content: center;
}
/* A long code is a comb: twenty boxes with gaps would leave no room for what is in them. */
[part=slots]:has(:nth-child(12)) { gap: 0; font-size: min(1.375rem, 5.4cqi) }
:has(:nth-child(12)) > [part~=slot] { border-color: var(--_line); border-radius: 0; margin-right: -1px }
[part=separator] { align-self: center; width: .5em; border-bottom: 2px solid var(--_line) }
:host([data-state=idle]) [part~=slot], :host([data-state=sending]) [part~=slot] { border-style: dashed }
:host([data-state=offline]) [part~=slot] { border: 2px dotted var(--_line) }
[part~=filled] { border-color: currentColor }
:host([data-state=rejected]) [part~=slot] { border-color: var(--_error); border-bottom-width: 4px }
:host([data-state=verified]) [part~=slot] { border: 2.5px solid; color: var(--_success) }
:host([data-state=closed]) [part~=slot] { opacity: .6; text-decoration: line-through }
[part~=active] { z-index: 1; outline: 3px solid; outline-color: var(--_accent); outline-offset: -1.5px }
[part~=selected] { background: color-mix(in srgb, var(--_accent) 20%, transparent) }
[part=caret] { height: 1em; border-left: 2px solid; border-color: var(--_accent); animation: blink 1.1s steps(1) infinite }
@keyframes blink { 50% { opacity: 0 } }
:host([aria-busy]) .entry::after {
  content: "";
  position: absolute;
  inset: auto 0 -6px;
  border-bottom: 3px solid var(--_accent);
  animation: blink 1.1s infinite;
}
:host(:disabled) .entry { opacity: .5 }
::slotted(input) {
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
:host([mask]) ::slotted(input) { -webkit-text-security: disc }
:host([data-state]) ::slotted(input) {
  border-color: transparent !important;
  outline: 0 !important;
  box-shadow: none !important;
  background: none !important;
  -webkit-text-fill-color: transparent !important;
  caret-color: transparent !important;
  forced-color-adjust: none;
}
::slotted([slot=hint]), .messages { min-height: 2.8em }
::slotted([slot=error]), :host([data-state=verified]) [part=status] { font-weight: 600 }
::slotted([slot=error]) { color: var(--_error) }
:host([data-state=verified]) [part=status] { color: var(--_success) }
:host([data-state=verified]) [part=status]::before { content: "✓ " / "" }
.messages { margin: .5rem 0 .75rem }
[part=actions] {
  display: flex;
  flex-flow: wrap;
  gap: .5rem;
  min-height: 3.5rem;
}
button {
  flex: 1 8rem;
  min-height: 3.5rem;
  padding: .375rem .5rem;
  background: none;
  color: inherit;
  font-family: inherit;
  font-weight: 600;
  line-height: 1.25;
  font-variant-numeric: tabular-nums;
  cursor: pointer;
}
button:hover { border-color: currentColor }
[aria-disabled] { opacity: .8; border-style: dashed; cursor: default }
button:first-child { flex-basis: 100%; min-height: 2.75rem }
button span { display: block; text-wrap: balance }
button span + span { font-weight: 400 }
[part~=primary]:not([aria-disabled]) { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent); forced-color-adjust: none }
.entry + button { position: absolute; inset-inline-end: 0; min-height: 0; background: Canvas; color: CanvasText }
.entry + :not(:focus-visible) { clip-path: inset(50%) }
@media (max-width: 22em) {
  ::slotted([slot=hint]), .messages { min-height: 4.2em }
  [part=actions], button { min-height: 4.5rem }
}
@media (prefers-contrast: more) {
  :host { --_line: currentColor }
  button { opacity: 1 }
}
@media (prefers-reduced-motion) { [part=caret], .entry::after { animation: none !important } }
@media (forced-colors: active) {
  :host { --_accent: Highlight; --_on-accent: HighlightText; --_error: CanvasText; --_line: CanvasText }
  [part~=selected] { forced-color-adjust: none; background: Highlight; color: HighlightText; outline-color: CanvasText }
  [aria-disabled], :host(:disabled) [part~=slot] { color: GrayText; border-color: GrayText; opacity: 1 }
}
`;

/** What no rule from the shadow root can reach: pseudo-elements of what is the page's own. */
const FIELD = `
[data-state] > [slot=summary]::first-line { font-weight: 700; font-size: 1.125rem }
[data-state] > input[slot=field]::selection { background: transparent; color: transparent }
[data-state] > input[slot=field]:autofill { -webkit-text-fill-color: transparent !important; transition: background-color 0s 9e9s }
`;

let chromeSheet;
let fieldSheet;

const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

/** Puts the rules for the field into the tree that the element stands in. */
export function adopt(root) {
  if (!root.adoptedStyleSheets) return;
  fieldSheet ??= sheet(FIELD);
  if (!root.adoptedStyleSheets.includes(fieldSheet)) root.adoptedStyleSheets.push(fieldSheet);
}

const make = (tag, set, ...children) => {
  const element = Object.assign(document.createElement(tag), set);
  element.append(...children);
  return element;
};
const part = (name, set) => make("div", { part: name, ...set });
const slot = (name) => make("slot", { name });
const button = () => make("button", { type: "button", hidden: true }, make("span"), make("span"));

/** Builds the shadow root: empty rows, for the module to fill. */
export function chrome(host) {
  const root = host.attachShadow({ mode: "open" });
  if (root.adoptedStyleSheets) root.adoptedStyleSheets = [(chromeSheet ??= sheet(CHROME))];
  const slots = part("slots", { ariaHidden: true });
  const status = part("status", { role: "status" });
  const actions = part("actions");
  // Trying again, asking, asking the other way; and, right behind the field, reading it out.
  const buttons = [button(), button(), button(), button()];
  actions.append(...buttons.slice(0, 3));
  root.append(
    slot("summary"),
    slot(""),
    make("div", { className: "entry" }, slots, slot("field")),
    buttons[3],
    slot("hint"),
    make("div", { className: "messages" }, slot("error"), status),
    actions,
  );
  return { slots, status, buttons };
}
