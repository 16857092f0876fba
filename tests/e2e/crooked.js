// A road between page and site that is not straight: a real server before the demo that passes
// everything on, changes what a start is answered with, or loses an answer on its way back. The
// demo's own proxy cannot be brought to do either.

import { createServer, request } from "node:http";
import { once } from "node:events";

/**
 * @param {{changes?: object, loses?: RegExp}} how `changes` go into the answer to a start; of the
 *   paths that `loses` names, the first answer is lost after the site has given it.
 * @returns {Promise<{url: string, closes: () => Promise<void>}>}
 */
export async function crookedRoadTo(site, { changes = {}, loses }) {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url, site.url), { method, headers }, async (answer) => {
      if (loses?.test(url)) {
        loses = undefined;
        // Cut in the middle: had nothing come, Chromium would ask again by itself.
        outgoing.writeHead(answer.statusCode, answer.headers);
        outgoing.write("{", () => outgoing.destroy());
      } else if (/^\/mfa\/(sms|call)$/.test(url) && answer.statusCode === 200) {
        let text = "";
        for await (const piece of answer) text += piece;
        outgoing.writeHead(200, { "content-type": "application/json" });
        outgoing.end(JSON.stringify({ ...JSON.parse(text), ...changes }));
      } else {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      }
    });
    onward.on("error", () => outgoing.destroy());
    // A page that goes away leaves its event stream behind.
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    closes: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
