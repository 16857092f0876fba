// `consumer`: an example of `examples/`, with the packed package installed, built and served as
// examples/README.md says; and people who sign in at it. Behind its page is the real demo.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, describe } from "node:test";

import { closeBrowser } from "../e2e/browser.js";
import { story } from "../e2e/story.js";
import { installed, nodeFor, npm, surroundings } from "./tarball.js";

/**
 * The stories of one example. They share its copy and its build.
 *
 * @param {string} example A folder of `examples/`.
 * @param {(the: {signsIn: typeof signsIn, folder: () => string}) => void} tell `folder` is the copy,
 *   and there only while a test runs.
 * @param {{build?: string | null, as?: string}} [how] The npm script that builds it, if any does; `as`
 *   is the copy's name, see `installed`.
 */
export function consumer(example, tell, { build = "build", as = example } = {}) {
  describe(`The example ${as}`, () => {
    let folder;
    before(async () => {
      folder = await installed(example, as);
      if (build) await npm(folder, "run", build);
    }, { timeout: 600_000 });
    after(closeBrowser);

    /**
     * A visitor comes from the password to the account by this page.
     *
     * @param {string} name A sentence of the product.
     * @param {{start?: string, look?: (told: object) => Promise<void>, act?: (told: object) => Promise<void>}} [how]
     *   `start` is the npm script that serves it; `look` sees the page before a code is asked for;
     *   `act` stands in for the whole of what the visitor does at the page.
     */
    const signsIn = (name, { start = "start", look, act = entersTheCode } = {}) => {
      story(name, async (told) => {
        const { site, visitor } = told;
        const { url } = site;
        const served = await serves(folder, start, url);
        // The phone is still the demo's, and so is the way back when the example is gone.
        try {
          site.url = served.url;
          await visitor.givesThePassword("mara");
          await visitor.standsAt("idle");
          await look?.({ ...told, folder });
          await act(told);
          await visitor.isSignedIn("Text message to +1 ••• ••• 0143");
        } catch (error) {
          throw new Error(`${error.message}\nThe example said: ${served.said()}`, { cause: error });
        } finally {
          await visitor.page.close();
          site.url = url;
          await served.closes();
        }
        // A development server builds when it starts.
      }, { timeout: 240_000 });
    };
    tell({ signsIn, folder: () => folder });
  });
}

async function entersTheCode({ visitor }) {
  await visitor.asksBy("sms");
  await visitor.types(await visitor.phone.latestToken());
}

/** The example's own server before this demo, once it is ready. */
async function serves(folder, script, demo) {
  // Its own group: npm does not hand on the signal that ends it.
  const env = surroundings({ PORT: "0", DEMO: demo, ...await nodeFor(folder) });
  const child = spawn("npm", ["run", script], {
    cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], env,
  });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const ended = once(child, "exit");
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      said += `${line}\n`;
      const ready = /^ready: (http:\S+)\/$/.exec(line);
      if (ready) resolve(ready[1]);
    });
    child.on("error", reject);
    ended.then(() => reject(new Error(`npm run ${script} ended: ${said}`)));
  });
  const closes = async () => {
    process.kill(-child.pid, "SIGKILL");
    await ended;
  };
  return { url, said: () => said.trim() || "nothing", closes };
}
