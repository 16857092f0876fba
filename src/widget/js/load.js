/** The lazy part: fetched and compiled once per page, whatever the number of elements. */

/** For how long somebody waits for it, in milliseconds. */
const PATIENCE = 10_000;

let loading;

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
    reject(Object.assign(Error("The module did not load", { cause }), { kind: "load", retryable: true }));
    tell = late;
  };
  const patience = setTimeout(fail, PATIENCE, "no answer");
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
  const answer = await fetch(new URL("./mfa_code_bg.wasm", import.meta.url));
  // Of no other type may a browser compile what is still coming.
  return answer.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}
