/** In the place of `load.js` where everything is one file: nothing is fetched. */
import text from "./module.js";

let loading;

/** As in `load.js`, of a request; here there is none. */
export const seen = [];

/**
 * The compiled module, ready to use. Rejects, with an error of the kind `load`, where the browser
 * or the page's policy has no place for it.
 * @param {Promise<unknown>} [also] What else is needed beside it.
 * @returns {Promise<typeof import("./mfa_code.js")>}
 */
export async function load(also) {
  try {
    // Only now: a DOM without a browser may lack what the glue needs from the start.
    const wasm = await import("./mfa_code.js");
    await Promise.all([(loading ??= WebAssembly.compile(module()).then(wasm.default)), also]);
    return wasm;
  } catch (cause) {
    loading = undefined;
    throw Object.assign(Error(`The module did not load: ${cause.message}`, { cause }), { kind: "load", retryable: true });
  }
}

/** Each character is a byte. */
const module = () => Uint8Array.from(text, (character) => character.charCodeAt(0));
