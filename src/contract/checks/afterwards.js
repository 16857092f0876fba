// When all tries are spent, and what many starts come to.

import { Begun } from "../visit.js";
import { isRefusal, isSuccess, told } from "../wire-request.js";
import { judgeReason } from "./door.js";

/** So many starts one after the other are a flood, whoever makes them. */
const MANY = 12;

/** A token that was used is closed for another reason than one that nobody ever had. */
export function used({ verdicts }, answer) {
  if (answer) judgeReason(verdicts, answer, "used");
}

/** Somebody without a try left asks for another token. */
export async function newTries(visit) {
  const { page, verdicts } = visit;
  const begun = await visit.begin("after the last try", ["tries"]);
  if (!begun) return;
  if (!isSuccess(begun.answer)) {
    verdicts.judge("tries", isRefusal(begun.answer), "4xx", told(begun.answer));
    return;
  }
  const next = new Begun(begun, begun.sent?.[0]?.token);
  const answer = await page.verify(next.id, next.wrong(1), "wrong token, after the last try");
  verdicts.judge("tries", answer.json?.success !== false, "no token, or one without tries", "a new token, and new tries");
}

export async function flood(visit) {
  const { options, verdicts } = visit;
  if (!visit.phone.sees && !options.yes) {
    verdicts.unchecked("limit", `it may send ${MANY} messages: give --emulator or --yes`);
    return;
  }
  for (let nth = 1; nth <= MANY; nth += 1) {
    const begun = await visit.start(`one of many`, ["limit"]);
    if (!begun) return;
    if (isRefusal(begun.answer) && !begun.sent?.length) {
      verdicts.judge("limit", begun.answer.status === 429, "429", told(begun.answer));
      return;
    }
  }
  verdicts.broken("limit", "429", `${MANY} starts, and no end`);
}
