// What is left where the module cannot be had, does not come, or would not run: a plain field in a
// form that posts, a page that is told, and another try.

import assert from "node:assert/strict";

import { LAZY, WASM, errors, hearsErrors, hosted, isPlain, opens, signsIn } from "./own-host.js";
import { stories } from "./story.js";

/** The one line on the console, and what the visitor reads. */
const FAILED = /mfa-code: Error: The module did not load/;
const SENTENCE = "Part of this page did not load. Check your connection and try again.";

/** Whatever is written into the live region from here on. */
async function hears({ page, element }) {
  await element.evaluate((element) => {
    globalThis.heard = [];
    const status = element.shadowRoot.querySelector("[role=status]");
    new MutationObserver(() => status.textContent && globalThis.heard.push(status.textContent))
      .observe(status, { childList: true });
  });
  return () => page.evaluate(() => globalThis.heard);
}

stories("Where the module cannot be had", () => {
  const says = (status, type, body) => ({ answer }) => answer.writeHead(status, { "content-type": type }).end(body);
  const notFound = says(404, "text/html", "<h1>Not found</h1>");
  const aPage = says(200, "text/html", "<!doctype html><title>Our app</title>");
  const policy = (rules) => ({ "content-security-policy": rules });

  for (const [what, { file, answered, headers, lacks, entry }, complaint, line] of [
    ["the wasm is not found", { file: WASM, answered: notFound }, /404/, /mfa_code_bg\.wasm, 404, text\/html\).*exclude: \["mfa-code"\].*"mfa-code\/inline"/],
    ["the glue is not found", { file: "mfa_code.js", answered: notFound }, /404/, /mfa_code\.js.*serve all files of dist\//],
    ["what is painted is not found", { file: "painted.js", answered: notFound }, /404/, /painted\.js.*serve all files of dist\//],
    ["a page is answered in place of the wasm", { file: WASM, answered: aPage }, /x^/, /mfa_code_bg\.wasm, 200, text\/html\).*exclude: \["mfa-code"\].*"mfa-code\/inline"/],
    ["a page is answered in place of the wasm, as application/wasm", { file: WASM, answered: says(200, "application/wasm", "<!doctype html>") }, /x^/, /\.wasm, 200, application\/wasm\).*exclude: \["mfa-code"\]/],
    ["a page is answered in place of the glue", { file: "mfa_code.js", answered: aPage }, /MIME type/, /mfa_code\.js.*as text\/javascript/],
    ["the wasm ends too early", { file: WASM, answered: ({ bytes, says }) => says("application/wasm", bytes.subarray(0, 9000)) }, /x^/, /\.wasm, 200, application\/wasm\).*damaged or was cut off/],
    ["the wasm is cut off", { file: WASM, answered: ({ answer, bytes }) => {
      answer.writeHead(200, { "content-type": "application/wasm", "content-length": bytes.length });
      answer.write(bytes.subarray(0, 9000), () => answer.destroy());
    } }, /net::ERR_/, /\.wasm, 200, application\/wasm\).*damaged or was cut off/],
    ["no connection is taken for the wasm", { file: WASM, answered: ({ answer }) => answer.destroy() }, /net::ERR_/, /mfa_code_bg\.wasm\).*the network failed/],
    ["the glue is of another version than the wasm", { file: "mfa_code.js", answered: ({ bytes, says }) =>
      says("text/javascript", String(bytes).replace(/(?<=[{,])ag\(/, "zz(")) }, /x^/, /deploy them together/],
    ["the policy allows no wasm", { headers: policy("script-src 'self'") }, /violation of script-src by wasm-eval|Content Security Policy/, /add 'wasm-unsafe-eval' to script-src/],
    ["the policy allows no wasm, all in one file,", { headers: policy("script-src 'self'"), entry: "/mfa-code/inline.js" }, /violation of script-src by wasm-eval|Content Security Policy/, /add 'wasm-unsafe-eval' to script-src/],
    ["the policy allows no connection", { headers: policy("script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'") }, /violation of connect-src|Content Security Policy|Refused to connect/, /mfa_code_bg\.wasm\).*connect-src/],
    ["the browser has no WebAssembly", { lacks: () => delete globalThis.WebAssembly }, /x^/, /has no WebAssembly/],
    ["the browser has no WebAssembly, all in one file,", { lacks: () => delete globalThis.WebAssembly, entry: "/mfa-code/inline.js" }, /x^/, /has no WebAssembly/],
  ]) {
    hosted(`because ${what}, there is a plain field in a form that posts, and the page is told`, async (told) => {
      const { visitor, host } = told;
      visitor.expects(FAILED, complaint);
      await hearsErrors(visitor);
      const lines = [];
      visitor.page.on("console", (said) => /mfa-code:/.test(said.text()) && lines.push(said.text()));
      if (lacks) await visitor.page.addInitScript(lacks);
      if (file) host.files[file] = answered;
      await opens(told, { entry }, headers);
      assert.deepEqual(await errors(visitor), [{ kind: "load", retryable: true, id: "" }]);
      await visitor.sees(SENTENCE);
      await visitor.isOffered("Try again");
      while (lines.length === 0) await visitor.page.waitForEvent("console");
      assert.match(lines.join("\n"), line);
      await isPlain(told);
      assert.equal(lines.length, 1);
    });
  }

  hosted("the console has the URL and the status without remedy.js too", async (told) => {
    const { visitor, host } = told;
    visitor.expects(FAILED, /404/);
    Object.assign(host.files, { [WASM]: notFound, "remedy.js": notFound });
    const [line] = await Promise.all([
      visitor.page.waitForEvent("console", (said) => FAILED.test(said.text())), opens(told),
    ]);
    assert.match(line.text(), /mfa_code_bg\.wasm, 404, text\/html/);
    await visitor.sees(SENTENCE);
  });

  for (const file of [WASM, "mfa_code.js", "painted.js"]) {
    hosted(`Try again loads ${file} and keeps what was typed`, async (told) => {
      const { visitor, host } = told;
      visitor.expects(FAILED, /404/);
      host.files[file] = notFound;
      await opens(told);
      await visitor.sees(SENTENCE);
      const heard = await hears(visitor);
      await visitor.field.click();
      await visitor.types("12");
      await visitor.presses("Try again");
      await visitor.sees(SENTENCE);
      // Once for each time that it was tried.
      while ((await heard()).length < 1) await visitor.page.waitForTimeout(20);
      assert.deepEqual(await heard(), [SENTENCE]);
      assert.equal(await visitor.field.evaluate((field) => field === document.activeElement), true);
      delete host.files[file];
      await visitor.offered("Try again").focus();
      await visitor.page.keyboard.press("Enter");
      await visitor.standsAt("idle");
      assert.equal(await visitor.field.inputValue(), "12");
      assert.equal(await visitor.page.getByText(SENTENCE).count(), 0);
      assert.equal(await visitor.offered("Try again").count(), 0);
      await visitor.field.fill("");
      await signsIn(told);
    });
  }

  hosted("the failure message leaves no empty rows", async (told) => {
    const { visitor, host } = told;
    visitor.expects(FAILED, /404/);
    Object.assign(host.files, { [WASM]: notFound, "painted.js": notFound });
    await opens(told);
    await visitor.isOffered("Try again");
    const { empty, button } = await visitor.element.evaluate((element) => {
      const box = (one) => one.getBoundingClientRect();
      const button = [...element.shadowRoot.querySelectorAll("button")].find((one) => !one.hidden);
      const field = box(element.querySelector("input"));
      // How much of the height from the field to the end has no text and no button.
      const said = box(element.shadowRoot.querySelector("[role=status]"));
      return { empty: box(element).bottom - field.bottom - said.height - box(button).height, button: box(button).height };
    });
    // The margins, and one line that is kept for a longer language.
    assert.ok(empty < 64, `${empty} px are empty`);
    assert.ok(button >= 44, `the button is ${button} px high`);
  });

  hosted("the failure message has the words of the page", async (told) => {
    const { visitor, host } = told;
    visitor.expects(FAILED, /404/);
    host.files[WASM] = notFound;
    await opens(told, { on: `name="mfa" required lang="de"` });
    await visitor.sees("Ein Teil dieser Seite wurde nicht geladen.");
    await visitor.isOffered("Erneut versuchen");
    await visitor.element.evaluate((element) => (element.strings = { not_loaded: "Type your code.", retry: "Once more" }));
    await visitor.sees("Type your code.");
    await visitor.isOffered("Once more");
  });

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
      visitor.expects(/404/, FAILED);
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
      visitor.expects(FAILED);
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
    visitor.expects(FAILED);
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
    visitor.expects(FAILED);
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

