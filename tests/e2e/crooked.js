// A road between page and site that is not straight: a real server before the demo that passes
// everything on, changes what a start is answered with, loses an answer on its way back, refuses,
// or points elsewhere. The demo's own proxy cannot be brought to do any of it.

import { createServer, request } from "node:http";
import { once } from "node:events";

/**
 * @param {{changes?: object, loses?: RegExp, refuses?: Refusal, points?: RegExp}} how `changes` go
 *   into the answer to a start; of the paths that `loses` names, the first answer is lost after the
 *   site has given it; the first request to a path of `refuses` is refused, and the site does not
 *   hear of it; the paths that `points` names are answered with a redirect.
 * @typedef {{path: RegExp, status: number, code: string}} Refusal
 * @returns {Promise<{url: string, followed: string[], closes: () => Promise<void>}>} `followed` are
 *   the bodies of requests that went where a redirect pointed.
 */
export async function crookedRoadTo(site, { changes = {}, loses, refuses, points }) {
  const followed = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    if (url === "/elsewhere") {
      let body = "";
      for await (const piece of incoming) body += piece;
      followed.push(body);
    }
    if (url === "/elsewhere" || points?.test(url)) {
      return outgoing.writeHead(307, { location: "/elsewhere" }).end();
    }
    if (refuses?.path.test(url)) {
      const { status, code } = refuses;
      refuses = undefined;
      outgoing.writeHead(status, { "content-type": "application/problem+json" });
      return outgoing.end(JSON.stringify({ type: "about:blank", title: code, status, code }));
    }
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
    followed,
    closes: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
