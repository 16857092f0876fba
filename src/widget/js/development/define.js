/**
 * `define.js` of a development server. What it imports is one file with the module in it, since the
 * dependency optimizer of such a server moves scripts and leaves the `.wasm` behind.
 */
import { MfaCodeElement } from "./index.js";

MfaCodeElement.define();

export { MfaCodeElement };
