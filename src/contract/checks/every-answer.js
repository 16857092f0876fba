// What holds for every answer of the run.

import { kind } from "../wire-request.js";
import { CODES } from "../wire.js";

const TRACES = [
  /^\s+at .+:\d+:\d+\)?$/m,
  /Traceback \(most recent call last\)/,
  /^#\d+ .+\(\d+\)/m,
  /\b[\w/]+\.(?:rb|py|php|mjs|cjs|js|ts|go|java):\d+/,
  /panicked at /,
  /\bBasic [A-Za-z0-9+/]{12,}/,
];

export function everyAnswer(visit, tokens, numbers) {
  const seen = visit.page.seen.filter(({ what, answer }) => answer.status && !what.startsWith("preflight"));
  for (const { what, answer } of seen) {
    const judge = (rule, holds, expected, came) => visit.verdicts.judge(rule, holds, expected, `${what}: ${came}`);
    retryAfter(judge, answer);
    if (answer.status >= 400) problem(judge, answer);
    const cache = answer.headers["cache-control"] ?? "";
    judge("no-store", /\bno-store\b/i.test(cache), "Cache-Control: no-store", `${answer.status} without`);
    secrets(judge, answer, tokens);
    if (visit.page.isKnown && !visit.page.to) masked(judge, answer, numbers);
  }
  const answered = seen.some(({ answer }) => [429, 503].includes(answer.status));
  if (!answered) visit.verdicts.unchecked("retry-after", "no 429 and no 503 came");
}

function retryAfter(judge, { status, headers }) {
  if (status !== 429 && status !== 503) return;
  const isSeconds = /^[1-9]\d*$/.test(headers["retry-after"] ?? "");
  judge("retry-after", isSeconds, "Retry-After: whole seconds",
    headers["retry-after"] ? `${status} with something else` : `${status} without`);
}

function problem(judge, answer) {
  const { status, json } = answer;
  const type = kind(answer);
  const code = json?.code;
  const expected = "application/problem+json with a code that goes with the status";
  if (type !== "application/problem+json") judge("problem", false, expected, `${status} as ${type}`);
  else if (typeof code !== "string") judge("problem", false, expected, `${status} without a code`);
  else if (Object.hasOwn(CODES, code) && CODES[code] !== status) {
    judge("problem", false, `${CODES[code]} for ${code}`, `${status} with it`);
  } else judge("problem", true);
}

function secrets(judge, { text, headers }, tokens) {
  const all = `${text}\n${Object.entries(headers).map((pair) => pair.join(": ")).join("\n")}`;
  const has = (token) => new RegExp(`(?<![A-Za-z0-9])${token}(?![A-Za-z0-9])`).test(all);
  if (tokens.some(has)) judge("secrets", false, "no token in an answer", "the token itself");
  else if (headers["www-authenticate"]) judge("secrets", false, "no WWW-Authenticate", "SignalWire's, or your own");
  else if (headers.authorization) judge("secrets", false, "no credentials", "a header Authorization");
  else if (TRACES.some((trace) => trace.test(text))) judge("secrets", false, "a plain sentence", "a trace of the program");
  else judge("secrets", true);
}

/** At a real endpoint the number is not known: then anything that looks like one is too much. */
function masked(judge, { text }, numbers) {
  const digits = text.replace(/[^\d"]/g, "");
  const isTold = numbers.some((number) => digits.includes(number.replace(/\D/g, ""))) || /"\+\d[\d ().-]{6,}\d"/.test(text);
  judge("masked", !isTold, "the last digits at most", "a full number");
}
