// How the element gets its module: once, early, of any server, and what is left where it does not.

import assert from "node:assert/strict";

import { errors, hearsErrors, hosted, html } from "./own-host.js";
import { stories } from "./story.js";

const FIELD = `<label for="code">Security code</label><input id="code" name="token">`;

const element = (ticket, on = `name="mfa" required`) => `<mfa-code endpoint="/mfa" ticket="${ticket}" ${on}>${FIELD}</mfa-code>`;

const form = (ticket, on) => `<form action="/own/posted" method="post">${element(ticket, on)}<button>Continue</button></form>`;

/** The visitor is at a page that holds the form. */
async function opens({ visitor, host, ticket }, how = {}, headers = {}) {
  host.pages["/own/page"] = { body: html(how.body ?? form(ticket, how.on), how), headers };
  await visitor.page.goto(`${host.url}/own/page`);
}

/** From a code that was asked for to the form's post. */
async function signsIn({ visitor, host }) {
  await visitor.standsAt("idle");
  await visitor.asksBy("sms");
  await visitor.types(await visitor.phone.latestToken());
  await visitor.standsAt("verified");
  await visitor.presses("Continue");
  await visitor.page.waitForURL("**/own/posted");
  assert.equal(host.posted.at(-1).get("mfa").split(".").length, 3);
}

/** A plain field in a form that posts what is typed. */
async function isPlain({ visitor, host }) {
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

const EAGER = ["define.js", "element.js", "load.js", "sheet.js"];
const LAZY = ["mfa_code.js", "painted.js", "mfa_code_bg.wasm"];

stories("The module", () => {
  hosted("is fetched once, however many elements there are, and whoever uses the functions beside them", async (told) => {
    const { visitor, host, ticket } = told;
    const some = Array.from({ length: 50 }, (_, at) =>
      `<mfa-code endpoint="/mfa" ticket="${ticket}" name="m${at}" id="m${at}"></mfa-code>`).join("");
    const script = `import { start, verify } from "/mfa-code/index.js";
      globalThis.outcome = start({ endpoint: "/mfa", ticket: ${JSON.stringify(ticket)} })
        .then((interaction) => verify(interaction, "1")).catch(({ kind }) => kind);`;
    await opens(told, { body: some, script });
    await visitor.page.waitForFunction(() => document.querySelectorAll("mfa-code[data-state=idle]").length === 50);
    assert.equal(await visitor.page.evaluate(() => globalThis.outcome), "invalid_token");
    await visitor.page.evaluate((ticket) => {
      const one = Object.assign(document.createElement("mfa-code"), { endpoint: "/mfa", ticket, id: "late", name: "late" });
      document.querySelector("main").append(one);
    }, ticket);
    await visitor.page.locator("#late[data-state=idle]").waitFor();
    for (const name of [...EAGER, ...LAZY, "index.js"]) assert.equal(host.count(name), 1, name);
  });

  hosted("is asked for before its glue has come", async (told) => {
    const { host } = told;
    let asked;
    const isAsked = new Promise((resolve) => (asked = resolve));
    host.files["mfa_code_bg.wasm"] = ({ usual }) => (asked(), usual());
    host.files["mfa_code.js"] = async ({ usual }) => (await isAsked, usual());
    await opens(told);
    await signsIn(told);
  });

  hosted("is asked for before the page has come to its end", async (told) => {
    const { visitor, host, ticket } = told;
    let asked;
    const isAsked = new Promise((resolve) => (asked = resolve));
    host.files["mfa_code_bg.wasm"] = ({ usual }) => (asked(), usual());
    const script = `<script async type="module" src="/mfa-code/define.js"></script>`;
    host.pages["/own/page"] = { headers: {}, body: html(`<form action="/own/posted" method="post">
      <mfa-code endpoint="/mfa" ticket="${ticket}" name="mfa"><script src="/own/slow.js"></script>${FIELD}</mfa-code>
      <button>Continue</button></form>`, { entry: "", head: script }) };
    // The parser waits for this one; the element's own script does not wait for the parser.
    host.pages["/own/slow.js"] = async ({ says }) => (await isAsked, says("text/javascript", ""));
    await visitor.page.goto(`${host.url}/own/page`);
    await signsIn(told);
  });

  for (const [what, headers, streams] of [
    ["application/wasm", { "content-type": "application/wasm" }, true],
    ["application/wasm, and nosniff", { "content-type": "application/wasm", "x-content-type-options": "nosniff" }, true],
    ["application/octet-stream", { "content-type": "application/octet-stream" }, false],
    ["application/octet-stream, and nosniff", { "content-type": "application/octet-stream", "x-content-type-options": "nosniff" }, false],
    ["text/html", { "content-type": "text/html; charset=utf-8" }, false],
    ["text/html, and nosniff", { "content-type": "text/html", "x-content-type-options": "nosniff" }, false],
    ["a type with a parameter", { "content-type": "application/wasm; charset=utf-8" }, false],
    ["no type at all", {}, false],
  ]) {
    hosted(`from a server that calls it ${what} signs in, and the console is silent`, async (told) => {
      const { visitor, host } = told;
      host.files["mfa_code_bg.wasm"] = ({ answer, bytes }) => answer.writeHead(200, headers).end(bytes);
      // Real all the same: what was called is written down.
      await visitor.page.addInitScript(() => {
        globalThis.called = [];
        for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]) {
          const real = WebAssembly[name];
          WebAssembly[name] = (...given) => (globalThis.called.push(name), real(...given));
        }
      });
      await opens(told);
      await visitor.standsAt("idle");
      const called = await visitor.page.evaluate(() => globalThis.called);
      assert.deepEqual(called, [streams ? "compileStreaming" : "compile", "instantiate"]);
      await signsIn(told);
    });
  }

  hosted("and its scripts are preloaded as the document says: each comes once, and no preload is for nothing", async (told) => {
    const { visitor, host } = told;
    const preloads = ["element.js", "load.js", "sheet.js", "mfa_code.js", "painted.js"]
      .map((name) => `<link rel="modulepreload" href="/mfa-code/${name}">`).join("");
    const wasm = `<link rel="preload" href="/mfa-code/mfa_code_bg.wasm" as="fetch" type="application/wasm" crossorigin>`;
    // One that nobody uses: once the browser complains of it, it would have of the others.
    host.pages["/own/unused"] = "unused";
    const unused = `<link rel="preload" href="/own/unused" as="fetch" crossorigin>`;
    visitor.expects(/\/own\/unused was preloaded using link preload but not used/);
    const complained = visitor.page.waitForEvent("console", { predicate: (said) => said.text().includes("/own/unused"), timeout: 20_000 });
    let scripts;
    const come = new Promise((resolve) => (scripts = resolve));
    // Nothing that would ask for the others has come yet.
    host.files["define.js"] = async ({ usual }) => (await come, usual());
    host.files["mfa_code_bg.wasm"] = ({ usual }) => (scripts(), usual());
    await opens(told, { head: preloads + wasm + unused });
    await visitor.standsAt("idle");
    await complained;
    for (const name of [...EAGER, ...LAZY]) assert.equal(host.count(name), 1, name);
    await signsIn(told);
  });
});

