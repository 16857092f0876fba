/** In the place of `load.js` where everything is one file: nothing is fetched. */
import * as wasm from "./mfa_code.js";
import text from "./module.js";

let loading;

/**
 * The compiled module, ready to use.
 * @returns {Promise<typeof import("./mfa_code.js")>}
 */
export function load() {
  loading ??= wasm.default({ module_or_path: module() }).then(() => wasm);
  return loading;
}

/** Each character is a byte. */
const module = () => Uint8Array.from(text, (character) => character.charCodeAt(0));
