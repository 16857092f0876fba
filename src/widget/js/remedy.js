/**
 * Tells the developer why the module did not load and what to do about it. It is fetched only after a
 * failure, so that no visitor pays for it.
 */
import { seen } from "./load.js";

const LEFT_BEHIND = "The server has no such file there, or answers with another one. A bundler that moves the scripts"
  + " must move the .wasm too. Vite's dev server: add optimizeDeps: { exclude: [\"mfa-code\"] } to vite.config."
  + " Angular, esbuild, Rollup and others: import \"mfa-code/inline\" in the place of \"mfa-code/define\"."
  + " Without a bundler: serve the folder dist/ of the package as it is.";
const NO_WASM = "This browser has no WebAssembly, or its owner has switched it off. The plain field is all that works here.";
const POLICY = "The page's Content-Security-Policy refuses WebAssembly: add 'wasm-unsafe-eval' to script-src.";
const NO_ANSWER = "A file of the package did not arrive within ten seconds: look at the network and the server."
  + " If it arrives later, the element starts then.";
const SCRIPT = "The browser refused a script of the package, or did not get it: serve all files of dist/ side by side,"
  + " as text/javascript, and allow them in script-src. A hash in an import map must be that of dist/integrity.json.";
const NOT_FETCHED = "The browser got no response: the network failed, connect-src does not name the file's origin,"
  + " or the file is on another origin without Access-Control-Allow-Origin.";
const TWO_VERSIONS = "The scripts and the .wasm are of two versions: deploy them together, and clear caches between.";
const DAMAGED = "The file is damaged or was cut off: serve it byte for byte, as application/wasm.";

function remedyOf({ name, message }) {
  const [url, status, type] = seen;
  if (!globalThis.WebAssembly) return NO_WASM;
  if (message === "no answer") return NO_ANSWER;
  // "Failed to fetch dynamically imported module", "Importing a module script failed", "… MIME type".
  if (/\bmodule script|imported module|\bimporting\b/i.test(message)) return SCRIPT;
  if (url && !status) return NOT_FETCHED;
  // What each engine says of bytes that do not begin as WebAssembly does.
  if (url && (status !== 200 || /^text\/|json/.test(type) || /magic|doesn't start with/i.test(message))) return LEFT_BEHIND;
  if (/eval|content security policy|\bcsp\b/i.test(message)) return POLICY;
  return name === "LinkError" || /\bimport\b|not a function/i.test(message) ? TWO_VERSIONS : DAMAGED;
}

/** The line for the console. */
export const remedy = (error) => `${error}. ${remedyOf(error.cause)}`;