const WASM = "mfa_code_bg.wasm";

stories("Where the module cannot be had", () => {
  const says = (status, type, body) => ({ answer }) => answer.writeHead(status, { "content-type": type }).end(body);
  const notFound = says(404, "text/html", "<h1>Not found</h1>");
  const aPage = says(200, "text/html", "<!doctype html><title>Our app</title>");
  const policy = (rules) => ({ "content-security-policy": rules });

  for (const [what, { file, answered, headers, lacks }, complaint] of [
    ["the wasm is not found", { file: WASM, answered: notFound }, /404/],
    ["the glue is not found", { file: "mfa_code.js", answered: notFound }, /404/],
    ["what is painted is not found", { file: "painted.js", answered: notFound }, /404/],
    ["a page is answered in place of the wasm", { file: WASM, answered: aPage }, /x^/],
    ["a page is answered in place of the wasm, as application/wasm", { file: WASM, answered: says(200, "application/wasm", "<!doctype html>") }, /x^/],
    ["a page is answered in place of the glue", { file: "mfa_code.js", answered: aPage }, /MIME type/],
    ["the wasm ends too early", { file: WASM, answered: ({ bytes, says }) => says("application/wasm", bytes.subarray(0, 9000)) }, /x^/],
    ["the wasm is cut off", { file: WASM, answered: ({ answer, bytes }) => {
      answer.writeHead(200, { "content-type": "application/wasm", "content-length": bytes.length });
      answer.write(bytes.subarray(0, 9000), () => answer.destroy());
    } }, /net::ERR_/],
    ["the glue is of another version than the wasm", { file: "mfa_code.js", answered: ({ bytes, says }) =>
      says("text/javascript", String(bytes).replace("ag:function", "zz:function")) }, /x^/],
    ["the policy allows no wasm", { headers: policy("script-src 'self'") }, /violation of script-src by wasm-eval|Content Security Policy/],
    ["the policy allows no connection", { headers: policy("script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'") }, /violation of connect-src|Content Security Policy|Refused to connect/],
    ["the browser has no WebAssembly", { lacks: () => delete globalThis.WebAssembly }, /x^/],
  ]) {
    hosted(`because ${what}, there is a plain field in a form that posts, and the page is told`, async (told) => {
      const { visitor, host } = told;
      visitor.expects(/mfa-code: Error: The module did not load/, complaint);
      await hearsErrors(visitor);
      if (lacks) await visitor.page.addInitScript(lacks);
      if (file) host.files[file] = answered;
      await opens(told, {}, headers);
      assert.deepEqual(await errors(visitor), [{ kind: "load", retryable: true, id: "" }]);
      await isPlain(told);
    });
  }

  hosted("the functions say so by the kind of their error, and work once it can be had", async (told) => {
    const { visitor, host, ticket } = told;
    visitor.expects(/404/);
    host.files[WASM] = notFound;
    await opens(told, { body: "", entry: "" });
    const asks = () => visitor.page.evaluate(async (ticket) => {
      const { start } = await import("/mfa-code/index.js");
      return start({ endpoint: "/mfa", ticket }).then(({ channel }) => channel, ({ kind, retryable }) => [kind, retryable]);
    }, ticket);
    assert.deepEqual(await asks(), ["load", true]);
    delete host.files[WASM];
    assert.equal(await asks(), "sms");
  });

  for (const file of [WASM, "painted.js", "mfa_code.js"]) {
    hosted(`at first, ${file}, another element and a start are another try, which signs in`, async (told) => {
      const { visitor, host, ticket } = told;
      visitor.expects(/404/, /mfa-code: Error: The module did not load/);
      host.files[file] = notFound;
      await hearsErrors(visitor);
      await opens(told);
      await errors(visitor);
      // Nothing has changed: it is told once more, and the promise is no dead end.
      assert.deepEqual(await visitor.element.evaluate((element) => element.start()), { phase: "idle" });
      assert.equal((await errors(visitor)).length, 2);
      delete host.files[file];
      await visitor.page.evaluate((ticket) => {
        const one = Object.assign(document.createElement("mfa-code"), { endpoint: "/mfa", ticket, id: "another", name: "another" });
        document.querySelector("main").append(one);
      }, ticket);
      await visitor.page.locator("#another[data-state=idle]").waitFor();
      const first = visitor.page.locator("mfa-code").first();
      assert.equal(await first.getAttribute("data-state"), null);
      assert.equal((await first.evaluate((element) => element.start())).phase, "entering");
      await visitor.page.locator("#another").evaluate((another) => another.remove());
      await visitor.field.click();
      await visitor.types(await visitor.phone.latestToken());
      await visitor.standsAt("verified");
      assert.equal((await errors(visitor)).length, 2);
    });
  }
});

