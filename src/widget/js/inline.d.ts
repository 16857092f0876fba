/** Importing this module registers `<mfa-code>`. It is one file, with the WebAssembly in it. */
export * from "./index.js";
