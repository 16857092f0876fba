// An endpoint that is set up wrongly: a real server before the demo that passes everything on and
// changes what a start is answered with. The demo's own proxy cannot be brought to answer so.

import { createServer, request } from "node:http";
import { once } from "node:events";

/** @returns {Promise<{url: string, closes: () => Promise<void>}>} */
export async function crookedBefore(site, changes) {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const target = new URL(url, site.url);
    const onward = request(target, { method, headers }, (answer) => {
      if (!/^\/mfa\/(sms|call)$/.test(target.pathname) || answer.statusCode !== 200) {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => {
        const body = JSON.stringify({ ...JSON.parse(Buffer.concat(pieces)), ...changes });
        outgoing.writeHead(200, { "content-type": "application/json" });
        outgoing.end(body);
      });
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
