// Which engines there are besides Chromium, whose suite is `tests/e2e`.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { Firefox } from "./firefox.js";
import { WebKit } from "./webkit.js";

const KNOWN = {
  firefox: { name: "Firefox", is: Firefox, variable: "FIREFOX", programs: ["firefox-esr", "firefox"] },
  webkit: { name: "WebKit", is: WebKit, variable: "WEBKITDRIVER", programs: ["WebKitWebDriver"] },
};

function find({ variable, programs }) {
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return programs.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** Those that `MFA_ENGINES` names, all of them; without it, those that are on this machine. */
export function engines() {
  const named = process.env.MFA_ENGINES?.split(",").map((name) => name.trim()).filter(Boolean);
  const found = (named ?? Object.keys(KNOWN)).flatMap((name) => {
    const engine = KNOWN[name];
    if (!engine) throw new Error(`MFA_ENGINES names ${name}; there are ${Object.keys(KNOWN).join(", ")}`);
    const program = find(engine);
    if (program) return [{ name: engine.name, starts: () => engine.is.starts(program) }];
    if (named) throw new Error(`there is no ${engine.programs[0]} on the PATH; set ${engine.variable} to where it is`);
    return [];
  });
  if (found.length === 0) throw new Error("there is neither Firefox nor WebKit on this machine");
  return found;
}
