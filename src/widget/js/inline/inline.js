/**
 * Everything in one file, the module and the languages too: it registers `<mfa-code>`, and has
 * the functions.
 */
import "./define.js";

export { MfaCodeElement, start, verify } from "./index.js";
