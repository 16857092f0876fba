/**
 * The real element and the real module before an endpoint that is not there: for Storybook, design
 * work and static documents. A file of its own with everything in it; no other file leads here.
 */
import { MfaCodeElement as Real } from "./element.js";
import { skip } from "./clock.js";
import { CODES } from "./fetch.js";
import * as functions from "./index.js";

export { release } from "./clock.js";
export { isMfaError } from "./index.js";

const MARK = `
[part=mock] {
  display: block !important;
  visibility: visible !important;
  opacity: 1 !important;
  box-sizing: border-box;
  max-width: var(--_width);
  margin: 0 0 .75em;
  padding: .5em .75em;
  border: 2px dashed;
  font-size: .8125em;
  line-height: 1.4;
  text-align: start;
  overflow-wrap: anywhere;
  background: Canvas;
  color: CanvasText;
}
[part=mock] b { display: block }
[part=mock] span { display: inline-block }
[part=mock] bdi { font-family: ui-monospace, Menlo, Consolas, monospace }
`;

let sheet;
let told = false;

const notes = new WeakMap();
const mocks = new WeakSet();

const make = (tag, ...children) => {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
};

/** The same digit all along: a code of any length. */
export const code = (outcome, length = 6) => {
  if (!Object.hasOwn(CODES, outcome)) {
    throw new TypeError(`"${outcome}" is no outcome of the mock; there are ${Object.keys(CODES).join(", ")}`);
  }
  return CODES[outcome].repeat(length);
};

/** No class leaves this file that is not marked. */
export class MfaCodeElement extends Real {
  connectedCallback() {
    // A page can register this class by itself, too.
    tell();
    mark(this);
    super.connectedCallback();
  }

  attributeChangedCallback(name, before, value) {
    super.attributeChangedCallback(name, before, value);
    if (name === "token-length" && this.isConnected) mark(this);
  }

  /** Whoever walks through the states need not wait: what is left of a wait is skipped. */
  reset() {
    super.reset();
    skip(this.state.resendIn ?? 0);
    // Once more, so that no wait is on show that is over.
    super.reset();
  }
}

/** Registers the element of a mock. A name that is taken is an error: it would be the real one. */
export function defineMock(tag = "mfa-code", registry = globalThis.customElements) {
  if (!registry) return undefined;
  const taken = registry.get(tag);
  if (mocks.has(taken)) return taken;
  if (taken) throw new Error(`<${tag}> is registered already, and not as this mock`);
  tell();
  // A class has one name.
  const Mock = class extends MfaCodeElement {};
  registry.define(tag, Mock);
  mocks.add(Mock);
  return Mock;
}

export const start = (options) => (tell(), functions.start(options));
export const verify = (...all) => (tell(), functions.verify(...all));

function tell() {
  if (!told) console.info("mfa-code: this page has a mock. Nothing is sent, and nobody is checked.");
  told = true;
}

/** What makes it plain to everybody that this is none. */
function mark(host) {
  // Without an endpoint the element says that the page is not set up.
  if (!host.endpoint?.startsWith("mock:")) host.endpoint = "mock:";
  host.dataset.mock = "";
  // A DOM without a browser shows nothing.
  if (!host.shadowRoot) return;
  let note = notes.get(host);
  if (!note) {
    notes.set(host, (note = make("p")));
    for (const [name, value] of Object.entries({ part: "mock", role: "note", lang: "en", dir: "ltr" })) {
      note.setAttribute(name, value);
    }
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(MARK);
    host.shadowRoot.adoptedStyleSheets.push(sheet);
    host.shadowRoot.querySelector(".own > *").prepend(note);
  }
  // A length that cannot be is the element's to tell of.
  const asked = Number(host.tokenLength);
  const length = asked > 0 && asked <= 20 ? asked : 6;
  const codes = Object.keys(CODES).map((outcome, at, all) =>
    make("span", make("bdi", code(outcome, length)), ` ${outcome}${at + 1 < all.length ? "," : "."}`));
  note.replaceChildren(make("b", "Mock: nothing is sent or checked."), ...codes.flatMap((one) => [" ", one]));
}
