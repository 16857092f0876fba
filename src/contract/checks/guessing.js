// The second message, which nobody enters: whom it went to, and how many guesses it allows.

import { randomUUID } from "node:crypto";

import { Begun } from "../visit.js";
import { DEFAULTS } from "../wire.js";
import { ELSEWHERE } from "../page.js";
import { isRefusal, isSuccess, told as shape } from "../wire-request.js";
import { altered, judgeReason } from "./door.js";
import { judgeWrong, said } from "./starting.js";

/** A number that nobody can have: 555-01xx is kept free for stories. */
const STRANGER = "+12025550143";

const OWN = { message: "Not your words: ", from: STRANGER, token_length: 4, max_attempts: 20, valid_for: 604800 };

const NEEDS_SECOND = ["own-number", "parameters", "exhausted", "bad-form", "forged-id", "attempts-left"];

/** The second interaction, or nothing. */
export async function second(visit, first) {
  const { page, verdicts } = visit;
  const body = page.wish({ ...OWN, ...(page.isKnown && !page.to && { to: STRANGER }) });
  let begun = await visit.begin("with the page's own wishes", NEEDS_SECOND, { body });
  if (begun && isRefusal(begun.answer) && begun.answer.status !== 429) {
    // Saying no is a way not to obey.
    if (body.to === STRANGER) verdicts.passed("own-number");
    verdicts.passed("parameters");
    begun = await visit.begin("second", NEEDS_SECOND.slice(2));
  } else if (begun && isSuccess(begun.answer)) {
    obeyed(visit, first, begun, body);
  }
  if (!begun || !isSuccess(begun.answer) || typeof begun.answer.json?.id !== "string") {
    if (begun) verdicts.ends(`a second interaction could not be started: ${shape(begun.answer)}`);
    return undefined;
  }
  // The second token is not asked for at the terminal: the first shows what it would.
  return new Begun(begun, begun.sent?.[0]?.token);
}

function obeyed({ page, phone, verdicts }, first, { answer, sent }, body) {
  const config = answer.json ?? {};
  if (body.to === STRANGER) {
    const ends = (number) => number?.replace(/\D/g, "").slice(-3) === STRANGER.slice(-3);
    if (phone.sees) {
      const isOwn = sent.every(({ to }) => to === first.sent?.[0]?.to);
      verdicts.judge("own-number", isOwn, "the message to the visitor's own number", "it went to the page's `to`");
    } else if (typeof config.to === "string") {
      verdicts.judge("own-number", !ends(config.to), "the visitor's own number", "the last digits of the page's `to`");
    } else {
      verdicts.unchecked("own-number", "the answer has no masked number: give --emulator");
    }
  } else if (page.isKnown) {
    verdicts.unchecked("own-number", "the page names the number (--to)");
  }
  const taken = Object.keys(OWN).filter((name) => config[name] === OWN[name]);
  if (phone.sees) {
    if (sent[0]?.text.includes(OWN.message.trim())) taken.push("message");
    if (sent[0]?.token.length === OWN.token_length) taken.push("token_length");
  } else if (config.token_length === undefined) {
    verdicts.unchecked("parameters", "the answer does not tell its config: give --emulator");
    return;
  }
  const came = `taken from the page: ${[...new Set(taken)].join(", ")}`;
  verdicts.judge("parameters", taken.length === 0, "the site's own parameters", came);
}

