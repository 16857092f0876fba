// The running element is what its manifest says, all of it and nothing else.

import assert from "node:assert/strict";

import { detail, element, fields, methods, modules, names, statics } from "./manifest.js";
import { overseen } from "./overseen.js";
import { OwnPage } from "./own-page.js";
import { closed, onTheWay, settings } from "./states.js";
import { stories, story } from "./story.js";

/** What the browser calls, and no page. */
const LIFECYCLE = ["attributeChangedCallback", "connectedCallback", "constructor", "disconnectedCallback",
  "formAssociatedCallback", "formDisabledCallback", "formResetCallback", "handleEvent"];
/** Of every class. */
const CLASS = ["length", "name", "prototype"];

/** What `state` has of an interaction: all of it or nothing. */
const PROGRESS = ["allowAlphas", "attemptsLeft", "channel", "expiresIn", "tokenLength"];

const sorted = (list) => [...new Set(list)].sort();

/** In one page, every state and every way out of it. */
async function everything(told) {
  const { visitor, site, another } = told;
  const look = async () => {};
  await onTheWay(told, look);
  await site.passes(601);
  await closed(told, look);
  await site.passes(601);
  await settings(told, look);
  // Confirmed in another tab, whose form has the receipt.
  const there = await another();
  await site.passes(601);
  for (const tab of [visitor, there]) await (tab === visitor ? tab.isAskedForACode("tomas") : tab.opens("/code"));
  await visitor.asksBy("sms");
  await there.standsAt("entering");
  await there.field.focus();
  await there.types(await visitor.phone.latestToken());
  await there.isSignedIn();
  await visitor.isSignedIn();
}

