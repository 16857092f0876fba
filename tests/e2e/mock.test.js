// The mock, on a page that has no server behind it: what a page asks for is read from the package, or
// is an error.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { browser, closeBrowser } from "./browser.js";
import { Visitor } from "./visitor.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = process.env.MFA_DIST ?? join(ROOT, "dist");
const KINDS = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".wasm": "application/wasm" };
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
  "form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const URL_OF = "http://design.test";

const MOCK = `import * as mock from "/dist/mock.js"; window.mock = mock; mock.defineMock();`;

/** A visitor at a page of this body and script; whatever else is asked for is in `asked`. */
function page(name, { body = "<mfa-code></mfa-code>", script = MOCK, path = "/" }, act, profile = {}) {
  test(name, { timeout: 60_000 }, async () => {
    const context = await (await browser()).newContext({ reducedMotion: "reduce", ...profile });
    try {
      const asked = [];
      await context.route("**/*", async (route) => {
        const { origin, pathname } = new URL(route.request().url());
        assert.equal(origin, URL_OF);
        const says = (kind, text) =>
          route.fulfill({ contentType: kind, body: text, headers: { "content-security-policy": POLICY } });
        if (pathname === "/") return says("text/html", `<!doctype html><html lang="en"><meta charset="utf-8">
          <title>Design</title><script type="module" src="/page.js"></script><main>${body}</main></html>`);
        if (pathname === "/page.js") return says("text/javascript", script);
        if (pathname === "/favicon.ico") return route.fulfill({ status: 204 });
        const file = pathname.startsWith("/dist/") ? join(DIST, pathname.slice(6)) : join(ROOT, pathname);
        if (pathname.startsWith("/dist/") || pathname.startsWith("/examples/mock/")) {
          return says(KINDS[extname(file)], await readFile(file));
        }
        asked.push(pathname);
        await route.abort();
      });
      const visitor = await Visitor.arrives(context, { url: URL_OF });
      await visitor.opens(path);
      await act({ visitor, asked, context });
      visitor.hadNoTrouble();
      assert.deepEqual(asked, [], "nothing is sent");
    } finally {
      await context.close();
    }
  });
}

const asksAndTypes = async (visitor, token) => {
  await visitor.presses("Text me a code");
  await visitor.standsAt("entering");
  await visitor.field.focus();
  await visitor.types(token);
};

