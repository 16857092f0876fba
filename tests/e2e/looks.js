// Every state of the element, brought about at the real site, for whoever looks at it.

import { once } from "node:events";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { browser } from "./browser.js";
import { Site } from "./site.js";
import { Visitor } from "./visitor.js";

/** What Playwright's `newContext` takes, how the page differs, and which states are shown of it. */
export const LOOKS = {
  light: {},
  dark: { colorScheme: "dark" },
  "forced-colors": { forcedColors: "active" },
  rtl: { lang: "ar" },
  320: { viewport: { width: 320, height: 800 } },
  // Of the long words, the longest.
  "320-de": { viewport: { width: 320, height: 800 }, lang: "de", only: ["idle", "entering", "offline", "rejected"] },
};

const ROOM = 16;

/** Words in another language: pressed and waited for by place, not by name. */
class Onlooker {
  pictures = [];

  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }

  static async arrives(site, { lang, only, ...profile }) {
    const viewport = { width: 640, height: 800 };
    const context = await (await browser()).newContext({ viewport, reducedMotion: "reduce", ...profile });
    const onlooker = new Onlooker(await Visitor.arrives(context, site));
    if (lang) await onlooker.page.addInitScript((lang) => addEventListener("readystatechange", () => {
      Object.assign(document.documentElement, { lang, dir: lang === "ar" ? "rtl" : "ltr" });
    }, { capture: true, once: true }), lang);
    await onlooker.visitor.isAskedForACode("mara");
    // Only so that a verified entry can be looked at before the page goes on.
    await onlooker.visitor.element.evaluate((element) => (element.autosubmit = false));
    return onlooker;
  }

  async asks() {
    await this.page.locator("mfa-code [part=actions] button:visible").first().click();
  }

  async standsAt(state) {
    await this.page.locator(`mfa-code[data-state="${state}"]`).waitFor();
  }

  async retypes(token) {
    await this.page.locator("mfa-code:not([aria-busy])").waitFor();
    await this.page.locator("mfa-code input").focus();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(token);
  }

  /** @param {string} name What the picture is called. */
  async takes(name) {
    await this.page.evaluate(() => (document.getElementById("banner").hidden = true));
    const { x, y, width, height } = await this.visitor.element.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + scrollX, y: y + scrollY, width, height };
    });
    const room = Math.min(ROOM, x);
    const clip = { x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room };
    const image = await this.page.screenshot({ clip, fullPage: true, animations: "disabled", caret: "initial" });
    this.pictures.push({ name, width: clip.width, image: image.toString("base64") });
  }

  async leaves() {
    await this.page.context().close();
  }
}

/** @returns {Promise<{name: string, width: number, image: string}[]>} One picture for each state. */
export async function everyState(look) {
  const site = await Site.opens();
  try {
    const onlooker = await Onlooker.arrives(site, look);
    const { page, visitor: { phone } } = onlooker;
    const context = page.context();

    await onlooker.takes("idle");
    await site.breaks("sms", { delay_ms: 2000 });
    await onlooker.asks();
    await onlooker.standsAt("sending");
    await onlooker.takes("sending");
    await onlooker.standsAt("entering");
    const token = await phone.latestToken();
    await onlooker.retypes(token.slice(0, 3));
    await onlooker.takes("entering");

    const tooSoon = await Onlooker.arrives(site, look);
    await tooSoon.asks();
    await tooSoon.page.locator("mfa-code [role=alert]:not(:empty)").waitFor();
    await tooSoon.takes("rate limited");
    await tooSoon.leaves();

    await context.setOffline(true);
    await onlooker.retypes(token);
    await onlooker.standsAt("offline");
    await onlooker.takes("offline");
    await context.setOffline(false);

    await site.breaks("verify", { delay_ms: 2000 });
    await onlooker.retypes(await phone.wrongToken());
    await onlooker.standsAt("verifying");
    await onlooker.takes("verifying");
    await onlooker.standsAt("rejected");
    await onlooker.takes("rejected");
    await onlooker.retypes(token);
    await onlooker.standsAt("verified");
    await onlooker.takes("verified");
    await onlooker.leaves();

    await site.passes(60);
    const closed = await Onlooker.arrives(site, look);
    await closed.asks();
    await closed.standsAt("entering");
    for (const wrong of await phone.wrongTokens(3)) await closed.retypes(wrong);
    await closed.standsAt("closed");
    await closed.takes("closed");
    await closed.leaves();

    const misset = await Onlooker.arrives(site, look);
    await misset.visitor.element.evaluate((element) => (element.tokenLength = "60"));
    await misset.asks();
    await misset.page.locator("mfa-code [role=alert]:not(:empty)").waitFor();
    await misset.takes("config error");
    await misset.leaves();

    const pictures = [...onlooker.pictures, ...closed.pictures, ...tooSoon.pictures, ...misset.pictures];
    return pictures.filter(({ name }) => look.only?.includes(name) ?? true);
  } finally {
    await site.closes();
  }
}

/** One picture of all of them, each under its name. */
export async function contactSheet(pictures, path, { dark, dir = "ltr", columns = 4 } = {}) {
  const page = await (await browser()).newPage({ viewport: { width: columns * (pictures[0].width + 12) + 12, height: 100 } });
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 12px; background: ${dark ? "#000" : "#ddd"}; color: ${dark ? "#ccc" : "#333"};
      columns: ${columns}; column-gap: 12px; font: 600 13px/1.6 system-ui, sans-serif }
    figure { margin: 0 0 12px; break-inside: avoid } img { display: block }
  </style><body dir=${dir}>`);
  await page.evaluate(async (pictures) => {
    for (const { name, image } of pictures) {
      const figure = document.createElement("figure");
      const caption = Object.assign(document.createElement("figcaption"), { textContent: name });
      const img = Object.assign(new Image(), { src: `data:image/png;base64,${image}` });
      await img.decode();
      figure.append(caption, img);
      document.body.append(figure);
    }
  }, pictures);
  await page.screenshot({ path, fullPage: true });
  await page.close();
}

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the project's folder, for pages that need no site behind them. */
export async function folderServed() {
  const root = new URL("../../", import.meta.url);
  const server = createServer(async ({ url }, answer) => {
    const file = new URL(`.${new URL(url, "http://folder").pathname}`, root);
    try {
      const content = await readFile(fileURLToPath(file));
      answer.writeHead(200, { "content-type": TYPES[extname(file.pathname)] ?? "text/plain" }).end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    closes: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
