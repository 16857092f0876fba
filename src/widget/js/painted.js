/**
 * What the module paints: slots, states, buttons, what is confirmed.
 *
 * No state is told by its colour alone, and a browser that does not know `light-dark()` has the
 * colour of the text for every other.
 */

export { LightDom, mayTakeFocus } from "./light-dom.js";

// A browser's first look into its tables of languages takes a slow phone longer than all that the
// module does to come to life. Here nobody waits for it: the module is still on its way.
setTimeout(() => new Date().toLocaleString("en", { hour: "numeric", minute: "2-digit" }));

export const CHROME = `
::slotted([slot=summary]), [part=actions] { max-width: var(--_width) }
::slotted([slot=summary]) {
  margin-bottom: 1.25rem;
  padding: .75rem 1rem;
  background: color-mix(in srgb, var(--_accent) 8%, transparent);
  white-space: pre-line;
}
[part=slots] {
  position: absolute;
  inset: 0;
  isolation: isolate;
  gap: var(--mfa-gap, clamp(2px, 1.5%, .5rem));
  letter-spacing: 0;
}
:host([data-state]) [part=slots] { display: flex }
[part~=slot] {
  flex: 1;
  min-width: 0;
  display: grid;
  place-content: center;
  /* A character is laid out by itself, and not with all of the row. */
  contain: layout size;
}
/* A long code is a comb: twenty boxes with gaps would leave no room for what is in them. */
.comb { gap: 0; font-size: min(1.375rem, 5.4cqi) }
.comb > [part~=slot] { border-color: var(--_line); border-radius: 0; margin-right: -1px }
[part=separator] { align-self: center; width: .5em; border-bottom: 2px solid var(--_line) }
:host([data-state=idle]) [part~=slot], :host([data-state=sending]) [part~=slot] { border-style: dashed }
:host([data-state=offline]) [part~=slot] { border: 2px dotted var(--_line) }
[part~=filled] { border-color: currentColor }
:host([data-state=rejected]) [part~=slot] { border-color: var(--_error); border-bottom-width: 4px }
:host([data-state=verified]) [part~=slot] { border: 2.5px solid; color: var(--_success) }
:host([data-state=closed]) [part~=slot] { opacity: .6; text-decoration: line-through }
[part~=active] { z-index: 1; outline: 3px solid; outline-color: var(--_accent); outline-offset: -1.5px }
[part~=selected] { background: color-mix(in srgb, var(--_accent) 20%, transparent) }
[part=caret] { height: 1em; border-left: 2px solid; border-color: var(--_accent) }
@keyframes blink { 50% { opacity: 0 } }
:host([aria-busy]) .entry::after {
  content: "";
  position: absolute;
  inset: auto 0 -5px;
  border-bottom: 3px solid var(--_accent);
  animation: blink 1.1s infinite;
}
:host(:disabled) .entry { opacity: .5 }
:host([data-state]) ::slotted([slot=field]) {
  border-color: transparent !important;
  outline: 0 !important;
  box-shadow: none !important;
  background: none !important;
  -webkit-text-fill-color: transparent !important;
  caret-color: transparent !important;
  forced-color-adjust: none;
}
::slotted([slot=error]), :host([data-state=verified]) [part=status] { font-weight: 600 }
::slotted([slot=error]) { color: var(--_error) }
:host([data-state=verified]) [part=status] { color: var(--_success) }
:host([data-state=verified]) [part=status]::before { content: "✓ " / "" }
[part=actions] { display: flex; flex-flow: wrap; gap: .5rem }
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
button:not([aria-disabled]):hover { border-color: currentColor }
button[aria-disabled] { opacity: .8; border-style: dashed; cursor: default }
button span { display: block; text-wrap: balance }
button span + span { font-weight: 400 }
button[part~=primary]:not([aria-disabled]) {
  border-color: var(--_accent);
  background: var(--_accent);
  color: var(--_on-accent);
  forced-color-adjust: none;
}
button:focus-visible { outline: 3px solid; outline-color: var(--_accent); outline-offset: 2px }
@media (max-width: 22em) { button { min-height: 4.5rem } }
button:last-child { flex-basis: 100%; min-height: 2.75rem }
.entry + button { position: absolute; inset-inline-end: 0; min-height: 0; background: Canvas; color: CanvasText }
.entry + button:not(:focus-visible) { clip-path: inset(50%) }
@media (prefers-contrast: more) { button[aria-disabled] { opacity: 1 } }
@media (prefers-reduced-motion) {
  [part=caret] { display: block !important }
  .entry::after { animation: none !important }
}
@media (forced-colors: active) {
  [part~=selected] { forced-color-adjust: none; background: Highlight; color: HighlightText; outline-color: CanvasText }
  button[aria-disabled], :host(:disabled) [part~=slot] { color: GrayText; border-color: GrayText; opacity: 1 }
}
`;

/** What no rule from the shadow root can reach: pseudo-elements of what is the page's own. */
export const FIELD = `
[data-state] > [slot=summary] > strong { font-weight: 700; font-size: 1.125rem }
[data-state] > input[slot=field]::selection { background: transparent; color: transparent }
[data-state] > input[slot=field]:autofill { -webkit-text-fill-color: transparent !important; transition: background-color 0s 9e9s }
`;