describe("A mock", { concurrency: 2 }, () => {
  after(closeBrowser);

  for (const [outcome, token, state, words] of [
    ["verified", "111111", "verified", "Code confirmed."],
    ["wrong", "222222", "rejected", "2 tries left"],
    ["wrong by any other code", "123456", "rejected", "2 tries left"],
    ["expired", "333333", "closed", "The code has expired. Ask for a new code."],
    ["exhausted", "444444", "closed", "Too many wrong codes."],
    ["used", "555555", "closed", "This code was already used."],
    ["rate limited", "666666", "entering", "Try again in"],
    ["offline", "777777", "offline", "We could not reach the service. Your code is still here."],
    ["slow", "888888", "verified", "Code confirmed."],
    ["wrong with one try left", "999999", "rejected", "1 try left"],
  ]) {
    page(`takes a code that is ${outcome}`, {}, async ({ visitor }) => {
      visitor.expects(/mfa-code: this page has a mock/);
      await asksAndTypes(visitor, token);
      if (outcome === "slow") await visitor.standsAt("verifying");
      await visitor.standsAt(state);
      await visitor.sees(words);
    });
  }

  for (const [endpoint, words] of [
    ["mock:rate-limited", "Try again in"],
    ["mock:number-refused", "This phone number cannot be used."],
    ["mock:channel-unavailable", "This number cannot be reached this way."],
    ["mock:unavailable", "The service does not work properly at the moment."],
    ["mock:ticket-expired", "This page has been open for too long."],
    ["mock:offline", "We could not reach the service."],
  ]) {
    page(`answers as ${endpoint} says`, { body: `<mfa-code endpoint="${endpoint}"></mfa-code>` }, async ({ visitor }) => {
      await visitor.presses("Text me a code");
      await visitor.sees(words);
    });
  }

  page("shows what is confirmed, and goes on by call", { body: `<mfa-code endpoint="mock:summary"></mfa-code>` }, async ({ visitor }) => {
    await visitor.presses("Call me with a code");
    await visitor.sees("Pay €120.00 to ACME");
    await visitor.sees("We are calling +1 ••• ••• 0123.");
  });

  page("has codes of any length, and letters", { body: `<mfa-code token-length="4" allow-alphas></mfa-code>` }, async ({ visitor }) => {
    await asksAndTypes(visitor, "1111");
    await visitor.standsAt("verified");
    assert.deepEqual(await visitor.page.evaluate(() => [mock.code("expired", 4), mock.code("used")]), ["3333", "555555"]);
    await assert.rejects(visitor.page.evaluate(() => mock.code("right")), /"right" is no outcome of the mock/);
  });

  page("has the functions, with the same results", {}, async ({ visitor }) => {
    const told = await visitor.page.evaluate(async () => {
      const interaction = await mock.start({ endpoint: "mock:" });
      const results = [];
      for (const outcome of ["wrong", "expired", "verified"]) results.push(await mock.verify(interaction, mock.code(outcome)));
      const error = await mock.start({ endpoint: "mock:number-refused" }).catch(({ kind }) => kind);
      return [...results, error];
    });
    assert.deepEqual(told, [
      { status: "rejected", attemptsLeft: 2 }, { status: "closed", reason: "expired" },
      { status: "verified", receipt: "mock" }, "number_refused",
    ]);
  });

  page("is marked, also where the page's styles would hide it", {
    body: `<mfa-code token-length="8"></mfa-code>`,
    script: `${MOCK} const sheet = new CSSStyleSheet();
      sheet.replaceSync("mfa-code::part(mock) { display: none !important; opacity: 0 }"); document.adoptedStyleSheets.push(sheet);`,
  }, async ({ visitor }) => {
    const note = visitor.element.getByRole("note");
    await note.waitFor();
    assert.match(await note.textContent(), /^Mock: nothing is sent, and no code is checked\..*11111111 verified.*99999999 last\.$/);
    assert.equal(await note.evaluate((mark) => getComputedStyle(mark).opacity), "1");
    assert.equal(await visitor.element.getAttribute("data-mock"), "");
  });

  page("is none that its import alone switches on", { script: `import * as mock from "/dist/mock.js"; window.mock = mock;` }, async ({ visitor }) => {
    await visitor.page.waitForFunction(() => window.mock);
    assert.equal(await visitor.page.evaluate(() => customElements.get("mfa-code")), undefined);
  });

  page("refuses the name of the real element", { script: `import "/dist/define.js"; ${MOCK.replace("mock.defineMock();", "")}` }, async ({ visitor }) => {
    await visitor.page.waitForFunction(() => window.mock);
    await assert.rejects(visitor.page.evaluate(() => void mock.defineMock()), /registered already/);
  });

  for (const [by, path, body, before] of [
    ["the address", "/?mock=1&mfa-code=mock#mock", "<mfa-code endpoint='/mfa'></mfa-code>", ""],
    ["an attribute", "/", "<mfa-code endpoint='/mfa' mock data-mock></mfa-code>", ""],
    ["what a page stores or names", "/", "<mfa-code endpoint='/mfa'></mfa-code>",
      "localStorage.mock = 1; sessionStorage.mock = 1; window.mock = true; window.MFA_MOCK = true;"],
  ]) {
    page(`cannot be switched on by ${by}`, { path, body, script: `${before} await import("/dist/define.js");` }, async ({ visitor, asked }) => {
      visitor.expects(/ERR_FAILED/);
      await visitor.standsAt("idle");
      await visitor.presses("Text me a code");
      await visitor.sees("We could not reach the service.");
      assert.deepEqual(asked.splice(0), ["/mfa/sms"]);
      assert.equal(await visitor.element.getByRole("note").count(), 0);
    });
  }

  page("and the real element on one page do not mix", {
    body: `<mfa-code endpoint="/mfa"></mfa-code><mock-code></mock-code>`,
    script: `import "/dist/define.js"; import { defineMock } from "/dist/mock.js"; defineMock("mock-code");`,
  }, async ({ visitor, asked }) => {
    visitor.expects(/ERR_FAILED/);
    await visitor.page.locator("mock-code").getByRole("button", { name: "Text me a code" }).click();
    await visitor.page.locator("mock-code[data-state=entering]").waitFor();
    assert.deepEqual(asked, []);
    await visitor.element.getByRole("button", { name: "Text me a code" }).click();
    await visitor.sees("We could not reach the service.");
    assert.deepEqual(asked.splice(0), ["/mfa/sms"]);
  });

  page("shows every state in the gallery", { path: "/examples/mock/index.html" }, async ({ visitor }) => {
    await visitor.page.locator("html[data-ready]").waitFor();
    const states = await visitor.page.evaluate(() =>
      Object.fromEntries([...document.querySelectorAll("mfa-code")].map(({ id, state }) => [id, state.phase])));
    for (const state of ["idle", "entering", "verified", "rejected", "offline"]) assert.equal(states[state], state);
    for (const reason of ["expired", "exhausted", "used"]) assert.equal(states[reason], "closed");
  });

  test("is led to by no other file of the package, and cannot call the browser's own fetch", async () => {
    for (const file of ["define", "element", "index", "inline", "load", "locale", "sheet", "painted", "mfa_code"]) {
      const text = await readFile(join(DIST, `${file}.js`), "utf8");
      assert.doesNotMatch(text, /mock/i, file);
    }
    const text = await readFile(join(DIST, "mock.js"), "utf8");
    assert.doesNotMatch(text.replace(/\\.|[^ -~]/g, ""), /(?<![.\w$])fetch\s*\(|XMLHttpRequest|sendBeacon|WebSocket/);
  });
});
