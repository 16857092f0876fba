/** The lazy part: fetched and compiled once per page, whatever the number of elements. */

/** For how long somebody waits for it, in milliseconds. */
const PATIENCE = 10_000;

let loading;
/** What is known of the request: the URL and, after the response, its status and content type. */
export let seen = [];

/**
 * The compiled module, ready to use. Rejects, with an error of the kind `load`, when it cannot be
 * had or takes too long.
 * @param {Promise<unknown>} [also] What else is needed beside it.
 * @param {() => void} [late] Is called when all of it comes after nobody waited any more.
 * @returns {Promise<typeof import("./mfa_code.js")>}
 */
export const load = (also, late) => new Promise((resolve, reject) => {
  const asked = (loading ??= fetched());
  let tell = resolve;
  const fail = (cause) => {
    // A network that was away may be back for the next one who asks.
    if (loading === asked) loading = undefined;
    const said = `The module did not load (${seen.join(", ")}): ${cause.message}`;
    reject(Object.assign(Error(said, { cause }), { kind: "load", retryable: true }));
    tell = late;
  };
  const patience = setTimeout(fail, PATIENCE, Error("no answer"));
  Promise.all([asked, also]).then(([wasm]) => {
    loading = asked;
    tell?.(wasm);
  }, fail).then(() => clearTimeout(patience));
});

async function fetched() {
  // Side by side: the module does not wait for the glue.
  const [wasm, module] = await Promise.all([import("./mfa_code.js"), compiled()]);
  await wasm.default(module);
  return wasm;
}

async function compiled() {
  const { href } = new URL("./mfa_code_bg.wasm", import.meta.url);
  seen = [href];
  const answer = await fetch(href);
  const type = answer.headers.get("content-type");
  seen = [href, answer.status, type];
  // Of no other type may a browser compile what is still coming.
  return type === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}
