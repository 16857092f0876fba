/** Registers `<mfa-code>`. Importing it twice, or from two bundles, is harmless. */
import { MfaCodeElement } from "./element.js";

MfaCodeElement.define();

export { MfaCodeElement };
