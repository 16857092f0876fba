// How the element gets its module: once, early, from any server, and beside another copy of itself.

import assert from "node:assert/strict";

import { FIELD, LAZY, WASM, form, hosted, html, opens, signsIn } from "./own-host.js";
import { stories } from "./story.js";

const EAGER = ["define.js", "element.js", "load.js"];

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
    host.files[WASM] = ({ usual }) => (asked(), usual());
    host.files["mfa_code.js"] = async ({ usual }) => (await isAsked, usual());
    await opens(told);
    await signsIn(told);
  });

  hosted("is asked for before the page has come to its end", async (told) => {
    const { visitor, host, ticket } = told;
    let asked;
    const isAsked = new Promise((resolve) => (asked = resolve));
    host.files[WASM] = ({ usual }) => (asked(), usual());
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
      host.files[WASM] = ({ answer, bytes }) => answer.writeHead(200, headers).end(bytes);
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
    const preloads = ["element.js", "load.js", "mfa_code.js", "painted.js"]
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
    host.files[WASM] = ({ usual }) => (scripts(), usual());
    await opens(told, { head: preloads + wasm + unused });
    await visitor.standsAt("idle");
    await complained;
    for (const name of [...EAGER, ...LAZY]) assert.equal(host.count(name), 1, name);
    await signsIn(told);
  });
});

stories("Two copies of the package", () => {
  for (const [what, second] of [
    ["the same one, from another address", "/another-copy/define.js"],
    ["the same file twice, by two addresses", "/mfa-code/define.js?v=2"],
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
    await visitor.page.locator("other-code").evaluate((other) => other.remove());
    await signsIn(told);
    assert.equal(host.count(WASM), 2);
  });
});
