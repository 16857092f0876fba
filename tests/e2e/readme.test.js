// The snippets of README.md, to the letter: in a page of their own, under a strict policy, against
// the real proxy and the emulator as programs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { basename, dirname, extname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { browser, closeBrowser } from "./browser.js";
import { Phone } from "./phone.js";
import { Visitor } from "./visitor.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const README = await readFile(join(ROOT, "README.md"), "utf8");

const snippets = (language) =>
  [...README.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter(([, l]) => l === language).map(([, , text]) => text);

const [WHOLE, OWN_INPUT, ...moreHtml] = snippets("html");
const [FUNCTIONS, ...moreJs] = snippets("js");

/** What the backend asks its proxy for, as the README's `curl` does. */
const TICKET = JSON.parse(/-d '(\{"subject".*?\})'/.exec(README)[1]);

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const KINDS = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** A program of ours and what it prints once it is ready. */
async function runs(name, args, environment, ready) {
  const demo = process.env.MFA_DEMO ?? join(ROOT, "target/debug/mfa-demo");
  const program = join(dirname(demo), name + extname(demo));
  const child = spawn(program, args, {
    env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const printed = new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      said += text;
      const found = ready.exec(said);
      if (found) resolve(found.slice(1));
    });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`${name} ended: ${said}`)));
  });
  return { child, printed: await printed };
}

/** A site that has done what the README says, and nothing else. */
class Embedder {
  #programs = [];
  #server;
  #key = randomBytes(32).toString("base64");
  #public;
  #private;
  page = "";
  script = "";
  /** What the form has posted. */
  posted = null;

  static async opens() {
    const site = new Embedder();
    const key = () => randomBytes(32).toString("base64");
    const [emulator] = await site.#runs("mfa-emulator", ["--listen", "127.0.0.1:0"], {}, /(http:\/\/\S+)\s/);
    const faces = ["--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0"];
    [site.#public, site.#private] = await site.#runs("mfa-proxy", faces, {
      MFA_UPSTREAM_URL: emulator, MFA_PROJECT_ID: "YourProjectID", MFA_API_TOKEN: "YourAuthToken",
      MFA_SEALING_KEYS: key(), MFA_RECEIPT_KEYS: key(), MFA_API_KEY: site.#key,
    }, /public (\S+)\nprivate (\S+)\n/);
    site.phone = new Phone(emulator, TICKET.to);
    site.#server = createServer((asked, answer) => site.#answers(asked, answer).catch((error) => {
      answer.writeHead(500).end(String(error));
    })).listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    site.url = `http://127.0.0.1:${site.#server.address().port}`;
    return site;
  }

  async #runs(...what) {
    const { child, printed } = await runs(...what);
    this.#programs.push(child);
    return printed;
  }

  async #answers(asked, answer) {
    const { pathname } = new URL(asked.url, this.url);
    const says = (kind, body) =>
      answer.writeHead(200, { "content-type": kind, "content-security-policy": POLICY }).end(body);
    if (pathname.startsWith("/mfa/")) {
      const { method, headers } = asked;
      const passed = request(this.#public + pathname.slice("/mfa".length), { method, headers }, (got) => {
        got.pipe(answer.writeHead(got.statusCode, got.headers));
      });
      asked.pipe(passed.on("error", (error) => answer.destroy(error)));
    } else if (pathname.startsWith("/mfa-code/")) {
      const file = basename(pathname);
      says(KINDS[extname(file)], await readFile(join(process.env.MFA_DIST ?? join(ROOT, "dist"), file)));
    } else if (pathname === "/page.js") {
      says(KINDS[".js"], this.script);
    } else if (pathname === "/login/code") {
      let body = "";
      for await (const part of asked) body += part;
      this.posted = new URLSearchParams(body);
      says("text/plain", "Welcome");
    } else if (pathname === "/favicon.ico") {
      answer.writeHead(204).end();
    } else {
      says("text/html", `<!doctype html><meta charset="utf-8"><title>Sign in</title>${this.page}`);
    }
  }

  /** The backend to the private face. */
  async asks(path, body) {
    const answer = await fetch(this.#private + path, {
      method: "POST", body: JSON.stringify(body),
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
    });
    assert.equal(answer.status, 200, path);
    return answer.json();
  }

  /** The receipt is for the person and the ticket, and is taken once. */
  async lets(receipt, { nonce }, channel) {
    const redeemed = await this.asks("/receipts/redeem", { receipt });
    assert.equal(redeemed.subject, TICKET.subject);
    assert.equal(redeemed.nonce, nonce);
    assert.equal(redeemed.channel, channel);
  }

  closes() {
    this.#server?.close();
    for (const child of this.#programs) child.kill();
  }
}

