// `start` and `verify` in a page of the site's own making: results and errors are what their types say.

import assert from "node:assert/strict";

import { OwnPage } from "./own-page.js";
import { stories, story } from "./story.js";
import { answered, unanswered } from "./visitor.js";

/** The functions, as `window.mfa`, and the ticket. Errors come back as what a page can tell of them. */
async function opens(visitor) {
  const { ticket } = await OwnPage.opens(visitor, "mara", "");
  await visitor.page.evaluate(async () => {
    const { isMfaError, ...functions } = await import("/mfa-code/index.js");
    window.mfa = async (name, ...given) => {
      try {
        return await functions[name](...given);
      } catch (error) {
        const { kind, retryable, retryAfter } = error;
        return { caught: error.constructor.name, is: isMfaError(error), kind, retryable, retryAfter };
      }
    };
  });
  const call = (...given) => visitor.page.evaluate((given) => window.mfa(...given), given);
  return { call, options: { endpoint: "/mfa", ticket, headers: { accept: "application/json" } } };
}

/** What is asked of the endpoint, below the site. */
function asked({ page, site }) {
  const urls = [];
  page.on("request", (request) => request.method() === "POST" && urls.push(request.url().slice(site.url.length)));
  return urls;
}

const failed = (kind, retryable, more = {}) =>
  ({ caught: "Error", is: true, kind, retryable, retryAfter: undefined, ...more });

stories("The functions", () => {
  story("have a result for each code, right or wrong", async ({ visitor }) => {
    const { call, options } = await opens(visitor);
    const interaction = await call("start", options);
    assert.deepEqual(Object.keys(interaction).sort(), ["allowAlphas", "channel", "endpoint", "id", "maxAttempts",
      "resendAfter", "to", "tokenLength", "validFor"]);
    assert.deepEqual(await call("verify", interaction, await visitor.phone.wrongToken()),
      { status: "rejected", attemptsLeft: 2 });
    const { receipt, ...verified } = await call("verify", interaction, await visitor.phone.latestToken());
    assert.deepEqual(verified, { status: "verified" });
    assert.equal(receipt.split(".").length, 3, "a signed statement");
    visitor.expects(answered(404));
    assert.deepEqual(await call("verify", interaction, await visitor.phone.latestToken()),
      { status: "closed", reason: "used" });
  });

  story("reject with a kind when there is no result", async ({ visitor, site, context }) => {
    visitor.expects(answered("(403|429)"), unanswered);
    const { call, options } = await opens(visitor);
    const interaction = await call("start", options);
    assert.deepEqual(await call("verify", interaction, "12"), failed("invalid_token", false));
    const tooSoon = await call("start", options);
    assert.ok(tooSoon.retryAfter > 0, JSON.stringify(tooSoon));
    assert.deepEqual({ ...tooSoon, retryAfter: undefined }, failed("rate_limited", true));
    await context.setOffline(true);
    assert.deepEqual(await call("verify", interaction, "123456"), failed("network", true));
    await context.setOffline(false);
    await site.passes(60);
    assert.deepEqual(await call("start", { ...options, ticket: "v4.local.none" }), failed("misconfigured", false));
  });

  story("tell a mistake of the page by a TypeError, which is none of theirs", async ({ visitor }) => {
    const { call, options } = await opens(visitor);
    const mistake = { caught: "TypeError", is: false, kind: undefined, retryable: undefined, retryAfter: undefined };
    for (const wrong of [{ channel: "fax" }, { tokenLength: 3 }, { validFor: 604_801 }, { endpoint: undefined }]) {
      assert.deepEqual(await call("start", { ...options, ...wrong }), mistake);
    }
    const interaction = { endpoint: "/mfa", id: "i", tokenLength: 6, allowAlphas: false };
    for (const wrong of [{ endpoint: undefined }, { id: "" }, { id: ".." }, { tokenLength: 3 }]) {
      assert.deepEqual(await call("verify", { ...interaction, ...wrong }, "123456"), mistake);
    }
    for (const token of [123456, null, undefined, {}]) assert.deepEqual(await call("verify", interaction, token), mistake);
    assert.equal(await visitor.phone.count(), 0);
    const said = await visitor.page.evaluate(async (options) => {
      const { start } = await import("/mfa-code/index.js");
      return start({ ...options, tokenLength: 3 }).catch(({ message }) => message);
    }, options);
    assert.equal(said, "token_length must be a whole number from 4 to 20");
  });

  story("join their paths to an endpoint with a query", async ({ visitor }) => {
    const { call, options } = await opens(visitor);
    const urls = asked(visitor);
    const interaction = await call("start", { ...options, endpoint: "/mfa/?tenant=7#top" });
    await call("verify", interaction, await visitor.phone.latestToken());
    assert.deepEqual(urls, ["/mfa/sms?tenant=7", `/mfa/${encodeURIComponent(interaction.id)}/verify?tenant=7`]);
  });

  story("reject an endpoint that no path can be joined to", async ({ visitor }) => {
    visitor.expects(/`endpoint` is no URL that a path can be joined to/);
    const { call, options } = await opens(visitor);
    const urls = asked(visitor);
    const said = [];
    visitor.page.on("console", (message) => said.push(message.text()));
    const wrong = ["?tenant=7", "localhost:8080/mfa", "https://[mfa", "https://me:secret@site.example/mfa"];
    for (const endpoint of wrong) {
      assert.deepEqual(await call("start", { ...options, endpoint }), failed("misconfigured", false), endpoint);
      const interaction = { endpoint, id: "i", tokenLength: 6, allowAlphas: false };
      assert.deepEqual(await call("verify", interaction, "123456"), failed("misconfigured", false), endpoint);
    }
    assert.deepEqual(urls, []);
    assert.equal(said.length, 2 * wrong.length);
    assert.ok(!said.join().includes("secret"));
  });

  story("say that the module did not load, and go on when it does", async ({ visitor, context }) => {
    visitor.expects(unanswered);
    await context.route("**/*.wasm", (route) => route.abort());
    const { call, options } = await opens(visitor);
    assert.deepEqual(await call("start", options), failed("load", true));
    assert.deepEqual(await call("verify", { id: "i" }, "123456"), failed("load", true));
    await context.unroute("**/*.wasm");
    assert.equal((await call("start", options)).channel, "sms");
  });
});
