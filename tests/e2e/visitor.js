// A visitor: what a person does at the page and sees there, in their own words.

import assert from "node:assert/strict";

import { PEOPLE } from "./site.js";

/** How long a person would wait before they think that it is broken. */
const PATIENCE = 10_000;

/** What Chromium logs by itself for an answer that is no success, and for none. */
export const answered = (status) => new RegExp(`status of ${status}.*/mfa/`);
export const unanswered = /net::ERR_/;

export class Visitor {
  /** What the page complained of. */
  #troubles = [];
  #expected = [];

  static async arrives(context, site) {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(page, site);
    // Also those of its workers and before any script of the page.
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`violation of ${violatedDirective} by ${blockedURI}`));
    });
    return visitor;
  }

  constructor(page, site) {
    this.page = page;
    this.site = site;
    page.on("pageerror", ({ message }) => this.#troubles.push(`page error: ${message}`));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      this.#troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    });
  }

  /** A complaint of the browser that belongs to the story. */
  expects(...complaints) {
    this.#expected.push(...complaints);
  }

  hadNoTrouble() {
    const unexpected = this.#troubles.filter((trouble) => !this.#expected.some((known) => known.test(trouble)));
    assert.deepEqual(unexpected, [], "the page complained");
  }

  // At the keyboard and the mouse.

  async opens(path = "/") {
    return this.page.goto(this.site.url + path);
  }

  async givesThePassword(person) {
    await this.opens();
    await this.page.getByLabel("User name").fill(person);
    await this.page.getByLabel("Password").fill(PEOPLE[person].password);
    await this.page.getByRole("button", { name: "Continue" }).click();
    await this.page.waitForURL("**/code");
    this.phone = this.site.phoneOf(person);
  }

  /** The password step is behind them, without a page being shown for it. */
  async hasGivenThePassword(person) {
    const form = { username: person, password: PEOPLE[person].password };
    const answer = await this.page.request.post(`${this.site.url}/`, { form, maxRedirects: 0 });
    assert.equal(answer.headers().location, "/code");
    this.phone = this.site.phoneOf(person);
  }

  /** The code step, ready for use. */
  async isAskedForACode(person) {
    await this.hasGivenThePassword(person);
    await this.opens("/code");
    await this.standsAt("idle");
  }

  /** Asks for a code for the first time, and gets it. */
  async asksBy(channel) {
    await this.presses(channel === "sms" ? "Text me a code" : "Call me with a code");
    await this.standsAt("entering");
  }

  async presses(name) {
    await this.offered(name).click();
  }

  async types(text) {
    await this.page.keyboard.type(text);
  }

  /** As a person does: into the real clipboard, then Ctrl+V. */
  async pastes(text) {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.page.keyboard.press("ControlOrMeta+V");
  }

  /** Time passes for the page alone. The story must have installed the clock. */
  async waits(seconds) {
    await this.page.clock.runFor(seconds * 1000);
  }

  // On the page.

  get element() {
    return this.page.locator("mfa-code");
  }

  get field() {
    return this.page.getByRole("textbox", { name: "Security code" });
  }

  /** A button that does something now. */
  offered(name) {
    return this.page.locator("main").getByRole("button", { name, exact: true, disabled: false });
  }

  async isOffered(name) {
    await this.offered(name).waitFor();
  }

  /** The words, somewhere in the form. The drawn phone beside it does not count. */
  async sees(words) {
    await this.page.locator("main").getByText(words).filter({ visible: true }).first().waitFor();
  }

  async standsAt(state) {
    await this.page.locator(`mfa-code[data-state="${state}"]`).waitFor();
  }

  async isSignedIn(how) {
    await this.page.waitForURL("**/account");
    await this.sees("You are signed in.");
    if (how) await this.sees(how);
  }

  /** The field holds what was typed, and typing replaces it. */
  async canRetype() {
    const field = await this.field.evaluate((input) => ({
      focused: input === document.activeElement,
      selected: input.value.slice(input.selectionStart, input.selectionEnd),
      value: input.value,
    }));
    assert.ok(field.focused && field.value, JSON.stringify(field));
    assert.equal(field.selected, field.value);
  }

  /** What is focused: a label, a button's name, or a tag. */
  async focus() {
    return this.page.evaluate(() => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return focused?.labels?.[0]?.textContent ?? focused?.textContent?.trim().slice(0, 40) ?? "";
    });
  }

  /** How things stood, for the reader of a failure. */
  async account() {
    const seen = await this.page.locator("main").innerText({ timeout: 1000 }).catch(() => "nothing");
    const state = await this.element.getAttribute("data-state", { timeout: 200 }).catch(() => null);
    return `At ${this.page.url()}, ${state ?? "without a state"}, the visitor saw:\n${seen}\n${this.#troubles.join("\n")}`;
  }
}