function story(name, act) {
  test(name, { timeout: 60_000 }, async () => {
    const site = await Embedder.opens();
    const context = await (await browser()).newContext({ reducedMotion: "reduce" });
    try {
      const visitor = await Visitor.arrives(context, site);
      await act(site, visitor, await site.asks("/tickets", TICKET));
      visitor.hadNoTrouble();
    } finally {
      await context.close();
      site.closes();
    }
  });
}

describe("The snippets of the README", () => {
  after(closeBrowser);

  test("are all tried here", () => {
    assert.ok(WHOLE && OWN_INPUT && FUNCTIONS);
    assert.deepEqual([moreHtml, moreJs], [[], []]);
  });

  const replaced = WHOLE.replace(/ *<mfa-code[^]*<\/mfa-code>\n/, () => OWN_INPUT);
  for (const [name, html] of [
    ["the element in a form signs in", WHOLE],
    ["the element around an input of the page's own signs in", replaced],
  ]) {
    story(name, async (site, visitor, ticket) => {
      assert.equal(html.split("TICKET").length, 2);
      site.page = html.replace("TICKET", ticket.ticket);
      await visitor.opens();
      await visitor.standsAt("idle");
      await visitor.page.getByRole("button", { name: "Text me a code" }).click();
      await visitor.standsAt("entering");
      await visitor.field.focus();
      await visitor.types(await site.phone.latestToken());
      await visitor.page.waitForURL("**/login/code");
      await site.lets(site.posted.get("mfa"), ticket, "sms");
    });
  }

  story("the input of the page's own posts its code where no script runs", async (site, visitor, ticket) => {
    site.page = replaced.replace("TICKET", ticket.ticket).replace(/<script.*<\/script>\n/, "");
    await visitor.opens();
    await visitor.field.fill("123456");
    await visitor.page.getByRole("button", { name: "Continue" }).click();
    await visitor.page.waitForURL("**/login/code");
    assert.deepEqual([...site.posted], [["token", "123456"]]);
  });

  /** The page around the functions: what the snippet takes from it, and what a person answers. */
  async function functions(site, visitor, ticket, answer) {
    const { page } = visitor;
    site.page = '<script type="module" src="/page.js"></script>';
    site.script = FUNCTIONS;
    await page.addInitScript((sealed) => (window.ticket = sealed), ticket.ticket);
    const asked = new Promise((resolve) => page.once("dialog", async (dialog) => {
      resolve(dialog.message());
      await dialog.accept(await answer());
    }));
    await visitor.opens();
    assert.equal(await asked, "The code sent to +1 ••• ••• 0123:");
  }

  story("the functions sign in", async (site, visitor, ticket) => {
    let signsIn;
    const receipt = new Promise((resolve) => (signsIn = resolve));
    await visitor.page.exposeFunction("signIn", signsIn);
    await functions(site, visitor, ticket, () => site.phone.latestToken());
    await site.lets(await receipt, ticket, "sms");
  });

  story("a wrong code is a result of the functions", async (site, visitor, ticket) => {
    const said = visitor.page.waitForEvent("console");
    await functions(site, visitor, ticket, () => site.phone.wrongToken());
    assert.equal((await said).text(), "wrong, 2 tries left");
  });
});
