/** The lazy part: fetched and compiled once per page, whatever the number of elements. */

let loading;

/**
 * The compiled module, ready to use.
 * @returns {Promise<typeof import("./mfa_code.js")>}
 */
export function load() {
  loading ??= import("./mfa_code.js").then(async (wasm) => {
    await wasm.default({ module_or_path: new URL("./mfa_code_bg.wasm", import.meta.url) });
    return wasm;
  });
  // A network that was away may be back for the next one who asks.
  loading.catch(() => (loading = undefined));
  return loading;
}
