// An endpoint that stands before the real one and does one thing wrong.

import { once } from "node:events";
import { createServer } from "node:http";

import { send } from "../../src/contract/wire-request.js";

/**
 * `bend` gets what was asked, and how to pass it on; it answers in the endpoint's place.
 *
 * @param {(asked: Asked, pass: (asked: Asked) => Promise<Answer>) => Promise<Answer>} bend
 */
export async function crooked(endpoint, bend) {
  const server = createServer(async (asked, answer) => {
    try {
      const parts = [];
      for await (const part of asked) parts.push(part);
      const { method, url: path, headers } = asked;
      const got = await bend({ method, path, headers, text: Buffer.concat(parts).toString() }, pass);
      answer.writeHead(got.status, got.headers).end(got.text);
    } catch {
      answer.destroy();
    }
  }).listen(0, "127.0.0.1");

  async function pass({ method, path, headers, text }) {
    const { host, connection, "content-length": length, "transfer-encoding": coding, ...kept } = headers;
    // The page's origin is this server's; the endpoint compares it with its own.
    if (kept.origin === url) kept.origin = new URL(endpoint).origin;
    const body = method === "POST" ? text : undefined;
    // Not fetch, which keeps connections: the endpoint closes its own after a 413, and the next
    // request would be lost with it.
    const got = await send(new URL(endpoint + path), { method, headers: kept, body });
    if (got.failure) throw new Error(got.failure);
    const back = without(got.headers, "connection", "content-length", "transfer-encoding");
    return { status: got.status, headers: back, text: got.text };
  }

  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, ends: () => server.close() };
}

export const isStart = ({ path }) => path === "/sms" || path === "/call";
export const isVerify = ({ path }) => path.endsWith("/verify");

export const says = (answer, change) => ({ ...answer, text: JSON.stringify({ ...JSON.parse(answer.text), ...change }) });
export const without = (headers, ...names) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
export const json = (status, body, headers = {}) => ({
  status, text: JSON.stringify(body),
  headers: { "content-type": status < 400 ? "application/json" : "application/problem+json", "cache-control": "no-store", ...headers },
});
