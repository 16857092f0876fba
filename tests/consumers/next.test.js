// Next: rendered by its server, with the App Router, and taken over in the browser.

import assert from "node:assert/strict";

import { consumer } from "./consumer.js";

consumer("next", ({ signsIn }) => {
  signsIn("a page that Next renders on its server signs in, and React finds it as it was sent", {
    // A page that React throws away is an error on it, which every story fails by. That the server
    // has sent the element is held here.
    look: async ({ visitor }) => {
      const sent = await visitor.page.evaluate(async () => (await fetch(location.href)).text());
      const [, inside] = /<mfa-code [^>]*ticket="[^"$]+"[^>]*>(.*?)<\/mfa-code>/s.exec(sent);
      assert.equal(inside, "");
      assert.equal(await visitor.page.locator("mfa-code").count(), 1);
    },
  });
  signsIn("Next's development server signs in", { start: "dev" });
});
