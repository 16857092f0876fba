// What is left where the module cannot be had, does not come, or would not run: a plain field in a
// form that posts, a page that is told, and another try.

import assert from "node:assert/strict";

import { LAZY, WASM, errors, hearsErrors, hosted, isPlain, opens, signsIn } from "./own-host.js";
import { stories } from "./story.js";

stories("Where the module cannot be had", () => {
  const says = (status, type, body) => ({ answer }) => answer.writeHead(status, { "content-type": type }).end(body);
  const notFound = says(404, "text/html", "<h1>Not found</h1>");
  const aPage = says(200, "text/html", "<!doctype html><title>Our app</title>");
  const policy = (rules) => ({ "content-security-policy": rules });

  for (const [what, { file, answered, headers, lacks, entry }, complaint] of [
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
      says("text/javascript", String(bytes).replace(/(?<=[{,])ag\(/, "zz(")) }, /x^/],
    ["the policy allows no wasm", { headers: policy("script-src 'self'") }, /violation of script-src by wasm-eval|Content Security Policy/],
    ["the policy allows no wasm, all in one file,", { headers: policy("script-src 'self'"), entry: "/mfa-code/inline.js" }, /violation of script-src by wasm-eval|Content Security Policy/],
    ["the policy allows no connection", { headers: policy("script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'") }, /violation of connect-src|Content Security Policy|Refused to connect/],
    ["the browser has no WebAssembly", { lacks: () => delete globalThis.WebAssembly }, /x^/],
    ["the browser has no WebAssembly, all in one file,", { lacks: () => delete globalThis.WebAssembly, entry: "/mfa-code/inline.js" }, /x^/],
  ]) {
    hosted(`because ${what}, there is a plain field in a form that posts, and the page is told`, async (told) => {
      const { visitor, host } = told;
      visitor.expects(/mfa-code: Error: The module did not load/, complaint);
      await hearsErrors(visitor);
      if (lacks) await visitor.page.addInitScript(lacks);
      if (file) host.files[file] = answered;
      await opens(told, { entry }, headers);
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
    await visitor.waits(4);
    assert.deepEqual(await visitor.page.evaluate(() => globalThis.errors), []);
    assert.ok(await visitor.element.evaluate((element) => !element.checkValidity()));
    await visitor.waits(7);
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
    await opens(told, { on: `name="mfa" required lang="de"` });
    await signsIn(told);
  });
});

