import http from "node:http";
import https from "node:https";

/** No answer of the contract is near that. */
const MOST_BYTES = 1 << 20;

/**
 * One request, as it is written here: `fetch` would add to the headers and follow redirects.
 *
 * The answer has `status`, or `failure`: `timeout`, or the system's name for what went wrong.
 */
export function send(url, { method = "POST", headers = {}, body = "", chunked = false, patience = 10_000 } = {}) {
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve) => {
    const bytes = Buffer.from(body);
    const isBare = method === "GET" || method === "OPTIONS";
    const length = isBare ? {} : chunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": bytes.length };
    // A connection of its own: one that the endpoint closed is not taken for the next request.
    const asked = request(url, { method, headers: { ...headers, ...length }, agent: false });
    const late = setTimeout(() => {
      resolve({ failure: "timeout" });
      asked.destroy();
    }, patience);
    const done = (answer) => {
      clearTimeout(late);
      resolve(answer);
    };
    asked.on("response", (got) => {
      const parts = [];
      let size = 0;
      got.on("data", (part) => {
        size += part.length;
        if (size <= MOST_BYTES) parts.push(part);
      });
      got.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        done({ status: got.statusCode, headers: got.headers, text, json: parsed(text) });
        asked.destroy();
      });
      got.on("error", () => done({ failure: "cut off" }));
    });
    asked.on("error", (error) => done({ failure: error.code ?? "cut off" }));
    asked.end(bytes);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isSuccess = ({ status }) => status >= 200 && status < 300;
export const isRefusal = ({ status }) => status >= 400 && status < 500;

const TYPES = ["application/json", "application/problem+json", "text/html", "text/plain"];
const FIELDS = [
  "id", "success", "to", "channel", "token_length", "allow_alphas", "max_attempts", "valid_for", "resend_after",
  "channels", "origin_bound", "summary", "receipt", "attempts_left", "type", "title", "status", "detail", "code",
  "reason", "error", "errors", "message",
];

/** The content type, where it is one of those that are expected: anything can stand in a header. */
export function kind({ headers }) {
  const type = headers["content-type"]?.split(";")[0].trim().toLowerCase();
  return TYPES.find((known) => known === type) ?? (type ? "another content type" : "no content type");
}

/** What came, without a word of what it said. */
export function told(answer) {
  const { status, failure, json } = answer;
  if (failure === "timeout") return "no answer in ten seconds";
  if (failure) return `a broken connection (${failure})`;
  const names = FIELDS.filter((name) => json && typeof json === "object" && Object.hasOwn(json, name));
  return `${status}, ${kind(answer)}${names.length ? ` with ${names.join(", ")}` : ""}`;
}
