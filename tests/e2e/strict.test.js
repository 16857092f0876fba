// Pages that are stricter, older or odder than others: by their policy, by the frame or the shadow
// root that the element stands in, by where the package comes from, by how the page is read.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { launchWith } from "./browser.js";
import { DIST, errors, form, hearsErrors, hosted, html, isPlain, opens, signsIn } from "./own-host.js";
import { stories } from "./story.js";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
  "form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

const ENTRIES = ["define.js", "inline.js"];

/** What the browser reports of it comes back to the host. */
const strict = { "content-security-policy": `${POLICY}; report-uri /own/reports` };

stories("The strictest policy", () => {
  for (const entry of ENTRIES) {
    hosted(`refuses nothing of a sign-in with all its troubles, by ${entry}, and what it refused would be reported`, async (told) => {
      const { visitor, host, site, ticket } = told;
      await visitor.page.clock.install();
      const body = html(form(ticket), { entry: `/mfa-code/${entry}` });
      host.pages["/own/page"] = { body, headers: strict };
      await visitor.page.goto(`${host.url}/own/page`);
      await visitor.standsAt("idle");
      await visitor.asksBy("sms");
      await visitor.types(await visitor.phone.wrongToken());
      await visitor.sees("2 tries left.");
      await site.passes(30);
      await visitor.waits(31);
      await visitor.presses("Send a new code");
      await visitor.standsAt("entering");
      await visitor.element.evaluate((element) => (element.lang = "ar"));
      await visitor.sees("رمز");
      await visitor.element.evaluate((element) => (element.lang = "de"));
      await visitor.sees("Der Code hat 6 Ziffern.");
      await visitor.field.focus();
      await visitor.page.keyboard.press("ControlOrMeta+A");
      await visitor.types(await visitor.phone.latestToken());
      await visitor.standsAt("verified");
      assert.deepEqual(host.reports, []);
      // A violation would not have gone unnoticed, by the page or by the server.
      visitor.expects(/violation of style-src-attr by inline/, /Applying inline style/);
      await visitor.page.evaluate(() => document.body.setAttribute("style", "color: red"));
      while (host.reports.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(host.reports[0]["csp-report"]["effective-directive"], "style-src-attr");
      await visitor.presses("Continue");
      await visitor.page.waitForURL("**/own/posted");
      assert.equal(host.posted[0].get("mfa").split(".").length, 3);
      assert.equal(host.reports.length, 1);
    });
  }

  hosted("of a page that takes nothing from another origin without its leave refuses nothing", async (told) => {
    const headers = { ...strict, "cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin" };
    await opens(told, {}, headers);
    assert.ok(await told.visitor.page.evaluate(() => crossOriginIsolated));
    await signsIn(told);
    assert.deepEqual(told.host.reports, []);
  });
});

/** A browser whose owner lets frames of other sites keep something. By itself Chromium does not. */
const trusting = (settings) => launchWith({ profile: { cookie_controls_mode: 0 } }, settings);

stories("A frame", () => {
  /** A page of another site with this frame in it; the host's own page is what the frame shows. */
  async function framed({ visitor, host, ticket, anotherHost }, { attributes, frameHeaders = strict, more }) {
    const around = await anotherHost();
    host.pages["/own/page"] = { body: html(form(ticket), more), headers: frameHeaders };
    around.pages["/own/around"] = `<!doctype html><title>Around</title>
      <iframe src="${host.otherSite}/own/page" ${attributes} width="500" height="500"></iframe>`;
    await visitor.page.goto(`${around.url}/own/around`);
    const frame = visitor.page.frame({ url: /own\/page/ });
    return frame;
  }

  const reloads = (frame) => Promise.all([frame.waitForNavigation(), frame.evaluate(() => location.reload())]);

  const signsInInside = async ({ visitor, host }, frame) => {
    await frame.locator("mfa-code[data-state=idle]").waitFor();
    await frame.getByRole("button", { name: "Text me a code" }).click();
    await frame.locator("mfa-code[data-state=entering]").waitFor();
    const token = await visitor.phone.latestToken();
    return async () => {
      await frame.locator("mfa-code[data-state=entering]").waitFor();
      await frame.getByRole("textbox").click();
      await visitor.types(token);
      await frame.locator("mfa-code[data-state=verified]").waitFor();
      await frame.getByRole("button", { name: "Continue" }).click();
      await frame.waitForURL("**/own/posted");
      assert.equal(host.posted[0].get("mfa").split(".").length, 3);
      assert.deepEqual(host.reports, []);
    };
  };

  hosted("of another site signs in under the strict policy, and goes on after a reload by what is kept for it there", async (told) => {
    const frame = await framed(told, { attributes: `allow="otp-credentials"` });
    const goesOn = await signsInInside(told, frame);
    await reloads(frame);
    await goesOn();
    assert.equal(await told.visitor.phone.count(), 1);
  }, { opens: trusting });

  hosted("of another site, in a browser that lets it keep nothing, signs in, and forgets", async (told) => {
    const { visitor, site } = told;
    const frame = await framed(told, { attributes: "" });
    await assert.rejects(frame.evaluate(() => localStorage), /SecurityError/);
    await signsInInside(told, frame);
    await reloads(frame);
    await site.passes(60);
    await (await signsInInside(told, frame))();
    assert.equal(await visitor.phone.count(), 2);
  });

  hosted("in a sandbox without an origin comes to life, and says that it cannot reach the service", async (told) => {
    const { visitor, host } = told;
    visitor.expects(/blocked by CORS policy/, /net::ERR_FAILED/, /status of 403/);
    host.headers = { "access-control-allow-origin": "*" };
    await hearsErrors(visitor);
    const frame = await framed(told, { attributes: `sandbox="allow-scripts allow-forms"`, frameHeaders: {} });
    assert.equal(await frame.evaluate(() => self.origin), "null");
    await frame.locator("mfa-code[data-state=idle]").waitFor();
    await frame.getByRole("button", { name: "Text me a code" }).click();
    await frame.locator("mfa-code[data-state=offline]").waitFor();
    await frame.getByText("We could not reach the service.").waitFor();
    assert.deepEqual((await errors({ page: frame })).map(({ kind }) => kind), ["network"]);
  });

  hosted("in a sandbox without an origin, whose scripts may not come, keeps the plain field in a form that posts", async (told) => {
    const { visitor, host } = told;
    visitor.expects(/blocked by CORS policy/, /net::ERR_FAILED/);
    const frame = await framed(told, { attributes: `sandbox="allow-scripts allow-forms"`, frameHeaders: {} });
    await frame.getByRole("textbox", { name: "Security code" }).fill("123456");
    await frame.getByRole("button", { name: "Continue" }).click();
    await frame.waitForURL("**/own/posted");
    assert.deepEqual([...host.posted[0]], [["token", "123456"]]);
  });

  hosted("in a sandbox with its origin signs in", async (told) => {
    const frame = await framed(told, { attributes: `sandbox="allow-scripts allow-forms allow-same-origin"` });
    await (await signsInInside(told, frame))();
  });
});

stories("A shadow root", () => {
  for (const [what, modes] of [
    ["that is open", ["open"]],
    ["that is closed", ["closed"]],
    ["in another one, both closed", ["closed", "closed"]],
  ]) {
    for (const entry of ENTRIES) {
      hosted(`${what} holds the form: label, hint and error are the field's, and it signs in, by ${entry}`, async (told) => {
        const { visitor, host, ticket } = told;
        // Parsed by nobody: a page under Trusted Types builds it.
        const script = `let root = document.querySelector("main");
          for (const mode of ${JSON.stringify(modes)}) root = root.appendChild(document.createElement("div")).attachShadow({ mode });
          root.append(document.querySelector("template").content);
          globalThis.root = root;`;
        host.pages["/own/script.js"] = ({ says }) => says("text/javascript", script);
        const body = html(`<template>${form(ticket)}</template>`, { entry: `/mfa-code/${entry}`,
          head: `<script type="module" src="/own/script.js"></script>` });
        host.pages["/own/page"] = { body, headers: strict };
        await visitor.page.goto(`${host.url}/own/page`);
        const at = (use, given) => visitor.page.evaluate(use, given);
        const stands = (state) => visitor.page.waitForFunction((state) =>
          globalThis.root?.querySelector("mfa-code")?.dataset.state === state, state);
        await stands("idle");
        const named = await at(() => {
          const field = globalThis.root.querySelector("input");
          return {
            label: field.labels[0].textContent,
            described: field.getAttribute("aria-describedby").split(" ").map((id) => globalThis.root.getElementById(id)?.slot),
          };
        });
        assert.deepEqual(named, { label: "Security code", described: ["summary", "hint", "error"] });
        await at(() => globalThis.root.querySelector("mfa-code").start());
        await stands("entering");
        await at(() => globalThis.root.querySelector("input").focus());
        await visitor.types(await visitor.phone.wrongToken());
        await stands("rejected");
        // As a screen reader has it, through closed roots too.
        const tree = await accessible(visitor);
        assert.match(tree.name, /^Security code$/);
        assert.match(tree.description, /2 tries left\./);
        await visitor.types(await visitor.phone.latestToken());
        await stands("verified");
        await at(() => globalThis.root.querySelector("form > button").click());
        await visitor.page.waitForURL("**/own/posted");
        assert.equal(host.posted[0].get("mfa").split(".").length, 3);
        assert.deepEqual(host.reports, []);
      });
    }
  }

  /** The one textbox of the page, as the browser tells it to assistive technology. */
  async function accessible({ page }) {
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const [textbox] = nodes.filter(({ role, ignored }) => !ignored && role.value === "textbox");
    return { name: textbox.name.value, description: textbox.description.value };
  }
});

stories("A package from another origin", () => {
  const shared = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
  const hashes = async () => JSON.parse(await readFile(`${DIST}/integrity.json`, "utf8"));

  /** The host's page with scripts of another one, under a policy that names that one. */
  async function from({ visitor, host, ticket, anotherHost }, entry, { integrity, map, more = {} }) {
    const cdn = await anotherHost();
    Object.assign(cdn, { headers: shared }, more);
    const src = `${cdn.otherSite}/mfa-code/`;
    const all = await hashes();
    const wrong = all["locales/en.js"];
    const named = Object.keys(all).filter((name) => name.endsWith(".js"));
    const text = map && JSON.stringify({ integrity: Object.fromEntries(named.map((name) => [src + name, map === name ? wrong : all[name]])) });
    const digest = text && `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const hash = { right: all[entry], wrong }[integrity];
    const head = `${text ? `<script type="importmap">${text}</script>` : ""}
      <script type="module" src="${src}${entry}" crossorigin ${hash ? `integrity="${hash}"` : ""}></script>`;
    const policy = POLICY.replaceAll("connect-src 'self'", `connect-src 'self' ${cdn.otherSite}`)
      .replace("script-src 'self'", `script-src ${digest ?? ""} ${cdn.otherSite}`);
    host.pages["/own/page"] = {
      body: html(form(ticket), { entry: "", head }),
      headers: { "content-security-policy": `${policy}; report-uri /own/reports` },
    };
    await visitor.page.goto(`${host.url}/own/page`);
    return cdn;
  }

  for (const [what, entry, how] of [
    ["one file, by its hash", "inline.js", { integrity: "right" }],
    ["the entry by its hash", "define.js", { integrity: "right" }],
    ["every script by its hash", "define.js", { integrity: "right", map: "all right" }],
  ]) {
    hosted(`signs in under the strict policy: ${what}`, async (told) => {
      const cdn = await from(told, entry, how);
      await told.visitor.standsAt("idle");
      assert.equal(cdn.count("mfa_code_bg.wasm"), entry === "inline.js" ? 0 : 1);
      await signsIn(told);
      assert.deepEqual(told.host.reports, []);
    });
  }

  for (const [what, entry, how] of [
    ["the one file is", "inline.js", { integrity: "wrong" }],
    ["the entry is", "define.js", { integrity: "wrong" }],
    ["what the entry imports is", "define.js", { integrity: "right", map: "load.js" }],
  ]) {
    hosted(`of which ${what} not what was published runs nothing, and the field is a plain one`, async (told) => {
      const { visitor } = told;
      visitor.expects(/Failed to find a valid digest|integrity/);
      const refused = visitor.page.waitForEvent("console", (said) => said.text().includes("integrity"));
      await from(told, entry, how);
      await refused;
      assert.equal(await visitor.page.evaluate(() => customElements.get("mfa-code")), undefined);
      await isPlain(told);
    });
  }

  hosted("of which the glue is not what was published leaves the plain field, and the page is told", async (told) => {
    const { visitor } = told;
    visitor.expects(/Failed to find a valid digest|integrity/, /mfa-code: Error: The module did not load/);
    await hearsErrors(visitor);
    await from(told, "define.js", { integrity: "right", map: "mfa_code.js" });
    assert.deepEqual((await errors(visitor)).map(({ kind }) => kind), ["load"]);
    await isPlain(told);
  });

  hosted("that does not share its files leaves the plain field", async (told) => {
    const { visitor } = told;
    visitor.expects(/blocked by CORS policy/, /net::ERR_FAILED/);
    const refused = visitor.page.waitForEvent("console", (said) => said.text().includes("CORS"));
    await from(told, "define.js", { more: { headers: {} } });
    await refused;
    await isPlain(told);
  });
});

stories("A page", () => {
  for (const entry of ENTRIES) {
    hosted(`in quirks mode looks and works as any other, by ${entry}`, async (told) => {
      const { visitor, host, ticket } = told;
      const sizes = () => visitor.element.evaluate((element) => {
        const seen = [element, element.querySelector("input"), ...element.shadowRoot.querySelectorAll("[part~=slot], button, .entry")];
        return seen.map((one) => { const { width, height } = one.getBoundingClientRect(); return [width, height]; });
      });
      await opens(told, { entry: `/mfa-code/${entry}` });
      await visitor.standsAt("idle");
      const usual = await sizes();
      host.pages["/own/page"] = html(form(ticket), { entry: `/mfa-code/${entry}` }).replace("<!doctype html>", "");
      await visitor.page.reload();
      await visitor.standsAt("idle");
      assert.equal(await visitor.page.evaluate(() => document.compatMode), "BackCompat");
      assert.deepEqual(await sizes(), usual);
      await signsIn(told);
    });

    hosted(`in XHTML signs in, also with the field that the element makes, by ${entry}`, async (told) => {
      const { visitor, host, ticket } = told;
      // Chromium knows no module scripts in XML, and every script can import one.
      host.pages["/own/script.js"] = ({ says }) => says("text/javascript", `import("/mfa-code/${entry}")`);
      const body = `<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Own page</title>
        <script src="/own/script.js"></script></head><body><main>
        <form action="/own/posted" method="post"><mfa-code endpoint="/mfa" ticket="${ticket}" name="mfa" required=""></mfa-code>
        <button>Continue</button></form></main></body></html>`;
      host.pages["/own/page"] = { body, headers: { ...strict, "content-type": "application/xhtml+xml" } };
      await visitor.page.goto(`${host.url}/own/page`);
      assert.equal(await visitor.page.evaluate(() => document.contentType), "application/xhtml+xml");
      await signsIn(told);
      assert.deepEqual(host.reports, []);
    });
  }
});
