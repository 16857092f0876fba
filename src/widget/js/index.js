/** `start`, `verify` and the element's class. Importing it has no side effect and needs no DOM. */
import { load } from "./load.js";

export { MfaCodeElement } from "./element.js";

/** What the module cannot say, because it is not there or in no state to. */
const fault = (kind, cause) => Object.assign(new Error(kind, { cause }), { kind, retryable: kind === "load" });

/** @returns {error is import("./index.js").MfaError} */
export const isMfaError = (error) =>
  error instanceof Error && typeof error.kind === "string" && typeof error.retryable === "boolean";

/** Has the module do it. What it rejects with is its own; what it throws is a trap, or the page's mistake. */
async function ask(use) {
  const wasm = await load().catch((cause) => Promise.reject(fault("load", cause)));
  try {
    return use(wasm);
  } catch (cause) {
    throw cause instanceof WebAssembly.RuntimeError ? fault("crash", cause) : cause;
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