stories("Where the module does not come", () => {
  const halfOf = ({ answer, bytes }) => {
    answer.writeHead(200, { "content-type": "application/wasm", "content-length": bytes.length });
    answer.write(bytes.subarray(0, 9000));
  };

  /** The visitor has waited for as long as the element does. */
  async function waits({ visitor, host }, file) {
    await visitor.page.locator("mfa-code:invalid").waitFor();
    while (host.count(file) === 0) await visitor.page.waitForTimeout(20);
    await visitor.waits(9);
    assert.deepEqual(await visitor.page.evaluate(() => globalThis.errors), []);
    assert.ok(await visitor.element.evaluate((element) => !element.checkValidity()));
    await visitor.waits(2);
    assert.deepEqual(await errors(visitor), [{ kind: "load", retryable: true, id: "" }]);
  }

  for (const [what, file, hangs] of [
    ["the wasm hangs", WASM, () => {}],
    ["the wasm hangs in the middle", WASM, halfOf],
    ["the glue hangs", "mfa_code.js", () => {}],
    ["what is painted hangs", "painted.js", () => {}],
  ]) {
    hosted(`because ${what}, the form is let go after ten seconds, and the page is told`, async (told) => {
      const { visitor, host } = told;
      visitor.expects(/mfa-code: Error: The module did not load/);
      await visitor.page.clock.install();
      await hearsErrors(visitor);
      host.files[file] = hangs;
      await opens(told);
      await waits(told, file);
      await isPlain(told);
    });
  }

  hosted("in time, the element comes to life when it comes, and what was typed is there", async (told) => {
    const { visitor, host } = told;
    visitor.expects(/mfa-code: Error: The module did not load/);
    await visitor.page.clock.install();
    await hearsErrors(visitor);
    let comes;
    host.files[WASM] = ({ usual }) => (comes = usual);
    await opens(told);
    await waits(told, WASM);
    await visitor.field.click();
    await visitor.types("12");
    comes();
    await visitor.standsAt("idle");
    assert.equal(await visitor.field.inputValue(), "12");
    assert.ok(await visitor.element.evaluate((element) => !element.checkValidity()));
    assert.equal(host.count(WASM), 1);
    await visitor.field.fill("");
    await signsIn(told);
  });

  hosted("at all, a start asks anew, and signs in", async (told) => {
    const { visitor, host } = told;
    visitor.expects(/mfa-code: Error: The module did not load/);
    await visitor.page.clock.install();
    await hearsErrors(visitor);
    host.files[WASM] = halfOf;
    await opens(told);
    await waits(told, WASM);
    delete host.files[WASM];
    assert.equal((await visitor.element.evaluate((element) => element.start())).phase, "entering");
    await visitor.field.click();
    await visitor.types(await visitor.phone.latestToken());
    await visitor.standsAt("verified");
  });
});

