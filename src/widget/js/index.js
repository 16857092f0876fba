/** `start`, `verify` and the element's class. Importing it has no side effect and needs no DOM. */
import { load } from "./load.js";

export { MfaCodeElement } from "./element.js";

/** @returns {error is import("./index.js").MfaError} */
export const isMfaError = (error) =>
  error instanceof Error && typeof error.kind === "string" && typeof error.retryable === "boolean";

/** Has the module do it. What it rejects with is its own; what it throws is a trap, or the page's mistake. */
async function ask(use) {
  const wasm = await load();
  try {
    return use(wasm);
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    throw Object.assign(new Error("The module failed", { cause }), { kind: "crash", retryable: false });
  }
}

/**
 * Asks the endpoint to send a token.
 * @param {import("./index.js").StartOptions} options
 * @returns {Promise<import("./index.js").Interaction>}
 */
export const start = (options) => ask((wasm) => wasm.start(options));

/**
 * Asks the endpoint whether the token is right. A wrong one is a result, not an error.
 * @param {import("./index.js").Interaction} interaction
 * @param {string} token
 * @param {import("./index.js").VerifyOptions} [options]
 * @returns {Promise<import("./index.js").VerifyResult>}
 */
export const verify = (interaction, token, options) => ask((wasm) => wasm.verify(interaction, token, options));
