import { randomUUID } from "node:crypto";

import { send } from "./wire-request.js";

/** Another site, for requests that must be refused. */
export const ELSEWHERE = "https://elsewhere.example";

/**
 * What a page in a browser would send, and a note of every answer.
 *
 * Cookies are kept as a browser keeps them: a framework may renew its own with each answer.
 */
export class Page {
  #cookies;
  #secrets;
  /** Every exchange: `{ what, answer }`, in order. */
  seen = [];

  constructor({ endpoint, origin, channel, cookie, headers, ticket, to }, secrets) {
    Object.assign(this, { endpoint, origin, channel, headers, ticket, to });
    this.#secrets = secrets;
    this.#cookies = jar(cookie, secrets);
  }

  get hasCookie() {
    return this.#cookies.size > 0;
  }

  /** Whether something beside the page says who the visitor is. */
  get isKnown() {
    return Boolean(this.ticket) || this.hasCookie || !this.to;
  }

  /** The body of a start, as the element writes it. */
  wish(more = {}) {
    const { ticket, to } = this;
    return { ...(ticket && { ticket }), ...(to && { to }), ...more };
  }

  start(what, { body = this.wish(), ...more } = {}) {
    return this.post(`/${this.channel}`, `start, ${what}`, { body, ...more });
  }

  verify(id, token, what, more = {}) {
    return this.post(`/${encodeURIComponent(id)}/verify`, `verify, ${what}`, { body: { token }, ...more });
  }

  async post(path, what, { body, key = randomUUID(), headers = {}, cookie, ...more } = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const sent = { "Content-Type": "application/json", "Idempotency-Key": key, ...headers };
    return this.ask(path, what, { body: text, headers: sent, cookie, ...more });
  }

  /**
   * `cookie` is that of another visitor, or `null` for none; a header that is `null` is left out.
   */
  async ask(path, what, { method = "POST", headers = {}, cookie, body, chunked } = {}) {
    const own = cookie === undefined;
    const cookies = own ? written(this.#cookies) : cookie;
    const all = {
      Accept: "*/*",
      Origin: this.origin,
      "Sec-Fetch-Site": this.origin === new URL(this.endpoint).origin ? "same-origin" : "same-site",
      "Sec-Fetch-Mode": "cors",
      "User-Agent": "mfa-code-contract",
      ...this.headers,
      ...(cookies && { Cookie: cookies }),
      ...headers,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const answer = await send(new URL(this.endpoint + path), { method, headers: kept, body, chunked });
    this.seen.push({ what, answer });
    if (own) this.#keep(answer.headers?.["set-cookie"]);
    return answer;
  }

  #keep(set = []) {
    for (const line of set) {
      const [pair, ...attributes] = line.split(";");
      const [name, value] = split(pair);
      if (!value || attributes.some((one) => /^\s*max-age=0\s*$/i.test(one))) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
      this.#secrets.add(value);
    }
  }
}

function jar(text, secrets) {
  const pairs = (text ?? "").split(";").map(split).filter(([name, value]) => name && value);
  secrets.add(text, ...pairs.map(([, value]) => value));
  return new Map(pairs);
}

const split = (pair) => [pair.split("=", 1)[0].trim(), pair.slice(pair.indexOf("=") + 1).trim()];
const written = (cookies) => [...cookies].map((pair) => pair.join("=")).join("; ");
