// A site around mfa.js, on Node alone: `node serve.js`. There is no password; put yours into /login.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

import { endpoint } from "./mfa.js";

const { MFA_UPSTREAM_URL, MFA_PROJECT_ID, MFA_API_TOKEN, PORT = "8000", MFA_CODE_DIST = "../../../dist" } = process.env;
if (!MFA_UPSTREAM_URL || !MFA_PROJECT_ID || !MFA_API_TOKEN) throw new Error("see README.md for the variables");

const sessions = new Map(); // In memory: yours are in the store of your site.
const idOf = (headers) => /(?:^|; )sid=([\w-]+)/.exec(headers.get("cookie") ?? "")?.[1];
const session = (request) => sessions.get(idOf(request.headers));
const mfa = endpoint({
  upstream: MFA_UPSTREAM_URL, project: MFA_PROJECT_ID, token: MFA_API_TOKEN, session,
  resendAfter: Number(process.env.RESEND_AFTER ?? 30),
});

const page = (body) => new Response(
  `<!doctype html><meta charset="utf-8"><title>Sign in</title><script type="module" src="/mfa-code/define.js"></script>${body}`,
  { headers: { "content-type": "text/html", "cache-control": "no-store" } },
);

async function site(request) {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/mfa/")) return mfa(request);
  if (pathname === "/login" && request.method === "POST") {
    const id = randomBytes(32).toString("base64url"); // A new id: nobody else has set it.
    sessions.set(id, { number: process.env.DEMO_NUMBER ?? "+12125550123" });
    const secure = process.env.NODE_ENV === "production" ? "; Secure" : "";
    const cookie = `sid=${id}; HttpOnly; SameSite=Lax; Path=/${secure}`;
    return new Response(null, { status: 303, headers: { location: "/", "set-cookie": cookie } });
  }
  if (pathname.startsWith("/mfa-code/")) {
    const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
    const file = pathname.slice("/mfa-code/".length); // URL has resolved every `..`; `%2F` stays as it is.
    const bytes = await readFile(join(MFA_CODE_DIST, file)).catch(() => undefined);
    return new Response(bytes, { status: bytes ? 200 : 404, headers: { "content-type": types[extname(file)] ?? "text/plain" } });
  }
  if (session(request)?.verified) return page("<p>Signed in.");
  if (!session(request)) return page('<form method="post" action="/login"><button>Sign in as the demo person</button></form>');
  return page('<form action="/"><mfa-code endpoint="/mfa" autosubmit></mfa-code><button>Continue</button></form>');
}

createServer(async (asked, answer) => {
  const parts = [];
  let size = 0;
  for await (const part of asked) {
    if (size <= 20_000) parts.push(part); // A part more than mfa.js takes, so that it sees what is too large.
    size += part.length;
  }
  const isBodiless = ["GET", "HEAD"].includes(asked.method);
  try {
    const { host, ...headers } = asked.headers;
    const request = new Request(new URL(asked.url, `http://${host}`), {
      method: asked.method, headers: { ...headers, host }, body: isBodiless ? undefined : Buffer.concat(parts),
    });
    const got = await site(request);
    answer.writeHead(got.status, Object.fromEntries(got.headers)).end(Buffer.from(await got.arrayBuffer()));
  } catch {
    answer.writeHead(400).end();
  }
}).listen(Number(PORT), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});