/** Everything but the right token, until no try is left; and then the right one. */
export async function guessing(visit, interaction, { receipt } = {}) {
  const { page, verdicts } = visit;
  const { id, token, attempts } = interaction;
  let spent = 0;
  const spends = (answer) => {
    if (answer.json?.success === false) spent += 1;
    return answer;
  };
  /** Whether a probe that should cost nothing may cost a try, and leave one. */
  const isLeft = () => spent < (attempts ?? DEFAULTS.max_attempts) - 1;

  const forged = spends(await page.verify(altered(id), interaction.wrong(9), "forged id"));
  verdicts.judge("forged-id", forged.status === 404, "404", said(forged));
  await oddForms(visit, interaction, spends, isLeft);
  if (isLeft()) {
    const headers = { Origin: ELSEWHERE, "Sec-Fetch-Site": "cross-site" };
    const crossed = spends(await page.verify(id, interaction.wrong(8), "wrong token of another site", { headers }));
    const isAway = isRefusal(crossed) && crossed.status !== 404;
    verdicts.judge("cross-site", isAway, "403", `verify of another site: ${said(crossed)}`);
  }
  if (page.isKnown) await another(visit, interaction, receipt, spends, isLeft);

  // From here on each answer tells what is left.
  const key = randomUUID();
  const guess = interaction.wrong(1);
  const wrong = spends(await page.verify(id, guess, "wrong token", { key }));
  if (!judgeWrong(verdicts, wrong)) return;
  const lefts = [{ left: wrong.json.attempts_left, spent }];
  const again = spends(await page.verify(id, guess, "wrong token, the same again", { key }));
  const { left } = lefts[0];
  const isSame = again.json?.success === false && again.json.attempts_left === left;
  if (isSame) spent -= 1;
  verdicts.judge("idempotent-verify", isSame, "the first answer", `the repeat of a wrong token: ${said(again)}`);

  let closed;
  for (let nth = 2; !closed && nth < 24; nth += 1) {
    const answer = spends(await page.verify(id, interaction.wrong(nth), "wrong token"));
    if (answer.json?.success === false) lefts.push({ left: answer.json.attempts_left, spent });
    else closed = answer;
  }
  ended(visit, { closed, spent, attempts });
  told(visit, lefts, attempts);
  // Without attempts_left the count alone shows whether the repeat was counted.
  if (isSame && left === undefined && attempts && spent < attempts) {
    verdicts.broken("idempotent-verify", "no try for a repeat", "the repeat was counted as a try");
  }
  if (!token) return;
  const late = await page.verify(id, token, "right token, after the last try");
  verdicts.judge("exhausted", late.status === 404, "404 for the right token, too", said(late));
}

async function oddForms({ page, verdicts }, { id, length }, spends, isLeft) {
  for (const [what, token] of [["of another alphabet", "?".repeat(length)], ["too short", "1"]]) {
    if (what === "too short" && !isLeft()) return;
    const answer = spends(await page.verify(id, token, `token ${what}`));
    const isAway = isRefusal(answer) && answer.status !== 404;
    verdicts.judge("bad-form", isAway, "4xx, e.g. 422", `a token ${what}: ${said(answer)}`);
  }
}

/** The same id, with the cookie of somebody else. */
async function another({ page, verdicts, options }, { id, length }, receipt, spends, isLeft) {
  if (options.otherCookie && isLeft()) {
    const cookie = options.otherCookie;
    const answer = spends(await page.verify(id, "6".padStart(length, "0"), "id of another session", { cookie }));
    verdicts.judge("session", isRefusal(answer), "404", `another visitor's verify: ${said(answer)}`);
  } else if (receipt) {
    verdicts.passed("session");
  } else {
    verdicts.unchecked("session", "give --other-cookie, that of a second visitor");
  }
}

function ended({ verdicts }, { closed, spent, attempts }) {
  const isEnd = closed?.status === 404 && spent <= (attempts ?? 20);
  const came = closed ? `${said(closed)} after ${spent} wrong tokens` : `${spent} wrong tokens, and no end`;
  verdicts.judge("exhausted", isEnd, `404 after ${attempts ?? "at most 20"} wrong tokens`, came);
  if (closed?.status === 404) judgeReason(verdicts, closed, "exhausted");
}

/** What is left: the tries less those spent, with every answer. */
function told({ verdicts }, lefts, attempts) {
  const all = attempts ?? lefts[0].left + lefts[0].spent;
  const areTold = lefts.every(({ left }) => Number.isInteger(left));
  const areRight = lefts.every(({ left, spent }) => left === all - spent);
  const came = areTold ? "another number" : "no attempts_left, or no whole number";
  verdicts.judge("attempts-left", areTold && areRight, "max_attempts less the tries so far", came);
}
