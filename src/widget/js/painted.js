/**
 * What the module paints: slots, states, buttons, what is confirmed.
 *
 * No state is told by its colour alone, and a browser that cannot derive one colour from another
 * has the colour of the text for every other.
 */

export { LightDom, mayTakeFocus } from "./light-dom.js";

// A browser's first look into its tables of languages takes a slow phone longer than all that the
// module does to come to life. Here nobody waits for it: the module is still on its way.
setTimeout(() => new Date().toLocaleString("en", { hour: "numeric", minute: "2-digit" }));

export const CHROME = `
:host {
  --_fill: var(--mfa-accent, #0b57d0);
  --_accent: var(--mfa-accent, currentColor);
  --_error: var(--mfa-error, currentColor);
  --_wrong: var(--mfa-error, currentColor);
  --_success: var(--mfa-success, currentColor);
  --_right: var(--mfa-success, currentColor);
}
[part=slots], button { --_on: var(--mfa-on-accent, #fff) }
/* As dark or light as the text is what is read; nearer to the other hues what is only seen. */
@supports (color: color(from currentColor xyz x y z)) {
  :host {
    --_accent: var(--mfa-accent, color(from currentColor xyz calc(1.305*min(0.625*y + 0.025, .114) + .905*max(0, 0.625*y + 0.025 - .114)) calc(0.625*y + 0.025) calc(5.34*min(0.625*y + 0.025, .114) + .54*max(0, 0.625*y + 0.025 - .114)) / 1));
    --_error: var(--mfa-error, color(from currentColor xyz calc(1.764*min(y, .111) + .849*max(0, y - .111)) y calc(.211*min(y, .111) + 1.198*max(0, y - .111)) / 1));
    --_wrong: var(--mfa-error, color(from currentColor xyz calc(1.764*min(0.625*y + 0.025, .111) + .849*max(0, 0.625*y + 0.025 - .111)) calc(0.625*y + 0.025) calc(.211*min(0.625*y + 0.025, .111) + 1.198*max(0, 0.625*y + 0.025 - .111)) / 1));
    --_success: var(--mfa-success, color(from currentColor xyz calc(.555*min(y, .111) + 1*max(0, y - .111)) y calc(.397*min(y, .111) + 1.175*max(0, y - .111)) / 1));
    --_right: var(--mfa-success, color(from currentColor xyz calc(.555*min(0.625*y + 0.025, .111) + 1*max(0, 0.625*y + 0.025 - .111)) calc(0.625*y + 0.025) calc(.397*min(0.625*y + 0.025, .111) + 1.175*max(0, 0.625*y + 0.025 - .111)) / 1));
  }
  [part=slots], button {
    --_on: var(--mfa-on-accent, color(from var(--_fill) xyz calc(.9505*clamp(0, (.179 - y)*999, 1)) clamp(0, (.179 - y)*999, 1) calc(1.0891*clamp(0, (.179 - y)*999, 1))));
  }
}
::slotted([slot=summary]), [part=actions] { max-width: var(--_width) !important }
::slotted([slot=summary]) {
  margin-bottom: 1.25em !important;
  padding: .75em 1em;
  white-space: pre-line !important;
}
[part=slots] {
  position: absolute;
  inset: 0;
  isolation: isolate;
  gap: var(--mfa-gap, clamp(2px, 1.5%, 8px));
}
:host([data-state]) [part=slots] { display: flex }
[part~=slot] {
  flex: 1;
  min-width: 0;
  display: grid;
  place-content: center;
  /* A character is laid out by itself, and not with all of the row. */
  contain: layout size;
  font: 600 min(1.375em, 9cqi)/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-variant-numeric: slashed-zero;
}
/* A long code is a comb: twenty boxes with gaps would leave no room for what is in them. */
.comb { gap: 0 }
.comb > [part~=slot] { font-size: min(1.375em, 5.4cqi); border-color: var(--_line); border-radius: 0; margin-right: -1px }
[part=separator] { align-self: center; width: .6875em; border-bottom: 2px solid var(--_line) }
:host([data-state=idle]) [part~=slot], :host([data-state=sending]) [part~=slot] { border-style: dashed }
:host([data-state=offline]) [part~=slot] { border: 2px dotted var(--_line) }
[part~=filled] { border-color: currentColor }
:host([data-state=rejected]) [part~=slot] { border-color: var(--_wrong); border-bottom-width: 4px }
/* All of a wrong code is selected. What is read on this is for this to say. */
:host([data-state=rejected]) [part=slots] { --_fill: var(--mfa-error, #b3261e); --mfa-on-accent: initial }
:host([data-state=verified]) [part~=slot] { border: 2.5px solid var(--_right); color: var(--_success) }
:host([data-state=closed]) [part~=slot] { text-decoration: line-through }
[part~=active] { z-index: 1; outline: 3px solid; outline-color: var(--_accent); outline-offset: -1.5px }
[part~=selected] { background: var(--_fill); -webkit-text-fill-color: var(--_on) }
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
  /* Seen by programs that fill fields, and by nobody else: not even what a browser marks itself. */
  filter: opacity(0) !important;
  border-color: transparent !important;
  outline: 0 !important;
  -webkit-text-fill-color: transparent !important;
  caret-color: transparent !important;
  forced-color-adjust: none !important;
}
::slotted([slot=field]:autofill) { transition: background-color 0s 9e9s !important }
::slotted([slot=error]), :host([data-state=verified]) [part=status] { font-weight: 600 }
::slotted([slot=error]) { color: var(--_error) }
:host([data-state=verified]) [part=status] { color: var(--_success) }
:host([data-state=verified]) [part=status]::before { content: "✓ " / "" }
[part=actions] { display: flex; flex-flow: wrap; gap: 8px }
button {
  flex: 1 8.5em;
  min-height: calc(56em / 15);
  padding: .4em .5em;
  background: none;
  color: inherit;
  font-family: inherit;
  font-size: .9375em;
  font-weight: 600;
  line-height: 1.25;
  font-variant-numeric: tabular-nums;
  cursor: pointer;
}
button:not([aria-disabled]):hover { border-color: currentColor }
button[aria-disabled] { border-style: dashed; cursor: default }
button span { display: block; text-wrap: balance }
button span + span { font-weight: 400 }
button[part~=primary]:not([aria-disabled]) {
  border-color: var(--_accent);
  background: var(--_fill);
  -webkit-text-fill-color: var(--_on);
  forced-color-adjust: none;
}
button:focus-visible { outline: 3px solid; outline-color: var(--_accent); outline-offset: 2px }
@container (max-width: 20em) { button { min-height: 4.8em } }
button:last-child { flex-basis: 100%; min-height: 3em }
.entry + button { position: absolute; inset-inline-end: 0; min-height: 0; background: Canvas; color: CanvasText }
.entry + button:not(:focus-visible) { clip-path: inset(50%) }
@media (prefers-reduced-motion) {
  [part=caret] { display: block !important }
  .entry::after { animation: none !important }
}
@media (forced-colors: active) {
  :host {
    --_fill: Highlight;
    --_accent: Highlight;
    --_error: CanvasText;
    --_wrong: CanvasText;
    --_success: CanvasText;
    --_right: CanvasText;
  }
  [part=slots], button { --_on: HighlightText }
  [part~=selected] { forced-color-adjust: none; background: Highlight; color: HighlightText; outline-color: CanvasText }
  button[aria-disabled], :host(:disabled) [part~=slot] { color: GrayText; border-color: GrayText; opacity: 1 }
}
`;

/** What no rule from the shadow root can reach: pseudo-elements of what is the page's own. */
export const FIELD = `
[data-state] > [slot=summary] > strong { font-weight: 700; font-size: 1.125em }
:is(#a#b#c#d, [data-state]) > input[slot=field]::selection {
  background: transparent !important;
  color: transparent !important;
  text-shadow: none !important;
}
`;
