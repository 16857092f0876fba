// Before anybody is called: what must be turned away.

import { randomUUID } from "node:crypto";

import { ELSEWHERE } from "../page.js";
import { isRefusal, isSuccess, told } from "../wire-request.js";
import { REASONS } from "../wire.js";

export async function atTheDoor(visit) {
  await crossSite(visit);
  await cors(visit);
  await contentTypes(visit);
  await nobody(visit);
  await methods(visit);
  await malformed(visit);
  await oversized(visit);
  await unknownIds(visit);
}

async function crossSite(visit) {
  const both = { Origin: ELSEWHERE, "Sec-Fetch-Site": "cross-site" };
  await visit.turnedAway("cross-site", "start of another site", { headers: both });
  // Browsers before 2023 say only this.
  const old = { Origin: ELSEWHERE, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null };
  await visit.turnedAway("cross-site", "start with an Origin of another site alone", { headers: old });
}

async function cors({ page, verdicts }) {
  const preflight = {
    Origin: ELSEWHERE, "Sec-Fetch-Site": "cross-site",
    "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type",
  };
  const answer = await page.ask(`/${page.channel}`, "preflight of another site", { method: "OPTIONS", headers: preflight });
  const seen = [answer, ...page.seen.filter(({ what }) => what.includes("another site")).map((one) => one.answer)];
  const allowed = seen.map(({ headers }) => headers?.["access-control-allow-origin"]).find(Boolean);
  const what = allowed === "*" ? "*" : allowed === ELSEWHERE ? "the other site's origin, repeated" : "an origin";
  verdicts.judge("cors", !allowed || (allowed !== "*" && allowed !== ELSEWHERE),
    "no Access-Control-Allow-Origin for another site", what);
}

async function contentTypes(visit) {
  const { page } = visit;
  for (const type of ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded"]) {
    const isForm = type.endsWith("urlencoded");
    const body = isForm ? new URLSearchParams(page.wish()).toString() : JSON.stringify(page.wish());
    await visit.turnedAway("json-only", `start as ${type.split(";")[0]}`, { headers: { "Content-Type": type }, body });
  }
}

async function nobody(visit) {
  const { page, verdicts } = visit;
  if (!page.isKnown) {
    const why = "the page names the number (--to): the endpoint knows nobody";
    for (const rule of ["nobody", "masked", "own-number", "session"]) verdicts.unchecked(rule, why);
    return;
  }
  const { ticket, ...bare } = page.wish();
  await visit.turnedAway("nobody", "start without cookie or ticket", { body: bare, cookie: null });
  if (ticket) {
    const forged = { ...page.wish(), ticket: altered(ticket) };
    await visit.turnedAway("nobody", "start with a forged ticket", { body: forged });
  }
}

async function methods({ page, phone, purse, verdicts }) {
  const { answer, sent } = await phone.during(() =>
    page.ask(`/${page.channel}`, "GET of a start", { method: "GET", headers: { Origin: null } }));
  purse.pay(sent?.length ?? Number(isSuccess(answer)));
  const came = `${told(answer)}${sent?.length ? ", and a message was sent" : ""}`;
  verdicts.judge("methods", [404, 405].includes(answer.status) && !sent?.length, "405 or 404, and no message", came);
}

async function malformed({ page, verdicts }) {
  const judge = (what, answer) =>
    verdicts.judge("malformed", isRefusal(answer), "4xx, soon", `${what}: ${told(answer)}`);
  judge("start with half an object", await page.post(`/${page.channel}`, "start, malformed", { body: '{"to":' }));
  const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}x`;
  judge("start with deep nesting", await page.post(`/${page.channel}`, "start, malformed", { body: deep }));
  for (const body of ['{"token"', "[]", "null", '{"token":{"$gt":""}}', '{"token":["1"]}']) {
    judge(`verify with ${body}`, await page.post(`/${randomUUID()}/verify`, "verify, malformed", { body }));
  }
}

async function oversized(visit) {
  const { verdicts } = visit;
  const body = visit.page.wish({ previous: "x".repeat(256 * 1024) });
  // Whoever looks at Content-Length alone takes the second one for empty.
  for (const chunked of [false, true]) {
    const what = chunked ? "256 KiB in chunks" : "256 KiB";
    const begun = await visit.start(what, ["oversized"], { body, chunked });
    if (!begun) return;
    const { answer, sent } = begun;
    const cut = answer.failure && answer.failure !== "timeout";
    const came = `${what}: ${told(answer)}${sent?.length ? ", and a message was sent" : ""}`;
    verdicts.judge("oversized", (cut || isRefusal(answer)) && !sent?.length, "413, or the connection cut off", came);
  }
}

async function unknownIds({ page, verdicts }) {
  const made = await page.verify(randomUUID(), "000000", "unknown id");
  verdicts.judge("unknown-id", made.status === 404, "404", `an id that was never given out: ${told(made)}`);
  const climbing = await page.post(`/${encodeURIComponent("../sms")}/verify`, "verify, id with ../", { body: { token: "000000" } });
  verdicts.judge("unknown-id", isRefusal(climbing), "404", `an id with ../ in it: ${told(climbing)}`);
  if (made.status === 404) judgeReason(verdicts, made, "unknown");
}

/** The reason of a 404, where one is expected. */
export function judgeReason(verdicts, answer, expected) {
  const reason = answer.json?.reason;
  const came = REASONS.includes(reason) ? `"${reason}"` : reason === undefined ? "no reason" : "another text";
  verdicts.judge("reason", reason === expected, `"${expected}"`, came);
}

/** Another text of the same form: what is changed is in the middle, where every bit counts. */
export function altered(text) {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);
}