stories("A browser that is too old", () => {
  for (const [what, lacks] of [
    ["element internals", () => delete HTMLElement.prototype.attachInternals],
    ["constructable sheets", () => [Document, ShadowRoot].forEach(({ prototype }) => delete prototype.adoptedStyleSheets)],
    ["custom elements", () => delete globalThis.customElements],
  ]) {
    hosted(`because it has no ${what}, keeps the plain field, in a form that posts, and nothing is fetched or complained of`, async (told) => {
      const { visitor, host } = told;
      await visitor.page.addInitScript(lacks);
      const script = `import { MfaCodeElement } from "/mfa-code/index.js";
        globalThis.defined = MfaCodeElement.define("my-code") === MfaCodeElement;`;
      await opens(told, { script });
      await visitor.page.waitForFunction(() => globalThis.defined);
      await isPlain(told);
      for (const name of LAZY) assert.equal(host.count(name), 0, name);
    });
  }

  hosted("for the names of languages speaks English, and signs in", async (told) => {
    const { visitor } = told;
    await visitor.page.addInitScript(() => delete Intl.Locale);
    await opens(told, { script: `document.documentElement.lang = "de"` });
    await signsIn(told);
  });
});

stories("Two copies of the package", () => {
  for (const [what, second] of [
    ["the same one, from another address", "/another-copy/define.js"],
    ["the same file twice, by two addresses", "/mfa-code/define.js?v=2"],
    ["the same file twice", "/mfa-code/define.js"],
  ]) {
    hosted(`on one page do not fight: ${what}`, async (told) => {
      const { host } = told;
      await opens(told, { head: `<script type="module" src="${second}"></script>`, script: `await import("${second}"); await import("/mfa-code/define.js");` });
      await signsIn(told);
      for (const name of LAZY) assert.equal(host.count(name), 1, name);
    });
  }

  hosted("each work under a name of their own, side by side", async (told) => {
    const { visitor, host, ticket } = told;
    const script = `import { MfaCodeElement as Other } from "/another-copy/index.js"; Other.define("other-code");`;
    await opens(told, { body: form(ticket) + `<other-code endpoint="/mfa" ticket="${ticket}" name="other"></other-code>`, script });
    await visitor.page.locator("other-code[data-state=idle]").waitFor();
    await signsIn(told);
    assert.equal(host.count(WASM), 2);
  });
});