stories("The manifest", () => {
  story("has every event, part, slot and state that a sign-in shows, and no other", async (told) => {
    const seen = await overseen(told.context);
    await everything(told);

    const fired = seen("event");
    assert.deepEqual(sorted(fired.map(({ type }) => type)), names(element.events));
    for (const event of element.events) {
      const ways = fired.filter(({ type }) => type === event.name);
      const always = (key) => ways.every((way) => way.detail.includes(key));
      const keys = sorted(ways.flatMap((way) => way.detail)).map((key) => (always(key) ? key : `${key}?`));
      assert.deepEqual(keys, detail(event), event.name);
      const cancelable = event.description.includes("Cancel it");
      const { type, detail: _, ...how } = ways[0];
      assert.deepEqual(how, { class: "CustomEvent", bubbles: true, composed: true, cancelable }, type);
    }

    assert.deepEqual(sorted(seen("part")), names(element.cssParts));
    assert.deepEqual(sorted(seen("slot")), names(element.slots));
    assert.deepEqual(seen("slotted").filter((name) => !seen("slot").includes(name)), []);
    assert.deepEqual(sorted(seen("data-state")), names(element.cssStates));
    assert.deepEqual(sorted(seen("states").flat()), names(element.cssStates));
    assert.ok(seen("states").every((states) => states.length === 1), "one state at a time");

    for (const { phase, more } of seen("snapshot")) {
      const known = more.filter((name) => PROGRESS.includes(name));
      const besides = phase === "closed" ? ["reason", "resendIn"] : ["resendIn"];
      const certain = ["entering", "verifying", "rejected"].includes(phase);
      const whole = certain || (known.length > 0 && phase !== "idle") ? PROGRESS : [];
      assert.deepEqual(more, sorted([...whole, ...besides]), phase);
    }

    // `id` tells two elements of one page apart.
    const read = sorted(seen("attribute")).filter((name) => !["id", "aria-busy", "data-state"].includes(name));
    assert.deepEqual(read.filter((name) => !names(element.attributes).includes(name)), []);
  }, { permissions: ["clipboard-read", "clipboard-write"] });

  story("has every attribute, property and method, with their defaults", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", "");
    const own = await visitor.page.evaluate(() => {
      const Element = customElements.get("mfa-code");
      const fresh = document.createElement("mfa-code");
      const members = Object.entries(Object.getOwnPropertyDescriptors(Element.prototype));
      // `verify` can be set, too, for frameworks: that is its attribute.
      const isMethod = ([name, it]) => typeof (it.value ?? fresh[name]) === "function";
      return {
        observed: Element.observedAttributes,
        statics: Object.getOwnPropertyNames(Element),
        methods: members.filter(isMethod).map(([name]) => name),
        fields: members.filter((member) => !isMethod(member))
          .map(([name, it]) => ({ name, readonly: !it.set, is: fresh[name] ?? null })),
      };
    });
    // What it does not observe it reads once.
    assert.deepEqual(sorted([...own.observed, "autofocus"]), names(element.attributes));
    assert.deepEqual(sorted(own.statics.filter((name) => !CLASS.includes(name))), names(statics));
    assert.deepEqual(sorted(own.methods.filter((name) => !LIFECYCLE.includes(name))), names(methods));
    assert.deepEqual(sorted(own.fields.map(({ name }) => name)), names(fields));
    for (const { name, readonly, is } of own.fields) {
      const said = fields.find((field) => field.name === name);
      assert.equal(Boolean(said.readonly), readonly, name);
      if (said.default) assert.equal(JSON.stringify(is), said.default, name);
      else assert.ok(readonly, `${name} has no default`);
    }
  });

  story("has the attribute that each property reads and writes", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", "");
    const twins = fields.filter(({ attribute }) => attribute);
    assert.deepEqual(names(twins), sorted(element.attributes.map(({ fieldName }) => fieldName).filter(Boolean)));
    for (const { name, attribute, type: { text } } of twins) {
      const came = await visitor.page.evaluate(([name, attribute, isFlag]) => {
        const it = document.createElement("mfa-code");
        const ways = [];
        const look = () => ways.push([it[name], it.getAttribute(attribute)]);
        it[name] = isFlag ? true : 7;
        look();
        it[name] = isFlag ? false : null;
        look();
        it.setAttribute(attribute, "8");
        look();
        it.removeAttribute(attribute);
        look();
        return ways;
      }, [name, attribute, text === "boolean"]);
      const [there, set, absent] = text === "boolean" ? [true, "", false] : ["7", "7", null];
      const other = text === "boolean" ? true : "8";
      assert.deepEqual(came, [[there, set], [absent, null], [other, "8"], [absent, null]], name);
    }
  });

  story("has every custom property, and setting one to its default changes nothing", async ({ visitor }) => {
    await OwnPage.opens(visitor, "mara", `<mfa-code endpoint="/mfa"></mfa-code>`);
    await visitor.standsAt("idle");
    const used = await visitor.element.evaluate((host) => {
      const sheets = [...host.shadowRoot.adoptedStyleSheets, ...document.adoptedStyleSheets];
      const css = sheets.flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText)).join("\n");
      return css.match(/--mfa-[\w-]+/g);
    });
    assert.deepEqual(sorted(used), names(element.cssProperties));

    for (const { name, syntax, default: said } of element.cssProperties) {
      const other = syntax.startsWith("<color>") ? "rgb(1, 2, 3)" : "7px";
      const [before, same, changed] = await visitor.element.evaluate((host, [name, said, other]) => {
        const all = [host, ...host.children, ...host.shadowRoot.querySelectorAll("*")];
        const look = () => {
          const found = all.map((it) => {
            const style = getComputedStyle(it);
            return [...style].filter((key) => !key.startsWith("--")).map((key) => style[key]);
          });
          // What is the element's own to work out of it.
          for (const [key, values] of host.computedStyleMap()) {
            if (key.startsWith("--_")) found.push(String(values).replaceAll(/\s/g, ""));
          }
          return JSON.stringify(found);
        };
        const ways = [look()];
        for (const value of [said, other]) {
          host.style.setProperty(name, value);
          ways.push(look());
        }
        host.style.removeProperty(name);
        return ways;
      }, [name, said, other]);
      // What is worked out from the colour of the text cannot be written down.
      if (!said.includes("…")) assert.ok(same === before, `${name}: ${said} is not the default`);
      assert.ok(changed !== before, `${name} does nothing`);
    }
  });

  for (const { path, exports } of modules) {
    story(`has all that ${path} exports, and says whether it registers the element`, async ({ visitor, site }) => {
      const url = `${site.url}/mfa-code/${path.replace("dist/", "")}`;
      visitor.expects(/favicon/);
      // As a page it is a text, of the same origin, that loads nothing.
      await visitor.page.goto(url);
      const came = await visitor.page.evaluate(async (url) => {
        const exported = Object.keys(await import(url));
        return { exported, registered: Boolean(customElements.get("mfa-code")) };
      }, url);
      assert.deepEqual(sorted(came.exported), names(exports.filter(({ kind }) => kind === "js")));
      assert.equal(came.registered, exports.some(({ kind }) => kind === "custom-element-definition"));
    });
  }
});
