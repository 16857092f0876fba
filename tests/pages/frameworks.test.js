// Pages that a framework renders, and renders again with other children while the code is typed.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { page, stories } from "./lab.js";

const ELEMENT = (ticket) => `endpoint="/mfa" ticket="${ticket}" name="mfa" required`;
const FORM = `id="login" action="/lab/post" method="post"`;

/** `{n}` things stand otherwise at each rendering: the label's words, a hint of the page's own, a class. */
const REACT = (ticket, root) => `
  import { StrictMode, useState } from "react"; import { createRoot } from "react-dom/client"; import { flushSync } from "react-dom";
  function Login() {
    const [n, set] = useState(0);
    window.rerender = () => flushSync(() => set((n) => n + 1));
    return <form ${FORM}><mfa-code ${ELEMENT(ticket)} className={"n" + n}>
      <label htmlFor="code">Security code {n}</label>{n % 2 ? <small>Rendered {n} times</small> : null}<input id="code" name="token" />
    </mfa-code><button>Continue</button></form>;
  }
  createRoot(document.querySelector("main")).render(${root});`;

const SVELTE = (ticket) => `<script>import { tick } from "svelte"; let n = $state(0); window.rerender = () => { n++; return tick(); };</script>
  <form ${FORM}><mfa-code ${ELEMENT(ticket)} class={"n" + n}><label for="code">Security code {n}</label>{#if n % 2}<small>Rendered {n} times</small>{/if}
  <input id="code" name="token"></mfa-code><button>Continue</button></form>`;

/** Compiles the component, as a site's bundler does. */
const svelte = (source) => ({
  name: "svelte",
  setup(build) {
    const { compile } = createRequire(new URL("package.json", import.meta.url))("svelte/compiler");
    build.onResolve({ filter: /^Login\.svelte$/ }, () => ({ path: "Login.svelte", namespace: "svelte" }));
    build.onLoad({ filter: /.*/, namespace: "svelte" }, () => ({
      contents: compile(source, { generate: "client" }).js.code, resolveDir: new URL(".", import.meta.url).pathname,
    }));
  },
});

