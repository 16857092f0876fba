// Writes docs/screenshots: the element in every state and look, its example themes, and the demo's
// page with it. No test.
//
//   cargo xtask build && cargo build -p mfa-demo && node tests/e2e/screenshots.js [FOLDER [PICTURE...]]

import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { browser, closeBrowser } from "./browser.js";
import { LOOKS, contactSheet, everyState, folderServed } from "./looks.js";
import { Site } from "./site.js";
import { Visitor } from "./visitor.js";

const [, , FOLDER = fileURLToPath(new URL("../../docs/screenshots", import.meta.url)), ...WANTED] = process.argv;

const wanted = (picture) => WANTED.length === 0 || WANTED.includes(picture);

async function tells(path) {
  console.log(`${path}: ${Math.round((await stat(path)).size / 1024)} kB`);
}

async function looks() {
  for (const [name, look] of Object.entries(LOOKS)) {
    if (!wanted(name)) continue;
    const path = `${FOLDER}/states-${name}.png`;
    await contactSheet(await everyState(look), path, { dark: look.colorScheme === "dark" });
    await tells(path);
  }
}

async function themes() {
  const folder = await folderServed();
  try {
    for (const colorScheme of ["light", "dark"]) {
      const page = await (await browser()).newPage({ viewport: { width: 900, height: 600 }, colorScheme, reducedMotion: "reduce" });
      await page.goto(`${folder.url}/examples/themes/index.html`);
      for (const field of await page.locator("mfa-code[data-state=entering] input").all()) {
        await field.focus();
        await page.keyboard.type("481");
      }
      const path = `${FOLDER}/themes-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true, animations: "disabled", caret: "initial" });
      await tells(path);
      await page.close();
    }
  } finally {
    folder.closes();
  }
}

/** Of the demo, the step that counts: the repository keeps every picture for good. */
async function code(colorScheme) {
  const site = await Site.opens();
  const viewport = { width: 1280, height: 800 };
  const context = await (await browser()).newContext({ viewport, colorScheme });
  try {
    const visitor = await Visitor.arrives(context, site);
    await visitor.isAskedForACode("mara");
    await visitor.asksBy("sms");
    const token = await visitor.phone.latestToken();
    await visitor.page.locator("#phone").getByText(token).waitFor();
    await visitor.types(token.slice(0, 3));
    await visitor.page.locator("mfa-code [part~=filled]").nth(2).waitFor();
    const path = `${FOLDER}/code-1280-${colorScheme}.png`;
    await visitor.page.screenshot({ path, animations: "disabled" });
    await tells(path);
  } finally {
    await context.close();
    await site.closes();
  }
}

await mkdir(FOLDER, { recursive: true });
try {
  await looks();
  if (wanted("themes")) await themes();
  for (const scheme of ["light", "dark"]) if (wanted("code")) await code(scheme);
} finally {
  await closeBrowser();
}
