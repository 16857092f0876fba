// Firefox, spoken to in WebDriver BiDi: the stock browser with nothing beside it. The protocol is
// W3C's; https://w3c.github.io/webdriver-bidi names the commands. No story's words are in here.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import WebSocket from "ws";

export class Firefox {
  #process;
  #profile;
  #socket;
  #asked = new Map();
  #commands = 0;
  #pages = new Map();

  /** One for a test file: it takes two seconds, and a page of it has cookies of its own. */
  static async starts(program) {
    const firefox = new Firefox();
    firefox.#profile = await mkdtemp(join(tmpdir(), "mfa-code-firefox-"));
    const options = ["--headless", "--no-remote", "--profile", firefox.#profile, "--remote-debugging-port=0"];
    firefox.#process = spawn(program, options, { stdio: ["ignore", "ignore", "pipe"] });
    try {
      firefox.#socket = new WebSocket(`${await address(firefox.#process)}/session`);
      await once(firefox.#socket, "open");
      firefox.#socket.on("message", (text) => firefox.#hears(JSON.parse(text)));
      await firefox.asks("session.new", { capabilities: {} });
      await firefox.asks("session.subscribe", { events: ["log.entryAdded"] });
      // Also of what was there before any script of the page.
      await firefox.asks("script.addPreloadScript", {
        functionDeclaration: String(() => addEventListener("securitypolicyviolation", (violation) =>
          console.error(`violation of ${violation.violatedDirective} by ${violation.blockedURI}`))),
      });
    } catch (error) {
      await firefox.closes();
      throw error;
    }
    return firefox;
  }

  /** A page with cookies of its own. Only one at a time has the focus. */
  async page() {
    const { userContext } = await this.asks("browser.createUserContext");
    const { context } = await this.asks("browsingContext.create", { type: "tab", userContext });
    const page = new Page(this, context, userContext);
    this.#pages.set(context, page);
    return page;
  }

  asks(method, params = {}) {
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hears({ id, type, method, params, result, error, message }) {
    if (method === "log.entryAdded") {
      const { level, text, source } = params;
      if (["error", "warn"].includes(level)) this.#pages.get(source.context)?.complained(text);
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (type === "error") asked?.reject(new Error(`${error}: ${message}`));
    else asked?.resolve(result);
  }

  async closes() {
    this.#socket?.terminate();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill();
      await ended;
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where it listens, as it says itself. */
async function address(process) {
  let said = "";
  for await (const line of createInterface({ input: process.stderr })) {
    const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
    if (url) {
      process.stderr.resume();
      return url;
    }
    said += `${line}\n`;
  }
  throw new Error(`Firefox did not start: ${said}`);
}

class Page {
  #complaints = [];
  #firefox;
  #context;
  #cookies;

  constructor(firefox, context, userContext) {
    this.#firefox = firefox;
    this.#context = context;
    this.#cookies = userContext;
  }

  complained(of) {
    this.#complaints.push(of);
  }

  /** What the page wrote to the console as a warning or worse. */
  async complaints() {
    return this.#complaints;
  }

  async goes(url) {
    await this.#firefox.asks("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Runs a function in the page. What goes in and comes out is JSON. */
  async evaluates(act, ...given) {
    const { result, exceptionDetails } = await this.#firefox.asks("script.callFunction", {
      functionDeclaration: `async (given) => JSON.stringify(await (${act})(...JSON.parse(given)))`,
      arguments: [{ type: "string", value: JSON.stringify(given) }],
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.type === "string" ? JSON.parse(result.value) : undefined;
  }

  /** Keys and pointer, as WebDriver has them: https://w3c.github.io/webdriver#actions */
  async acts(actions) {
    await this.#firefox.asks("input.performActions", { context: this.#context, actions });
  }

  async closes() {
    await this.#firefox.asks("browser.removeUserContext", { userContext: this.#cookies });
  }
}
