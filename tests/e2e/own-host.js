// A host of some site's own in front of the demo: pages with headers of their own, the package's
// files as a server may get them wrong, and everything else passed on to the demo. A real server,
// since what is told of here is what a browser makes of headers, origins and half an answer.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ticketOf } from "./own-page.js";
import { story } from "./story.js";

export const DIST = process.env.MFA_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

const TYPES = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

export const WASM = "mfa_code_bg.wasm";

/** What is loaded once there is an element. */
export const LAZY = ["mfa_code.js", "painted.js", WASM];

/** Under these the package is served. The second one is another copy of it. */
const COPIES = /^\/(mfa-code|another-copy)\/(.+)$/;

const TO_THE_END = 10_000;

export class OwnHost {
  /** What is served besides, by path: HTML, headers and a body, or whatever answers. */
  pages = {};
  /** Of the package's files, by name, those that are answered otherwise. */
  files = {};
  /** What every file of the package says besides its type. */
  headers = {};
  /** Requests to what is passed on wait for what this gives back for their path. */
  delays = () => undefined;
  /** Every path that was asked for, oldest first. */
  asked = [];
  /** What forms have posted to `/own/posted`, oldest first. */
  posted = [];
  /** What browsers have complained of to `/own/reports`. */
  reports = [];
  #site;
  #server;

  static async opens(site) {
    const host = new OwnHost();
    host.#site = site.url;
    host.#server = createServer((asked, answer) =>
      host.#answers(asked, answer).catch(() => answer.destroy())).listen(0, "127.0.0.1");
    await once(host.#server, "listening");
    return host;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The same host by another name, which to a browser is another site. */
  get otherSite() {
    return `http://localhost:${this.port}`;
  }

  /** How often a file of the package was asked for. */
  count(name) {
    return this.asked.filter((path) => COPIES.exec(path)?.[2] === name).length;
  }

  async #answers(asked, answer) {
    const { pathname, searchParams } = new URL(asked.url, this.url);
    this.asked.push(pathname);
    const says = (type, body, more) => answer.writeHead(200, { "content-type": type, ...more }).end(body);
    const page = this.pages[pathname];
    const file = COPIES.exec(pathname)?.[2];
    if (pathname === "/own/posted") {
      const posted = asked.method === "POST" ? new URLSearchParams(await textOf(asked)) : searchParams;
      this.posted.push(posted);
      says("text/html", "<!doctype html><title>Posted</title>Posted");
    } else if (pathname === "/own/reports") {
      this.reports.push(JSON.parse(await textOf(asked)));
      answer.writeHead(204).end();
    } else if (typeof page === "function") {
      await page({ asked, answer, says });
    } else if (page !== undefined) {
      says("text/html; charset=utf-8", page.body ?? page, page.headers);
    } else if (file) {
      const bytes = await readFile(join(DIST, file));
      const usual = () => says(TYPES[extname(file)], bytes, this.headers);
      const other = this.files[file];
      other ? await other({ answer, bytes, says, usual }) : usual();
    } else if (pathname === "/favicon.ico") {
      answer.writeHead(204).end();
    } else {
      await this.delays(pathname);
      const { method, headers, url } = asked;
      const onward = request(new URL(url, this.#site), { method, headers }, (got) =>
        got.pipe(answer.writeHead(got.statusCode, got.headers)));
      asked.pipe(onward.on("error", () => answer.destroy()));
    }
  }

  async closes() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function textOf(asked) {
  let text = "";
  for await (const part of asked) text += part;
  return text;
}

/** A whole document around what a page is made of. */
export const html = (body, { head = "", entry = "/mfa-code/define.js", script = "" } = {}) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Own page</title>${head}
  ${entry && `<script type="module" src="${entry}"></script>`}
  <main>${body}</main>${script && `<script type="module">${script}</script>`}</html>`;

/**
 * As `story`, and `host` is a host of the visitor's, who has given the password there and has a
 * `ticket`. `another` one can be opened.
 */
export function hosted(name, act, profile = {}) {
  story(name, async (told) => {
    const hosts = [];
    const opens = async () => {
      hosts.push(await OwnHost.opens(told.site));
      return hosts.at(-1);
    };
    try {
      const host = await opens();
      await told.visitor.hasGivenThePassword("mara");
      const ticket = await ticketOf(told.visitor);
      await act({ ...told, host, ticket, anotherHost: opens });
    } finally {
      await Promise.all(hosts.map((host) => host.closes()));
    }
  }, profile);
}

/** From here on every event of an element that gets as far as the document is kept. */
export const hearsErrors = ({ page }) => page.addInitScript(() => {
  globalThis.errors = [];
  document.addEventListener("mfa-error", ({ detail, target }) => globalThis.errors.push({ ...detail, id: target.id }));
});

/** What was heard, once there is something. */
export async function errors({ page }) {
  await page.waitForFunction(() => globalThis.errors.length > 0, undefined, { timeout: TO_THE_END });
  return page.evaluate(() => globalThis.errors);
}

/** The page's own field. */
export const FIELD = `<label for="code">Security code</label><input id="code" name="token">`;

const element = (ticket, on = `name="mfa" required`) => `<mfa-code endpoint="/mfa" ticket="${ticket}" ${on}>${FIELD}</mfa-code>`;

/** The element in a form. */
export const form = (ticket, on) => `<form action="/own/posted" method="post">${element(ticket, on)}<button>Continue</button></form>`;

/** The visitor is at a page that holds the form. */
export async function opens({ visitor, host, ticket }, how = {}, headers = {}) {
  host.pages["/own/page"] = { body: html(how.body ?? form(ticket, how.on), how), headers };
  await visitor.page.goto(`${host.url}/own/page`);
}

/** From a code that was asked for to the form's post. */
export async function signsIn({ visitor, host }) {
  await visitor.standsAt("idle");
  await visitor.asksBy("sms");
  await visitor.types(await visitor.phone.latestToken());
  await visitor.standsAt("verified");
  await visitor.presses("Continue");
  await visitor.page.waitForURL("**/own/posted");
  assert.equal(host.posted.at(-1).get("mfa").split(".").length, 3);
}

/** A plain field in a form that posts what is typed. */
export async function isPlain({ visitor, host }) {
  assert.equal(await visitor.element.getAttribute("data-state"), null);
  await visitor.field.click();
  await visitor.types("12x456");
  const seen = await visitor.field.evaluate((field) => {
    const { color, webkitTextFillColor } = getComputedStyle(field);
    return webkitTextFillColor === color && field.checkVisibility();
  });
  assert.ok(seen);
  await visitor.presses("Continue");
  await visitor.page.waitForURL("**/own/posted");
  assert.deepEqual(host.posted.map((all) => [...all]), [[["token", "12x456"]]]);
}
