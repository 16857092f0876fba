// One Chromium for a test file; every visitor has a profile of their own in it.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let launched;

function path() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!found) throw new Error("there is no Chromium on the PATH; set CHROMIUM to where it is");
  return found;
}

export function browser() {
  launched ??= launch();
  return launched;
}

/** One with other settings, or more flags; whoever launches it closes it. */
export const launch = (settings = {}, more = []) =>
  chromium.launch({ executablePath: path(), args: [...FLAGS, ...more], ...settings });

/** One whose owner has set these preferences. The profile goes when the browser has. */
export async function launchWith(preferences, settings) {
  const folder = await mkdtemp(join(tmpdir(), "mfa-code-profile-"));
  await mkdir(join(folder, "Default"));
  await writeFile(join(folder, "Default/Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(folder, { executablePath: path(), args: FLAGS, ...settings });
  // Its processes may write for a moment more.
  context.on("close", () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return context;
}

export async function closeBrowser() {
  const closing = await launched;
  launched = undefined;
  await closing?.close();
}
