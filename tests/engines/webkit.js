// WebKitGTK, spoken to in classic WebDriver through its own driver. It needs a display; each page
// has one of its own, so that each has a clipboard and the focus. No story's words are in here.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";

/**
 * Hears what the page complains of. The driver can neither run this before the scripts of a page
 * nor tell what they write to the console, so it is the first thing in a page that is there.
 */
const EAR = String(() => {
  if (globalThis.heard || location.protocol === "about:") return;
  globalThis.heard = (what) => (sessionStorage.heard = `${sessionStorage.heard ?? ""}${what}\n`);
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    heard(`violation of ${violatedDirective} by ${blockedURI}`));
  addEventListener("error", ({ message }) => heard(message));
  addEventListener("unhandledrejection", ({ reason }) => heard(`unhandled: ${reason}`));
  for (const level of ["error", "warn"]) {
    const write = console[level];
    console[level] = (...said) => write.call(console, ...said, heard(said.join(" ")));
  }
});

/** For how long the driver is waited for, in milliseconds: longer than any story waits in a page. */
const PATIENCE = 20_000;

export class WebKit {
  #driver;

  static async starts(driver) {
    const webkit = new WebKit();
    webkit.#driver = driver;
    return webkit;
  }

  /** A browser of its own: it takes half a second, and a driver has no more than one. */
  async page() {
    return Page.opens(this.#driver);
  }

  async closes() {}
}

class Page {
  /** This build of the engine knows the command and no key for it, in any field. */
  lacksUndoKey = true;
  #display;
  #driver;
  #url;

  static async opens(driver) {
    // A driver now and then never gets to its first page: another one does.
    for (let tries = 1; ; tries++) {
      const page = new Page();
      try {
        await page.#starts(driver);
        return page;
      } catch (error) {
        await page.closes();
        if (tries > 1) throw error;
      }
    }
  }

  async #starts(driver) {
    // It takes the first display that is free, and tells which.
    const options = ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
    this.#display = spawn("Xvfb", options, { stdio: ["ignore", "pipe", "ignore"] });
    const [display] = await orItEnds(this.#display, once(createInterface({ input: this.#display.stdout }), "line"));
    const port = await freePort();
    const settings = { DISPLAY: `:${display}`, GDK_BACKEND: "x11" };
    this.#driver = spawn(driver, [`--port=${port}`], { env: { ...process.env, ...settings }, stdio: "ignore" });
    this.#url = `http://127.0.0.1:${port}`;
    await orItEnds(this.#driver, this.#answers());
    const { sessionId } = await this.#asks("POST", "/session", { capabilities: {} });
    this.#url += `/session/${sessionId}`;
  }

  /** What went wrong in the page, or was written to its console as a warning or worse. */
  async complaints() {
    const heard = await this.evaluates(() => sessionStorage.heard ?? "");
    return heard.split("\n").filter(Boolean);
  }

  async #answers() {
    for (;;) {
      try {
        return await this.#asks("GET", "/status");
      } catch {
        await later(20);
      }
    }
  }

  async #asks(method, path, body) {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(this.#url + path, { method, body: body && JSON.stringify(body), signal });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  async goes(url) {
    await this.#asks("POST", "/url", { url });
  }

  /**
   * Runs a function in the page. What goes in and comes out is JSON. It is a task of the page's
   * own: what the driver runs at once has its microtasks in the middle of it.
   */
  async evaluates(act, ...args) {
    const script = `(${EAR})();
      const [done, ...given] = [...arguments].reverse();
      setTimeout(async () => {
        try {
          done({ came: await (${act})(...given.reverse()) });
        } catch (error) {
          done({ failed: String(error) });
        }
      });`;
    const { came, failed } = await this.#asks("POST", "/execute/async", { script, args });
    if (failed) throw new Error(failed);
    return came;
  }

  /** Keys and pointer, as WebDriver has them: https://w3c.github.io/webdriver#actions */
  async acts(actions) {
    await this.#asks("POST", "/actions", { actions });
  }

  async closes() {
    // The browser is the driver's child and ends with its session.
    if (this.#url?.includes("/session/")) await this.#asks("DELETE", "").catch(() => {});
    for (const started of [this.#driver, this.#display]) await ends(started);
  }
}

async function ends(started) {
  if (!started || started.exitCode !== null || started.signalCode !== null) return;
  const ended = once(started, "exit");
  started.kill();
  await ended;
}

function orItEnds(started, happens) {
  const ended = once(started, "exit").then(([code]) => {
    throw new Error(`${started.spawnfile} ended with ${code}`);
  });
  // It ends at last in any case.
  ended.catch(() => {});
  return Promise.race([happens, ended]);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
