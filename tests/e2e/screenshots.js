// Writes docs/screenshots: each page as it is, wide and narrow, light and dark. No test.
//
//   cargo xtask build && cargo build -p mfa-demo && node tests/e2e/screenshots.js

import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { browser, closeBrowser } from "./browser.js";
import { Site } from "./site.js";
import { Visitor } from "./visitor.js";

const FOLDER = process.argv[2] ?? fileURLToPath(new URL("../../docs/screenshots", import.meta.url));

const SIZES = [{ width: 1280, height: 800 }, { width: 375, height: 812 }];

async function takes(visitor, page, { width }, scheme) {
  const path = `${FOLDER}/${page}-${width}-${scheme}.png`;
  // A narrow page is scrolled, so all of it is shown.
  await visitor.page.screenshot({ path, fullPage: width < 600, animations: "disabled" });
  console.log(`${path}: ${Math.round((await stat(path)).size / 1024)} kB`);
}

async function walks(site, viewport, colorScheme) {
  const context = await (await browser()).newContext({ viewport, colorScheme });
  const visitor = await Visitor.arrives(context, site);
  await visitor.opens();
  await takes(visitor, "password", viewport, colorScheme);
  await visitor.isAskedForACode("mara");
  await visitor.asksBy("sms");
  const token = await visitor.phone.latestToken();
  await visitor.page.locator("#phone").getByText(token).waitFor();
  // On a narrow page the phone is below, and the whole page would show the message twice.
  await visitor.page.evaluate(() => (document.getElementById("banner").hidden = true));
  await visitor.types(token.slice(0, 3));
  await visitor.page.locator("mfa-code [part~=filled]").nth(2).waitFor();
  await takes(visitor, "code", viewport, colorScheme);
  await visitor.types(token.slice(3));
  await visitor.isSignedIn();
  await takes(visitor, "account", viewport, colorScheme);
  await context.close();
}

await mkdir(FOLDER, { recursive: true });
for (const viewport of SIZES) {
  for (const scheme of ["light", "dark"]) {
    const site = await Site.opens();
    try {
      await walks(site, viewport, scheme);
    } finally {
      await site.closes();
    }
  }
}
await closeBrowser();
