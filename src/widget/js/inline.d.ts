/**
 * As `mfa-code/define` and `mfa-code` together, in one file that has the WebAssembly and the
 * languages in it: for pages that can take only one. Importing it registers `<mfa-code>`.
 *
 * @packageDocumentation
 */
export * from "./index.js";
