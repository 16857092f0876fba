// Who is measured. The pages are the same but for the entry, and each loads what its own
// documentation says.

import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { ROUTES as HANKO } from "./hanko.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DIST = process.env.MFA_DIST ?? join(HERE, "../../dist");

export const FIELD = `<label for="code">Security code</label>
<input id="code" name="token" autocomplete="one-time-code" inputmode="numeric" dir="ltr">`;

const OURS = "/mfa-code/";
const HINTS = ["element.js", "load.js", "mfa_code.js", "painted.js"]
  .map((file) => `<link rel="modulepreload" href="${OURS}${file}">`).join("\n");

/** A code is sent already, as on everybody else's page. */
export const ours = (field, at = 0) =>
  `<mfa-code endpoint="/mfa" interaction="bench-${at}" name="mfa" required>${field}</mfa-code>`;

/** How many of the six are seen to be filled, by what the page paints. Run in the page. */
const OF_INPUTS = `[...document.querySelectorAll("input:not(.hidden)")].map(({ value }) => value).join("")`;
const OF_SLOTS = `[...document.querySelectorAll("#entry .slot")].map((slot) => slot.textContent).join("")`;
const OF_OURS = `[...document.querySelector("mfa-code").shadowRoot.querySelectorAll("[part~=slot]")]
  .map((slot) => slot.textContent).join("")`;
const OF_HANKO = `[...document.querySelector("hanko-auth").shadowRoot.querySelectorAll("[part~=passcode-input]")]
  .map(({ value }) => value).join("")`;

export const CONTESTANTS = [
  { name: "empty", title: "the page without a script", entry: FIELD, shown: OF_INPUTS },
  {
    name: "bare", title: "a bare input with fetch: the floor", script: "bare", entry: FIELD, shown: OF_INPUTS,
  },
  {
    name: "mfa-code", title: "`<mfa-code>`: the whole flow", of: "mfa-code", shown: OF_OURS, entry: ours(FIELD),
    head: `${HINTS}
<link rel="preload" href="${OURS}mfa_code_bg.wasm" as="fetch" type="application/wasm" crossorigin>
<script type="module" src="${OURS}define.js"></script>`,
  },
  {
    name: "zag", title: "zag pin-input, vanilla: entry only", of: "@zag-js/pin-input", script: "zag", shown: OF_INPUTS,
    entry: `<div id="entry"><label>Security code</label>${`<input class="slot">`.repeat(6)}<input class="hidden" name="token"></div>`,
  },
  {
    name: "input-otp", title: "input-otp on Preact: entry only", of: "input-otp", script: "input-otp",
    entry: `<div id="entry"></div>`, shown: OF_SLOTS,
  },
  {
    name: "ionic", title: "ion-input-otp: entry only", of: "@ionic/core", script: "ionic",
    entry: `<label>Security code</label><ion-input-otp length="6" type="number"></ion-input-otp>`,
    shown: OF_INPUTS,
  },
  {
    name: "hanko", title: "`<hanko-auth>`: the whole flow", of: "@teamhanko/hanko-elements", script: "hanko",
    entry: "<hanko-auth></hanko-auth>", shown: OF_HANKO, routes: HANKO,
    note: `it asks its backend which step comes first. Here that is a part of the same server, and says at once
  that a code was sent; Hanko's own asks before that who it is for. It shows the step half a second later, by a
  timer of its own.`,
  },
];

/** A whole document around an entry. */
export const page = (entry, head = "") => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
${head}
<main>
<form action="/posted" method="post">
${entry}
<p id="status" role="status"></p>
<button>Continue</button>
</form>
</main>
</html>
`;

/** Puts everybody's page and files on the server. */
export async function prepare(server, contestants) {
  for (const name of await readdir(DIST)) {
    if (/^(?!inline|mock|contract).*\.(js|wasm)$/.test(name)) server.put(OURS + name, await readFile(join(DIST, name)));
  }
  for (const { name, entry, head = "", script, routes = {} } of contestants) {
    const more = script ? `<script type="module" src="/${name}/entry.js"></script>` : "";
    server.put(`/${name}/index.html`, page(entry, head + more));
    if (script) server.put(`/${name}/entry.js`, await bundled(`entries/${script}.js`));
    for (const [path, say] of Object.entries(routes)) server.answer(path, say);
  }
}

async function bundled(entry) {
  const { outputFiles } = await build({
    absWorkingDir: HERE, entryPoints: [join(HERE, entry)], bundle: true, minify: true, format: "esm", target: "es2022", write: false,
    legalComments: "none", logLevel: "error", define: { "process.env.NODE_ENV": `"production"` },
    alias: { react: "preact/compat", "react-dom": "preact/compat", "react/jsx-runtime": "preact/jsx-runtime" },
  });
  return outputFiles[0].contents;
}

/** The version of a contestant's package. */
export async function version(name) {
  if (name === "mfa-code") return JSON.parse(await readFile(join(HERE, "../../package.json"), "utf8")).version;
  const lock = createRequire(import.meta.url)("./package-lock.json");
  return lock.packages[`node_modules/${name}`].version;
}
