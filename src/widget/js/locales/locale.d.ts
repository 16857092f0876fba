import type { MfaCodeStrings } from "../index.js";

/**
 * The words of one language, all of them, as every module of this folder has them. An element finds
 * those of its `lang` by itself; import one to set words by hand.
 *
 * @example
 * ```ts
 * import german from "mfa-code/locales/de";
 *
 * document.querySelector("mfa-code")!.strings = { ...german, send_sms: "Code aufs Handy" };
 * ```
 */
declare const words: Required<MfaCodeStrings>;
export default words;
