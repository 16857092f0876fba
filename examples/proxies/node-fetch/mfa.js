// The endpoint of <mfa-code> as a function from Request to Response, for Node, Deno, Bun, Workers or
// Next. The number comes out of the session; of the page's body nothing but the token is read.

const TRIES = 3; // of a person in TRIES_FOR seconds, whatever the number of codes
const TRIES_FOR = 600;
const VALID_FOR = 600;
const MOST_BYTES = 16_384;
const SENDS_AN_HOUR = { number: 5, all: 200 };
const STATUS = {
  invalid_request: 400, ticket_invalid: 403, origin_forbidden: 403, not_found: 404, interaction_closed: 404,
  method_not_allowed: 405, payload_too_large: 413, unsupported_media_type: 415, invalid_token: 422,
  rate_limited: 429, upstream_failed: 502,
};

const json = (status, body, headers = {}) => new Response(JSON.stringify(body), {
  status,
  headers: {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "cache-control": "no-store", ...headers,
  },
});
const problem = (code, more, headers) => json(STATUS[code], { code, status: STATUS[code], ...more }, headers);
const wait = (seconds) => problem("rate_limited", {}, { "retry-after": String(Math.max(1, Math.ceil(seconds))) });
const closed = (reason) => problem("interaction_closed", { reason });

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body, or nothing where it is too large: what length it says it has need not be true, or there. */
async function read({ body }) {
  const parts = [];
  let size = 0;
  for await (const part of body ?? []) {
    if ((size += part.length) > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return new Blob(parts).text();
}

/** What runs out after `seconds`. In memory: lost with the process, and not shared between several. */
class Counts {
  #times = new Map();
  of(key, seconds) {
    const kept = (this.#times.get(key) ?? []).filter((at) => at > Date.now() / 1000 - seconds);
    if (kept.length) this.#times.set(key, kept);
    else this.#times.delete(key);
    return kept;
  }
  add(key) {
    this.#times.set(key, [...(this.#times.get(key) ?? []), Date.now() / 1000]);
  }
  clear = (key) => this.#times.delete(key);
}

/**
 * @param session from a Request to the visitor's session on the server: an object that is kept, with
 *   `number` once a password was shown. This sets `verified` in it, and keeps its own in `mfa`.
 */
export function endpoint({ base = "/mfa", upstream, project, token, resendAfter = 30, session }) {
  const [sends, failures] = [new Counts(), new Counts()];

  async function call(path, body) {
    const authorization = `Basic ${btoa(`${project}:${token}`)}`;
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${upstream}/api/relay/rest/mfa${path}`, {
      method: "POST", body: JSON.stringify(body), headers, redirect: "error", signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, ...(answer.ok && await answer.json()) };
  }

  async function start(channel, person) {
    const { number, mfa } = person;
    const [failed, now] = [failures.of(number, TRIES_FOR), Date.now() / 1000];
    if (failed.length >= TRIES) return wait(failed[0] + TRIES_FOR - now);
    const since = now - (sends.of(number, 3600).at(-1) ?? 0);
    if (since < resendAfter) return wait(resendAfter - since);
    for (const [key, most] of [[number, SENDS_AN_HOUR.number], ["all", SENDS_AN_HOUR.all]]) {
      const sent = sends.of(key, 3600);
      if (sent.length >= most) return wait(sent[0] + 3600 - now);
    }
    // Before the call: two requests at once send one message.
    for (const key of [number, "all"]) sends.add(key);
    const max_attempts = TRIES - failed.length;
    const wish = { to: number, token_length: 6, allow_alphas: false, max_attempts: TRIES, valid_for: VALID_FOR };
    const { id, success } = await call(`/${channel}`, wish);
    if (!success) return problem("upstream_failed");
    mfa.open = { id, until: now + VALID_FOR, reason: undefined };
    return json(200, {
      id, success, channel, to: `••• ${number.slice(-4)}`, token_length: 6, allow_alphas: false,
      max_attempts, valid_for: VALID_FOR, resend_after: resendAfter, channels: ["sms", "call"],
    });
  }

  async function verify(id, token, person) {
    const { number, mfa: { open } } = person;
    if (!open || open.id !== id) return closed("unknown");
    if (open.reason) return closed(open.reason);
    if (Date.now() / 1000 >= open.until) return closed("expired");
    if (!/^\d{6}$/.test(token)) return problem("invalid_token");
    if (failures.of(number, TRIES_FOR).length >= TRIES) return closed("exhausted");
    failures.add(number); // Before the call: two guesses at once are two.
    const { status, success } = await call(`/${open.id}/verify`, { token });
    if (success === true) {
      failures.clear(number);
      open.reason = "used";
      person.verified = true;
      return json(200, { success });
    }
    const attempts_left = Math.max(0, TRIES - failures.of(number, TRIES_FOR).length);
    if (attempts_left === 0) open.reason = "exhausted";
    if (status === 404) return closed(open.reason ??= "expired");
    return success === false ? json(200, { success, attempts_left }) : problem("upstream_failed");
  }

  /** The first answer for whoever repeats a request under its key. */
  function once(request, person, act) {
    const key = request.headers.get("idempotency-key");
    if (!key) return act();
    const { answers } = person.mfa;
    const name = `${new URL(request.url).pathname} ${key.slice(0, 100)}`;
    if (!answers.has(name)) {
      answers.set(name, act().then((answer) => {
        if (!answer.ok) answers.delete(name);
        return answer;
      }));
      answers.get(name).catch(() => answers.delete(name));
      if (answers.size > 20) answers.delete(answers.keys().next().value);
    }
    return answers.get(name).then((answer) => answer.clone());
  }

  return async (request) => {
    const [, first, second, more] = new URL(request.url).pathname.slice(base.length).split("/");
    const isStart = ["sms", "call"].includes(first) && second === undefined;
    if (!isStart && (second !== "verify" || more !== undefined)) return problem("not_found");
    if (request.method !== "POST") return problem("method_not_allowed", {}, { allow: "POST" });
    const { headers } = request;
    const [site, origin] = [headers.get("sec-fetch-site"), headers.get("origin")];
    const isOurs = !origin || (URL.canParse(origin) && new URL(origin).host === headers.get("host"));
    if ((site && site !== "same-origin") || !isOurs) return problem("origin_forbidden");
    const isJson = /^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "");
    if (!isJson) return problem("unsupported_media_type");
    const text = await read(request).catch(() => "");
    if (text === undefined) return problem("payload_too_large");
    const body = parsed(text);
    if (!body || typeof body !== "object" || Array.isArray(body)) return problem("invalid_request");
    if (!isStart && typeof body.token !== "string") return problem("invalid_request");
    const person = await session(request);
    if (!person?.number) return isStart ? problem("ticket_invalid") : closed("unknown");
    person.mfa ??= { answers: new Map() };
    try {
      return await once(request, person, () => (isStart ? start(first, person) : verify(first, body.token, person)));
    } catch {
      return problem("upstream_failed"); // Nothing of what went wrong is for the page.
    }
  };
}
