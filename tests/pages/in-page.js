// The modules of `in-page`, as a host serves them to a page, and a page that holds nothing else.

import { readdirSync, readFileSync } from "node:fs";

import { html } from "../e2e/own-host.js";

const FOLDER = new URL("in-page/", import.meta.url);

/** Where the empty page is; `main` is for the modules to fill. */
export const STAGE = "/own/stage";

/** The host serves them from here on. */
export function servesInPage(host) {
  for (const name of readdirSync(FOLDER)) {
    const body = readFileSync(new URL(name, FOLDER), "utf8");
    host.pages[`/in-page/${name}`] = { body, headers: { "content-type": "text/javascript" } };
  }
  host.pages[STAGE] = html("");
}

/** Those of `in-page/stage.js`, by name. */
export const STATES = ["idle", "idle, typed in", "sending", "entering, half typed", "entering, caret inside", "rejected", "verifying",
  "verified", "closed", "offline"];

/** All of what was found, for the reader of a failure. */
export function nothingWrong(found) {
  if (found.length) throw new Error(`${found.length} faults:\n${found.join("\n")}`);
}
