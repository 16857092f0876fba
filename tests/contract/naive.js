// A plain reverse proxy that adds Basic authentication: a valid endpoint, if a naive one.

import { createServer } from "node:http";
import { once } from "node:events";
import { request } from "node:http";

import { CREDENTIALS } from "./programs.js";

export async function naive(upstream) {
  const { project, token } = CREDENTIALS;
  const authorization = `Basic ${Buffer.from(`${project}:${token}`).toString("base64")}`;
  const server = createServer((asked, answer) => {
    const url = new URL(`/api/relay/rest/mfa${asked.url}`, upstream);
    const headers = { ...asked.headers, authorization, host: url.host };
    const passed = request(url, { method: asked.method, headers }, (got) => {
      got.pipe(answer.writeHead(got.statusCode, got.headers));
    });
    asked.pipe(passed.on("error", () => answer.destroy()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, ends: () => server.close() };
}
