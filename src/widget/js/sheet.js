/**
 * What the shadow root looks like, and the few rules that must reach the page's own field.
 *
 * Constructable sheets: no `<style>`, so nothing for a Content Security Policy to refuse. Every
 * row has its height before the module arrives, so that nothing moves when it does.
 */

const CHROME = `
:host {
  display: block;
  --_accent: var(--mfa-accent, #0b57d0);
  --_on-accent: var(--mfa-on-accent, #fff);
  --_error: var(--mfa-error, #b3261e);
  --_success: var(--mfa-success, #146c2e);
  --_line: var(--mfa-line, color-mix(in srgb, currentColor 45%, transparent));
  --_size: var(--mfa-slot-size, 3rem);
  --_radius: var(--mfa-radius, .5rem);
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_accent: var(--mfa-accent, light-dark(#0b57d0, #a8c7fa));
    --_on-accent: var(--mfa-on-accent, light-dark(#fff, #062e6f));
    --_error: var(--mfa-error, light-dark(#b3261e, #f2b8b5));
    --_success: var(--mfa-success, light-dark(#146c2e, #7fd99a));
  }
}
:host([hidden]), [hidden] { display: none !important }
.entry {
  position: relative;
  direction: ltr;
  block-size: var(--_size);
  inline-size: min(100%, var(--mfa-width, 22rem));
  margin-block: .5rem;
}
[part=slots] {
  position: absolute;
  inset: 0;
  display: none;
  grid-auto-flow: column;
  grid-auto-columns: minmax(0, 1fr);
  gap: var(--mfa-gap, clamp(2px, 1.5%, .5rem));
}
:host([data-state]) [part=slots] { display: grid }
[part~=slot] {
  display: grid;
  place-items: center;
  box-sizing: border-box;
  border: 1.5px solid var(--_line);
  border-radius: var(--_radius);
  font: 600 1.375rem/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
[part~=filled] { border-color: currentColor }
[part~=active] { border-color: var(--_accent); box-shadow: 0 0 0 1.5px var(--_accent) }
[part~=selected] { background: color-mix(in srgb, var(--_accent) 16%, transparent) }
[part~=active]:empty::after {
  content: "";
  block-size: 1.375rem;
  border-inline-start: 2px solid var(--_accent);
  animation: blink 1.1s steps(1) infinite;
}
@keyframes blink { 50% { opacity: 0 } }
:host([data-state=verifying]) [part~=slot] { opacity: .55 }
:host([data-state=rejected]) [part~=slot] { border-color: var(--_error) }
:host([data-state=verified]) [part~=slot] { border-color: var(--_success); color: var(--_success) }
:host([data-state=closed]) [part~=slot] { opacity: .45 }
::slotted(input) {
  position: absolute !important;
  inset: 0;
  box-sizing: border-box !important;
  inline-size: 100% !important;
  block-size: 100% !important;
  margin: 0 !important;
  padding: 0 .75rem;
  border: 1.5px solid var(--_line);
  border-radius: var(--_radius);
  background: none;
  color: inherit;
  font: 600 1.375rem/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  letter-spacing: .35em;
}
:host([data-state]) ::slotted(input) {
  border-color: transparent !important;
  outline: 0 !important;
  box-shadow: none !important;
  color: transparent !important;
  -webkit-text-fill-color: transparent !important;
  caret-color: transparent !important;
  forced-color-adjust: none;
}
::slotted([slot=hint]), ::slotted([slot=error]), [part=status] { margin: 0; font-size: .9375rem; line-height: 1.4; overflow-wrap: anywhere; text-wrap: pretty }
::slotted([slot=hint]) { opacity: .8; min-block-size: 2.8em }
::slotted([slot=error]) { color: var(--_error); font-weight: 600 }
[part=status] { color: inherit }
:host([data-state=verified]) [part=status] { color: var(--_success); font-weight: 600 }
.messages { min-block-size: 2.8em; margin-block: .5rem .75rem }
[part=actions] {
  display: grid;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: .5rem;
  min-block-size: 3.5rem;
  max-inline-size: var(--mfa-width, 22rem);
}
button {
  min-block-size: 3.5rem;
  padding: .375rem .5rem;
  border: 1.5px solid var(--_line);
  border-radius: var(--_radius);
  background: none;
  color: inherit;
  font: inherit;
  font-size: .9375rem;
  line-height: 1.25;
  font-weight: 600;
  cursor: pointer;
}
button:first-child { grid-column: 1 / -1; min-block-size: 2.75rem }
button span + span { display: block; font-weight: 400; font-size: .875rem }
button span + span:empty { display: none }
button[part~=primary] { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent) }
button[aria-disabled=true] { opacity: .6; cursor: default }
button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px }
button { font-variant-numeric: tabular-nums }
@media (prefers-reduced-motion: reduce) { [part~=selected] { background: color-mix(in srgb, var(--_accent) 16%, transparent) }
[part~=active]:empty::after { animation: none } }
@media (forced-colors: active) {
  [part~=active] { outline: 2px solid Highlight }
  button[aria-disabled=true] { color: GrayText; border-color: GrayText; opacity: 1 }
}
`;

/** The field's own pseudo-elements, which no rule from the shadow root can reach. */
const FIELD = `
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

/** Builds the shadow root: empty rows, for the module to fill. */
export function chrome(host) {
  const root = host.attachShadow({ mode: "open" });
  if (root.adoptedStyleSheets) root.adoptedStyleSheets = [(chromeSheet ??= sheet(CHROME))];
  const make = (tag, set, ...children) => {
    const element = Object.assign(document.createElement(tag), set);
    element.append(...children);
    return element;
  };
  const part = (name, tag = "div") => {
    const element = make(tag);
    element.setAttribute("part", name);
    return element;
  };
  const button = () => {
    const text = make("span");
    const time = make("span");
    return make("button", { type: "button", hidden: true }, text, time);
  };
  const slots = part("slots");
  slots.setAttribute("aria-hidden", "true");
  const status = part("status", "p");
  status.setAttribute("role", "status");
  const actions = part("actions");
  const buttons = [button(), button(), button()];
  actions.append(...buttons);
  root.append(
    make("slot"),
    make("div", { className: "entry" }, slots, make("slot", { name: "field" })),
    make("slot", { name: "hint" }),
    make("div", { className: "messages" }, make("slot", { name: "error" }), status),
    actions,
  );
  return { slots, status, buttons };
}
