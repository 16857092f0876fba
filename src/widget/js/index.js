/** `start`, `verify` and the element's class. Importing it has no side effect and needs no DOM. */
import { load } from "./load.js";

export { MfaCodeElement } from "./element.js";

/**
 * Asks the endpoint to send a token.
 * @param {import("./index.js").StartOptions} options
 * @returns {Promise<import("./index.js").Interaction>}
 */
export const start = async (options) => (await load()).start(options);

/**
 * Asks the endpoint whether the token is right. A wrong one is a result, not an error.
 * @param {import("./index.js").Interaction} interaction
 * @param {string} token
 * @param {import("./index.js").VerifyOptions} [options]
 * @returns {Promise<import("./index.js").VerifyResult>}
 */
export const verify = async (interaction, token, options) =>
  (await load()).verify(interaction, token, options);
