/**
 * What the module calls in a mock in the place of the browser's `fetch`: fixed answers, of the shape
 * that docs/contract.yaml gives them. The build puts it there, so that the file has no other way out.
 */

import { hold } from "./clock.js";

/** By the digit that a code repeats. Any other code is wrong. */
export const CODES = {
  verified: "1", wrong: "2", expired: "3", exhausted: "4", used: "5", "rate-limited": "6", offline: "7",
  slow: "8", last: "9", held: "0",
};

/** In milliseconds. */
const SOON = 400;
const LATE = 5000;

const answer = (status, body, headers) => ({ status, body, headers });
const problem = (status, code, more, headers) =>
  answer(status, { status, code, title: "A mock's answer", ...more }, { "content-type": "application/problem+json", ...headers });
const closed = (reason) => problem(404, "interaction_closed", { reason });
const busy = problem(429, "rate_limited", {}, { "retry-after": "90" });

/** What is not stated here is up to the element's attributes. A number that was typed comes back whole. */
const started = (channel, { to = "+1 ••• ••• 0123" }) => ({ id: "mock", success: true, to, channel, resend_after: 30 });

/** How asking for a code goes, by what stands behind `mock:` in the endpoint. */
const STARTS = {
  "": (channel, asked) => answer(200, started(channel, asked)),
  slow: (channel, asked) => ({ ...answer(200, started(channel, asked)), after: LATE }),
  held: (channel, asked) => ({ ...answer(200, started(channel, asked)), isHeld: true }),
  summary: (channel, asked) => answer(200, {
    ...started(channel, asked), summary: { title: "Pay €120.00 to ACME", lines: ["Invoice 2041", "Today"], digest: "sha-256:mock" },
  }),
  offline: () => undefined,
  "rate-limited": () => busy,
  unavailable: () => problem(503, "unavailable", {}, { "retry-after": "5" }),
  "channel-unavailable": () => problem(422, "channel_unavailable"),
  "number-refused": () => problem(422, "number_refused"),
  "ticket-expired": () => problem(403, "ticket_expired"),
};

/** How a code does. */
const VERIFIES = {
  // No receipt that any backend would take.
  [CODES.verified]: answer(200, { success: true, receipt: "mock" }),
  [CODES.slow]: { ...answer(200, { success: true, receipt: "mock" }), after: LATE },
  [CODES.held]: { ...answer(200, { success: true, receipt: "mock" }), isHeld: true },
  [CODES.last]: answer(200, { success: false, attempts_left: 1 }),
  [CODES.expired]: closed("expired"),
  [CODES.exhausted]: closed("exhausted"),
  [CODES.used]: closed("used"),
  [CODES["rate-limited"]]: busy,
  [CODES.offline]: undefined,
};
const WRONG = answer(200, { success: false, attempts_left: 2 });

/** As the browser's own, for the requests that the module makes. */
export function fetch(url, { body, signal }) {
  const { after = SOON, isHeld, ...found } = answerTo(String(url), JSON.parse(body)) ?? { status: 0 };
  return new Promise((resolve, reject) => {
    const answers = () => {
      if (!found.status) return reject(new TypeError("The mock is offline"));
      const headers = { "content-type": "application/json", ...found.headers };
      resolve(new Response(JSON.stringify(found.body), { status: found.status, headers }));
    };
    const drop = isHeld ? hold(answers) : clearTimeout.bind(null, setTimeout(answers, after));
    signal?.addEventListener("abort", () => {
      drop();
      reject(signal.reason);
    });
  });
}

function answerTo(url, body) {
  const path = url.split("/");
  if (path.at(-1) === "verify") return becomesOf(body.token);
  const name = /^mock:([^/]*)/.exec(url)?.[1] ?? "";
  const start = Object.hasOwn(STARTS, name) ? STARTS[name] : STARTS[""];
  if (start !== STARTS[name]) {
    const known = Object.keys(STARTS).map((one) => `mock:${one}`).join(", ");
    console.warn(`mfa-code: "mock:${name}" is no endpoint of the mock; there are ${known}`);
  }
  return start(path.at(-1), body);
}

function becomesOf(token) {
  const [digit] = token;
  const repeated = digit.repeat(token.length) === token;
  return repeated && Object.hasOwn(VERIFIES, digit) ? VERIFIES[digit] : WRONG;
}
