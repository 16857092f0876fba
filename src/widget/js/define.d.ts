/**
 * Importing this registers `<mfa-code>`. A second time, or from a second bundle, is harmless; where
 * there is no DOM, import `mfa-code` instead.
 *
 * @example
 * ```ts
 * import "mfa-code/define";
 *
 * document.querySelector("mfa-code")?.addEventListener("mfa-verified", ({ detail }) => {
 *   console.log(detail.receipt ? "confirmed here" : "confirmed in another tab");
 * });
 * ```
 *
 * @packageDocumentation
 */
export { MfaCodeElement } from "./element.js";
