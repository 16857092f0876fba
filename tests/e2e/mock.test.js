// The mock, on a page that has no server behind it: what a page asks for is read from the package, or
// is an error.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
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
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const URL_OF = "http://design.test";

/** As a design system has it, and so that a program can tell a contrast. */
const CANVAS = `const canvas = new CSSStyleSheet(); canvas.replaceSync(":root { background: Canvas; color: CanvasText }");
  document.adoptedStyleSheets.push(canvas);`;
const MOCK = `import * as mock from "/dist/mock.js"; window.mock = mock; mock.defineMock();`;

/** A visitor at a page that is set up so. */
const page = (name, act, setup, profile) =>
  test(name, { timeout: 60_000 }, () => visits(act, setup ?? {}, profile));

/** Whatever else than the page is asked for is in `asked`. */
async function visits(act, { body = "<mfa-code></mfa-code>", script = MOCK, path = "/", attributes = 'lang="en"' }, profile) {
  const context = await (await browser()).newContext({ reducedMotion: "reduce", ...profile });
  try {
    const asked = [];
    await context.route("**/*", async (route) => {
      const { origin, pathname } = new URL(route.request().url());
      assert.equal(origin, URL_OF);
      const says = (kind, text) =>
        route.fulfill({ contentType: kind, body: text, headers: { "content-security-policy": POLICY } });
      if (pathname === "/") return says("text/html", `<!doctype html><html ${attributes}><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
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
    await act({ visitor, asked });
    visitor.hadNoTrouble();
    assert.deepEqual(asked, [], "nothing is sent");
  } finally {
    await context.close();
  }
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
    page(`takes a code that is ${outcome}`, async ({ visitor }) => {
      await asksAndTypes(visitor, token);
      if (outcome === "slow") await visitor.standsAt("verifying");
      const since = Date.now();
      await visitor.standsAt(state);
      if (outcome === "slow") assert.ok(Date.now() - since > 2000, "there was time to look at it");
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
    page(`answers as ${endpoint} says`, async ({ visitor }) => {
      await visitor.presses("Text me a code");
      await visitor.sees(words);
    }, { body: `<mfa-code endpoint="${endpoint}"></mfa-code>` });
  }

  page("answers late as mock:slow says", async ({ visitor }) => {
    await visitor.presses("Text me a code");
    await visitor.sees("Sending the code…");
    await visitor.standsAt("sending");
    await visitor.standsAt("entering");
  }, { body: `<mfa-code endpoint="mock:slow"></mfa-code>` });

  page("offers the channels and takes the number that its attributes name", async ({ visitor }) => {
    await visitor.presses("Call me with a code");
    await visitor.sees("We are calling +12025550123.");
    assert.equal(await visitor.page.getByRole("button", { name: /text me/i }).count(), 0);
  }, {
    body: `<mfa-code channels="call" to="+12025550123"></mfa-code>`,
  });

  page("puts a receipt into the form that is none", async ({ visitor }) => {
    const receipts = () => visitor.page.evaluate(() => new FormData(document.forms[0]).getAll("receipt"));
    await asksAndTypes(visitor, "222222");
    await visitor.standsAt("rejected");
    assert.deepEqual(await receipts(), []);
    await visitor.types("111111");
    await visitor.standsAt("verified");
    assert.deepEqual(await receipts(), ["mock"]);
  }, {
    body: `<form><mfa-code name="receipt" required></mfa-code></form>`,
  });

  page("shows what is confirmed, and goes on by call", async ({ visitor }) => {
    await visitor.presses("Call me with a code");
    await visitor.sees("Pay €120.00 to ACME");
    await visitor.sees("We are calling +1 ••• ••• 0123.");
  }, { body: `<mfa-code endpoint="mock:summary"></mfa-code>` });

  page("has codes of any length, and letters", async ({ visitor }) => {
    await asksAndTypes(visitor, "1111");
    await visitor.standsAt("verified");
    assert.deepEqual(await visitor.page.evaluate(() => [mock.code("expired", 4), mock.code("used")]), ["3333", "555555"]);
    await assert.rejects(visitor.page.evaluate(() => mock.code("right")), /"right" is no outcome of the mock/);
  }, { body: `<mfa-code token-length="4" allow-alphas></mfa-code>` });

  page("has the functions, with the same results", async ({ visitor }) => {
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

  page("is marked, also where the page's styles would hide it", async ({ visitor }) => {
    const note = visitor.element.getByRole("note");
    await note.waitFor();
    assert.match(await note.textContent(), /^Mock: nothing is sent or checked\..*11111111 verified.*99999999 last.*00000000 held\.$/);
    assert.equal(await note.evaluate((mark) => getComputedStyle(mark).opacity), "1");
    assert.equal(await visitor.element.getAttribute("data-mock"), "");
  }, {
    body: `<mfa-code token-length="8"></mfa-code>`,
    script: `${MOCK} const sheet = new CSSStyleSheet();
      sheet.replaceSync("mfa-code::part(mock) { display: none !important; opacity: 0 }"); document.adoptedStyleSheets.push(sheet);`,
  });

  page("is marked by whatever name and way a page registers it", async ({ visitor }) => {
    await visitor.page.locator("mock-code[data-mock][data-state=idle]").waitFor();
    assert.equal(await visitor.page.getByRole("note").count(), 2);
    assert.equal(await visitor.page.evaluate(() => mock.defineMock("mock-code") === customElements.get("mock-code")), true);
  }, {
    body: "<mfa-code></mfa-code><mock-code></mock-code>",
    script: `import * as mock from "/dist/mock.js"; mock.MfaCodeElement.define(); mock.defineMock("mock-code");
      mock.defineMock("mock-code"); window.mock = mock;`,
  });

  page("is marked with codes of the length that is asked for now, in the place that the mark had from the start", async ({ visitor }) => {
    const note = visitor.element.getByRole("note");
    await asksAndTypes(visitor, "222222");
    await visitor.standsAt("rejected");
    assert.equal(...await visitor.page.evaluate(() => [place(), before]));
    assert.match(await note.textContent(), / 111111 verified,/);
    for (const [length, codes] of [["4", / 1111 verified,/], ["20", / 1{20} verified,/], ["-3", / 111111 verified,/]]) {
      await visitor.element.evaluate((element, to) => element.setAttribute("token-length", to), length);
      assert.match(await note.textContent(), codes);
    }
  }, {
    script: `${MOCK} window.place = () => Math.round(document.querySelector("mfa-code").shadowRoot
      .querySelector(".entry").getBoundingClientRect().top); window.before = place();`,
  });

  for (const [look, attributes, profile] of [
    ["in light", 'lang="en"', {}],
    ["in dark", 'lang="en"', { colorScheme: "dark" }],
    ["in forced colours", 'lang="en"', { forcedColors: "active" }],
    ["from right to left", 'lang="ar" dir="rtl"', {}],
    ["at 320 px", 'lang="en"', { viewport: { width: 320, height: 640 } }],
  ]) {
    page(`breaks no rule ${look}, and its mark fits in`, async ({ visitor }) => {
      await visitor.standsAt("idle");
      await visitor.element.evaluate((element) => element.start());
      const { mark, around, overflow } = await visitor.element.evaluate((element) => {
        const mark = element.shadowRoot.querySelector("[part=mock]").getBoundingClientRect();
        const around = element.getBoundingClientRect();
        return { mark, around, overflow: document.documentElement.scrollWidth - innerWidth };
      });
      assert.ok(mark.left >= around.left && mark.right <= around.right, JSON.stringify({ mark, around }));
      assert.equal(overflow, 0);
      // Not `addScriptTag`, which the page's policy refuses.
      await visitor.page.evaluate(await readFile(AXE, "utf8"));
      const broken = await visitor.page.evaluate(async () => {
        const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`);
      });
      assert.deepEqual(broken, []);
    }, {
      attributes, script: MOCK + CANVAS, body: `<h1>Design</h1><mfa-code token-length="20" endpoint="mock:summary"></mfa-code>`,
    }, profile);
  }

  page("is none that its import alone switches on", async ({ visitor }) => {
    await visitor.page.waitForFunction(() => window.mock);
    assert.equal(await visitor.page.evaluate(() => typeof customElements.get("mfa-code")), "undefined");
  }, { script: `import * as mock from "/dist/mock.js"; window.mock = mock;` });

  page("refuses the name of the real element", async ({ visitor }) => {
    await visitor.page.waitForFunction(() => window.mock);
    await assert.rejects(visitor.page.evaluate(() => void mock.defineMock()), /registered already/);
  }, { script: `import "/dist/define.js"; ${MOCK.replace("mock.defineMock();", "")}` });

  for (const [by, path, body, before] of [
    ["the address", "/?mock=1&mfa-code=mock#mock", "<mfa-code endpoint='/mfa'></mfa-code>", ""],
    ["an attribute", "/", "<mfa-code endpoint='/mfa' mock data-mock></mfa-code>", ""],
    ["what a page stores or names", "/", "<mfa-code endpoint='/mfa'></mfa-code>",
      "localStorage.mock = 1; sessionStorage.mock = 1; window.mock = true; window.MFA_MOCK = true;"],
  ]) {
    page(`cannot be switched on by ${by}`, async ({ visitor, asked }) => {
      visitor.expects(/ERR_FAILED/);
      await visitor.standsAt("idle");
      await visitor.presses("Text me a code");
      await visitor.sees("We could not reach the service.");
      assert.deepEqual(asked.splice(0), ["/mfa/sms"]);
      assert.equal(await visitor.element.getByRole("note").count(), 0);
    }, { path, body, script: `${before} await import("/dist/define.js");` });
  }

  page("and the real element on one page do not mix", async ({ visitor, asked }) => {
    visitor.expects(/ERR_FAILED/);
    await visitor.page.locator("mock-code").getByRole("button", { name: "Text me a code" }).click();
    await visitor.page.locator("mock-code[data-state=entering]").waitFor();
    assert.deepEqual(asked, []);
    await visitor.element.getByRole("button", { name: "Text me a code" }).click();
    await visitor.sees("We could not reach the service.");
    assert.deepEqual(asked.splice(0), ["/mfa/sms"]);
  }, {
    body: `<mfa-code endpoint="/mfa"></mfa-code><mock-code></mock-code>`,
    script: `import "/dist/define.js"; import { defineMock } from "/dist/mock.js"; defineMock("mock-code");`,
  });

  page("shows every state in the gallery", async ({ visitor }) => {
    await visitor.page.locator("#verifying[data-state=verifying]").waitFor();
    await visitor.page.locator("html[data-ready]").waitFor();
    const states = await visitor.page.evaluate(() =>
      Object.fromEntries([...document.querySelectorAll("mfa-code")].map(({ id, state }) => [id, state.reason ?? state.phase])));
    assert.deepEqual(states, {
      sending: "sending", verifying: "verifying",
      idle: "idle", entering: "entering", summary: "entering", verified: "verified", rejected: "rejected", last: "rejected",
      expired: "expired", exhausted: "exhausted", used: "used", "rate limited": "idle", "number refused": "idle", offline: "offline",
    });
    for (const words of ["Too many requests.", "This phone number cannot be used.", "Pay €120.00 to ACME"]) await visitor.sees(words);
  }, { path: "/examples/mock/index.html" });

  page("any state of a mock follows any other at once", async ({ visitor }) => {
    const walked = await visitor.page.evaluate(async () => {
      const { code } = mock;
      /** How to get to each state, and what it is then. */
      const states = {
        sending: { endpoint: "mock:held" }, entering: {}, summary: { endpoint: "mock:summary" },
        limited: { endpoint: "mock:rate-limited" }, verifying: { types: "held" }, verified: { types: "verified" },
        rejected: { types: "wrong" }, expired: { types: "expired" }, unsure: { types: "rate-limited" }, offline: { types: "offline" },
      };
      const walks = async (element, name) => {
        const { endpoint = "mock:", types } = states[name];
        element.reset();
        element.endpoint = endpoint;
        const started = element.start();
        if (name !== "sending") await started;
        if (types) {
          element.querySelector("input").value = code(types);
          const verified = element.verify();
          if (types !== "held") await verified;
        }
        return `${name}: ${element.state.phase}`;
      };
      // One element for each, which goes from it to each of the others and back.
      const walked = await Promise.all(Object.keys(states).map(async (first) => {
        const element = Object.assign(document.createElement("mfa-code"), { verify: "submit" });
        document.querySelector("main").append(element);
        while (!element.dataset.state) await new Promise(requestAnimationFrame);
        const phases = [];
        for (const other of Object.keys(states)) {
          for (const name of [first, other]) phases.push(await walks(element, name));
        }
        return phases;
      }));
      return [...new Set(walked.flat())].sort();
    });
    assert.deepEqual(walked, [
      "entering: entering", "expired: closed", "limited: idle", "offline: offline", "rejected: rejected", "sending: sending",
      "summary: entering", "unsure: entering", "verified: verified", "verifying: verifying",
    ]);
  });

  for (const [state, next, act] of [
    ["sending", "entering", () => document.querySelector("mfa-code").start()],
    ["verifying", "verified", async () => {
      const element = document.querySelector("mfa-code");
      element.endpoint = "mock:";
      await element.start();
      element.querySelector("input").value = mock.code("held");
      element.verify();
    }],
  ]) {
    page(`a mock stays at ${state} until it is released`, async ({ visitor }) => {
      await visitor.page.clock.install();
      await visitor.page.reload();
      await visitor.standsAt("idle");
      const acts = visitor.page.evaluate(act);
      if (state === "verifying") await visitor.waits(1);
      await visitor.standsAt(state);
      // Longer than it has patience with an endpoint, ten times.
      for (let time = 0; time < 10; time++) await visitor.waits(31);
      assert.equal(await visitor.element.evaluate((element) => element.state.phase), state);
      await visitor.page.evaluate(() => mock.release());
      await acts;
      await visitor.standsAt(next);
    }, { body: `<mfa-code endpoint="mock:held" verify="submit"></mfa-code>` });
  }

  page("the real element's wait outlives a reset", async ({ visitor, asked }) => {
    await visitor.page.route("**/mfa/sms", (route) => route.fulfill({ json: { id: "1", success: true, resend_after: 30 } }));
    await visitor.presses("Text me a code");
    await visitor.standsAt("entering");
    const { resendIn } = await visitor.element.evaluate((element) => (element.reset(), element.state));
    assert.ok(resendIn > 20, `${resendIn}`);
    assert.deepEqual(asked, []);
  }, { body: `<mfa-code endpoint="/mfa"></mfa-code>`, script: `import "/dist/define.js";` });
});
