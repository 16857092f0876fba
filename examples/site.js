#!/usr/bin/env node
// The site around an example: the demo, with the example's page in place of its own code page.
//
//   node site.js FOLDER      gives out the files of a folder, as any static server does
//   node site.js FOLDER TRUSTED   the same, with these directives about Trusted Types
//   node site.js COMMAND…    stands before a server of the example's own; in the command PORT is
//                            the port that it is to take
//
// PORT is the port of the site, DEMO the address of the demo. In the page, TICKET stands for what a
// backend gets from its proxy with `POST /tickets`; this one has it from the demo's own page.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { extname, join } from "node:path";

const { PORT = "3000", DEMO = "http://127.0.0.1:8080" } = process.env;

/** The strictest that a page with the element can have; what else is in it may need something looser. */
const policy = (trusted = "require-trusted-types-for 'script'; trusted-types 'none'") =>
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
  `form-action 'self'; base-uri 'none'; frame-ancestors 'none'; ${trusted}`;

const KINDS = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript",
  ".map": "application/json", ".wasm": "application/wasm",
};

/** Sends the request on as it came, with all that the demo looks at: cookie, origin and host. */
function passesOn(asked, answer, to, otherwise) {
  const { method, headers } = asked;
  const passed = request(new URL(asked.url, to), { method, headers }, (got) => {
    if (got.statusCode === 404 && otherwise) return got.resume(), otherwise();
    got.pipe(answer.writeHead(got.statusCode, got.headers));
  });
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
}

/** The ticket of the visitor whose cookie this is; nothing before the password. */
async function ticketOf({ headers: { host, cookie = "" } }) {
  const page = await fetch(`${DEMO}/code`, { headers: { host, cookie }, redirect: "manual" });
  return / ticket="([^"]+)"/.exec(await page.text())?.[1];
}

/** A server of the example's own. */
async function starts([program, ...words], site) {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  await new Promise((closed) => free.close(closed));
  const args = words.map((word) => (word === "PORT" ? String(port) : word));
  // Some servers go by a PORT of the environment before their own option; ours is not theirs.
  const env = { ...process.env, SITE: site, PORT: String(port) };
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
  child.on("exit", (code) => process.exit(code ?? 1));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return `http://127.0.0.1:${port}`;
}

/** Until it has answered with its page, which a development server may build when it is first asked for. */
async function hasAnswered(server) {
  const asks = () => fetch(`${server}/code`, { headers: { accept: "text/html" } });
  while (!(await asks().catch(() => null))) await new Promise((again) => setTimeout(again, 100));
}

async function answers(asked, answer, { folder, trusted, server }) {
  const { pathname } = new URL(asked.url, "http://site");
  const demo = () => passesOn(asked, answer, DEMO);
  const says = (kind, body, more) => answer.writeHead(200, { "content-type": kind, ...more }).end(body);

  if (pathname === "/favicon.ico") return answer.writeHead(204).end();
  if (asked.method !== "GET" || /^\/($|account$|mfa\/|phone\/|_emulator|assets\/(demo|mark|phone|site)\.)/.test(pathname)) return demo();
  if (pathname === "/ticket") return says("application/json", JSON.stringify({ ticket: await ticketOf(asked) }));
  if (pathname === "/code") {
    const ticket = await ticketOf(asked);
    if (!ticket) return demo();
    const { html, headers } = await page(asked, { folder, server });
    return says(KINDS[".html"], html.replaceAll("TICKET", ticket), { "content-security-policy": policy(trusted), ...headers });
  }
  if (server) return passesOn(asked, answer, server, demo);
  const file = join(folder, pathname);
  const kind = KINDS[extname(file)];
  kind && await stat(file).catch(() => null) ? says(kind, await readFile(file)) : demo();
}

/** The example's page, and the policy that its own server has for it. */
async function page({ headers: { host, cookie } }, { folder, server }) {
  if (folder) return { html: await readFile(join(folder, "index.html"), "utf8") };
  const got = await fetch(`${server}/code`, { headers: { host, cookie, accept: "text/html" } });
  const policy = got.headers.get("content-security-policy");
  return { html: await got.text(), headers: policy && { "content-security-policy": policy } };
}

const words = process.argv.slice(2);
const site = createServer().listen(Number(PORT), "127.0.0.1");
await once(site, "listening");
const url = `http://127.0.0.1:${site.address().port}`;
const isFolder = words.length <= 2 && await stat(words[0]).catch(() => null);
const from = isFolder ? { folder: words[0], trusted: words[1] } : { server: await starts(words, url) };
site.on("request", (asked, answer) => answers(asked, answer, from).catch((error) => {
  console.error(error);
  answer.destroy();
}));
// The socket by which a development server tells its page of changes.
site.on("upgrade", ({ url: path, rawHeaders }, socket, head) => {
  const onward = connect(new URL(from.server ?? DEMO).port, "127.0.0.1");
  const lines = rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `));
  onward.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  onward.write(head);
  socket.pipe(onward).pipe(socket);
  for (const end of [socket, onward]) end.on("error", () => (socket.destroy(), onward.destroy()));
});
// The page may ask for its ticket meanwhile, as Next's does.
if (from.server) await hasAnswered(from.server);
console.log(`ready: ${url}/`);
