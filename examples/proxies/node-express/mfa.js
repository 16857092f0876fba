// The endpoint of <mfa-code> as an Express router. The number comes out of the session; of the page's
// body nothing but the token is read.

import express from "express";

const TRIES = 3; // of a person in TRIES_FOR seconds, whatever the number of codes
const TRIES_FOR = 600;
const VALID_FOR = 600;
const SENDS_AN_HOUR = { number: 5, all: 200 };
const STATUS = {
  invalid_request: 400, ticket_invalid: 403, origin_forbidden: 403, not_found: 404, interaction_closed: 404,
  method_not_allowed: 405, payload_too_large: 413, unsupported_media_type: 415, invalid_token: 422,
  rate_limited: 429, internal_error: 500, upstream_failed: 502,
};

class Problem extends Error {
  constructor(code, more = {}, retryAfter = undefined) {
    super(code);
    Object.assign(this, { code, more, retryAfter });
  }
}
const wait = (seconds) => new Problem("rate_limited", {}, Math.max(1, Math.ceil(seconds)));
const closed = (reason) => new Problem("interaction_closed", { reason });

/** Times by key, for an hour. In memory: lost with the process, and not shared between several. */
const counts = new Map();
const times = (key, seconds) => (counts.get(key) ?? []).filter((at) => at > Date.now() / 1000 - seconds);
const count = (key) => counts.set(key, [...times(key, 3600), Date.now() / 1000]);

/** Answers by session and key; open interactions by session. In memory, too. */
const answers = new Map();
const open = new Map();

export function mfa({ upstream, project, token, resendAfter = 30 }) {
  async function call(path, body) {
    const authorization = `Basic ${btoa(`${project}:${token}`)}`;
    const answer = await fetch(`${upstream}/api/relay/rest/mfa${path}`, {
      method: "POST", body: JSON.stringify(body), redirect: "error", signal: AbortSignal.timeout(10_000),
      headers: { authorization, "content-type": "application/json" },
    });
    return { status: answer.status, ...(answer.ok && await answer.json()) };
  }

  async function start({ session, sessionID, path }) {
    const [{ number }, now] = [session, Date.now() / 1000];
    const failed = times(`failed ${number}`, TRIES_FOR);
    if (failed.length >= TRIES) throw wait(failed[0] + TRIES_FOR - now);
    const since = now - (times(number, 3600).at(-1) ?? 0);
    if (since < resendAfter) throw wait(resendAfter - since);
    for (const [key, most] of [[number, SENDS_AN_HOUR.number], ["all", SENDS_AN_HOUR.all]]) {
      const sent = times(key, 3600);
      if (sent.length >= most) throw wait(sent[0] + 3600 - now);
    }
    for (const key of [number, "all"]) count(key); // Before the call: two at once send one message.
    const config = { token_length: 6, allow_alphas: false, valid_for: VALID_FOR };
    const { id, success } = await call(path, { to: number, max_attempts: TRIES, ...config });
    if (!success) throw new Problem("upstream_failed");
    open.set(sessionID, { id, until: now + VALID_FOR });
    return {
      id, success, channel: path.slice(1), to: `••• ${number.slice(-4)}`, ...config,
      max_attempts: TRIES - failed.length, resend_after: resendAfter, channels: ["sms", "call"],
    };
  }

  async function verify({ session, sessionID, params, body }) {
    const [one, failed] = [open.get(sessionID), `failed ${session.number}`];
    if (!one || one.id !== params.id) throw closed("unknown");
    if (one.reason) throw closed(one.reason);
    if (Date.now() / 1000 >= one.until) throw closed("expired");
    if (!/^\d{6}$/.test(body.token)) throw new Problem("invalid_token");
    if (times(failed, TRIES_FOR).length >= TRIES) throw closed("exhausted");
    count(failed); // Before the call: two guesses at once are two.
    const { status, success } = await call(`/${one.id}/verify`, { token: body.token });
    if (success === true) {
      counts.delete(failed);
      one.reason = "used";
      session.verified = true;
      return { success };
    }
    const attempts_left = Math.max(0, TRIES - times(failed, TRIES_FOR).length);
    if (attempts_left === 0) one.reason = "exhausted";
    if (status === 404) throw closed(one.reason ??= "expired");
    if (success !== false) throw new Problem("upstream_failed");
    return { success, attempts_left };
  }

  /** The first answer for whoever repeats a request under its key. */
  const once = (act) => async (request, response) => {
    const { sessionID, path } = request;
    const key = request.get("idempotency-key") && `${sessionID} ${path} ${request.get("idempotency-key")}`;
    const answer = answers.get(key) ?? act(request);
    if (key) answers.set(key, answer);
    if (answers.size > 1000) answers.delete(answers.keys().next().value);
    answer.catch(() => answers.delete(key));
    response.json(await answer);
  };

  const door = (request, response, next) => {
    const [site, origin] = [request.get("sec-fetch-site"), request.get("origin")];
    const isOurs = !origin || (URL.canParse(origin) && new URL(origin).host === request.get("host"));
    if ((site && site !== "same-origin") || !isOurs) throw new Problem("origin_forbidden");
    if (!request.is("application/json")) throw new Problem("unsupported_media_type");
    next();
  };
  const known = (code) => ({ session, body }, response, next) => {
    if (!body || typeof body !== "object" || Array.isArray(body)) throw new Problem("invalid_request");
    if (!session.number) throw code();
    next();
  };
  const guess = ({ body }, response, next) => {
    if (typeof body?.token !== "string") throw new Problem("invalid_request");
    next();
  };

  const router = express.Router();
  router.use((request, response, next) => next(response.set("cache-control", "no-store") && undefined));
  const read = [door, express.json({ limit: "16kb" })];
  router.post(["/sms", "/call"], read, known(() => new Problem("ticket_invalid")), once(start));
  router.post("/:id/verify", read, guess, known(() => closed("unknown")), once(verify));
  router.all(["/sms", "/call", "/:id/verify"], () => { throw new Problem("method_not_allowed"); });
  router.use(() => { throw new Problem("not_found"); });
  router.use((error, request, response, next) => { // Four arguments: that is how Express knows it.
    const status = { 400: "invalid_request", 413: "payload_too_large" }[error.status];
    const code = error instanceof Problem ? error.code : status ?? "upstream_failed";
    if (error.retryAfter) response.set("retry-after", String(error.retryAfter));
    response.status(STATUS[code]).type("application/problem+json");
    response.send(JSON.stringify({ code, status: STATUS[code], ...error.more }));
  });
  return router;
}
