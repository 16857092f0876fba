// One server for everybody: HTTP/2, brotli at its best, files that may be kept, and the endpoint
// that finds every code right.

import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { extname } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import { certificate } from "./certificate.js";

const TYPES = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm",
};

/** What counts as fetched before code entry. */
const COUNTED = [".css", ".js", ".wasm"];

const RECEIPT = JSON.stringify({ success: true, receipt: "a.bench.receipt" });

export class Server {
  #files = new Map();
  #answers = new Map();
  #certificate = certificate();
  #server = createSecureServer(this.#certificate);
  #fetched = new Map();

  static async opens() {
    const server = new Server();
    server.#server.on("stream", (stream, headers) => server.#serves(stream, headers));
    server.#server.on("sessionError", () => {});
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url() {
    return `https://localhost:${this.#server.address().port}`;
  }

  /** By which the browser is told to trust the server. */
  get hash() {
    return this.#certificate.hash;
  }

  put(path, bytes) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    this.#files.set(path, brotliCompressSync(bytes, { params }));
  }

  /** What a route of a peer's own backend says. */
  answer(path, say) {
    this.#answers.set(path, say);
  }

  /** How many compressed bytes of scripts, styles and modules were fetched since this was last asked. */
  fetched() {
    let bytes = 0;
    for (const [path, size] of this.#fetched) if (COUNTED.includes(extname(path))) bytes += size;
    this.#fetched.clear();
    return bytes;
  }

  async #serves(stream, { ":path": url, ":method": method }) {
    stream.on("error", () => {});
    const [path] = url.split("?");
    const file = this.#files.get(path);
    const say = this.#answers.get(path) ?? (path.endsWith("/verify") ? () => RECEIPT : undefined);
    if (file) {
      this.#fetched.set(path, file.length);
      stream.respond({
        ":status": 200, "content-type": TYPES[extname(path)], "content-encoding": "br",
        "content-length": file.length, "cache-control": "max-age=3600",
      });
      stream.end(file);
    } else if (say) {
      let asked = "";
      if (method === "POST") for await (const part of stream) asked += part;
      stream.respond({ ":status": 200, "content-type": "application/json", "cache-control": "no-store" });
      stream.end(say(asked));
    } else {
      stream.respond({ ":status": path === "/favicon.ico" ? 204 : 404 }, { endStream: true });
    }
  }

  async closes() {
    this.#server.close();
  }
}
