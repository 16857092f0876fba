// `framework`: what holds for `<mfa-code>` in every framework. Each example is the same page.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { unanswered } from "../e2e/visitor.js";
import { consumer } from "./consumer.js";
import { npm } from "./tarball.js";

/** What a compiler must not let pass: what stands in every example, and what in its place is wrong. */
const MISTAKES = [
  ["endpoint=\"/mfa\"", "endpoint=\"/mfa\" channel=\"fax\"", /fax/],
  [/tokenLength(=["{]+)6/, "tokenLength$1'six'", /six/],
  ["hint_digits:", "hint_digit:", /'hint_digit'/],
  ["detail.kind", "detail.kin", /'kin'/],
  ["currentTarget.form?", "currentTarget.from?", /'from'/],
];

/**
 * @param {string} example A folder of `examples/`.
 * @param {{name: string, page: string, more?: Parameters<typeof consumer>[1]}} framework What it is
 *   called, and the file that has the page; without one, its compiler knows nothing of the element.
 *   `more` are stories of its own.
 */
export function framework(example, { name, page, more }) {
  consumer(example, ({ signsIn, folder }) => {
    more?.({ signsIn, folder });

    signsIn(`a page of ${name} signs in under as strict a policy as it can have, and sends one message`, {
      look: async ({ visitor }) => {
        const set = await visitor.element.evaluate((element) => ({
          attributes: ["endpoint", "name", "required", "token-length"].map((it) => element.getAttribute(it)),
          inside: [...element.querySelectorAll("input, label")].map(({ localName }) => localName),
        }));
        // The page's own label and input, and none of ours beside them.
        assert.deepEqual(set, { attributes: ["/mfa", "mfa", "", "6"], inside: ["label", "input"] });
      },
      act: async ({ visitor }) => {
        await visitor.asksBy("sms");
        await visitor.sees("6 numbers, from the message.");
        assert.equal(await visitor.phone.count(), 1);
        await visitor.types(await visitor.phone.latestToken());
      },
    });

    signsIn(`${name} renders the page again while a code is typed, and nothing of it is lost`, {
      act: async ({ visitor }) => {
        // What the page's own reference to the element is good for.
        await visitor.field.fill("123");
        await visitor.presses("Start over");
        assert.equal(await visitor.field.inputValue(), "");
        await visitor.asksBy("sms");
        const token = await visitor.phone.latestToken();
        await visitor.types(token.slice(0, 3));
        await visitor.sees("Typed: 3");
        const described = () => visitor.field.evaluate((field) =>
          field.getAttribute("aria-describedby").split(" ").every((id) => document.getElementById(id)));
        assert.ok(await described(), "a rendering has taken the hint or the error away");
        assert.equal(await visitor.field.inputValue(), token.slice(0, 3));
        await visitor.types(token.slice(3));
      },
    });

    signsIn(`${name} takes the code entry out and puts it back, and no second message is sent`, {
      act: async ({ visitor }) => {
        await visitor.asksBy("sms");
        for (let round = 0; round < 5; round++) {
          await visitor.presses("Hide");
          await visitor.element.waitFor({ state: "detached" });
          await visitor.presses("Show");
          await visitor.standsAt("entering");
        }
        assert.equal(await visitor.phone.count(), 1);
        // The one that is there, and one that a framework may keep for a while.
        assert.ok(await alive(visitor) <= 2, `${await alive(visitor)} elements are still in memory`);
        await visitor.field.focus();
        await visitor.types(await visitor.phone.latestToken());
      },
    });

    signsIn(`a page of ${name} hears of a failure, and of the success after it`, {
      act: async ({ visitor }) => {
        visitor.expects(unanswered);
        await visitor.asksBy("sms");
        const token = await visitor.phone.latestToken();
        await visitor.page.route("**/verify", (route) => route.abort());
        await visitor.types(token);
        await visitor.sees("Trouble: network");
        await visitor.page.unroute("**/verify");
        await visitor.presses("Try again");
      },
    });

    if (page) test(`the compiler of ${name} knows what the element can be told`, { timeout: 300_000 }, async () => {
      const file = join(folder(), page);
      const right = await readFile(file, "utf8");
      await npm(folder(), "run", "check");
      const wrong = MISTAKES.reduce((text, [what, instead]) => {
        const next = text.replace(what, instead);
        assert.notEqual(next, text, `${page} has no ${what}`);
        return next;
      }, right);
      await writeFile(file, wrong);
      const { message: said } = await npm(folder(), "run", "check").then(
        () => assert.fail("everything is let pass"), (error) => error,
      );
      for (const [, instead, complaint] of MISTAKES) assert.match(said, complaint, `${instead} is let pass`);
      await writeFile(file, right);
    });
  });
}

/** How many of the elements are not forgotten, once the memory has been cleared up. */
async function alive({ page }) {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    expression: "customElements.get('mfa-code').prototype",
  });
  await session.send("HeapProfiler.collectGarbage");
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { result: properties } = await session.send("Runtime.getProperties", {
    objectId: objects.objectId, ownProperties: true,
  });
  await session.detach();
  return properties.find(({ name }) => name === "length").value.value;
}
