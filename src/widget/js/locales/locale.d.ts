import type { MfaCodeStrings } from "../index.js";

/** The words of one language, as every module of this folder has them. */
declare const words: MfaCodeStrings;
export default words;
