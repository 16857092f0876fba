/**
 * The real element and the real module before an endpoint that is not there: for Storybook, design
 * work and static documents. A file of its own with everything in it; no other file leads here.
 */
import { MfaCodeElement } from "./element.js";
import { CODES } from "./fetch.js";

export { MfaCodeElement } from "./element.js";
export { isMfaError, start, verify } from "./index.js";

const MARK = `
[part=mock] {
  display: block !important;
  visibility: visible !important;
  opacity: 1 !important;
  box-sizing: border-box;
  max-width: var(--_width);
  margin: 0 0 .75rem;
  padding: .5rem .75rem;
  border: 2px dashed;
  font-size: .8125rem;
  line-height: 1.4;
  text-align: start;
  background: Canvas;
  color: CanvasText;
}
[part=mock] b { display: block }
[part=mock] bdi { font-family: ui-monospace, Menlo, Consolas, monospace; white-space: nowrap }
`;

let sheet;
let told = false;

const make = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });

/** The same digit all along: a code of any length. */
export const code = (outcome, length = 6) => {
  if (!Object.hasOwn(CODES, outcome)) {
    throw new TypeError(`"${outcome}" is no outcome of the mock; there are ${Object.keys(CODES).join(", ")}`);
  }
  return CODES[outcome].repeat(length);
};

/** Registers the element of a mock. A name that is taken is an error: it would be the real one. */
export function defineMock(tag = "mfa-code", registry = globalThis.customElements) {
  if (!registry) return undefined;
  if (registry.get(tag)) throw new Error(`<${tag}> is registered already, and not as this mock`);
  const Mock = class MockMfaCodeElement extends MfaCodeElement {
    connectedCallback() {
      mark(this);
      super.connectedCallback();
    }
  };
  registry.define(tag, Mock);
  if (!told) console.info("mfa-code: this page has a mock. Nothing is sent, and nobody is checked.");
  told = true;
  return Mock;
}

/** What makes it plain to everybody that this is none. */
function mark(host) {
  // Without an endpoint the element says that the page is not set up.
  if (!host.endpoint?.startsWith("mock:")) host.endpoint = "mock:";
  host.dataset.mock = "";
  if (host.shadowRoot.querySelector("[part=mock]")) return;
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(MARK);
  host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets, sheet];
  const note = make("p", "");
  note.setAttribute("part", "mock");
  note.setAttribute("role", "note");
  note.lang = "en";
  note.dir = "ltr";
  const length = Number(host.tokenLength) || 6;
  const codes = Object.keys(CODES).flatMap((outcome) => [make("bdi", code(outcome, length)), ` ${outcome}, `]);
  codes.push(codes.pop().replace(/, $/, "."));
  note.append(make("b", "Mock: nothing is sent, and no code is checked."), ...codes);
  host.shadowRoot.prepend(note);
}
