/** Importing this module registers `<mfa-code>`. */
export { MfaCodeElement } from "./index.js";
