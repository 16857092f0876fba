// A visitor: what a person does at the page and sees there, in any engine. Keys and pointer are
// the engine's own; the page is only read by script, and where a name below says so, filled.

import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";

import { PEOPLE } from "../e2e/site.js";

/** How long a person would wait before they think that it is broken. */
const PATIENCE = 10_000;

/** WebDriver's names of the keys that are no characters. */
const KEYS = {
  Backspace: "\uE003", Tab: "\uE004", Enter: "\uE007", Shift: "\uE008", Control: "\uE009", End: "\uE010",
  Home: "\uE011", ArrowLeft: "\uE012", ArrowRight: "\uE014",
  Delete: "\uE017",
};

export class Visitor {
  #expected = [];

  constructor(page, site) {
    this.page = page;
    this.site = site;
  }

  /** A complaint of the engine that belongs to the story. */
  expects(...complaints) {
    this.#expected.push(...complaints);
  }

  async hadNoTrouble() {
    const unexpected = (await this.page.complaints()).filter((said) => !this.#expected.some((known) => known.test(said)));
    assert.deepEqual(unexpected, [], "the page complained");
  }

  // At the keyboard and the mouse.

  /** @param {string} from Another address of the same site. */
  async opens(path = "/", from = this.site.url) {
    await this.page.goes(from + path);
  }

  async givesThePassword(person, from) {
    await this.opens("/", from);
    await this.page.evaluates(() => document.getElementById("username").focus());
    await this.types(person);
    await this.presses("Tab");
    await this.types(PEOPLE[person].password);
    await this.presses("Enter");
    await this.until(() => location.pathname === "/code" && document.readyState === "complete");
    this.phone = this.site.phoneOf(person);
  }

  /** The code step, ready for use, and the field has the focus. */
  async hasACode(person, channel = "sms") {
    await this.givesThePassword(person);
    await this.standsAt("idle");
    await this.clicks(channel === "sms" ? "Text me a code" : "Call me with a code");
    await this.standsAt("entering");
  }

  /** The characters one after another, faster than any frame. */
  async types(text) {
    await this.#keys([...text].flatMap((key) => [down(key), up(key)]));
  }

  /** Keys one after another; `Control+A` are two at a time. */
  async presses(...chords) {
    await this.#keys(chords.flatMap((chord) => {
      const keys = chord.split("+").map((name) => KEYS[name] ?? name.toLowerCase());
      return [...keys.map(down), ...keys.reverse().map(up)];
    }));
  }

  /** With Ctrl+Z, or as from a menu where that is no key. */
  async undoes() {
    if (!this.page.lacksUndoKey) return this.presses("Control+Z");
    await this.page.evaluates(() => void document.execCommand("undo"));
  }

  #keys(actions) {
    return this.page.acts([{ type: "key", id: "keyboard", actions }]);
  }

  /** As a person does: marked and copied elsewhere, then pasted with the keyboard. */
  async pastes(text) {
    const selection = await this.selection();
    await this.page.evaluates((text) => {
      const elsewhere = Object.assign(document.createElement("textarea"), { id: "elsewhere", value: text });
      document.body.append(elsewhere);
      elsewhere.focus();
    }, text);
    await this.presses("Control+A", "Control+C");
    await this.page.evaluates((selection) => {
      document.getElementById("elsewhere").remove();
      const field = document.getElementById("code");
      field.focus();
      field.setSelectionRange(...selection);
    }, selection);
    await this.presses("Control+V");
  }

  /** A button by its words, with the pointer. */
  async clicks(name, times = 1) {
    await this.until(offered, name);
    await this.#clicksAt(await this.page.evaluates(middleOf, name), times);
  }

  async clicksAtSlot(at) {
    await this.#clicksAt(await this.page.evaluates((at) => {
      const box = document.querySelector("mfa-code").shadowRoot.querySelectorAll("[part~=slot]")[at].getBoundingClientRect();
      return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    }, at));
  }

  async #clicksAt({ x, y }, times = 1) {
    const click = [{ type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    const actions = [{ type: "pointerMove", x, y }, ...Array(times).fill(click).flat()];
    await this.page.acts([{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }]);
  }

  // On the page.

  async value() {
    return this.page.evaluates(() => document.getElementById("code").value);
  }

  async selection() {
    return this.page.evaluates(() => {
      const { selectionStart, selectionEnd } = document.getElementById("code");
      return [selectionStart, selectionEnd];
    });
  }

  /** The field holds this, and the slots show the same. */
  async has(value) {
    const held = (value) => {
      const slots = document.querySelector("mfa-code").shadowRoot.querySelectorAll("[part~=slot]");
      const shown = Array.from(slots, (slot) => slot.textContent).join("");
      return document.getElementById("code").value === value && shown === value;
    };
    await this.until(held, value);
  }

  async caretIsAt(start, end = start) {
    await this.until((selection) => {
      const { selectionStart, selectionEnd } = document.getElementById("code");
      return String([selectionStart, selectionEnd]) === selection;
    }, String([start, end]));
  }

  async isOffered(name) {
    await this.until(offered, name);
  }

  /** The words, somewhere in the form or in the element. */
  async sees(words) {
    const seen = (words) => {
      const main = document.querySelector("main");
      const inside = document.querySelector("mfa-code")?.shadowRoot;
      const shown = Array.from(inside?.querySelectorAll("[part=status], button:not([hidden])") ?? [], (part) => part.innerText);
      return [main?.innerText, ...shown].join("\n").includes(words);
    };
    await this.until(seen, words);
  }

  /** The element says so in both ways, for scripts and for styles. */
  async standsAt(state) {
    await this.until((state) => document.querySelector(`mfa-code[data-state=${state}]:state(${state})`) !== null, state);
  }

  async isSignedIn(how) {
    await this.until(() => location.pathname === "/account" && document.readyState === "complete");
    await this.sees("You are signed in.");
    if (how) await this.sees(how);
  }

  /** What is focused, also inside of the element: a label or a button's words. */
  async focus() {
    return this.page.evaluates(() => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return focused?.labels?.[0]?.textContent ?? focused?.textContent?.trim() ?? "";
    });
  }

  /** The engine writes of it to the console, so many times. */
  async complains(of, times = 1) {
    await patiently(async () => (await this.page.complaints()).filter((said) => of.test(said)).length >= times, of);
  }

  /** Waits until the page says yes. While one page follows another, it says nothing. */
  async until(says, ...given) {
    await patiently(() => this.page.evaluates(says, ...given), `${says} of ${JSON.stringify(given)}`);
  }

  /** How things stood, for the reader of a failure. */
  async account() {
    const stood = await this.page.evaluates(() => {
      const element = document.querySelector("mfa-code");
      const field = document.getElementById("code");
      const held = field && `"${field.value}", ${field.selectionStart} to ${field.selectionEnd}`;
      return `At ${location}, ${element?.dataset.state ?? "without a state"}, with ${held}:\n${document.querySelector("main")?.innerText}`;
    }).catch((error) => `The page says nothing: ${error.message}`);
    return [stood, ...(await this.page.complaints().catch(() => []))].join("\n");
  }
}

const down = (value) => ({ type: "keyDown", value });
const up = (value) => ({ type: "keyUp", value });

async function patiently(says, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await says().catch((error) => error);
    if (answer === true) return;
    if (Date.now() > end) throw new Error(`the visitor waited in vain for ${what}: ${answer}`);
    await later(20);
  }
}

// Run in the page, so they stand alone.

/** There is a button of that name that does something now. */
function offered(name) {
  const roots = [document.querySelector("main"), document.querySelector("mfa-code")?.shadowRoot];
  return roots.flatMap((root) => [...(root?.querySelectorAll("button") ?? [])]).some((button) =>
    button.innerText.trim() === name && button.offsetParent !== null && !button.disabled &&
    button.ariaDisabled !== "true");
}

function middleOf(name) {
  const roots = [document.querySelector("main"), document.querySelector("mfa-code")?.shadowRoot];
  const button = roots.flatMap((root) => [...(root?.querySelectorAll("button") ?? [])])
    .find((button) => button.innerText.trim() === name && button.offsetParent !== null);
  button.scrollIntoView({ block: "center" });
  const box = button.getBoundingClientRect();
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}