const PAGES = [
  [["react", "react-dom"], "StrictMode renders twice", "jsx", (ticket) => REACT(ticket, "<StrictMode><Login/></StrictMode>"), () => ({ define: { "process.env.NODE_ENV": `"development"` } })],
  [["preact"], "patches the attributes that it knows", "jsx", (ticket) => `/** @jsxImportSource preact */
    import { render } from "preact"; import { useState } from "preact/hooks"; import { options } from "preact";
    options.debounceRendering = (flush) => flush();
    function Login() {
      const [n, set] = useState(0);
      window.rerender = () => set((n) => n + 1);
      return <form ${FORM}><mfa-code ${ELEMENT(ticket)} class={"n" + n}>
        <label for="code">Security code {n}</label>{n % 2 ? <small>Rendered {n} times</small> : null}<input id="code" name="token" />
      </mfa-code><button>Continue</button></form>;
    }
    const main = document.querySelector("main"); main.textContent = ""; render(<Login/>, main);`],
  [["vue"], "v-if beside the field", "js", (ticket) => `
    import { createApp, nextTick, ref } from "vue/dist/vue.esm-bundler.js";
    const n = ref(0); window.rerender = () => { n.value++; return nextTick(); };
    const app = createApp({ setup: () => ({ n }), template: \`<form ${FORM}><mfa-code ${ELEMENT(ticket)} :class="'n' + n">
      <label for="code">Security code {{ n }}</label><small v-if="n % 2">Rendered {{ n }} times</small><input id="code" name="token">
    </mfa-code><button>Continue</button></form>\` });
    app.config.compilerOptions.isCustomElement = (tag) => tag === "mfa-code"; app.mount("main");`,
  () => ({ define: { __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" } })],
  [["svelte"], "an #if block beside the field", "js", (ticket) =>
    `import { mount } from "svelte"; import Login from "Login.svelte"; const main = document.querySelector("main"); main.textContent = ""; mount(Login, { target: main }); // ${ticket}`,
  (ticket) => ({ plugins: [svelte(SVELTE(ticket))] })],
  [["solid-js"], "fine-grained: touches what changes alone", "js", (ticket) => `
    import { createSignal } from "solid-js"; import { render } from "solid-js/web"; import html from "solid-js/html";
    const [n, set] = createSignal(0); window.rerender = () => set(n() + 1);
    const main = document.querySelector("main"); main.textContent = "";
    render(() => html\`<form ${FORM}><mfa-code ${ELEMENT(ticket)} class=\${() => "n" + n()}><label for="code">Security code \${n}</label>
      \${() => n() % 2 ? html\`<small>Rendered again</small>\` : null}<input id="code" name="token"></mfa-code><button>Continue</button></form>\`, main);`],
  [["lit"], "markers in comments among the children", "js", (ticket) => `
    import { html, render } from "lit"; let n = 0; const main = document.querySelector("main"); main.textContent = "";
    const login = () => html\`<form ${FORM}><mfa-code ${ELEMENT(ticket)} class=\${"n" + n}><label for="code">Security code \${n}</label>
      \${n % 2 ? html\`<small>Rendered \${n} times</small>\` : ""}<input id="code" name="token"></mfa-code><button>Continue</button></form>\`;
    window.rerender = () => { n++; render(login(), main); }; render(login(), main);`],
  [["alpinejs"], "x-text and x-if on the server's HTML", "js", () => `
    import Alpine from "alpinejs"; Alpine.store("n", 0); Alpine.start(); window.rerender = () => { Alpine.store("n", Alpine.store("n") + 1); return Alpine.nextTick(); };`, undefined, (ticket) => `
    <form ${FORM} x-data><mfa-code ${ELEMENT(ticket)} :class="'n' + $store.n"><label for="code" x-text="'Security code ' + $store.n">Security code</label>
    <template x-if="$store.n % 2"><small>Rendered again</small></template><input id="code" name="token"></mfa-code><button>Continue</button></form>`],
  [["petite-vue"], "takes the server's HTML over", "js", () => `
    import { createApp, nextTick, reactive } from "petite-vue"; const it = reactive({ n: 0 }); createApp({ it }).mount("main"); window.rerender = () => { it.n++; return nextTick(); };`, undefined, (ticket) => `
    <form ${FORM}><mfa-code ${ELEMENT(ticket)}><label for="code">Security code {{ it.n }}</label><small v-if="it.n % 2">Rendered again</small>
    <input id="code" name="token"></mfa-code><button>Continue</button></form>`],
  [["@hotwired/stimulus"], "a controller that swaps the label", "js", () => `
    import { Application, Controller } from "@hotwired/stimulus"; let n = 0;
    Application.start().register("login", class extends Controller {
      static targets = ["label"];
      connect() { window.rerender = () => this.labelTarget.replaceWith(Object.assign(this.labelTarget.cloneNode(), { textContent: "Security code " + ++n })); }
    });`, undefined, (ticket) => `<form ${FORM} data-controller="login"><mfa-code ${ELEMENT(ticket)}><label for="code" data-login-target="label">Security code</label>
    <input id="code" name="token"></mfa-code><button>Continue</button></form>`],
];

const rerenders = async (lab) => {
  await lab.page.evaluate(async () => {
    await window.rerender();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  });
};

stories("A page that is rendered again at every step", () => {
  for (const [uses, special, loader, script, how = () => ({}), body = () => "<p>Loading</p>"] of PAGES) {
    page(`signs in: ${uses[0]}`, { uses, special }, async (lab) => {
      await lab.opens({ body: body(lab.ticket), script: script(lab.ticket), loader, ...how(lab.ticket) });
      await rerenders(lab);
      await lab.stands({ state: "idle" });
      await lab.asks();
      await lab.types("12");
      await lab.heard();
      await rerenders(lab);
      await lab.stands({ state: "entering", value: "12", focused: true, caret: [2, 2] });
      assert.deepEqual(await lab.heard(), []);
      await lab.page.keyboard.press("ControlOrMeta+A");
      const error = await lab.isRefused();
      await rerenders(lab);
      await lab.stands({ state: "rejected", error, focused: true });
      assert.deepEqual(await lab.heard(), []);
      await lab.isConfirmed();
      await rerenders(lab);
      await lab.stands({ state: "verified" });
      await lab.visitor.presses("Continue");
      await lab.isIn();
    });
  }

  page("begins anew after a React action that was refused", { uses: ["react", "react-dom"], special: "a form action: React resets the form when it is done" }, async (lab) => {
    await lab.page.clock.install();
    await lab.opens({ body: "<p>Loading</p>", loader: "jsx", script: `
      import { createRoot } from "react-dom/client";
      async function act(data) {
        await fetch("/lab/post", { method: "POST", body: data, redirect: "manual" });
        window.answered = (window.answered ?? 0) + 1;
      }
      createRoot(document.querySelector("main")).render(<form action={act}><mfa-code ${ELEMENT(lab.ticket)}>
        <label htmlFor="code">Security code</label><input id="code" name="token" /></mfa-code><button>Continue</button></form>);` });
    for (let posts = 1; posts <= 2; posts++) {
      await lab.asks();
      await lab.types(await lab.phone.latestToken());
      await lab.visitor.standsAt("verified");
      await lab.visitor.presses("Continue");
      await lab.page.waitForFunction((posts) => window.answered === posts, posts);
      await lab.visitor.standsAt("idle");
      await lab.stands({ state: "idle", value: "" });
      lab.postedWell(lab.posts[posts - 1]);
      await lab.site.passes(60);
      await lab.visitor.waits(60);
    }
    assert.equal(lab.posts.length, 2);
  });
});
