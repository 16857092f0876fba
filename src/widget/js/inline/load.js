/** In the place of `load.js` where everything is one file: nothing is fetched. */
import * as wasm from "./mfa_code.js";
import module from "./mfa_code_bg.wasm";

let loading;

/**
 * The compiled module, ready to use.
 * @returns {Promise<typeof import("./mfa_code.js")>}
 */
export function load() {
  loading ??= wasm.default({ module_or_path: module }).then(() => wasm);
  return loading;
}
